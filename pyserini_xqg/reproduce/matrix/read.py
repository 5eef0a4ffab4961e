"""Reads a matrix and sees that it makes sense by itself: names, references, scores."""

from __future__ import annotations

import re
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.languages import language
from pyserini_xqg.reproduce.matrix.model import (
    MACRO,
    Build,
    Claim,
    Condition,
    Expected,
    Judgments,
    Matrix,
    Requirement,
    RequirementKind,
    Topics,
)
from pyserini_xqg.reproduce.matrix.nodes import YamlNode, read_yaml, unique
from pyserini_xqg.reproduce.matrix.references import check_references

SETTINGS = ("store", "index", "alpha", "fusion", "languages", "queries_per_language", "seed", "encoder", "precision")
"""What may set a condition apart, beyond Pyserini's shape."""
_TOLERANCE = 0.002
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]*")
_PROGRAMS = (("pyserini-xqg",), ("python", "-m"))
_TOP = (
    "name",
    "display",
    "about",
    "source",
    "baseline",
    "compared",
    "tolerance",
    "requires",
    "variables",
    "judgments",
    "steps",
    "conditions",
    "claims",
)


def read_matrix(path: Path) -> Matrix:
    """Read a matrix whole.

    :raises InputError: with file and line, for an unknown key, a missing measure, a score that is no number from 0 to
        1, a name that is there twice or names nothing, and commands that need each other in a circle.
    """
    top = read_yaml(path).mapping(_TOP, needed=("name", "judgments", "conditions"))
    tolerance = _tolerance(top["tolerance"]) if "tolerance" in top else _TOLERANCE
    found = Matrix(
        name=_name(top["name"]),
        display=_text(top, "display") or _name(top["name"]),
        about=_text(top, "about"),
        source=_text(top, "source"),
        baseline=_text(top, "baseline"),
        compared=_texts(top, "compared"),
        requires=_requirements(top),
        variables={name: value.text() for name, value in top["variables"].entries().items()}
        if "variables" in top
        else {},
        judgments=_judgments(top["judgments"]),
        builds=tuple(_build(one) for one in (top["steps"].items() if "steps" in top else ())),
        conditions=tuple(_condition(one, tolerance) for one in top["conditions"].items()),
        claims=tuple(_claim(one) for one in (top["claims"].items() if "claims" in top else ())),
    )
    if not found.conditions:
        raise top["conditions"].fail("holds no condition")
    if not found.measures:
        raise top["conditions"].fail(
            "no condition expects a score; write one under topics, such as scores: [{R@1: 0.5}]"
        )
    check_references(found, top)
    return found


def _text(entries: dict[str, YamlNode], key: str) -> str:
    return entries[key].text() if key in entries else ""


def _name(node: YamlNode) -> str:
    name = node.text()
    if not _NAME.fullmatch(name):
        raise node.fail(f"{name!r} cannot be a name; use letters, digits and + . _ -")
    return name


def _tolerance(node: YamlNode) -> float:
    value = node.number("the tolerance")
    if not 0 <= value <= 1:
        raise node.fail(f"the tolerance is {value:g}; it is a difference of scores, from 0 to 1")
    return value


def _judgments(node: YamlNode) -> Judgments:
    keys = ("topics", "qrels", "answers", "corpus", "evidence")
    entries = node.mapping(keys, needed=("topics",))
    if not entries.keys() & {"qrels", "answers", "evidence"}:
        raise node.fail("names no judgments; give qrels, answers (with corpus) or evidence")
    return Judgments(*(_text(entries, key) for key in keys))


def _requirements(entries: dict[str, YamlNode]) -> tuple[Requirement, ...]:
    found = []
    for node in entries["requires"].items() if "requires" in entries else ():
        one = node.mapping((*RequirementKind, "how"))
        kinds = [kind for kind in RequirementKind if kind in one]
        if len(kinds) != 1:
            raise node.fail(f"expected one of {', '.join(RequirementKind)}, and how to get it")
        if kinds[0] is RequirementKind.DICTIONARY:
            _languages(one[kinds[0]])
        found.append(Requirement(kinds[0], one[kinds[0]].text(), _text(one, "how")))
    return tuple(found)


def _languages(node: YamlNode) -> None:
    codes = node.text().split("-")
    try:
        if len(codes) != 2:
            raise UsageError(f"{node.text()!r} does not name two languages, such as en-ar")
        for code in codes:
            language(code)
    except UsageError as error:
        raise node.fail(str(error)) from error


def _build(node: YamlNode) -> Build:
    entries = node.mapping(("name", "command", "output", "needs", "download"), needed=("name", "command", "output"))
    download = "download" in entries and entries["download"].flag()
    command = entries["command"].words() if download else _command(entries["command"])
    return Build(
        _name(entries["name"]), command, entries["output"].text(), _texts(entries, "needs"), download, node.where
    )


def _texts(entries: dict[str, YamlNode], key: str) -> tuple[str, ...]:
    return entries[key].texts() if key in entries else ()


def _command(node: YamlNode) -> tuple[str, ...]:
    words = node.words()
    if not any(words[: len(program)] == program for program in _PROGRAMS):
        raise node.fail(
            f"a command begins with `pyserini-xqg` or `python -m`, not with {words[0]!r} (a step that fetches "
            "something says download: true)"
        )
    return words


def _condition(node: YamlNode, tolerance: float) -> Condition:
    entries = node.mapping(
        ("name", "display", "command", "needs", "requires", "asks", "clean", "topics", *SETTINGS),
        needed=("name", "command", "topics"),
    )
    topics = tuple(_topics(one, tolerance) for one in entries["topics"].items())
    unique(((one.key, entry.where) for one, entry in zip(topics, entries["topics"].items(), strict=True)), "topic_key")
    if not any(one.key != MACRO for one in topics):
        raise entries["topics"].fail("asks no topics")
    return Condition(
        name=_name(entries["name"]),
        display=_text(entries, "display") or _name(entries["name"]),
        command=_command(entries["command"]),
        needs=_texts(entries, "needs"),
        requires=_requirements(entries),
        settings={key: entries[key].text() for key in SETTINGS if key in entries},
        asks=_text(entries, "asks"),
        clean=_text(entries, "clean"),
        topics=topics,
        where=node.where,
    )


def _topics(node: YamlNode, tolerance: float) -> Topics:
    entries = node.mapping(("topic_key", "eval_key", "scores"), needed=("topic_key",))
    key = _name(entries["topic_key"])
    scores = tuple(
        score for one in (entries["scores"].items() if "scores" in entries else ()) for score in _scores(one, tolerance)
    )
    if "scores" in entries and not scores:
        raise entries["scores"].fail(
            "names no measure; write for instance scores: [{R@1: 0.5}], or leave scores out where none is known"
        )
    unique(((score.measure, entries["scores"].where) for score in scores), "measure")
    return Topics(key, _text(entries, "eval_key") or key, scores)


def _claim(node: YamlNode) -> Claim:
    entries = node.mapping(("says", "elsewhere", "measure", "keys", "pairs"), needed=("says", "pairs"))
    pairs = []
    for one in entries["pairs"].items():
        names = one.texts()
        if len(names) != 2:
            raise one.fail("expected two conditions: [the better one, the one that it is better than]")
        pairs.append((names[0], names[1]))
    return Claim(
        says=entries["says"].text(),
        elsewhere=_text(entries, "elsewhere"),
        measure=_measure(entries["measure"]) if "measure" in entries else "",
        keys=_texts(entries, "keys"),
        pairs=tuple(pairs),
        where=node.where,
    )


def _measure(node: YamlNode) -> str:
    try:
        return parse_measures([node.text()])[0].name
    except UsageError as error:
        raise node.fail(str(error)) from error


def _scores(node: YamlNode, tolerance: float) -> list[Expected]:
    found = []
    for name, value in node.entries().items():
        try:
            measure = parse_measures([name])[0].name
        except UsageError as error:
            raise value.fail(str(error)) from error
        parts = value.mapping(("score", "tolerance"), needed=("score",)) if value.is_mapping else {"score": value}
        score = parts["score"].number(f"the score of {measure}")
        if not 0 <= score <= 1:
            raise parts["score"].fail(
                f"the score of {measure} is {score:g}; scores run from 0 to 1, as Pyserini prints them"
            )
        found.append(Expected(measure, score, _tolerance(parts["tolerance"]) if "tolerance" in parts else tolerance))
    return found
