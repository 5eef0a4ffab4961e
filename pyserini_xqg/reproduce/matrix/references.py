"""Sees that what a matrix refers to is there: names, steps, runs, settings."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.reproduce.matrix.model import Build, Condition, Matrix
from pyserini_xqg.reproduce.matrix.names import GIVEN, GIVEN_TO_CONDITIONS, malformed, names_in, runs_in
from pyserini_xqg.reproduce.matrix.nodes import YamlNode, unique


def check_references(found: Matrix, top: dict[str, YamlNode]) -> None:
    """See that all names mean something, and that nothing needs itself.

    :param top: the nodes of the matrix's keys, for the lines of errors.
    :raises InputError: a name is there twice or names nothing, or a circle.
    """
    members: tuple[Build | Condition, ...] = (*found.builds, *found.conditions)
    unique(((one.name, one.where) for one in members), "name")
    if found.baseline and all(one.name != found.baseline for one in found.conditions):
        raise top["baseline"].fail(f"there is no condition {found.baseline!r}")
    if unknown := [name for name in found.compared if all(one.name != name for one in found.conditions)]:
        raise top["compared"].fail(f"there is no condition {unknown[0]!r}")
    _check_names(found, top)
    _check_runs(found)
    _check_claims(found)
    builds = {one.name for one in found.builds}
    for member in members:
        if missing := [need for need in member.needs if need not in builds]:
            raise InputError(member.where, f"{member.name!r} needs the step {missing[0]!r}, and there is none")
    graph = {one.name: {*one.needs, *(runs_in(one.command) if isinstance(one, Condition) else ())} for one in members}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        where = next(one.where for one in members if one.name == circle[0])
        raise InputError(where, f"these need each other in a circle: {' -> '.join(reversed(circle))}") from error


def _check_names(found: Matrix, top: dict[str, YamlNode]) -> None:
    shared = {*GIVEN, *found.variables}
    places = found.judgments
    _known((places.topics,), {*shared, "key"}, top["judgments"].where)
    _known((places.qrels, places.answers, places.corpus, places.evidence), shared, top["judgments"].where)
    for number, (name, value) in enumerate(found.variables.items()):
        _known((value,), {*GIVEN, *list(found.variables)[:number]}, top["variables"].entries()[name].where)
    for build in found.builds:
        _known((*build.command, build.output), shared, build.where)
    for one in found.conditions:
        _known((*one.command, one.asks), {*shared, *GIVEN_TO_CONDITIONS, *one.settings}, one.where)
        _known(tuple(one.settings.values()), shared, one.where)


def _check_runs(found: Matrix) -> None:
    conditions = {one.name: one for one in found.conditions}
    for one in found.conditions:
        for other in (*runs_in(one.command), *([one.clean] if one.clean else [])):
            if other not in conditions:
                raise InputError(one.where, f"{one.name!r} speaks of the condition {other!r}, and there is none")
            if missing := [
                topics.key
                for topics in one.asked
                if topics.key not in {theirs.key for theirs in conditions[other].asked}
            ]:
                raise InputError(
                    one.where, f"{one.name!r} asks {missing[0]!r}, and {other!r}, which it speaks of, does not"
                )


def _check_claims(found: Matrix) -> None:
    asked = {one.name: {topics.key for topics in one.asked} for one in found.conditions}
    for claim in found.claims:
        if claim.measure and claim.measure not in found.measures:
            raise InputError(
                claim.where, f"no condition expects a score of {claim.measure}; there are {', '.join(found.measures)}"
            )
        for better, than in claim.pairs:
            if unknown := [name for name in (better, than) if name not in asked]:
                raise InputError(claim.where, f"the claim speaks of the condition {unknown[0]!r}, and there is none")
            if better == than:
                raise InputError(claim.where, f"the claim compares {better!r} with itself")
            for name in (better, than):
                if missing := [key for key in claim.keys if key not in asked[name]]:
                    raise InputError(claim.where, f"the claim is about {missing[0]!r}, which {name!r} does not ask")
            if not asked[better] & asked[than]:
                raise InputError(claim.where, f"{better!r} and {than!r}, which the claim compares, ask nothing alike")


def _known(texts: Sequence[str], known: set[str], where: Location) -> None:
    if bad := malformed(texts):
        raise InputError(where, f"{bad[0]!r} holds a $ that no name follows; write $$ for a $")
    if unknown := [name for name in names_in(texts) if name not in known]:
        raise InputError(
            where,
            f"${unknown[0]} stands for nothing; known are {', '.join(f'${name}' for name in sorted(known))} and "
            "${run:CONDITION}",
        )
