"""What a kind of generator says of itself, so that whoever opens one need not know which it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.option import GeneratorOption
from pyserini_xqg.fusion.text_kind import TextKind

if TYPE_CHECKING:
    from pyserini_xqg.expand.generator import Generator
    from pyserini_xqg.expand.request import NamedGenerator


_LONGEST_TRANSLATION = 512
"""Tokens."""


def usual_number(wanted: TextKind) -> int:
    """How many texts of a kind are written of a passage in a language, where the user has not said."""
    return {TextKind.QUESTIONS: 5, TextKind.TRANSLATION: 1, TextKind.GLOSS: 4}[wanted]


class Precedence(IntEnum):
    """In which order kinds are asked whether a generator is theirs."""

    NAME = 0
    """Known by its name alone, whatever else has that name."""
    PARTICULAR = 1
    """Some models of a kind that a general one would take as well."""
    GENERAL = 2
    """Any other name is taken for that of a model, and its configuration tells which."""


class GeneratorKind(ABC):
    """A kind of generator. Stating one loads nothing; what is heavy is imported by :meth:`open`.

    :cvar name: what it is called in the registry.
    :cvar takes: the values of ``--generator`` that are of this kind, in words for ``--help`` and for the error that
        lists what there is.
    :cvar writes: the kinds of text that it writes, the usual one first.
    :cvar options: those that apply.
    :cvar refusals: for options that do not apply, what to say when one is given, with ``{name}`` for the generator's
        name. An option that is neither here nor in ``options`` makes no difference.
    :cvar top_k: of the sampling of questions, where the user has not said; 0 for all tokens.
    :cvar elsewhere: for what does not work in this process, why more processes would add nothing; else empty.
    """

    name: ClassVar[str]
    takes: ClassVar[tuple[str, ...]]
    precedence: ClassVar[Precedence]
    writes: ClassVar[tuple[TextKind, ...]] = (TextKind.QUESTIONS,)
    options: ClassVar[frozenset[GeneratorOption]]
    refusals: ClassVar[Mapping[GeneratorOption, str]] = {}
    top_k: ClassVar[int] = 10
    elsewhere: ClassVar[str] = ""

    def usual_sampling(self, wanted: TextKind) -> Sampling:
        """How tokens are chosen where the user has not said: for a translation, which is to be true and not one of
        many, the best one always.
        """
        if wanted is TextKind.TRANSLATION:
            return Sampling(top_k=1, max_tokens=_LONGEST_TRANSLATION)
        return Sampling(top_k=self.top_k)

    def knows(self, name: str) -> bool:
        """Whether a generator of this name may be of this kind, as far as the name tells. Nothing is looked at."""
        return True

    def fits(self, named: NamedGenerator) -> bool:
        """Whether it is of this kind, of those that :meth:`knows` it. What is read is remembered for other kinds.

        :raises GeneratorError: there is no such generator, or it is damaged.
        """
        return True

    @abstractmethod
    def open(self, named: NamedGenerator) -> Generator:
        """Load it.

        :raises GeneratorError: it cannot be loaded or reached.
        :raises SetupError: what it needs is not installed.
        """
