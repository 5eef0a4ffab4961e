"""Does a generated query find its passage? Beside the queries that people asked of the same passages, which bound what
a generator can reach.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_rankings
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.expand.expand_corpus import ExpandOptions, expand
from pyserini_xqg.expand.generator import Generator
from pyserini_xqg.files.text import write_text
from pyserini_xqg.fusion.text_kind import TextKind, language_of
from pyserini_xqg.input.queries import read_queries
from pyserini_xqg.search.searchers.topk import merge_top_k
from pyserini_xqg.train.generator.data.examples import TrainingExample

MEASURES = ("R@1", "MRR@10")
_DEPTH = 10
_BLOCK = 2048
_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class RoundTripScore:
    """How well the queries of one language find their passages.

    :param queries: how many were searched.
    :param scores: by measure, 0 to 1.
    """

    queries: int
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """What came of it.

    :param passages: how many were searched.
    :param generated: by language.
    :param human: by language, where there are any.
    :param samples: a few passages of each language with what was generated and what people asked.
    """

    passages: int
    generated: dict[str, RoundTripScore]
    human: dict[str, RoundTripScore]
    samples: list[dict[str, object]]


def round_trip(
    *,
    held_out: Sequence[TrainingExample],
    languages: tuple[str, ...],
    kind: TextKind,
    generator: Generator,
    encoder: Encoder,
    number: int,
    seed: int,
    folder: Path,
) -> RoundTrip:
    """Generate by the stage ``expand``, encode, and search all held-out passages exactly.

    :param kind: what was learned to be written; questions search as queries, translations as passages.
    :param number: queries a passage and language.
    :param folder: for the corpus and the queries; gone on with after a kill.
    """
    texts = list(dict.fromkeys(example.passage for example in held_out))
    rows = {text: row for row, text in enumerate(texts)}
    corpus = folder / "corpus.jsonl"
    write_text(
        corpus,
        "".join(
            json.dumps({"id": f"p{row}", "contents": text}, ensure_ascii=False) + "\n" for row, text in enumerate(texts)
        ),
    )
    options = ExpandOptions(languages, number, seed, kind=kind)
    expand(corpus=corpus, generator=generator, output=folder / "queries", options=options)
    written: dict[str, list[tuple[int, str]]] = {code: [] for code in languages}
    for row, record in enumerate(read_queries(folder / "queries")):
        for name, queries in record.queries.items():
            written[language_of(name)] += [(row, query) for query in queries]
    asked: dict[str, list[tuple[int, str]]] = {}
    for example in held_out:
        asked.setdefault(example.code, []).append((rows[example.passage], example.query))
    passages = encoder.encode(texts, Side.PASSAGE)
    side = Side.QUERY if kind is TextKind.QUESTIONS else Side.PASSAGE
    return RoundTrip(
        len(texts),
        {code: _find(mine, passages, encoder, side) for code, mine in written.items()},
        {code: _find(mine, passages, encoder, side) for code, mine in sorted(asked.items())},
        [sample for code in languages for sample in _samples(code, texts, written[code], asked.get(code, []))],
    )


def _find(queries: list[tuple[int, str]], passages: np.ndarray, encoder: Encoder, side: Side) -> RoundTripScore:
    """Search with every query.

    :param queries: the row of the passage that each belongs to, and its text.
    """
    if not queries:
        return RoundTripScore(0, dict.fromkeys(MEASURES, 0.0))
    rankings, judgments = {}, {}
    for start in range(0, len(queries), _BLOCK):
        block = queries[start : start + _BLOCK]
        vectors = encoder.encode([text for _, text in block], side)
        scores, found = np.empty((len(block), 0), np.float32), np.empty((len(block), 0), np.int64)
        for first in range(0, len(passages), _BLOCK):
            part = passages[first : first + _BLOCK]
            scores, found = merge_top_k(scores, found, vectors @ part.T, np.arange(first, first + len(part)), _DEPTH)
        for place, (row, _) in enumerate(block):
            qid = str(start + place)
            rankings[qid] = {str(hit): float(score) for hit, score in zip(found[place], scores[place], strict=True)}
            judgments[qid] = {str(row): 1}
    scored = score_rankings(rankings, judgments, parse_measures(MEASURES))
    return RoundTripScore(len(queries), {measure: scored.mean(measure) for measure in MEASURES})


def _samples(
    code: str, texts: list[str], generated: list[tuple[int, str]], asked: list[tuple[int, str]]
) -> list[dict[str, object]]:
    """The first passages that somebody asked something of in this language, else the first of all."""
    chosen = list(dict.fromkeys(row for row, _ in asked or generated))[:_SAMPLES]
    return [
        {
            "language": code,
            "passage": texts[row],
            "generated": [text for mine, text in generated if mine == row],
            "human": [text for mine, text in asked if mine == row],
        }
        for row in chosen
    ]
