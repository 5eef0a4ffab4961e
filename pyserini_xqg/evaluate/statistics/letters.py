"""Every system tested against every other: superscript letters name the systems that a score is significantly better
than.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.statistics.clusters import Clusters
from pyserini_xqg.evaluate.statistics.pairs import families
from pyserini_xqg.evaluate.statistics.randomisation import Draws
from pyserini_xqg.evaluate.statistics.significance import LEVEL, Comparison, PairedTest, tested
from pyserini_xqg.report.marks import RAISED


@dataclass(frozen=True, slots=True)
class Letters:
    """One measure.

    :param names: system -> its letter.
    :param better: ``(system, language)`` -> the letters of the systems that it is significantly better than there, in
        their order; a language is a code, or ``macro`` or ``micro``. Only where there is one.
    :param tests: every comparison that was made.
    """

    measure: str
    names: Mapping[str, str]
    better: Mapping[tuple[str, str], str]
    tests: tuple[Comparison, ...]


def compare_all(
    systems: Mapping[str, Mapping[str, RunScores]],
    measure: str,
    clusters: Clusters | None = None,
    test: PairedTest = PairedTest.T,
    draws: Draws | None = None,
) -> Letters:
    """Test every pair of systems, after Holm's correction over all pairs and languages; over all pairs for macro and
    for micro.

    :param systems: system -> language -> scores, scored on the same queries.
    :param draws: makes the randomisation test too; needed when ``test`` asks for it.
    :raises UsageError: there are more systems than letters, or two were scored on different queries.
    """
    if len(systems) > len(RAISED):
        raise UsageError(
            f"{len(systems)} systems are more than there are letters ({len(RAISED)}); compare fewer at a time"
        )
    names = dict(zip(systems, RAISED, strict=False))
    found = families(systems, measure, list(combinations(systems, 2)), clusters)
    tests = tuple(one for pairs in found for one in tested(measure, pairs, draws))
    better: dict[tuple[str, str], list[str]] = {}
    for one in tests:
        if one.corrected(test).p_holm < LEVEL:
            winner, loser = (one.system, one.baseline) if one.difference > 0 else (one.baseline, one.system)
            better.setdefault((winner, one.language), []).append(names[loser])
    return Letters(measure, names, {place: "".join(sorted(letters)) for place, letters in better.items()}, tests)
