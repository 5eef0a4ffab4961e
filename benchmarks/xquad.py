"""What augmentation buys on XQuAD: the issue's table, clean and misspelled, beside the prototype's figures.

240 English paragraphs; the even-numbered questions' human translations stand for generated queries (an oracle: an upper
bound for a generator), the odd-numbered ones in each language are the topics. Everything goes through the real stages:
one store, an index a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from bootstrap import interval
from common import flags, head, say, table, work_folder
from misspell import Misspeller
from quality import MEASURES, Asked, System, encoded, score
from xquad_data import LANGUAGES, Topics, prepare_data, prepare_store, read_language

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.precision import Precision, resolve
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.fusion.recipe import PAPER, Recipe
from pyserini_xqg.index.build_index import IndexOptions
from pyserini_xqg.store.meta import prepare_store as start_store
from pyserini_xqg.store.shard import ShardContents, write_shard
from pyserini_xqg.store.vector_store import VectorStore

_EQUAL = 3
_SEED = 20230

_PROTOTYPE_R1 = {
    "no augmentation": (63.7, 81.2, 72.0, 87.1, 77.6, 79.6, 68.6),
    "mean α 0.3": (71.4, 84.1, 77.6, 88.6, 81.0, 82.4, 74.5),
}
"""R@1 of the prototype in our seven languages, with the queries of all eleven."""
_PROTOTYPE = {
    "no augmentation": "74.8 / 93.4 / 82.7",
    "mean α 0.3": "78.9 / 95.2 / 85.9",
    "views α 0.3": "83.2 / 96.5 / 89.0",
    "views without the query's language": "78.1",
    "paper's sum α 0.01, unequal numbers": "3.7 / 10.1 / 7.4",
    "mean α 0.3, first 1 a language": "76.6",
    "mean α 0.3, first 2 a language": "78.2",
    "mean α 0.3, first 3 a language": "78.6",
    "156 paragraphs: no augmentation": "78.0",
    "156 paragraphs: paper's sum α 0.01, first 3 a language": "79.8",
}
"""R@1 / R@5 / MRR@10 of the prototype, macro over all eleven languages, as far as it was measured."""
_PROTOTYPE_MISSPELLED = {"no augmentation": "64.3", "mean α 0.3": "69.0", "views α 0.3": "74.4"}


_MEAN, _VIEWS = Recipe(alpha=0.3, kappa=0.0), Recipe("views", alpha=0.3, kappa=0.0)
ALL_PARAGRAPHS = (
    System("no augmentation", Recipe(alpha=0.0)),
    System("mean α 0.3", _MEAN),
    System("views α 0.3", _VIEWS),
    System("mean without the query's language", _MEAN, foreign=True),
    System("views without the query's language", _VIEWS, foreign=True),
    System("paper's sum α 0.01, unequal numbers", PAPER, options=IndexOptions(allow_unequal=True)),
    *(System(f"mean α 0.3, first {n} a language", replace(_MEAN, queries_per_language=n)) for n in (1, 2, 3)),
    *(System(f"views α 0.3, first {n} a language", replace(_VIEWS, queries_per_language=n)) for n in (1, 2, 3)),
)
EQUAL_PARAGRAPHS = (
    System("156 paragraphs: no augmentation", Recipe(alpha=0.0)),
    System("156 paragraphs: paper's sum α 0.01, first 3 a language", replace(PAPER, queries_per_language=_EQUAL)),
    System("156 paragraphs: mean α 0.3, first 3 a language", replace(_MEAN, queries_per_language=_EQUAL)),
    System("156 paragraphs: views α 0.3, first 3 a language", replace(_VIEWS, queries_per_language=_EQUAL)),
)


def main() -> None:
    """Print the tables."""
    parser = flags(__doc__)
    parser.add_argument("--precision", choices=["auto", "fp32", "bf16", "int8"], default="auto")
    args = parser.parse_args()
    precision = resolve(Precision(args.precision))
    head("Quality on XQuAD", args)
    with work_folder(args) as work:
        store = prepare_store(work, precision)
        data = prepare_data(work)
        encoder = Encoder(resolve_encoder("e5-small", quantize=precision is Precision.INT8), precision)
        clean = {code: read_language(data, code) for code in LANGUAGES}
        if args.quick:
            clean = {
                code: Topics(mine.qids[:40], mine.texts[:40], mine.paragraphs[:40]) for code, mine in clean.items()
            }
        say("encoding topics")
        asked = {"Clean": encoded(encoder, clean), "Misspelled": encoded(encoder, _misspelled(clean))}
        print(
            f"e5-small at {precision}, {store.meta.passages} paragraphs, {len(LANGUAGES)} languages with "
            f"{len(clean['ar'].qids)} topics each.\n"
        )
        scores = _score_all(store, asked, work / "indexes")
    for kind, systems in scores.items():
        _print_tables(kind, systems)
        _print_gains(kind, systems, asked[kind])
    _print_prototype(scores)


def _misspelled(clean: dict[str, Topics]) -> dict[str, Topics]:
    spellers = {code: Misspeller(topics.texts, _SEED) for code, topics in clean.items()}
    return {
        code: replace(topics, texts=[spellers[code].misspell(text) for text in topics.texts])
        for code, topics in clean.items()
    }


type Scores = dict[str, dict[str, np.ndarray]]
"""System -> measure -> float ``[languages, topics]``."""


def _score_all(store: VectorStore, asked: dict[str, Asked], folder: Path) -> dict[str, Scores]:
    equal, kept = _equal_store(store, folder.parent / f"{store.folder.name}-equal")
    scores: dict[str, Scores] = {kind: {} for kind in asked}
    for part, systems in ((store, ALL_PARAGRAPHS), (equal, EQUAL_PARAGRAPHS)):
        for system in systems:
            say(f"searching: {system.name}")
            runs = score(
                part,
                system,
                asked if part is store else {kind: mine.about(kept) for kind, mine in asked.items()},
                folder,
            )
            for kind, found in runs.items():
                scores[kind][system.name] = found
    return scores


def _equal_store(store: VectorStore, folder: Path) -> tuple[VectorStore, frozenset[str]]:
    """A store of the paragraphs that have at least three queries in each language, cut out of ``store``."""
    shard = next(store.shards())
    rows = np.flatnonzero((shard.counts(LANGUAGES) >= _EQUAL).all(axis=1))
    docids = [docid for row, docid in enumerate(shard.docids()) if row in set(rows)]
    if not (folder / "store.json").is_file():
        by_language = dict(zip(LANGUAGES, shard.query_matrices(LANGUAGES), strict=True))
        matrices = {
            f"query.{code}.{rank}": matrix[rows]
            for code, ranks in by_language.items()
            for rank, matrix in enumerate(ranks)
        }
        start_store(folder, replace(store.meta, passages=len(rows)))
        write_shard(folder, 0, ShardContents(docids, shard.passages()[rows], shard.counts(LANGUAGES)[rows], matrices))
    return VectorStore(folder), frozenset(docids)


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"


def _row(name: str, values: Sequence[float] | np.ndarray) -> list[str]:
    return [name, *map(_percent, values), f"**{_percent(float(np.mean(values)))}**"]


def _print_tables(kind: str, systems: Scores) -> None:
    for measure in MEASURES:
        rows = [_row(name, scores[measure].mean(axis=1)) for name, scores in systems.items()]
        print(f"### {kind} topics, {measure}\n\n{table([kind, *LANGUAGES, 'macro'], rows)}")


def _print_gains(kind: str, systems: Scores, asked: Asked) -> None:
    rows = []
    pairs = [
        ("mean α 0.3", "no augmentation"),
        ("views α 0.3", "no augmentation"),
        ("views α 0.3", "mean α 0.3"),
        ("views without the query's language", "no augmentation"),
    ]
    for better, baseline in pairs:
        cells = [f"{better} over {baseline}"]
        for measure in MEASURES:
            differences = systems[better][measure] - systems[baseline][measure]
            low, high = interval(differences, asked.paragraphs)
            cells.append(f"{100 * differences.mean():+.1f} ({100 * low:+.1f} to {100 * high:+.1f})")
        worse = [
            f"{code} {measure}"
            for measure in MEASURES
            for code, gain in zip(LANGUAGES, _gains(systems, better, baseline, measure), strict=True)
            if gain < 0
        ]
        rows.append([*cells, ", ".join(worse) or "none"])
    print(f"### {kind} topics, gains in points with 95% intervals (paragraphs resampled)\n")
    print(table(["gain", *MEASURES, "languages that lose"], rows))


def _gains(systems: Scores, better: str, baseline: str, measure: str) -> np.ndarray:
    return (systems[better][measure] - systems[baseline][measure]).mean(axis=1)


def _print_prototype(scores: dict[str, Scores]) -> None:
    print("### Beside the prototype (fp32, eleven languages where ours has seven)\n")
    rows = []
    for kind, figures in (("Clean", _PROTOTYPE), ("Misspelled", _PROTOTYPE_MISSPELLED)):
        for name, theirs in figures.items():
            ours = " / ".join(_percent(float(scores[kind][name][measure].mean())) for measure in MEASURES)
            rows.append([f"{kind}: {name}", ours, theirs])
    print(table(["R@1 / R@5 / MRR@10, macro", "ours", "prototype"], rows))
    rows = []
    for name, by_language in _PROTOTYPE_R1.items():
        rows.append(_row(f"{name}, ours", scores["Clean"][name]["R@1"].mean(axis=1)))
        rows.append(_row(f"{name}, prototype", [figure / 100 for figure in by_language]))
    print(table(["Clean, R@1", *LANGUAGES, "macro"], rows))


if __name__ == "__main__":
    main()
