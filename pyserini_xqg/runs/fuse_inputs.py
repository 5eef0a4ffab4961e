"""Run files that are to be fused: read, checked, and in passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.runs.rankings import Rankings, find_view, passages_of_views, read_rankings

_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Views:
    """What to do with docids that are views of passages, such as ``d1#ar``.

    :param delimiter: what stands between docid and language, where views are to be turned into passages.
    :param keep: take docids as they are, whatever they look like.
    :raises UsageError: both are asked for.
    """

    delimiter: str | None = None
    keep: bool = False

    def __post_init__(self) -> None:
        if self.keep and self.delimiter is not None:
            raise UsageError(
                "--keep-views takes docids as they are, and --max-passage-delimiter cuts them; give one of the two"
            )
        if self.delimiter is not None and not self.delimiter:
            raise UsageError(
                "--max-passage-delimiter is empty; give what stands between a docid and its language, such as '#'"
            )


def read_for_fusing(run: Path, views: Views) -> Rankings:
    """Read a run file whole, in passages.

    :raises InputError: a line that is not one of a run, or a run of views where nothing says what to do with them.
    """
    rankings = read_rankings(run)
    if views.delimiter is not None:
        return passages_of_views(rankings, views.delimiter)
    if not views.keep and (view := find_view(rankings)) is not None:
        raise InputError(
            Location(run),
            f"holds views of passages, such as {view!r}, which other runs do not know; search with --max-passage, or "
            "give --max-passage-delimiter '#' here (--keep-views if that is a passage's own docid)",
        )
    return rankings


def check_together(runs: Sequence[Path], rankings: Sequence[Mapping[str, Mapping[str, float]]]) -> tuple[str, ...]:
    """See that runs belong together.

    :returns: what a person should know: topics that a run lacks, runs without a document in common.
    :raises InputError: two runs share no topic.
    """
    for (first, one), (second, other) in combinations(zip(runs, rankings, strict=True), 2):
        if one and other and not one.keys() & other.keys():
            raise InputError(
                Location(second),
                f"shares no topic with {first}: the first is {next(iter(other))!r} here and {next(iter(one))!r} "
                "there; take both from the same topics",
            )
    topics = list(dict.fromkeys(qid for ranking in rankings for qid in ranking))
    notes = [
        _lacking(run, [qid for qid in topics if qid not in ranking], len(topics))
        for run, ranking in zip(runs, rankings, strict=True)
    ]
    found = [{docid for documents in ranking.values() for docid in documents} for ranking in rankings]
    for (first, one_found), (second, other_found) in combinations(zip(runs, found, strict=True), 2):
        if one_found and other_found and not one_found & other_found:
            notes.append(f"{first} and {second} have no document in common; are both of the same corpus?")
    return tuple(note for note in notes if note)


def _lacking(run: Path, missing: Sequence[str], topics: int) -> str:
    if not missing:
        return ""
    shown = ", ".join(missing[:_EXAMPLES]) + (", …" if len(missing) > _EXAMPLES else "")
    return f"{run} has nothing for {len(missing):,} of {topics:,} topics ({shown}); the other runs decide there"
