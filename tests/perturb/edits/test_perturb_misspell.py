from __future__ import annotations

import itertools
import random
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from perturb_queries import all_queries

from pyserini_xqg.errors import UsageError
from pyserini_xqg.languages import LANGUAGES
from pyserini_xqg.perturb.edits.misspell import Misspeller, Misspelling, TypoSettings, Untouched, misspell
from pyserini_xqg.perturb.operations import OPERATIONS, TYPOS, Operation, OperationKind

_MOST = 60
_VOWEL_SIGNS = ("VOWEL SIGN", "AU LENGTH MARK", "SIGN VIRAMA")


@pytest.fixture(scope="module")
def misspelled(data_dir: Path) -> list[tuple[str, str, Misspelling]]:
    """Language, query and misspelling, for every language and operation."""
    found = []
    for code, texts in all_queries(data_dir, _MOST).items():
        for operation in OPERATIONS[OperationKind.MISSPELLING]:
            misspeller = Misspeller(code, settings=TypoSettings((operation,)))
            for number, text in enumerate(texts):
                made = misspeller.misspell(text, random.Random(f"{operation}{number}"))
                if made is not None:
                    found.append((code, text, made))
    return found


def _script(character: str) -> str:
    """The first word of a letter's name: another source than the property that the code goes by."""
    return unicodedata.name(character).split()[0].split("-")[0]


def test_every_language_gets_misspellings(misspelled: list[tuple[str, str, Misspelling]]) -> None:
    found = {(code, change.operations[0]) for code, _, made in misspelled for change in made.changes}
    plain = (Operation.SWAP, Operation.DELETE, Operation.INSERT)
    assert not {(code, operation) for code in LANGUAGES for operation in plain} - found
    with_keys = {code for code, operation in found if operation is Operation.KEYBOARD}
    assert set(LANGUAGES) - with_keys <= {"zh"}


def test_only_the_chosen_word_changes(misspelled: list[tuple[str, str, Misspelling]]) -> None:
    for _, text, made in misspelled:
        (change,) = made.changes
        assert change.before in text
        assert made.text != text
        assert change.after.casefold() != change.before.casefold()
        start = next(
            place for place, (old, new) in enumerate(zip(text + "\0", made.text + "\1", strict=False)) if old != new
        )
        assert text.find(change.before, max(0, start - len(change.before))) <= start
        assert len(made.text) - len(text) == len(change.after) - len(change.before)


def test_no_letter_of_another_script_comes_in(misspelled: list[tuple[str, str, Misspelling]]) -> None:
    for code, _, made in misspelled:
        (change,) = made.changes
        before = {_script(character) for character in change.before if character.isalpha()}
        after = {_script(character) for character in change.after if character.isalpha()}
        assert after <= before, (code, change)


def test_marks_keep_their_letters(misspelled: list[tuple[str, str, Misspelling]]) -> None:
    for code, _, made in misspelled:
        (change,) = made.changes
        before = ""
        for character in change.after:
            assert unicodedata.category(character) not in ("Cn", "Cs", "Co", "Cc"), (code, change)
            if unicodedata.category(character).startswith("M"):
                assert before, (code, change)
                assert unicodedata.category(before)[0] in "LM", (code, change)
            before = character


def test_no_syllable_gets_two_vowel_signs_or_none_to_stand_on(misspelled: list[tuple[str, str, Misspelling]]) -> None:
    def broken(word: str) -> int:
        names = [unicodedata.name(character) for character in word]
        doubled = sum(
            any(sign in name for sign in _VOWEL_SIGNS) and any(sign in last for sign in _VOWEL_SIGNS)
            for last, name in itertools.pairwise(names)
        )
        return doubled + any(sign in names[0] for sign in _VOWEL_SIGNS)

    for code, _, made in misspelled:
        (change,) = made.changes
        assert broken(change.after) <= broken(change.before), (code, change)


def test_hangul_is_whole_syllables(misspelled: list[tuple[str, str, Misspelling]]) -> None:
    korean = [made.changes[0] for code, _, made in misspelled if code == "ko" and made.changes[0].before.isalpha()]
    assert korean
    for change in korean:
        if all("가" <= letter <= "힣" for letter in change.before):
            assert all("가" <= letter <= "힣" for letter in change.after), change


def test_words_are_three_letters_or_more_and_no_stop_words(data_dir: Path) -> None:
    for seed in range(200):
        made = misspell("Who is the king of an old country?", "en", random.Random(seed))
        assert made is not None
        assert made.changes[0].before in {"king", "old", "country"}
        german = misspell("Wo ist das Rathaus?", "de", random.Random(seed))
        assert german is not None
        assert german.changes[0].before == "Rathaus"


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        ("a", "en", Untouched.SHORT),
        ("水", "zh", Untouched.SHORT),
        ("of it", "en", Untouched.SHORT),
        ("what is the", "en", Untouched.STOP_WORDS),
        ("😀🎉", "en", Untouched.NO_LETTERS),
        ("2015?", "ar", Untouched.NO_LETTERS),
        ("👩‍👩‍👧 1️⃣", "hi", Untouched.NO_LETTERS),
        ("", "en", Untouched.NO_LETTERS),
    ],
)
def test_what_cannot_be_misspelled_says_why(text: str, code: str, reason: Untouched) -> None:
    misspeller = Misspeller(code)
    assert misspeller.misspell(text, random.Random(0)) is None
    assert misspeller.reason(text) is reason


def test_operations_that_change_nothing_say_so() -> None:
    misspeller = Misspeller("en", settings=TypoSettings((Operation.SWAP,)))
    assert misspeller.misspell("aaaa", random.Random(0)) is None
    assert misspeller.reason("aaaa") is Untouched.NO_OUTCOME


@pytest.mark.parametrize(
    "text",
    ["iPhone 15の価格はいくら？", "Кто основал Microsoft?", "ما هو iPhone؟", "COVID-19 വാക്സിൻ", "Հայաստանի մայրաքաղաքը"],
)
def test_a_word_in_another_script_stays_in_it(text: str) -> None:
    for code in ("ja", "ru", "ar", "en"):
        for seed in range(60):
            made = misspell(text, code, random.Random(seed))
            assert made is not None
            (change,) = made.changes
            assert {_script(letter) for letter in change.after if letter.isalpha()} <= {
                _script(letter) for letter in change.before if letter.isalpha()
            }


def test_a_script_without_a_keyboard_takes_letters_of_its_own() -> None:
    for operation in (Operation.INSERT, Operation.REPLACE):
        made = misspell("Հայաստանի", "en", random.Random(1), TypoSettings((operation,)))
        assert made is not None
        assert all(_script(letter) == "ARMENIAN" for letter in made.text)
    assert misspell("Հայաստանի", "en", random.Random(1), TypoSettings((Operation.KEYBOARD,))) is None


def test_chance_comes_from_the_argument_alone() -> None:
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002 - the global state is what must not be touched
    before, numbers = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    first = [misspell("Welcher See ist der tiefste der Welt?", "de", random.Random(seed)) for seed in range(20)]
    assert random.getstate() == before
    assert np.random.get_state()[1].tolist() == numbers  # noqa: NPY002
    random.seed(99)
    assert first == [misspell("Welcher See ist der tiefste der Welt?", "de", random.Random(seed)) for seed in range(20)]
    assert len({made.text for made in first if made}) > 10


def test_all_operations_come_up_about_as_often() -> None:
    made = [misspell("Welcher Binnensee hat das tiefste Wasser?", "de", random.Random(seed)) for seed in range(1000)]
    counts = [sum(one is not None and one.changes[0].operations == (operation,) for one in made) for operation in TYPOS]
    assert min(counts) > 150


def test_edits_and_words() -> None:
    settings = TypoSettings(edits=2, words=2)
    made = misspell("Welcher Binnensee hat das tiefste Wasser?", "de", random.Random(5), settings)
    assert made is not None
    assert len(made.changes) == 2
    assert all(len(change.operations) == 2 and change.after != change.before for change in made.changes)
    assert [change.index for change in made.changes] == sorted(change.index for change in made.changes)


def test_turkish_capitals_and_german_ones() -> None:
    made = [
        misspell("İZMİR", "tr", random.Random(seed), TypoSettings((Operation.KEYBOARD, Operation.INSERT)))
        for seed in range(100)
    ]
    assert all(one is not None and one.text.isupper() for one in made)
    swapped = [misspell("Welt", "de", random.Random(seed), TypoSettings((Operation.SWAP,))) for seed in range(30)]
    assert {one.text for one in swapped if one} == {"Ewlt", "Wlet", "Wetl"}


def test_settings_that_cannot_be() -> None:
    with pytest.raises(UsageError, match="unknown language"):
        Misspeller("xx")
    with pytest.raises(UsageError, match="at least 1"):
        TypoSettings(edits=0)
    with pytest.raises(UsageError, match="shuffle"):
        TypoSettings((Operation.SHUFFLE,))
