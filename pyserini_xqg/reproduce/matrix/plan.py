"""What a matrix comes down to here: steps to run, and conditions that cannot be run because something is not at
hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.inputs.places import JudgmentPlaces
from pyserini_xqg.languages import language
from pyserini_xqg.lexicon.places import pairs_installed
from pyserini_xqg.reproduce.matrix.model import Build, Condition, Matrix, Requirement, RequirementKind
from pyserini_xqg.reproduce.matrix.names import all_filled, filled, runs_in
from pyserini_xqg.reproduce.steps.step import Step, in_order

RUNS = "runs"


@dataclass(frozen=True, slots=True)
class MatrixPlaces:
    """Where things are.

    :param data: the public data, a folder a data set.
    :param models: checkpoint folders.
    :param out: everything that the matrix makes.
    """

    data: Path
    models: Path
    out: Path


@dataclass(frozen=True, slots=True)
class MatrixPlan:
    """What is run.

    :param steps: those of the conditions that can be run, each after those that it needs.
    :param conditions: those asked for, as the matrix orders them.
    :param not_run: condition -> why it cannot be run here.
    :param names: what the matrix's own ``$names`` stand for.
    """

    matrix: Matrix
    places: MatrixPlaces
    steps: tuple[Step, ...]
    conditions: tuple[Condition, ...]
    not_run: dict[str, str]
    names: dict[str, str]

    def judgments(self) -> JudgmentPlaces:
        """Where qrels, answers, corpus and evidence are."""
        mine = self.matrix.judgments
        places = (mine.qrels, mine.answers, mine.corpus, mine.evidence)
        return JudgmentPlaces(*(Path(filled(text, self.names)) if text else None for text in places))


def run_file(places: MatrixPlaces, condition: str, key: str) -> Path:
    """Where a condition's run goes; ``evaluate --runs`` takes its folder as a system."""
    return places.out / RUNS / condition / f"run.{key}.txt"


def make_plan(matrix: Matrix, places: MatrixPlaces, only: Sequence[str] = (), *, download: bool = False) -> MatrixPlan:
    """Plan the run of a matrix.

    :param only: conditions; those whose runs they use come along. All where empty.
    :param download: whether steps that need the network may run.
    :raises UsageError: ``only`` names a condition that there is not.
    """
    conditions = {one.name: one for one in matrix.conditions}
    if unknown := [name for name in only if name not in conditions]:
        raise UsageError(f"--condition {unknown[0]}: there is no such condition; there are {', '.join(conditions)}")
    wanted = _with_runs(tuple(only) or tuple(conditions), conditions)
    builds = {one.name: one for one in matrix.builds}
    names = _names(matrix, places)
    lacking = _lacking([*matrix.requires, *(needed for name in wanted for needed in conditions[name].requires)], places)
    not_run: dict[str, str] = {}
    for name in _used_first(wanted, conditions):
        if reason := _missing(
            one=conditions[name],
            matrix=matrix,
            builds=builds,
            names=names,
            lacking=lacking,
            not_run=not_run,
            download=download,
        ):
            not_run[name] = reason
    chosen = tuple(one for one in matrix.conditions if one.name in wanted)
    run = [one for one in chosen if one.name not in not_run]
    used = {need for one in run for need in _builds_of(one.needs, builds)}
    steps = [
        _build_step(one, names)
        for one in matrix.builds
        if one.name in used and not (one.download and _output(one, names).exists())
    ]
    present = {one.name for one in steps}
    steps = [replace(one, needs=tuple(need for need in one.needs if need in present)) for one in steps]
    steps += [_step(one, matrix, names, places, present) for one in run]
    return MatrixPlan(matrix, places, tuple(in_order(steps)), chosen, not_run, names)


def _names(matrix: Matrix, places: MatrixPlaces) -> dict[str, str]:
    names = {"data": str(places.data), "models": str(places.models), "out": str(places.out)}
    for name, value in matrix.variables.items():
        names[name] = filled(value, names)
    return names


def _with_runs(only: Sequence[str], conditions: dict[str, Condition]) -> set[str]:
    found: set[str] = set()
    waiting = list(only)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += runs_in(conditions[name].command)
    return found


def _used_first(wanted: set[str], conditions: dict[str, Condition]) -> list[str]:
    """The conditions, each after those whose runs it uses."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        if name not in ordered:
            for other in runs_in(conditions[name].command):
                visit(other)
            ordered.append(name)

    for name in conditions:
        if name in wanted:
            visit(name)
    return ordered


def _missing(
    *,
    one: Condition,
    matrix: Matrix,
    builds: dict[str, Build],
    names: dict[str, str],
    lacking: Mapping[Requirement, str],
    not_run: dict[str, str],
    download: bool,
) -> str:
    for requirement in (*matrix.requires, *one.requires):
        if what := lacking[requirement]:
            return f"{what} is not there{f'; {requirement.how}' if requirement.how else ''}"
    for need in _builds_of(one.needs, builds):
        build = builds[need]
        if build.download and not download and not _output(build, names).exists():
            return (
                f"{_output(build, names)} is not there; `{_build_step(build, names).command}` brings it, or --download"
            )
    for other in runs_in(one.command):
        if other in not_run:
            return f"{other} cannot be run: {not_run[other]}"
    return ""


def _lacking(requirements: Sequence[Requirement], places: MatrixPlaces) -> dict[Requirement, str]:
    """What of each is not at hand; empty where it is. The machine's dictionaries are looked for once."""
    roots = {RequirementKind.DATA: places.data, RequirementKind.MODEL: places.models}
    dictionaries = any(one.kind is RequirementKind.DICTIONARY for one in requirements)
    pairs = pairs_installed() if dictionaries else frozenset()
    found = {}
    for one in requirements:
        if one.kind is RequirementKind.DICTIONARY:
            source, _, target = one.name.partition("-")
            there = (language(source).code, language(target).code) in pairs
            found[one] = "" if there else f"a dictionary {one.name}"
        else:
            place = roots[one.kind] / one.name
            found[one] = "" if place.exists() else str(place)
    return found


def _builds_of(needs: Sequence[str], builds: dict[str, Build]) -> list[str]:
    """The steps needed, and those that these need."""
    found: list[str] = []
    for need in needs:
        found += [*_builds_of(builds[need].needs, builds), need]
    return list(dict.fromkeys(found))


def _output(build: Build, names: dict[str, str]) -> Path:
    return Path(filled(build.output, names))


def _build_step(build: Build, names: dict[str, str]) -> Step:
    return Step(build.name, (all_filled(build.command, names),), _output(build, names), build.needs)


def _step(one: Condition, matrix: Matrix, names: dict[str, str], places: MatrixPlaces, present: set[str]) -> Step:
    commands = tuple(_command(one, topics.key, matrix, names, places) for topics in one.asked)
    needs = (*(need for need in one.needs if need in present), *runs_in(one.command))
    return Step(one.name, commands, places.out / RUNS / one.name, needs)


def _command(one: Condition, key: str, matrix: Matrix, names: dict[str, str], places: MatrixPlaces) -> tuple[str, ...]:
    settings = {name: filled(value, names) for name, value in one.settings.items()}
    runs = {f"run:{other}": str(run_file(places, other, key)) for other in runs_in(one.command)}
    values = {**names, **settings, **runs, "key": key, "output": str(run_file(places, one.name, key))}
    values["topics"] = filled(one.asks or matrix.judgments.topics, values)
    return all_filled(one.command, values)
