"""Which systems are compared with which, and where: by language, macro and micro."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.statistics.clusters import Clusters
from pyserini_xqg.evaluate.statistics.paired import Average, Paired, of_measure, pair


@dataclass(frozen=True, slots=True)
class SystemPair:
    """Two systems in one language, or over all (``macro``, ``micro``)."""

    system: str
    baseline: str
    language: str
    paired: Paired


def against(systems: Mapping[str, object], baseline: str) -> list[tuple[str, str]]:
    """Every other system with the baseline.

    :raises UsageError: the baseline is not there.
    """
    check_baseline(systems, baseline)
    return [(system, baseline) for system in systems if system != baseline]


def check_baseline(systems: Mapping[str, object], baseline: str) -> None:
    """See that a baseline is among the systems.

    :raises UsageError: it is not.
    """
    if baseline not in systems:
        raise UsageError(f"there is no run of the baseline {baseline!r}; the systems are {', '.join(systems)}")


def pairs_by_language(
    systems: Mapping[str, Mapping[str, RunScores]],
    measure: str,
    choices: Sequence[tuple[str, str]],
    clusters: Clusters | None,
) -> list[SystemPair]:
    """These systems in each language that both have: one family of comparisons."""
    return [
        SystemPair(
            one,
            other,
            code,
            _paired(systems=systems, measure=measure, both=(one, other), codes=[code], clusters=clusters),
        )
        for one, other in choices
        for code in systems[one]
        if code in systems[other]
    ]


def pairs_overall(
    systems: Mapping[str, Mapping[str, RunScores]],
    measure: str,
    choices: Sequence[tuple[str, str]],
    clusters: Clusters | None,
) -> tuple[list[SystemPair], list[SystemPair]]:
    """These systems over all languages, macro and micro, a family of comparisons each; none for a single language, or
    where a system lacks one.
    """
    codes = sorted({code for found in systems.values() for code in found})
    whole = {system for system, found in systems.items() if len(found) == len(codes) > 1}
    macro, micro = (
        [
            SystemPair(
                *both,
                over.value,
                _paired(systems=systems, measure=measure, both=both, codes=codes, clusters=clusters, over=over),
            )
            for both in choices
            if whole.issuperset(both)
        ]
        for over in Average
    )
    return macro, micro


def families(
    systems: Mapping[str, Mapping[str, RunScores]],
    measure: str,
    choices: Sequence[tuple[str, str]],
    clusters: Clusters | None,
) -> tuple[list[SystemPair], ...]:
    """These systems by language, macro and micro: each is corrected for its own number of comparisons."""
    return pairs_by_language(systems, measure, choices, clusters), *pairs_overall(systems, measure, choices, clusters)


def _paired(
    *,
    systems: Mapping[str, Mapping[str, RunScores]],
    measure: str,
    both: tuple[str, str],
    codes: Sequence[str],
    clusters: Clusters | None,
    over: Average = Average.MACRO,
) -> Paired:
    ours, theirs = (of_measure(systems[system], measure, codes) for system in both)
    try:
        return pair(ours, theirs, clusters, over)
    except UsageError as error:
        raise UsageError(f"{both[0]!r} and {both[1]!r}: {error}") from error
