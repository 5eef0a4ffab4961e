"""Runs a matrix: its commands, then the scores of their runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pyserini_xqg.errors import InputError
from pyserini_xqg.evaluate.notes import run_notes
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.scoring.systems import score_systems
from pyserini_xqg.reproduce.matrix.claims import claimed_pairs
from pyserini_xqg.reproduce.matrix.model import Condition
from pyserini_xqg.reproduce.matrix.names import filled
from pyserini_xqg.reproduce.matrix.plan import MatrixPlan, run_file
from pyserini_xqg.reproduce.matrix.results import ConditionOutcome, MatrixResult, ScoreVerdict, compare
from pyserini_xqg.reproduce.steps.runner import Runner

_MB = 1024 * 1024


def run_matrix(plan: MatrixPlan, jobs: int, say: Callable[[str], None]) -> MatrixResult:
    """Run what is not done yet, and score everything that was run.

    A command that fails is a verdict of its conditions; the others go on.

    :param say: told what begins and ends, a line each.
    """
    runner = Runner(plan.places.out, jobs, say, go_on=True)
    runner.run(plan.steps)
    scores, damaged = _scores(plan, runner.failures)
    outcomes = tuple(_outcome(one, plan, runner, scores, damaged) for one in plan.conditions)
    conditions = {one.name for one in plan.conditions}
    builds = {step.name: step.command for step in plan.steps if step.name not in conditions}
    return MatrixResult(plan.matrix, outcomes, builds, scores, claimed_pairs(plan.matrix, scores))


def _scores(plan: MatrixPlan, failures: dict[str, str]) -> tuple[dict[str, dict[str, RunScores]], dict[str, str]]:
    """Condition -> topic key -> scores, and condition -> why its runs cannot be scored."""
    found: dict[str, dict[str, RunScores]] = {}
    damaged: dict[str, str] = {}
    for group in _judged_alike(plan, failures):
        runs = {
            one.name: {topics.eval_key: run_file(plan.places, one.name, topics.key) for topics in one.asked}
            for one in group
        }
        keys = {one.name: {topics.eval_key: topics.key for topics in one.asked} for one in group}
        try:
            scored = score_systems(runs, parse_measures(plan.matrix.measures), plan.judgments())
        except InputError as error:
            damaged |= {one.name: str(error) for one in group}
            continue
        found |= {
            name: {keys[name][code]: scores for code, scores in by_key.items()} for name, by_key in scored.items()
        }
    return found, damaged


def _judged_alike(plan: MatrixPlan, failures: dict[str, str]) -> list[list[Condition]]:
    """The conditions that ran, in groups that are scored at once.

    R@kt reads the whole corpus once a group; otherwise each is scored by itself, so that a damaged run harms no other.
    """
    ran = [one for one in plan.conditions if one.name not in plan.not_run and one.name not in failures]
    return [ran] if ran and plan.matrix.judgments.corpus else [[one] for one in ran]


def _outcome(
    one: Condition, plan: MatrixPlan, runner: Runner, scores: dict[str, dict[str, RunScores]], damaged: dict[str, str]
) -> ConditionOutcome:
    reason = plan.not_run.get(one.name) or damaged.get(one.name) or runner.failures.get(one.name, "")
    spent = runner.spent.get(one.name) if not reason else None
    commands = next((step.command.splitlines() for step in plan.steps if step.name == one.name), [])
    return ConditionOutcome(
        condition=one,
        commands={topics.key: command for topics, command in zip(one.asked, commands, strict=False)},
        scores=compare(
            one, scores.get(one.name, {}), ScoreVerdict.NOT_RUN if one.name in plan.not_run else ScoreVerdict.FAILED
        ),
        reason=reason,
        seconds=spent.seconds if spent else None,
        peak_mb=spent.peak_mb if spent else None,
        index_mb=_index_mb(one, plan) if not reason else None,
        notes=_notes(one, plan, scores[one.name]) if one.name in scores else (),
    )


def _notes(one: Condition, plan: MatrixPlan, scores: dict[str, RunScores]) -> tuple[str, ...]:
    runs = {one.name: {key: run_file(plan.places, one.name, key) for key in scores}}
    return run_notes(runs, {one.name: scores}, parse_measures(plan.matrix.measures))


def _index_mb(one: Condition, plan: MatrixPlan) -> float | None:
    if "index" not in one.settings:
        return None
    place = Path(filled(one.settings["index"], plan.names))
    return sum(path.stat().st_size for path in place.rglob("*") if path.is_file()) / _MB if place.is_dir() else None
