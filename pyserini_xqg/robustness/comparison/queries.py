"""Whether clean and perturbed runs answer the same queries, and what is done where one does not."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.scoring.systems import Scores
from pyserini_xqg.robustness.comparison.conditions import CLEAN, Conditions

_EXAMPLES = 5


class Missing(StrEnum):
    """What a query counts that is judged but not in a run."""

    MISS = "miss"
    """0, as ``evaluate`` counts it: the query was asked and nothing was found, as happens to BM25 once the only known
    word is misspelled.
    """
    LEAVE_OUT = "leave-out"
    """Nothing: where one run of a language lacks a query, it is left out for all systems in all conditions, so that all
    are still compared on the same queries. For runs over a part of the topics."""


def check_same_queries(conditions: Conditions, missing: Missing | None) -> None:
    """See that each perturbed run answers the queries of its clean run.

    :param missing: None where nobody said what a query without an answer means: then two runs that each lack queries of
        the other are refused, for that is what two different topics files look like.
    :raises UsageError: they do not, naming the queries.
    """
    for name, number, variant in _variants(conditions):
        for system, languages in variant.items():
            for code, scores in languages.items():
                _check(
                    f"{system}, {code}: the clean run and the one under {name!r}{number}",
                    conditions.clean[system][code],
                    scores,
                    missing,
                )


def _check(label: str, clean: RunScores, perturbed: RunScores, missing: Missing | None) -> None:
    before, after = _answered(clean), _answered(perturbed)
    added, lost = [qid for qid in after if qid not in before], [qid for qid in before if qid not in after]
    unknown = [qid for qid in added if qid in perturbed.unjudged]
    if before and after and (unknown or len(lost) == len(before)):
        raise UsageError(
            f"{label} answer different queries: only the clean one has {_named(lost)}, only the perturbed one "
            f"{_named(unknown or added)}; search topics with the same ids in both"
        )
    if added and lost and missing is None:
        raise UsageError(
            f"{label} answer different queries: only the clean one has {_named(lost)}, only the perturbed one "
            f"{_named(added)}; if both were asked the same and found nothing for some, say --missing {Missing.MISS}, "
            f"and if they were asked different ones, --missing {Missing.LEAVE_OUT}"
        )


def _answered(scores: RunScores) -> dict[str, None]:
    judged = dict.fromkeys(qid for per_query in scores.per_query.values() for qid in per_query)
    unanswered = set(scores.missing)
    return dict.fromkeys([qid for qid in judged if qid not in unanswered] + list(scores.unjudged))


def leave_out_missing(conditions: Conditions) -> Conditions:
    """Leave the queries that any run of a language lacks out of all runs of that language.

    :raises UsageError: that leaves no query of a language.
    """
    lacking: dict[str, set[str]] = {}
    for _, scores in _all_scores(conditions):
        for languages in scores.values():
            for code, found in languages.items():
                lacking.setdefault(code, set()).update(found.missing)
    return Conditions(
        _without(conditions.clean, lacking),
        {
            name: tuple(_without(variant, lacking) for variant in variants)
            for name, variants in conditions.perturbed.items()
        },
    )


def _without(scores: Scores, lacking: dict[str, set[str]]) -> Scores:
    return {
        system: {code: _restricted(code, found, lacking[code]) for code, found in languages.items()}
        for system, languages in scores.items()
    }


def _restricted(code: str, scores: RunScores, lacking: set[str]) -> RunScores:
    kept = {
        measure: {qid: score for qid, score in found.items() if qid not in lacking}
        for measure, found in scores.per_query.items()
    }
    if not all(kept.values()):
        raise UsageError(
            f"{code}: there is no query that all runs answer, so --missing {Missing.LEAVE_OUT} leaves nothing to "
            "compare"
        )
    return RunScores(kept, unjudged=scores.unjudged)


def missing_notes(conditions: Conditions, missing: Missing) -> tuple[str, ...]:
    """A sentence for each system and condition with queries that its runs lack.

    :param conditions: as they were before :func:`leave_out_missing`.
    """
    counted = "counted as misses" if missing is Missing.MISS else "left out everywhere"
    notes = []
    for label, scores in _all_scores(conditions):
        for system, languages in scores.items():
            lacking = {code: found.missing for code, found in languages.items() if found.missing}
            if lacking:
                counts = "; ".join(f"{code} {_named(qids)}" for code, qids in sorted(lacking.items()))
                notes.append(f"{system}, {label}: no answer to {counts}; {counted}")
    return tuple(notes)


def _all_scores(conditions: Conditions) -> Iterator[tuple[str, Scores]]:
    yield CLEAN, conditions.clean
    for name, number, variant in _variants(conditions):
        yield name + number, variant


def _variants(conditions: Conditions) -> Iterator[tuple[str, str, Scores]]:
    """``(perturbation, words for the variant's number where there are several, scores)``."""
    for name, variants in conditions.perturbed.items():
        for number, variant in enumerate(variants, 1):
            yield name, f" (variant {number})" if len(variants) > 1 else "", variant


def _named(qids: list[str] | tuple[str, ...]) -> str:
    shown = ", ".join(map(str, qids[:_EXAMPLES])) + (", …" if len(qids) > _EXAMPLES else "")
    return f"{len(qids)} {'query' if len(qids) == 1 else 'queries'} ({shown})" if qids else "none of its own"
