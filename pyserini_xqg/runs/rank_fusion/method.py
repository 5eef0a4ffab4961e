"""What there is to know of a way to fuse rankings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from pyserini.trectools import TrecRun


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodSetting:
    """A setting of a method, which is a flag of ``fuse`` and ``tune fusion``.

    :param field: what the method calls it.
    :param flags: its flag and other spellings of it.
    :param kind: makes the setting of what was typed, ``int`` or an enum.
    :param choices: what may be typed; empty for whatever ``kind`` takes.
    :param metavar: what stands for its value in ``--help``.
    :param words: what it is, for ``--help``.
    :param in_hybrid: whether ``search hybrid`` has the flag too, in the first spelling.
    """

    field: str
    flags: tuple[str, ...]
    kind: Callable[[Any], object]
    choices: tuple[str, ...] = ()
    metavar: str | None = None
    words: str
    in_hybrid: bool

    @property
    def flag(self) -> str:
        """The first spelling."""
        return self.flags[0]

    @property
    def destination(self) -> str:
        """What the parser calls it."""
        return self.flag.lstrip("-").replace("-", "_")


class RankFusionMethod(ABC):
    """A way to fuse rankings with its settings; a frozen dataclass of them, each with a default. A fused score is the
    sum over the rankings of a weight times what :meth:`parts` gives, so that weights can be tuned without fusing again.

    ``--help`` loads every method, so that their files import NumPy, pandas and Pyserini only inside functions.
    """

    name: ClassVar[str]
    """As on the command line."""
    words: ClassVar[str]
    """What is fused, in a few words for ``--help``."""
    by_default: ClassVar[str]
    """The same with all settings at their defaults, as ``search hybrid`` has them."""
    settings: ClassVar[tuple[MethodSetting, ...]]
    """One a field of the dataclass."""
    refusals: ClassVar[Mapping[str, str]] = {}
    """Another method's flag -> what is said where it is given with this method, if there is more to say than whose it
    is.
    """

    @abstractmethod
    def equal_weight(self, rankings: int) -> float:
        """The weight of each of so many rankings where nothing is said."""

    @abstractmethod
    def parts(self, documents: Mapping[str, float]) -> dict[str, float]:
        """What each of a topic's documents gets from a ranking, before weights.

        :param documents: docid -> score in that ranking; equal scores are in the ranking's order.
        """

    @abstractmethod
    def rescore(self, run: TrecRun) -> None:
        """The same for a whole run of Pyserini's, by its own arithmetic where it has it.

        :param run: not empty; each topic's documents best first, ``rank`` counted from 1. Its ``score`` is changed.
        """
