"""Run files in, one run file out, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.runs.fuse_inputs import Views, check_together, read_for_fusing
from pyserini_xqg.runs.rank_fusion.fuse import RankFusion, fuse_rankings
from pyserini_xqg.runs.writing import write_rankings


@dataclass(frozen=True, slots=True)
class Fused:
    """What was made.

    :param notes: what a person should know of the runs, a sentence each.
    """

    topics: int
    lines: int
    notes: tuple[str, ...]


def fuse_files(
    *,
    runs: Sequence[Path],
    output: Path,
    fusion: RankFusion,
    k: int = 1000,
    views: Views | None = None,
    tag: str = "fused",
) -> Fused:
    """Fuse run files of the same topics.

    :param k: the most passages a topic gets.
    :raises InputError: a run is malformed, holds views, or shares no topic with another.
    :raises UsageError: ``k``, the tag or the weights cannot be.
    :raises OutputError: the output cannot be written.
    """
    if k < 1:
        raise UsageError(f"--k is {k}; it must be at least 1")
    if tag.split() != [tag]:
        raise UsageError(f"the tag {tag!r} must be one word, since white space ends a column of a run file")
    fusion.weights_of(len(runs))
    rankings = [read_for_fusing(run, views or Views()) for run in runs]
    notes = check_together(runs, rankings)
    fused = fuse_rankings(rankings, fusion, k)
    write_rankings(fused, output, tag)
    return Fused(len(fused), sum(map(len, fused.values())), notes)
