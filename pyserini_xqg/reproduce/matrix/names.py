"""The ``$names`` in a matrix's commands: which there are, and what they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from string import Template

GIVEN = ("data", "models", "out")
"""Known to every command: ``--data``, ``--models`` and the matrix's own folder."""
GIVEN_TO_CONDITIONS = ("key", "topics", "output")
"""Known to the commands of conditions: the topic key, the topics file, the run file."""
_RUN = "run:"


class _Words(Template):
    """``$name``, ``${name}`` and ``${run:CONDITION}``."""

    idpattern = r"(?a:[_a-z][_a-z0-9]*)"
    braceidpattern = r"(?a:run:[A-Za-z0-9][A-Za-z0-9+._-]*|[_a-z][_a-z0-9]*)"


def _identifiers(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for text in texts for name in _Words(text).get_identifiers()))


def malformed(texts: Iterable[str]) -> list[str]:
    """The texts with a ``$`` that no name follows; ``$$`` stands for one."""
    return [text for text in texts if not _Words(text).is_valid()]


def names_in(texts: Iterable[str]) -> list[str]:
    """The names used, without those of runs."""
    return [name for name in _identifiers(texts) if not name.startswith(_RUN)]


def runs_in(texts: Iterable[str]) -> list[str]:
    """The conditions whose runs are used."""
    return [name.removeprefix(_RUN) for name in _identifiers(texts) if name.startswith(_RUN)]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its names replaced; a run's name is ``run:CONDITION``."""
    return _Words(text).substitute(values)


def all_filled(words: Sequence[str], values: Mapping[str, str]) -> tuple[str, ...]:
    """Each word by itself, so that a value with spaces stays one word."""
    return tuple(filled(word, values) for word in words)
