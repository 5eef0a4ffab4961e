"""``pyserini-xqg tune``: the score at every alpha and kappa, on a dev set or on the store's own queries."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyserini_xqg.encoder.encoder import Encoder
    from pyserini_xqg.evaluate.scoring.measures.registry import Measure
    from pyserini_xqg.fusion.recipe import Recipe
    from pyserini_xqg.store.vector_store import VectorStore
    from pyserini_xqg.tune.surface import Surface, TuningPoint

_ALPHAS, _KAPPAS = "0:1:0.05", "0,2,4,8,16"
_LEFT_OUT = 2000


@dataclass(frozen=True, slots=True)
class TuningGrid:
    """What is tried.

    :param measure: what tells which is better.
    :param kappas: None for what the store's variances say.
    """

    measure: Measure
    alphas: tuple[float, ...]
    kappas: tuple[float | None, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.fusion.recipe import Recipe
    from pyserini_xqg.fusion.registry import FUSIONS

    parser.add_argument("--store", type=Path, required=True, metavar="DIR", help="the vector store")
    flags.add_dev_set(parser, required=False)
    parser.add_argument(
        "--alphas", default=_ALPHAS, metavar="A:B:STEP", help=f"from, to, step; or a list 0.1,0.2 (default: {_ALPHAS})"
    )
    parser.add_argument(
        "--kappas",
        metavar="N,N,…",
        help="how many queries the expected one counts for, several to try; moments is one of them (default: "
        f"{Recipe().kappa:g}, and without topics {_KAPPAS})",
    )
    usual = Recipe().fusion
    parser.add_argument("--fusion", choices=list(FUSIONS), default=usual, help=f"(default: {usual})")
    flags.add_chosen_vectors(parser, normalize=True)
    parser.add_argument(
        "--weights",
        nargs="+",
        default=[""],
        metavar="KIND=W,…",
        help="weights of the kinds of text, as `index` takes them; several to try: gloss=0.2 gloss=0.4 gloss=0.8",
    )
    parser.add_argument(
        "--left-out",
        type=int,
        metavar="N",
        help=f"without topics: queries that are left out and asked with, at most (default: {_LEFT_OUT:,})",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which queries those are (default: 0)")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="also write curve.csv, .png and .svg there, or surface.csv, .png and .svg for several kappas",
    )
    flags.add_encoder(parser, required=False)


def run(args: argparse.Namespace) -> int:
    """Tune, print the scores, draw them, and say how to go on."""
    from dataclasses import replace
    from functools import partial

    from pyserini_xqg.commands import flags
    from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
    from pyserini_xqg.fusion.recipe import Recipe
    from pyserini_xqg.fusion.weights import parse_weights
    from pyserini_xqg.languages import parse_languages
    from pyserini_xqg.store.vector_store import VectorStore
    from pyserini_xqg.tune import plot, surface_plot

    labelled = _is_labelled(args)
    (measure,) = parse_measures([args.metric])
    recipe = Recipe(
        fusion=args.fusion,
        normalize=args.normalize,
        languages=parse_languages(args.languages) if args.languages else (),
        queries_per_language=args.queries_per_language,
        plain_view=args.plain_view,
    )
    weighted = {words: replace(recipe, weights=parse_weights(words) if words else ()) for words in args.weights}
    grid = TuningGrid(measure, parse_alphas(args.alphas), _kappas(args, recipe, labelled=labelled))
    store, tuned = VectorStore(args.store), {}
    args.encoder = args.encoder or store.meta.encoder
    scored = partial(_on_topics, flags.load_encoder(args)) if labelled else _left_out
    for words, own in weighted.items():
        surface = tuned[words] = scored(args, store, own, grid)
        if words:
            print(f"weights {words}\n")
        print(plot.as_text(surface.curves[0]) if len(surface.curves) == 1 else surface_plot.as_text(surface))
        if len(weighted) > 1:
            print()
    chosen = max(tuned, key=lambda words: tuned[words].best().score)
    surface = tuned[chosen]
    single = len(surface.curves) == 1
    if args.output is not None:
        written = (
            plot.write_curve(surface.curves[0], args.output)
            if single
            else surface_plot.write_surface(surface, args.output)
        )
        print("written: " + ", ".join(map(str, written)))
    _next(args, surface.best(), chosen)
    return 0


def _is_labelled(args: argparse.Namespace) -> bool:
    """Whether a dev set is given.

    :raises UsageError: half of one, or flags that go with the other way to tune.
    """
    from pyserini_xqg.errors import UsageError

    if (args.topics is None) != (args.qrels is None):
        given, missing = ("--topics", "--qrels") if args.qrels is None else ("--qrels", "--topics")
        raise UsageError(
            f"{given} needs {missing}; give both, or neither to ask with queries of the store that are left out"
        )
    if args.topics is not None and args.left_out is not None:
        raise UsageError("--left-out goes with no --topics: those ask when they are given")
    if args.topics is None and args.topic_languages:
        raise UsageError("--topic-languages chooses among --topics, which are not given; --languages chooses queries")
    return args.topics is not None


def _on_topics(
    encoder: Encoder, args: argparse.Namespace, store: VectorStore, recipe: Recipe, grid: TuningGrid
) -> Surface:
    from pyserini_xqg.tune.curve import tune_curves
    from pyserini_xqg.tune.surface import Surface

    curves = tune_curves(
        store=store,
        encoder=encoder,
        topics=args.topics,
        qrels=args.qrels,
        measure=grid.measure,
        recipe=recipe,
        alphas=grid.alphas,
        kappas=grid.kappas,
        only=tuple(args.topic_languages.split(",")) if args.topic_languages else (),
    )
    return Surface(grid.kappas, curves)


def _left_out(args: argparse.Namespace, store: VectorStore, recipe: Recipe, grid: TuningGrid) -> Surface:
    from pyserini_xqg.fusion.text_kind import kind_of
    from pyserini_xqg.tune.kappas import fused_by_kappa
    from pyserini_xqg.tune.leave_one_out import score_left_out
    from pyserini_xqg.tune.left_out import read_left_out
    from pyserini_xqg.tune.measure import tunable

    over_qrels = tunable(grid.measure)
    most = _LEFT_OUT if args.left_out is None else args.left_out
    columns = store.choose_languages(recipe.languages)
    languages = tuple(name for name in columns if recipe.weight(kind_of(name)) > 0)
    left_out = read_left_out(store, languages, recipe.queries_per_language, most, args.seed)
    surface = score_left_out(fused_by_kappa(store, recipe, grid.kappas), left_out, over_qrels, grid.alphas)
    print(
        f"{len(left_out):,} queries of {store.folder} left out one at a time, each asked for its passage among "
        f"{store.meta.passages:,}\n"
    )
    return surface


def _kappas(args: argparse.Namespace, recipe: Recipe, *, labelled: bool) -> tuple[float | None, ...]:
    from pyserini_xqg.fusion.registry import find_fusion

    if args.kappas is not None:
        return parse_kappas(args.kappas)
    if recipe.plain_view or not find_fusion(recipe.fusion).shrinks:
        return (0.0,)
    return (recipe.kappa,) if labelled else parse_kappas(_KAPPAS)


def _next(args: argparse.Namespace, best: TuningPoint, weights: str) -> None:
    """How to build what is best.

    :param weights: of the kinds; empty for the usual ones.
    """
    from pyserini_xqg.fusion.registry import find_fusion
    from pyserini_xqg.tune.surface import kappa_name

    words = [f"--store {args.store} --fusion {args.fusion} --alpha {best.alpha:g}"]
    kappa = ""
    if find_fusion(args.fusion).shrinks:
        kappa = f", kappa {kappa_name(best.kappa)}"
        words.append(f"--kappa {kappa_name(best.kappa)}")
    if weights:
        kappa += f", weights {weights}"
        words.append(f"--weights {weights}")
    if not args.normalize:
        words.append("--no-normalize")
    if args.languages:
        words.append(f"--languages {args.languages}")
    if args.queries_per_language is not None:
        words.append(f"--queries-per-language {args.queries_per_language}")
    if args.plain_view:
        words.append("--plain-view")
    print(f"\nbest alpha {best.alpha:g}{kappa}. Next: pyserini-xqg index {' '.join(words)} --output INDEX")


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


def parse_kappas(text: str) -> tuple[float | None, ...]:
    """Turn ``0,2,8,moments`` into kappas, ascending, with None last for what the store's variances say.

    :raises UsageError: one is neither a number of at least 0 nor ``moments``.
    """
    from pyserini_xqg.errors import UsageError

    words = [word.strip() for word in text.split(",")]
    try:
        numbers = sorted({float(word) for word in words if word != "moments"})
    except ValueError:
        numbers = [-1.0]
    if any(not 0 <= number < float("inf") for number in numbers):
        raise UsageError(f"--kappas {text!r}: expected numbers of at least 0, such as {_KAPPAS}, or moments among them")
    return (*numbers, *((None,) if "moments" in words else ()))
