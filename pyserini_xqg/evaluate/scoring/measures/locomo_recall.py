"""Recall as the LoCoMo paper defines it (Maharana et al. 2024, arXiv 2402.17753; ``eval_question_answering`` of its
code).

The share of a question's pieces of evidence that are among the first k passages; a question without evidence scores 1,
whatever was found. That differs from R@k: there a question without relevant passages counts nowhere, a passage that
holds two pieces counts once, and evidence that no passage holds is not asked for. Evidence is compared after its ids
were repaired; the paper's code compares them as they stand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Any

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.evaluate.inputs.judgments import check_shared
from pyserini_xqg.evaluate.inputs.places import JudgmentPlaces, Runs, by_language, for_languages, languages_of
from pyserini_xqg.evaluate.scoring.measures.registry import Basis, Judge, Measure, register
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.files.text import numbered_lines
from pyserini_xqg.runs.rankings import Rankings

type Evidence = dict[str, tuple[frozenset[str], ...]]
"""Query id -> for each piece of evidence the passages that hold it; none for a piece that no passage holds."""

_EXPECTED = 'expected {"id": "…", "evidence": [["DOCID", …], …]}, a list of docids for each piece of evidence'


def _read(places: JudgmentPlaces, runs: Runs, measures: Sequence[Measure]) -> Judge:
    assert places.evidence is not None  # the flags of the basis were checked
    evidence = for_languages(read_evidence(places.evidence), languages_of(runs), "evidence", places.evidence)
    return _EvidenceJudge(measures, places.evidence, evidence)


EVIDENCE = Basis(
    name="evidence",
    flags=("evidence",),
    material="evidence",
    needs="evidence",
    defaults=("LoCoMo@5", "LoCoMo@10", "LoCoMo@25", "LoCoMo@50"),  # the paper's cutoffs
    read=_read,
)


class LocomoRecall(Measure):
    """The share of the evidence that is among the first k passages; 1 without evidence."""

    NAME = "LoCoMo"
    SPELLINGS = ("locomo",)
    BASIS = EVIDENCE
    WORDS = "the recall of the LoCoMo paper"


@dataclass(frozen=True, slots=True)
class _EvidenceJudge(Judge):
    measures: Sequence[Measure]
    place: Path
    evidence: Mapping[str, Evidence]

    def score(self, run: Path, language: str, rankings: Rankings) -> RunScores:
        check_shared(rankings, self.evidence[language], run, self.place)
        return score_evidence(rankings, self.evidence[language], self.measures)


def read_evidence(place: Path) -> dict[str, Evidence]:
    """Read evidence: language code -> query id -> pieces.

    :param place: a file, or a folder with ``evidence.LANG.jsonl``, as ``dataset locomo`` writes it.
    :raises InputError: with file and line, for a record of another shape or a repeated id; or there is nothing.
    """
    found: dict[str, Evidence] = {}
    for code, path in by_language(place, "evidence").items():
        evidence = found.setdefault(code, {})
        for number, line in numbered_lines(path):
            qid, pieces = _record(line, Location(path, number))
            if qid in evidence:
                raise InputError(Location(path, number), f"question {qid!r} is there already")
            evidence[qid] = pieces
        if not evidence:
            raise InputError(Location(path), "holds no question")
    return found


def _record(line: str, where: Location) -> tuple[str, tuple[frozenset[str], ...]]:
    try:
        value: Any = json.loads(line)
        qid, pieces = value["id"], value["evidence"]
        if not isinstance(qid, str) or not all(isinstance(docid, str) and docid for piece in pieces for docid in piece):
            raise TypeError
        if not isinstance(pieces, list) or not all(isinstance(piece, list) for piece in pieces):
            raise TypeError
        return qid, tuple(map(frozenset, pieces))
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(where, _EXPECTED) from error


def score_evidence(rankings: Mapping[str, Iterable[str]], evidence: Evidence, measures: Sequence[Measure]) -> RunScores:
    """LoCoMo's recall of rankings that are in memory.

    :param rankings: query id -> docids, best first.
    :raises UsageError: a measure needs something else than evidence.
    """
    EVIDENCE.check(measures)
    per_query: dict[str, dict[str, float]] = {}
    for measure in measures:
        first = {qid: set(islice(rankings.get(qid, ()), measure.cutoff)) for qid in evidence}
        per_query[measure.name] = {qid: _recall(pieces, first[qid]) for qid, pieces in evidence.items()}
    return RunScores(
        per_query=per_query,
        missing=tuple(qid for qid, pieces in evidence.items() if pieces and qid not in rankings),
        unjudged=tuple(qid for qid in rankings if qid not in evidence),
    )


def _recall(pieces: Sequence[frozenset[str]], found: set[str]) -> float:
    return fmean(not piece.isdisjoint(found) for piece in pieces) if pieces else 1.0


register(LocomoRecall)
