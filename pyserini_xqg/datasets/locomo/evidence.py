"""Turn ids as LoCoMo's annotators wrote them, turned into turns: repaired where it is plain what was meant, counted
everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

_SEPARATORS = re.compile(r"[;,\s]+")
_TURN = re.compile(r"D\W*(\d+)\W+(\d+)\W*")
_EXAMPLES = 6


class Oddity(StrEnum):
    """What can be odd about a turn id; the value is the sentence in ``dataset.json``."""

    JOINED = "several turn ids in one string: taken apart"
    PUNCTUATION = "turn ids with stray punctuation: removed"
    ZERO_PADDED = "turn ids with leading zeros: removed"
    REPEATED = "turn ids given twice for a question: counted once"
    DANGLING = "turn ids that name no turn of their conversation: never found by LoCoMo's recall, not judged otherwise"
    NO_ID = "what is no turn id: never found by LoCoMo's recall, not judged otherwise"


@dataclass(slots=True)
class Oddities:
    """How often each oddity was met, by conversation, with the first few as they stand in the file."""

    counts: dict[Oddity, dict[str, int]] = field(default_factory=dict)
    examples: dict[Oddity, list[str]] = field(default_factory=dict)

    def add(self, oddity: Oddity, conversation: str, raw: str) -> None:
        """Count one."""
        counts, examples = self.counts.setdefault(oddity, {}), self.examples.setdefault(oddity, [])
        counts[conversation] = counts.get(conversation, 0) + 1
        if len(examples) < _EXAMPLES:
            examples.append(raw)

    def sentences(self, source: str) -> Iterator[tuple[str, dict[str, int]]]:
        """A sentence with examples, and its counts, for every oddity that was met.

        :param source: where the ids stand: ``evidence`` or ``observations``.
        """
        for oddity in Oddity:
            if oddity in self.counts:
                yield f"{source}: {oddity} ({', '.join(map(repr, self.examples[oddity]))})", self.counts[oddity]


def turns_of(
    raw: Sequence[str], conversation: str, known: frozenset[str], oddities: Oddities
) -> tuple[str | None, ...]:
    """The turns that evidence names, each once; None for every id that names nothing.

    :param raw: the ids as they stand in the file.
    :param known: the turns of the conversation.
    """
    found: list[str | None] = []
    for text in raw:
        parts = [part for part in _SEPARATORS.split(text) if part] or [text]
        if len(parts) > 1:
            oddities.add(Oddity.JOINED, conversation, text)
        for part in parts:
            turn = _turn(part, conversation, known, oddities)
            if turn is not None and turn in found:
                oddities.add(Oddity.REPEATED, conversation, part)
            else:
                found.append(turn)
    return tuple(found)


def _turn(part: str, conversation: str, known: frozenset[str], oddities: Oddities) -> str | None:
    if part in known:
        return part
    match = _TURN.fullmatch(part)
    if match is None:
        oddities.add(Oddity.NO_ID, conversation, part)
        return None
    repaired = f"D{int(match[1])}:{int(match[2])}"
    if repaired not in known:
        oddities.add(Oddity.DANGLING, conversation, part)
        return None
    padded = f"D{match[1]}:{match[2]}" == part
    oddities.add(Oddity.ZERO_PADDED if padded else Oddity.PUNCTUATION, conversation, part)
    return repaired
