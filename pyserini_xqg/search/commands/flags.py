"""A command line of Pyserini's, looked into and added to without knowing all of its flags."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pyserini_xqg.errors import UsageError


class Flags:
    """The words of a command line, ``--name=value`` split in two."""

    def __init__(self, argv: Sequence[str]) -> None:
        self.argv: list[str] = []
        for word in argv:
            name, equals, value = word.partition("=")
            self.argv.extend([name, value] if equals and name.startswith("--") else [word])

    def has(self, name: str) -> bool:
        """Whether the flag is there."""
        return name in self.argv

    def get(self, name: str) -> str | None:
        """The value of a flag, None where there is none."""
        place = self._place(name)
        return self.argv[place + 1] if place is not None and place + 1 < len(self.argv) else None

    def all_values(self, name: str) -> list[str]:
        """The value of a flag at each of its places: sub-commands may have one each."""
        return [value for word, value in pairwise(self.argv) if word == name]

    def values(self, name: str) -> list[str]:
        """The values of a flag that takes many; none where it is not there."""
        place = self._place(name)
        return [] if place is None else self.argv[place + 1 : self._end(place)]

    def whole_number(self, name: str, least: int) -> int | None:
        """The value of a flag as a number; None where it is not there, or where it is none, which Pyserini's own parser
        will say.

        :raises UsageError: it is less than ``least``.
        """
        try:
            number = int(self.get(name) or "")
        except ValueError:
            return None
        if number < least:
            raise UsageError(f"{name} is {number}; it must be at least {least}")
        return number

    def set(self, name: str, value: str) -> None:
        """Change the value of a flag that is there."""
        place = self._place(name)
        if place is None:
            raise KeyError(name)
        self.argv[place + 1] = value

    def default(self, name: str, *value: str) -> None:
        """Add a flag where it is missing."""
        if not self.has(name):
            self.argv += [name, *value]

    def remove(self, name: str) -> None:
        """Take out a flag and its values."""
        place = self._place(name)
        if place is not None:
            del self.argv[place : self._end(place)]

    def add_after(self, name: str, *words: str) -> None:
        """Put words behind a flag and its value, so that they fall to the same sub-command."""
        place = self._place(name)
        if place is None:
            raise KeyError(name)
        self.argv[place + 2 : place + 2] = words

    def _end(self, place: int) -> int:
        """Where the values of the flag at ``place`` end."""
        return next(
            (next_flag for next_flag in range(place + 1, len(self.argv)) if self.argv[next_flag].startswith("--")),
            len(self.argv),
        )

    def _place(self, name: str) -> int | None:
        return self.argv.index(name) if name in self.argv else None
