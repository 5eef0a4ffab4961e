"""What a measure says of itself, and all measures by the names that people write."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import ClassVar

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.inputs.places import JudgmentPlaces, Runs
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.runs.rankings import Rankings

_SHAPE = re.compile(r"(?P<head>[a-z]+)(@(?P<cutoff>[1-9]\d*)(?P<unit>[a-z]*))?", re.IGNORECASE)


class Judge(ABC):
    """Judgments of all languages, read and checked, with the measures that are computed from them."""

    @abstractmethod
    def score(self, run: Path, language: str, rankings: Rankings) -> RunScores:
        """The scores of one run.

        :param run: where the rankings were read from, for messages.
        :raises InputError: they do not fit the judgments.
        """


@dataclass(frozen=True, slots=True)
class Basis:
    """What measures are computed from.

    :param name: such as ``qrels``.
    :param flags: the fields of :class:`JudgmentPlaces` that are needed, which are flags of ``evaluate``; the first
        holds the judgments.
    :param material: everything needed, in words: what measures are computed "from".
    :param needs: the same, where something else is meant to do.
    :param defaults: the measures of ``evaluate`` where nobody asks for others and there is nothing but this.
    :param read: reads the judgments for these runs and measures.
    """

    name: str
    flags: tuple[str, ...]
    material: str
    needs: str
    defaults: tuple[str, ...]
    read: Callable[[JudgmentPlaces, Runs, Sequence[Measure]], Judge]

    def check(self, measures: Sequence[Measure]) -> None:
        """See that all of these measures are computed from this.

        :raises UsageError: some need something else.
        """
        wrong = [measure for measure in measures if measure.BASIS is not self]
        if wrong:
            needed = dict.fromkeys(measure.BASIS.needs for measure in wrong)
            raise UsageError(
                f"{', '.join(measure.name for measure in wrong)} cannot be computed from {self.name}, only from "
                f"{' and from '.join(needed)}"
            )


@dataclass(frozen=True, slots=True)
class Measure(ABC):
    """A measure with its cutoff. Subclasses say what it is, and are registered.

    :param cutoff: how many ranks count, or thousands of tokens; None for the whole run.
    """

    NAME: ClassVar[str]
    """What tables print before the cutoff."""
    SPELLINGS: ClassVar[tuple[str, ...]]
    """What people may write for it, in lower case."""
    BASIS: ClassVar[Basis]
    """What it is computed from."""
    UNIT: ClassVar[str] = ""
    """What stands behind the cutoff."""
    WHOLE_RUN: ClassVar[bool] = False
    """Whether it may be had without a cutoff."""
    BY_SCORE: ClassVar[bool] = False
    """Whether it orders documents by score, as trec_eval does, rather than by the rank column."""
    WORDS: ClassVar[str] = ""
    """What help adds to its name."""
    SHORT: ClassVar[str] = ""
    """What to say of the queries in :attr:`RunScores.short`."""
    LEFT_OUT: ClassVar[str] = ""
    """What to say of the queries in :attr:`RunScores.left_out`."""

    cutoff: int | None

    @property
    def name(self) -> str:
        """The canonical name, such as ``nDCG@10`` or ``R@2kt``."""
        return self.NAME if self.cutoff is None else f"{self.NAME}@{self.cutoff}{self.UNIT}"

    def missing_note(self, label: str, scores: RunScores) -> str | None:
        """What a reader must know where a run lacks queries, beside that they count as misses; mostly nothing."""
        return None


MEASURES: dict[tuple[str, str], type[Measure]] = {}
"""Spelling and unit -> measure, in the order of registration."""


def register(measure: type[Measure]) -> None:
    """Make a measure known to everyone.

    :raises TypeError: it is incomplete, needs what ``evaluate`` has no flag for, or is spelled like another.
    """
    lacking = [name for name in ("NAME", "SPELLINGS", "BASIS") if not hasattr(measure, name)]
    if lacking := [*lacking, *sorted(getattr(measure, "__abstractmethods__", ()))]:
        raise TypeError(f"measure {measure.__name__} lacks {', '.join(lacking)}")
    if unknown := set(measure.BASIS.flags) - {part.name for part in fields(JudgmentPlaces)}:
        raise TypeError(f"measure {measure.__name__} needs {', '.join(sorted(unknown))}, which JudgmentPlaces lacks")
    if measure.NAME.lower() not in measure.SPELLINGS:
        raise TypeError(f"measure {measure.__name__} cannot be written as tables print it, {measure.NAME}")
    mine = {(spelling, measure.UNIT): measure for spelling in measure.SPELLINGS}
    for spelling in mine.keys() & MEASURES.keys():
        taken = MEASURES[spelling].__name__
        raise TypeError(f"{spelling[0]!r} is {taken} already, so it cannot be {measure.__name__} as well")
    MEASURES.update(mine)


def bases() -> tuple[Basis, ...]:
    """What there are measures for, qrels first."""
    return tuple({measure.BASIS.name: measure.BASIS for measure in MEASURES.values()}.values())


def allowed() -> str:
    """All measures as help and messages list them."""
    first, *others = map(_listed, bases())
    return ", ".join([first, *others[:-1], *(f"and {last}" for last in others[-1:])])


def _listed(basis: Basis) -> str:
    mine = [measure for measure in dict.fromkeys(MEASURES.values()) if measure.BASIS is basis]
    names = [f"{measure.NAME}@K{measure.UNIT}{f' ({measure.WORDS})' if measure.WORDS else ''}" for measure in mine] + [
        measure.NAME for measure in mine if measure.WHOLE_RUN
    ]
    if basis is bases()[0]:
        return f"{', '.join(names)} (K a whole number from 1)"
    return f"with {' and '.join(f'--{flag}' for flag in basis.flags)} {', '.join(names)}"


def default_measures(places: JudgmentPlaces) -> tuple[str, ...]:
    """What is computed when nobody asks for anything else: by what there is, where there are no qrels."""
    usual, *others = bases()
    alone = (basis.defaults for basis in others if getattr(places, basis.flags[0]) is not None)
    return tuple(name for names in alone for name in names if places.qrels is None) or usual.defaults


def split_names(given: Sequence[str]) -> list[str]:
    """Names as flags have them: words of one or more, apart by white space or commas."""
    return " ".join(given).replace(",", " ").split()


def parse_measures(names: Sequence[str]) -> tuple[Measure, ...]:
    """Turn names into measures, each once, in the order given. Upper and lower case, ``RR`` and ``Recall`` are all
    understood.

    :raises UsageError: names that are not known, all of them at once, with what is allowed.
    """
    parsed = {name: _parse(name) for name in names}
    bad = [repr(name) for name, measure in parsed.items() if measure is None]
    if bad or not parsed:
        found = f"unknown measure{'s' if len(bad) > 1 else ''} {', '.join(bad)}" if bad else "no measure is named"
        raise UsageError(f"{found}; allowed are {allowed()}")
    return tuple(dict.fromkeys(measure for measure in parsed.values() if measure is not None))


def _parse(name: str) -> Measure | None:
    shape = _SHAPE.fullmatch(name)
    if shape is None:
        return None
    kind = MEASURES.get((shape["head"].lower(), (shape["unit"] or "").lower()))
    if kind is None or (shape["cutoff"] is None and not kind.WHOLE_RUN):
        return None
    return kind(None if shape["cutoff"] is None else int(shape["cutoff"]))
