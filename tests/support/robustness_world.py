"""Small run folders whose scores can be told by hand, for the tests of the robustness report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.statistics.clusters import Clusters
from pyserini_xqg.robustness.comparison.conditions import Conditions


def scored(*values: float, measure: str = "R@1") -> RunScores:
    """A run whose queries q0, q1, … have these scores."""
    return RunScores({measure: {f"q{number}": value for number, value in enumerate(values)}})


def apart(conditions: Conditions) -> Clusters:
    """Every query id a cluster, shared by the languages."""
    numbers: dict[str, int] = {}
    clusters: Clusters = {}
    for languages in conditions.clean.values():
        for code, found in languages.items():
            clusters[code] = {
                qid: numbers.setdefault(qid, len(numbers))
                for per_query in found.per_query.values()
                for qid in per_query
            }
    return clusters


def lines(path: Path, *rows: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def found_at(path: Path, ranks: Mapping[str, int]) -> Path:
    """A run that has each query's relevant passage, ``good-QID``, at this rank among others; a query at rank 0 gets
    only others.
    """
    rows = []
    for qid, place in ranks.items():
        docids = [f"good-{qid}" if rank == place else f"bad{rank}" for rank in range(1, 4)]
        rows += [f"{qid} Q0 {docid} {rank} {1 / rank:.6f} t" for rank, docid in enumerate(docids, 1)]
    return lines(path, *rows)


def judged(path: Path, qids: Sequence[str]) -> Path:
    return lines(path, *(f"{qid} 0 good-{qid} 1" for qid in qids))
