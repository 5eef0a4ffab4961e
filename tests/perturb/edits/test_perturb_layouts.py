from __future__ import annotations

import pytest

from pyserini_xqg.languages import LANGUAGES
from pyserini_xqg.perturb.edits.layouts import layout_for
from pyserini_xqg.perturb.scripts.scripts import script_of, scripts_of


@pytest.mark.parametrize(
    ("code", "letter", "near"),
    [
        ("en", "s", "awdezx"),
        ("de", "z", "tu" + "hg"),
        ("fr", "a", "zqé"),
        ("es", "ñ", "lp"),
        ("sv", "ö", "lpåä"),
        ("tr", "ı", "uokj"),
        ("ru", "ф", "йыця"),
        ("uk", "і", "фцвяуч"),
        ("el", "σ", "αςδζ"),
        ("he", "ש", "דז"),
        ("ar", "ش", "ضسصئ"),
        ("fa", "گ", "کچ"),
        ("ur", "ق", "وا"),
        ("hi", "क", "रतगदसषख"),
        ("ko", "ㄱ", "ㄷㅅㄹㄲㅇ"),
        ("th", "ก", "หดำ"),
        ("ja", "か", "きくけこが"),
        ("am", "ሰ", "ሱሲሳሴስሶሠ"),
        ("ka", "ჭ", "წ"),
    ],
)
def test_a_slip_hits_the_keys_around(code: str, letter: str, near: str) -> None:
    layout = layout_for(code, script_of(letter))
    assert layout is not None
    assert set(near) <= set(layout.near(letter)), layout.near(letter)
    assert letter not in layout.near(letter)


def test_keys_two_widths_away_are_no_neighbours() -> None:
    layout = layout_for("en", "Latn")
    assert layout is not None
    assert set(layout.near("g")) == set("fhtyvb")
    assert set(layout.near("é")) == set(layout.near("e"))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_letters_of_its_own_scripts(code: str) -> None:
    for script in scripts_of(code):
        layout = layout_for(code, script)
        if script == "Hani":
            assert layout is None
            continue
        assert layout is not None
        letters = {
            *layout.letters,
            *layout.neighbours,
            *(other for others in layout.neighbours.values() for other in others),
        }
        assert {script_of(letter[0]) for letter in letters} <= {script, ""}
        assert len(layout.letters) >= 18
