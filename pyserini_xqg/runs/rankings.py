"""Run files as the mappings that scoring and fusing work on, and views in them turned into passages."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.languages import LANGUAGES
from pyserini_xqg.runs.lines import read_run

type Rankings = dict[str, dict[str, float]]
"""Query id -> docid -> score, the documents in the order of the file's rank column."""

_USUAL_DELIMITER = "#"


def read_rankings(run: Path) -> Rankings:
    """Read a run file whole. An empty one is a run that answers nothing: BM25 on queries of another script gives it.

    :raises InputError: a line of another shape, a score that is not finite, or a document twice for its query.
    """
    ranked: dict[str, dict[str, tuple[int, float]]] = {}
    for number, line in enumerate(read_run(run), 1):
        if not math.isfinite(line.score):
            raise InputError(Location(run, number), f"the score is {line.score}; the run is damaged, so search again")
        documents = ranked.setdefault(line.qid, {})
        if line.docid in documents:
            raise InputError(Location(run, number), f"document {line.docid!r} is there twice for query {line.qid!r}")
        documents[line.docid] = (line.rank, line.score)
    return {
        qid: {docid: score for docid, (_, score) in sorted(documents.items(), key=lambda entry: entry[1][0])}
        for qid, documents in ranked.items()
    }


def best_first(documents: Mapping[str, float]) -> list[tuple[str, float]]:
    """A topic's documents by score; equal ones stay in their order."""
    return sorted(documents.items(), key=lambda entry: -entry[1])


def find_view(rankings: Mapping[str, Mapping[str, float]]) -> str | None:
    """The first docid that looks like a view of a passage, ``d1#ar``; None where there is none."""
    for documents in rankings.values():
        for docid in documents:
            _, delimiter, code = docid.rpartition(_USUAL_DELIMITER)
            if delimiter and code in LANGUAGES:
                return docid
    return None


def passages_of_views(rankings: Mapping[str, Mapping[str, float]], delimiter: str) -> Rankings:
    """Each passage once, with the score of its best view, at the place of the first of them."""
    collapsed: Rankings = {}
    for qid, documents in rankings.items():
        passages = collapsed.setdefault(qid, {})
        for name, score in documents.items():
            docid = name.split(delimiter, 1)[0]
            passages[docid] = max(score, passages.get(docid, score))
    return collapsed
