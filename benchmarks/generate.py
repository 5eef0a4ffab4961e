"""How fast queries are generated, beside plain transformers one prompt at a time; with --quality whether they are as
good.

Both sides have the same weights, prompts, samples and lengths: 5 samples a prompt, top-k 10, at most 32 tokens. The
peer is the reference implementation's way: ``model.generate`` for one prompt after the other. SmolLM2 writes English
questions for XQuAD's paragraphs. The seq2seq model is mT5-small's shape with random weights, a figure of speed alone;
give a trained one with ``--generator``. Quality is the round trip: how often a generated query finds its own passage
first among all 240, by e5-small; both sides write for the same 32 passages.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from bootstrap import interval
from common import flags, head, say, table, work_folder
from generation_sides import NUMBER, ONE_BY_ONE, Model, Write, random_mt5, sides_of
from timing import in_turns
from xquad_data import prepare_data

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.expand.expand_corpus import CHUNK_SIZE
from pyserini_xqg.expand.wording.clean import Query, clean
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.input.passages import read_passages

SPEEDS = "generate-speeds.json"
"""Left in the work folder for cost_model.py: model -> side -> queries a second."""
_PASSAGES = 32
_OF_PEER = 6
_PIECE = 16


def main() -> None:
    """Print a table a model."""
    parser = flags(__doc__)
    parser.add_argument(
        "--quality", action="store_true", help="the round trip of what both sides write instead of times"
    )
    parser.add_argument(
        "--generator", metavar="DIR", help="a trained checkpoint instead of random weights of mT5's shape"
    )
    parser.add_argument("--language", default="ar", metavar="LANG", help="what that one writes (default: ar)")
    args = parser.parse_args()
    title = "whether they are as good" if args.quality else "speed beside transformers, one prompt at a time"
    head(f"Generating queries: {title}", args)
    with work_folder(args) as work:
        passages = [passage.contents for passage in read_passages(prepare_data(work) / "corpus.jsonl")]
        speeds = {}
        for model in _models(args, work):
            if args.quality:
                _print_quality(model, passages, work, args.quick)
            else:
                speeds[model.title] = _print_speeds(model, passages, args.quick)
        if speeds:
            (work / SPEEDS).write_text(json.dumps(speeds, indent=1), encoding="utf-8")


def _models(args: argparse.Namespace, work: Path) -> list[Model]:
    smollm2 = Model("SmolLM2-135M, few-shot", "smollm2", "en", trained=True)
    if args.generator:
        return [smollm2, Model(f"{Path(args.generator).name}, trained", args.generator, args.language, trained=True)]
    if args.quality:
        return [smollm2]
    return [
        smollm2,
        Model(
            "mT5-small's shape, random weights: speed alone",
            random_mt5(work / "mt5-shape"),
            args.language,
            trained=False,
        ),
    ]


def _print_speeds(model: Model, passages: Sequence[str], quick: bool) -> dict[str, float]:
    mine = passages[: 4 if quick else CHUNK_SIZE]
    few = mine[:: len(mine) // (2 if quick else _OF_PEER)][:_OF_PEER]
    sides = sides_of(model, quick)
    texts = {name: few if name.startswith(ONE_BY_ONE) else mine for name in sides}
    for write in sides.values():
        write(passages[:1])
    work = {name: (lambda write=write, name=name: write(texts[name])) for name, write in sides.items()}
    times = in_turns(work, 1 if quick else 2)
    rates = {name: NUMBER * len(texts[name]) / taken.best for name, taken in times.items()}
    slowest = {name: NUMBER * len(texts[name]) / max(taken.seconds) for name, taken in times.items()}
    peer = next(iter(rates.values()))
    rows = [[name, f"{rate:.2f} ({slowest[name]:.2f})", f"**{rate / peer:.1f}**"] for name, rate in rates.items()]
    print(
        f"### {model.title}, {model.code}\n\n{table(['', 'queries/s, best round (worst)', 'times the first'], rows)}",
        flush=True,
    )
    return rates


def _print_quality(model: Model, passages: Sequence[str], work: Path, quick: bool) -> None:
    asked = passages[:: len(passages) // (2 if quick else _PASSAGES)][: 2 if quick else _PASSAGES]
    encoder = Encoder(resolve_encoder("e5-small"), Precision.AUTO)
    known = encoder.encode(passages, Side.PASSAGE)
    owners = [passages.index(passage) for passage in asked]
    sides = {name: write for name, write in sides_of(model, quick).items() if name != f"{ONE_BY_ONE}, bf16"}
    rows, first = [], None
    for name, write in sides.items():
        say(f"{model.title}: {name} writes for {len(asked)} passages")
        kept = _kept(
            _written(
                write, asked, work / f"generate-quality{'-quick' * quick}" / f"{model.title}-{name}".replace(" ", "-")
            ),
            asked,
        )
        vectors = [
            encoder.encode(texts, Side.QUERY) if texts else np.empty((0, encoder.dimension), np.float32)
            for texts in kept
        ]
        hits = [(found @ known.T).argmax(1) == owner for found, owner in zip(vectors, owners, strict=True)]
        found = np.array([mine.mean() if len(mine) else 0.0 for mine in hits])
        first = found if first is None else first
        low, high = interval((found - first)[None], [str(owner) for owner in owners])
        difference = (
            "" if found is first else f"{100 * (found - first).mean():+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"
        )
        number = sum(map(len, kept))
        rows.append(
            [name, f"{number}", f"{100 * number / (NUMBER * len(asked)):.1f}", f"{100 * found.mean():.1f}", difference]
        )
    header = [
        "",
        "queries",
        "of all answers, %",
        "round trip R@1, %",
        "to the first (95% interval, passages resampled)",
    ]
    print(f"### {model.title}, {model.code}: {len(asked)} passages\n\n{table(header, rows)}", flush=True)


def _written(write: Write, passages: Sequence[str], place: Path) -> list[tuple[str, ...]]:
    """What a side writes; kept piece by piece, since one prompt at a time takes minutes."""
    place.mkdir(parents=True, exist_ok=True)
    found: list[tuple[str, ...]] = []
    for start in range(0, len(passages), _PIECE):
        piece = place / f"{start}.json"
        if not piece.is_file():
            answers = write(passages[start : start + _PIECE])
            piece.write_text(json.dumps([answer.texts for answer in answers]), encoding="utf-8")
        found += [tuple(texts) for texts in json.loads(piece.read_text(encoding="utf-8"))]
    return found


def _kept(written: Sequence[Sequence[str]], passages: Sequence[str]) -> list[list[str]]:
    judged = [[clean(text, passage, ()) for text in texts] for texts, passage in zip(written, passages, strict=True)]
    return [[found.text for found in mine if isinstance(found, Query)] for mine in judged]


if __name__ == "__main__":
    main()
