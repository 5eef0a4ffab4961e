"""How fast the same weights encode, beside Pyserini's own encoders in the same run, and what that costs in quality.

Passages are XQuAD's English paragraphs, queries its questions in seven languages. Pyserini encodes passages and
generated queries with AutoDocumentEncoder in batches of 64, single queries with AutoQueryEncoder; all sides take up to
512 tokens and all cores. Generated queries are compared with AutoQueryEncoder too, which takes them one by one.
`--quality` leaves the times out and gives R@1 in every language instead: 240 passages, 3,570 queries, the plain index.
Engines that compute the same numbers as Pyserini (plain torch, sentence-transformers) are left out there.
sentence-transformers' ONNX backend needs optimum-onnx, which wants transformers below 5, and Pyserini wants 5: its
torch backend stands in where optimum is not installed.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from common import flags, head, say, table, work_folder
from engines import PYSERINI_BATCH, Engine, Many, engines
from timing import in_turns
from xquad_data import LANGUAGES, prepare_data, read_language

from pyserini_xqg.input.passages import read_passages

_TARGETS = "3.5 / 3.3 / 4 at fp32, 7 / 10 / 7 at the fastest safe precision"
_TOP = 10
_SINGLE_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Texts:
    """What is encoded."""

    passages: list[str]
    queries: list[str]
    singles: list[str]


def main() -> None:
    """Print the tables."""
    parser = flags(__doc__)
    parser.add_argument("--quality", action="store_true", help="R@1 in every language instead of times")
    args = parser.parse_args()
    head("Encoding: quality of each engine" if args.quality else "Encoding: speed beside Pyserini's encoders", args)
    with work_folder(args) as work:
        data = prepare_data(work)
        if args.quality:
            _print_quality(data, *((40, 20) if args.quick else (1_000, 1_000)))
        else:
            _print_speed(data, args)


def _texts(data: Path, quick: bool) -> Texts:
    passages = [passage.contents for passage in read_passages(data / "corpus.jsonl")]
    with (data / "queries.jsonl").open(encoding="utf-8") as stream:
        queries = [text for line in stream for texts in json.loads(line)["queries"].values() for text in texts]
    singles = [text for code in LANGUAGES for text in read_language(data, code).texts]
    chance = random.Random(1)
    sizes = (4, 14, 7) if quick else (PYSERINI_BATCH, 7 * PYSERINI_BATCH, 100)
    return Texts(*(chance.sample(texts, size) for texts, size in zip((passages, queries, singles), sizes, strict=True)))


def _print_speed(data: Path, args: argparse.Namespace) -> None:
    texts = _texts(data, args.quick)
    loaded = []
    for engine in engines():
        say(f"loaded {engine.name}")
        loaded.append(engine)
    for engine in loaded:  # the first calls of an engine take longer
        engine.passages(texts.passages[:2])
        engine.queries(texts.queries[:2])
        engine.query(texts.singles[0])
    rounds = 1 if args.quick else 3
    embedded: dict[str, dict[str, np.ndarray]] = {engine.name: {} for engine in loaded}
    work: dict[str, dict[str, Callable[[], object]]] = {
        "passages": {
            engine.name: partial(_embed, engine.passages, texts.passages, embedded[engine.name], "passages")
            for engine in loaded
        },
        "generated queries in batches": {
            engine.name: partial(_embed, engine.queries, texts.queries, embedded[engine.name], "queries")
            for engine in loaded
        },
        "single queries": {engine.name: partial(_one_by_one, engine, texts.singles) for engine in loaded},
    }
    counts = (len(texts.passages), len(texts.queries), len(texts.singles))
    # A single query takes milliseconds, which whatever else the machine does disturbs most: more rounds for those.
    turns = {what: rounds if what != "single queries" else rounds * _SINGLE_ROUNDS for what in work}
    times = {what: in_turns(sides, turns[what]) for what, sides in work.items()}
    theirs = loaded[0].name
    one_by_one = times["single queries"][theirs].best / counts[2]
    rows, speeds = [], []
    for engine in loaded:
        ratios = [taken[engine.name].times_quicker(taken[theirs]) for taken in times.values()]
        ratios.insert(2, f"{one_by_one * counts[1] / times['generated queries in batches'][engine.name].best:.2f}")
        found, expected = ((embedded[name]["passages"], embedded[name]["queries"]) for name in (engine.name, theirs))
        rows.append([engine.name, *ratios, *_closeness(found, expected)])
        speeds.append(
            [
                engine.name,
                *(
                    f"{count / taken[engine.name].best:,.1f}"
                    for count, taken in zip(counts, times.values(), strict=True)
                ),
            ]
        )
    print(
        f"{counts[0]} passages, {counts[1]} queries in batches, {counts[2]} one by one; {rounds} rounds in turns, "
        f"{rounds * _SINGLE_ROUNDS} of those one by one.\n"
    )
    print("Times quicker than Pyserini, best round (least to most of the rounds):\n")
    columns = ["passages", "generated queries in batches", "the same, to Pyserini one by one", "single queries"]
    print(table(["", *columns, "cosine with Pyserini, least", "mean", f"top-{_TOP} overlap"], rows))
    print(f"Targets: {_TARGETS}. Texts a second, best round:\n")
    print(table(["", *times], speeds))


def _embed(many: Many, texts: list[str], kept: dict[str, np.ndarray], what: str) -> None:
    kept[what] = many(texts)


def _one_by_one(engine: Engine, queries: list[str]) -> None:
    for query in queries:
        engine.query(query)


def _closeness(ours: tuple[np.ndarray, np.ndarray], theirs: tuple[np.ndarray, np.ndarray]) -> list[str]:
    """Cosines over passages and queries together, and how much of the ten best passages of each query is the same."""
    cosines = np.concatenate([(mine * other).sum(axis=1) for mine, other in zip(ours, theirs, strict=True)])
    best = [np.argsort(-(queries @ passages.T), axis=1)[:, :_TOP] for passages, queries in (ours, theirs)]
    overlap = np.mean([len(set(mine) & set(other)) / len(mine) for mine, other in zip(*best, strict=True)])
    return [f"{cosines.min():.5f}", f"{cosines.mean():.5f}", f"{overlap:.3f}"]


def _print_quality(data: Path, most_passages: int, most: int) -> None:
    passages = list(read_passages(data / "corpus.jsonl"))[:most_passages]
    rows = []
    theirs: tuple[np.ndarray, np.ndarray] | None = None
    for engine in engines(distinct=True):
        say(f"encoding with {engine.name}")
        vectors = engine.passages([passage.contents for passage in passages])
        shares, asked = [], []
        for code in LANGUAGES:
            topics = read_language(data, code)
            asked.append(engine.queries(topics.texts[:most]))
            found = np.argmax(asked[-1] @ vectors.T, axis=1)
            shares.append(
                float(
                    np.mean(
                        [
                            passages[row].docid == docid
                            for row, docid in zip(found, topics.paragraphs[:most], strict=True)
                        ]
                    )
                )
            )
        mine = (vectors, np.concatenate(asked))
        theirs = theirs or mine
        rows.append(
            [
                engine.name,
                *(f"{100 * share:.1f}" for share in shares),
                f"**{100 * np.mean(shares):.1f}**",
                *_closeness(mine, theirs),
            ]
        )
    print(table(["R@1", *LANGUAGES, "macro", "cosine with Pyserini, least", "mean", f"top-{_TOP} overlap"], rows))


if __name__ == "__main__":
    main()
