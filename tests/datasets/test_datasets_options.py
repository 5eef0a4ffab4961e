from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pyserini_xqg.datasets.options import Flag, about, flags_of, from_flags


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Toys:
    wooden: bool = field(default=False, metadata=about("of wood"))
    first_colour: Colour = field(default=Colour.RED, metadata=about("which", "COLOUR"))
    others: tuple[Colour, ...] = field(default=(), metadata=about("which else", "COLOUR", Colour))
    names: tuple[str, ...] = field(default=(), metadata=about("called", "NAME"))


def test_fields_are_flags():
    flags = flags_of(Toys)
    assert [flag.words for flag in flags] == ["--wooden", "--first-colour", "--others", "--names"]
    assert flags[1] == Flag("first_colour", "which", "COLOUR", Colour.RED, ("red", "blue"))
    assert flags[2].choices == ("red", "blue")
    assert flags[3].choices == ()


def test_flags_are_options_again():
    assert (
        from_flags(Toys, {"wooden": False, "first_colour": None, "others": None, "names": None, "input": "x"}) == Toys()
    )
    found = from_flags(Toys, {"wooden": True, "first_colour": "blue", "others": ["red", "blue"], "names": ["Ann"]})
    assert found == Toys(True, Colour.BLUE, (Colour.RED, Colour.BLUE), ("Ann",))
    assert type(found.others[0]) is Colour
