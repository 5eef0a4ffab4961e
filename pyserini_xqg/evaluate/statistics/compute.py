"""From scores to tests, intervals, power and letters, as far as they are wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pyserini_xqg.evaluate.evaluation import Evaluation
from pyserini_xqg.evaluate.statistics.clusters import Clusters
from pyserini_xqg.evaluate.statistics.intervals import doubts, intervals
from pyserini_xqg.evaluate.statistics.letters import compare_all
from pyserini_xqg.evaluate.statistics.power import power
from pyserini_xqg.evaluate.statistics.randomisation import Draws
from pyserini_xqg.evaluate.statistics.significance import PairedTest, compare, compare_overall


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to compute.

    :param test: the one that marks and letters go by.
    :param randomisation: the draws of the randomisation test; None leaves it out.
    :param letters: whether to test every system against every other.
    :param intervals: the draws of the bootstrap; None leaves intervals out.
    :param power: whether to say what the comparisons with the baseline could have shown.
    """

    test: PairedTest = PairedTest.T
    randomisation: Draws | None = None
    letters: bool = False
    intervals: Draws | None = None
    power: bool = False


def add_statistics[Found: Evaluation](found: Found, wanted: Wanted, clusters: Clusters | None = None) -> Found:
    """Add to scores what can be said about chance. Tests and power need ``found.baseline``; without one they are left
    out.

    :param clusters: what chance draws whole; None: query ids, each with its translations of the same id.
    :raises UsageError: the baseline is not there, two systems were scored on different queries, or there are more
        systems than letters.
    """
    measures, scores, baseline = [measure.name for measure in found.measures], found.scores, found.baseline
    if wanted.intervals is not None:
        drawn = tuple(one for name in measures for one in intervals(scores, name, baseline, clusters, wanted.intervals))
        found = replace(found, intervals=drawn, notes=(*found.notes, *doubts(drawn)))
    if wanted.letters:
        found = replace(
            found,
            test=wanted.test,
            letters={name: compare_all(scores, name, clusters, wanted.test, wanted.randomisation) for name in measures},
        )
    if baseline is None:
        return found
    return replace(
        found,
        comparisons=tuple(
            one for name in measures for one in compare(scores, baseline, name, clusters, wanted.randomisation)
        ),
        overall=tuple(
            one for name in measures for one in compare_overall(scores, baseline, name, clusters, wanted.randomisation)
        ),
        powers=tuple(one for name in measures for one in power(scores, baseline, name, clusters))
        if wanted.power
        else (),
        test=wanted.test,
    )
