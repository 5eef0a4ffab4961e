"""``pyserini-xqg tune``: the score of a dev set at every alpha."""

from __future__ import annotations

import argparse
from pathlib import Path

_ALPHAS = "0:1:0.05"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.fusion.recipe import Recipe
    from pyserini_xqg.fusion.registry import FUSIONS

    parser.add_argument("--store", type=Path, required=True, metavar="DIR", help="the vector store")
    flags.add_dev_set(parser)
    parser.add_argument(
        "--alphas", default=_ALPHAS, metavar="A:B:STEP", help=f"from, to, step; or a list 0.1,0.2 (default: {_ALPHAS})"
    )
    usual = Recipe().fusion
    parser.add_argument("--fusion", choices=list(FUSIONS), default=usual, help=f"(default: {usual})")
    flags.add_chosen_vectors(parser, normalize=True)
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="also write curve.csv, curve.png and curve.svg there"
    )
    flags.add_encoder(parser, required=False)


def run(args: argparse.Namespace) -> int:
    """Tune, print the curve and draw it."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
    from pyserini_xqg.fusion.recipe import Recipe
    from pyserini_xqg.languages import parse_languages
    from pyserini_xqg.store.vector_store import VectorStore
    from pyserini_xqg.tune.curve import tune
    from pyserini_xqg.tune.plot import as_text, write_curve

    (measure,) = parse_measures([args.metric])
    alphas = parse_alphas(args.alphas)
    recipe = Recipe(
        fusion=args.fusion,
        normalize=args.normalize,
        languages=parse_languages(args.languages) if args.languages else (),
        queries_per_language=args.queries_per_language,
        plain_view=args.plain_view,
    )
    store = VectorStore(args.store)
    args.encoder = args.encoder or store.meta.encoder
    only = tuple(args.topic_languages.split(",")) if args.topic_languages else ()
    curve = tune(
        store=store,
        encoder=flags.load_encoder(args),
        topics=args.topics,
        qrels=args.qrels,
        measure=measure,
        recipe=recipe,
        alphas=alphas,
        only=only,
    )
    print(as_text(curve))
    if args.output is not None:
        print("written: " + ", ".join(map(str, write_curve(curve, args.output))))
    best = curve.alphas[curve.best]
    flag = "" if args.normalize else " --no-normalize"
    print(
        f"\nbest alpha {best:g}. Next: pyserini-xqg index --store {args.store} --fusion {args.fusion} --alpha "
        f"{best:g}{flag} --output INDEX"
    )
    return 0


def parse_alphas(text: str) -> tuple[float, ...]:
    """Turn ``0:1:0.05`` or ``0.1,0.2`` into alphas, ascending.

    :raises UsageError: it is neither, or an alpha is outside 0 to 1.
    """
    from pyserini_xqg.errors import UsageError

    try:
        if ":" in text:
            first, last, step = map(float, text.split(":"))
            alphas = [
                round(first + place * step, 10)
                for place in range(int((last - first) / step + 1.5))
                if first + place * step <= last + 1e-9
            ]
        else:
            alphas = sorted(set(map(float, text.split(","))))
    except (ValueError, ZeroDivisionError) as error:
        raise UsageError(
            f"--alphas {text!r}: expected from:to:step, such as 0:1:0.05, or a list, such as 0.1,0.2,0.3"
        ) from error
    if not alphas or alphas[0] < 0 or alphas[-1] > 1:
        raise UsageError(f"--alphas {text!r}: they must lie between 0 and 1, and there must be at least one")
    return tuple(alphas)
