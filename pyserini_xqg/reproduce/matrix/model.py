"""What a matrix says: which commands, and which scores they must give. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pyserini_xqg.errors import Location

MACRO = "macro"
"""The topic key of an expected mean over all of a condition's topic keys; nothing is asked for it."""


class RequirementKind(StrEnum):
    """What must be at hand before a condition can run."""

    DATA = "data"
    """A file or folder below ``--data``."""
    MODEL = "model"
    """A checkpoint folder below ``--models``."""
    DICTIONARY = "dictionary"
    """A dictionary of this machine's, by the codes of its two languages: ``en-ar``."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that is not downloaded.

    :param how: where it comes from, or a command that brings it; empty where the name says it.
    """

    kind: RequirementKind
    name: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """A score that a condition must give.

    :param score: from 0 to 1.
    :param tolerance: how far the measured score may be from it.
    """

    measure: str
    score: float
    tolerance: float


@dataclass(frozen=True, slots=True)
class Topics:
    """One set of topics that a condition asks.

    :param key: its name in the places of files: a language code, or :data:`MACRO`.
    :param eval_key: the name of its judgments.
    """

    key: str
    eval_key: str
    scores: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Build:
    """A command that conditions need, such as an index; nothing is scored.

    :param command: words, with ``$names`` in them.
    :param output: what is there once it is done.
    :param download: it needs the network, and runs only where that is asked for.
    """

    name: str
    command: tuple[str, ...]
    output: str
    needs: tuple[str, ...]
    download: bool
    where: Location


@dataclass(frozen=True, slots=True)
class Condition:
    """A row of the matrix: one command a set of topics, and the scores of its runs.

    :param settings: what sets it apart (alpha, fusion, seed, …); known in its command by ``$name``, and to the plots.
    :param asks: its topics, where they are not the matrix's.
    :param clean: the condition that asks the same without misspellings or the like; empty for none.
    """

    name: str
    display: str
    command: tuple[str, ...]
    needs: tuple[str, ...]
    requires: tuple[Requirement, ...]
    settings: Mapping[str, str]
    asks: str
    clean: str
    topics: tuple[Topics, ...]
    where: Location

    @property
    def asked(self) -> tuple[Topics, ...]:
        """The sets of topics that it really asks."""
        return tuple(one for one in self.topics if one.key != MACRO)


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that is said of conditions, and the comparisons that show whether it holds here.

    :param says: what is claimed.
    :param elsewhere: what others have seen, with its source; empty where nobody has said.
    :param measure: empty for the matrix's first.
    :param keys: the topic keys that it is about; empty for all that both of a pair ask.
    :param pairs: the condition that is claimed to be better, and the one that it is better than.
    """

    says: str
    elsewhere: str
    measure: str
    keys: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    where: Location


@dataclass(frozen=True, slots=True)
class Judgments:
    """Where topics and judgments are, with ``$names`` in the places; all but the topics are empty where a matrix has
    none.
    """

    topics: str
    qrels: str
    answers: str
    corpus: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """A whole matrix.

    :param variables: names for its commands, each in terms of those before it.
    :param baseline: the condition that the others are tested against; empty for none.
    :param compared: the conditions that are tested against one another for the letters in tables; all where empty.
    :param source: where the expected scores come from.
    :param claims: what its conditions are to show.
    """

    name: str
    display: str
    about: str
    source: str
    baseline: str
    compared: tuple[str, ...]
    requires: tuple[Requirement, ...]
    variables: Mapping[str, str]
    judgments: Judgments
    builds: tuple[Build, ...]
    conditions: tuple[Condition, ...]
    claims: tuple[Claim, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that any condition expects a score of, in the order in which they first appear."""
        return tuple(
            dict.fromkeys(
                score.measure for condition in self.conditions for topics in condition.topics for score in topics.scores
            )
        )
