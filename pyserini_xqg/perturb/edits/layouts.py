"""Keyboards: which letters a finger hits that slips, and which letters a language's keyboard has. The facts lie in
``resources/layouts``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from pyserini_xqg.perturb.edits.letters import base
from pyserini_xqg.perturb.scripts.scripts import scripts_of

_ROWS = {"number": (0, 0.0), "upper": (1, 1.5), "home": (2, 1.75), "iso": (3, 1.25), "lower": (3, 2.25)}
"""Row -> its number from above, and where its first key stands, in widths of a key."""
_REACH = 1.3
"""A slip goes this far, in widths of a key: to the keys beside, and the two above and below."""
_EMPTY = "_"
_DOTTED_CIRCLE = "◌"


@dataclass(frozen=True, slots=True)
class Layout:
    """A keyboard.

    :param name: how people know it.
    :param script: the ISO 15924 code of the script that it types.
    :param neighbours: letter -> the letters that a slip puts in its place, in a fixed order. Letters without capitals.
    :param letters: those that a slip may add.
    """

    name: str
    script: str
    neighbours: Mapping[str, tuple[str, ...]]
    letters: tuple[str, ...]

    def near(self, letter: str) -> tuple[str, ...]:
        """The neighbours of a letter; those of the letter under its accents, where it has no key of its own."""
        return self.neighbours.get(letter) or self.neighbours.get(base(letter), ())


@cache
def layout_for(code: str, script: str) -> Layout | None:
    """The keyboard on which people who write language ``code`` type words in ``script``; None where the project knows
    none.

    :param code: a canonical language code.
    """
    table = _table()
    own = table["languages"].get(code)
    layout = _layout(own) if own else None
    if layout is None or not _types(layout, script):
        name = table["scripts"].get(script)
        layout = _layout(name) if name else None
    if layout is None:
        return None
    own_letters = table["letters"].get(code) if script in scripts_of(code) else None
    return _katakana(layout) if script == "Kana" else (_with_letters(layout, own_letters) if own_letters else layout)


def _types(layout: Layout, script: str) -> bool:
    return layout.script == script or {layout.script, script} <= {"Hira", "Kana"}


@lru_cache
def _table() -> dict[str, Any]:
    return _read("languages")


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("pyserini_xqg") / "resources" / "layouts" / f"{name}.toml").read_text(encoding="utf-8"))


@lru_cache
def _layout(name: str) -> Layout:
    facts = _read(name)
    neighbours = _slips(_keys(facts))
    for group in (*facts.get("series", ()), *facts.get("alike", ())):
        for letter in group:
            neighbours.setdefault(letter, {}).update(dict.fromkeys(other for other in group if other != letter))
    letters = tuple(_letters(facts["letters"])) if "letters" in facts else tuple(sorted(neighbours))
    return Layout(
        facts["name"], facts["script"], {letter: tuple(others) for letter, others in neighbours.items()}, letters
    )


@dataclass(frozen=True, slots=True)
class _Key:
    row: int
    place: float
    letters: tuple[str, ...]


def _keys(facts: Mapping[str, Any]) -> list[_Key]:
    found = []
    for row, (number, start) in _ROWS.items():
        for position, key in enumerate(facts.get(row, "").split()):
            if key != _EMPTY:
                found.append(_Key(number, start + position, tuple(_letters(key.replace("/", " ")))))
    return found


def _letters(spaced: str) -> list[str]:
    return [letter.removeprefix(_DOTTED_CIRCLE) for letter in spaced.split()]


def _slips(keys: list[_Key]) -> dict[str, dict[str, None]]:
    """The same level of each key within reach, then the other levels of the same key."""
    found: dict[str, dict[str, None]] = {}
    for key in keys:
        for level, letter in enumerate(key.letters):
            near = [
                other.letters[min(level, len(other.letters) - 1)]
                for other in keys
                if other is not key and _distance(key, other) < _REACH
            ]
            found.setdefault(letter, {}).update(
                dict.fromkeys([*near, *(other for other in key.letters if other != letter)])
            )
    return found


def _distance(one: _Key, other: _Key) -> float:
    return float(((one.row - other.row) ** 2 + (one.place - other.place) ** 2) ** 0.5)


def _with_letters(layout: Layout, letters: str) -> Layout:
    return Layout(layout.name, layout.script, layout.neighbours, tuple(letters.split()))


def _katakana(layout: Layout) -> Layout:
    """The same keys; katakana lie 96 code points above hiragana."""

    def shifted(letter: str) -> str:
        return chr(ord(letter) + 0x60)

    neighbours = {shifted(letter): tuple(map(shifted, others)) for letter, others in layout.neighbours.items()}
    return Layout(layout.name, "Kana", neighbours, tuple(map(shifted, layout.letters)))
