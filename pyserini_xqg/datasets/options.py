"""What can be chosen about a data set: the fields of a dataclass, which the command line turns into flags.

A data set declares its choices as a frozen dataclass whose fields carry :func:`about` as their metadata; a switch is
False by default, a choice is a member of a StrEnum, several values are a tuple, and everything else is text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class NoOptions:
    """The choices of a data set that has none."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One choice as the command line shows it.

    :param name: the field's name.
    :param metavar: what stands for a value in the help.
    :param choices: the values allowed; none where any text is.
    """

    name: str
    help: str
    metavar: str
    default: Any
    choices: tuple[str, ...]

    @property
    def words(self) -> str:
        """The flag as people write it."""
        return f"--{self.name.replace('_', '-')}"


def about(help: str, metavar: str = "VALUE", item: type[StrEnum] | None = None) -> dict[str, Any]:
    """The metadata of a field that becomes a flag.

    :param item: for a tuple, the StrEnum whose members it holds; None for any text.
    """
    return {"help": help, "metavar": metavar, "item": item}


def flags_of(options: type[Any]) -> tuple[Flag, ...]:
    """The flags of a dataclass of options."""
    return tuple(
        Flag(part.name, part.metadata["help"], part.metadata["metavar"], part.default, _choices(part))
        for part in fields(options)
    )


def _choices(part: Any) -> tuple[str, ...]:
    kind = _kind(part)
    return () if kind is None else tuple(kind)


def _kind(part: Any) -> type[StrEnum] | None:
    return type(part.default) if isinstance(part.default, StrEnum) else part.metadata["item"]


def from_flags[Options](options: type[Options], given: Mapping[str, Any]) -> Options:
    """The options that flags ask for; what was not given (None) keeps its default.

    :param given: field name -> a value among the flag's choices, a list of them, or a switch.
    """
    chosen: dict[str, Any] = {}
    for part in fields(options):  # type: ignore[arg-type]
        value, kind = given.get(part.name), _kind(part)
        if value is None:
            continue
        if isinstance(part.default, tuple):
            chosen[part.name] = tuple(value if kind is None else map(kind, value))
        else:
            chosen[part.name] = value if kind is None else kind(value)
    return options(**chosen)
