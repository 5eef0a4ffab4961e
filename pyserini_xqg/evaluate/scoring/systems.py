"""Scoring several systems in several languages at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.inputs.order import disordered
from pyserini_xqg.evaluate.inputs.places import JudgmentPlaces, Runs, each_run
from pyserini_xqg.evaluate.scoring.measures.registry import Judge, Measure, bases
from pyserini_xqg.evaluate.scoring.scores import RunScores, merge
from pyserini_xqg.runs.rankings import read_rankings

type Scores = dict[str, dict[str, RunScores]]
"""System -> language -> scores."""


def score_systems(runs: Runs, measures: Sequence[Measure], places: JudgmentPlaces) -> Scores:
    """Score every run under every measure.

    :param places: what the measures need of it must be there.
    :raises UsageError: a measure lacks its judgments.
    :raises InputError: a file is missing or bad, or a run does not fit its judgments.
    """
    judges = _read_judges(runs, measures, places)
    scores: Scores = {system: {} for system in runs}
    for system, code, run in each_run(runs):
        rankings = read_rankings(run)
        found = reduce(merge, [judge.score(run, code, rankings) for judge in judges])
        scores[system][code] = replace(found, disordered=disordered(rankings))
    return scores


def _read_judges(runs: Runs, measures: Sequence[Measure], places: JudgmentPlaces) -> list[Judge]:
    """Read all judgments that the measures need.

    :raises UsageError: a measure lacks its judgments.
    :raises InputError: a file is missing or bad, or a run does not fit its judgments.
    """
    wanted = {basis: [measure for measure in measures if measure.BASIS is basis] for basis in bases()}
    for basis, mine in wanted.items():
        if mine and any(getattr(places, flag) is None for flag in basis.flags):
            names, flags = [measure.name for measure in mine], [f"--{flag}" for flag in basis.flags]
            raise UsageError(
                f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} computed from {basis.material}, so give "
                f"{'both ' if len(flags) > 1 else ''}{' and '.join(flags)}"
            )
    return [basis.read(places, runs, mine) for basis, mine in wanted.items() if mine]
