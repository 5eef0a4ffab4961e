"""Each check at its edges: malformed texts, scripts, copies, duplicates."""

from __future__ import annotations

import pytest

from pyserini_xqg.filter.checks.copies import PassageTokens
from pyserini_xqg.filter.checks.duplicates import Seen
from pyserini_xqg.filter.checks.malformed import control_characters, distinct_share, has_letters, is_short
from pyserini_xqg.filter.checks.scripts import script_share
from pyserini_xqg.languages import LANGUAGES


@pytest.mark.parametrize("debris", ["a\x00b", "a\x1b[0m", "a\ufffdb", "a\ue000b", "\x85a"])
def test_control_characters_are_debris(debris: str):
    assert control_characters(debris) == 1


@pytest.mark.parametrize(
    "text", ["a\tb\nc\r", "می\u200cخواهم", "\u200fمتى؟\u200e", "क्\u200dष", "👩\u200d🚀 who?", "\ufeffwho"]
)
def test_white_space_joiners_and_directions_are_not(text: str):
    assert control_characters(text) == 0


def test_a_letter_of_any_script_is_a_letter():
    assert all(map(has_letters, ["a?", "東", "ก", "א", "አ", "1a", "々"]))
    assert not any(map(has_letters, ["", "1492?", "!?", "\u0301", "🎉", "٣٤"]))


def test_short_queries():
    assert is_short("abc", 4)
    assert not is_short("abcd", 4)
    assert not is_short("NATO?", 4), "a query of one word"
    assert is_short("東?", 4)
    assert not is_short("東京?", 4)


def test_repetition():
    assert distinct_share("the " * 20) == 1 / 20
    assert distinct_share("who who who who who who who") == 1, "seven tokens say nothing"
    assert distinct_share("what is the name of the river in the east") == 8 / 10
    assert distinct_share("何何何何何何何何何何") == 1 / 10


@pytest.mark.parametrize(
    ("text", "code", "share"),
    [
        ("متى بدأ؟", "ar", 1),
        ("When?", "ar", 0),
        ("NASUWT是什么", "zh", 3 / 9),
        ("これは何ですか", "zh", 1 / 7),
        ("这是什么", "ja", 1),
        ("韓國", "ko", 1),
        ("ｗｈｅｎ", "de", 1),
        ("12?", "de", 0),
        ("ትግርኛ", "am", 1),
        ("ɔdɔ", "tw", 1),
        ("sanʼa", "ha", 1),
        ("Кто?", "uk", 1),
    ],
)
def test_share_of_letters_in_the_script(text: str, code: str, share: float):
    assert script_share(text, code) == share


def test_every_language_has_a_script_of_which_something_is_known():
    for code in LANGUAGES:
        assert script_share("", code) == 0


PASSAGE = (
    "Marie Curie was born in Warsaw in 1867. 1903年にノーベル物理学賞を受賞した。 She discovered polonium and radium "
    "with her husband Pierre."
)


@pytest.mark.parametrize(
    ("query", "share"),
    [
        ("She discovered polonium and radium with her husband Pierre.", 1),
        ("SHE DISCOVERED polonium, and radium - with her husband pierre?", 1),
        ("Marie Curie was born in Warsaw when?", 6 / 7),
        ("Who discovered polonium and radium with her husband?", 7 / 8),
        ("Marie Curie", 0),  # a good query of a few words
        ("Marie Curie was born in?", 0),  # five are no run
        ("Where was Marie Curie born and when did she discover polonium?", 0),
        ("ノーベル物理学賞を受賞した", 1),
        ("Curie was born in Warsaw in 18", 6 / 7),  # whole tokens alone
        ("", 0),
    ],
)
def test_copied_share(query: str, share: float):
    assert PassageTokens(PASSAGE).copied_share(query) == pytest.approx(share)


def test_duplicates_are_found_by_their_first():
    seen = Seen()
    assert seen.same("Who?") is None
    assert seen.nearest("Who?") == (0, -1)
    seen.add(0, "Who won the war?")
    seen.add(3, "When did it end?")
    assert seen.same("who won the WAR") == 0
    assert seen.same("when did it end") == 3
    assert seen.same("when did it") is None
    overlap, rank = seen.nearest("Who won the wars?")
    assert rank == 0
    # " wh who ho o w ..." : 15 trigrams in common of 18 (and 16 of the first), counted by hand below
    first, second = (
        {text[start : start + 3] for start in range(len(text) - 2)}
        for text in (" who won the war ", " who won the wars ")
    )
    assert overlap == len(first & second) / len(first | second)


def test_of_equally_near_ones_the_first_counts():
    seen = Seen()
    seen.add(1, "aaaa bbbb")
    seen.add(2, "bbbb aaaa")
    assert seen.nearest("aaaa") == (pytest.approx(seen.nearest("aaaa")[0]), 1)
