"""Glosses: what is looked up, in which form, and how translations are dealt to readings."""

from __future__ import annotations

import pytest

from pyserini_xqg.lexicon.entry import DictionaryEntry, WordTranslation, by_rank
from pyserini_xqg.lexicon.glosses.glosser import Glosser, deal
from pyserini_xqg.lexicon.glosses.lemmas import lemmatizer
from pyserini_xqg.lexicon.glosses.transliteration import Transliterator
from pyserini_xqg.lexicon.lexicon import Lexicon, LexiconBuilder
from pyserini_xqg.lexicon.words import headword_key, words_of


def lexicon_of(*dictionaries: dict[str, list[str]], backwards: bool = False) -> Lexicon:
    builder = LexiconBuilder("en")
    for entries in dictionaries:
        builder.add((DictionaryEntry(word, by_rank(texts)) for word, texts in entries.items()), backwards=backwards)
    return Lexicon(builder.lines())


WORDS = {
    "river": ["Fluss", "Strom"],
    "bank": ["Bank", "Ufer", "Damm"],
    "river bank": ["Flussufer"],
    "to cross": ["überqueren"],
    "world war": ["Weltkrieg"],
    "war": ["Krieg"],
}


def test_the_longest_phrase_before_words_and_names_stay():
    glosser = Glosser(lexicon_of(WORDS), stop_words=frozenset({"the", "of", "a"}))
    found = glosser.gloss("The river bank of Warsaw; a bank.")
    assert found.readings == ("Flussufer Warsaw Bank",)
    assert (found.words, found.found) == (4, 3)


def test_words_are_found_by_their_dictionary_form():
    glosser = Glosser(lexicon_of(WORDS), lemma=lemmatizer("en"))
    assert glosser.gloss("crossed rivers World Wars bank's").readings == ("überqueren Fluss Weltkrieg Bank",)


def test_readings_hold_each_translation_by_its_weight():
    glosser = Glosser(lexicon_of({"bank": ["Bank", "Ufer"], "war": ["Krieg"]}))
    assert glosser.gloss("bank war", 3).readings == ("Bank Krieg", "Bank Krieg", "Ufer Krieg")
    assert glosser.gloss("", 3).readings == ()


@pytest.mark.parametrize(
    ("weights", "number", "times"),
    [((1,), 4, (4,)), ((0.5, 0.3, 0.2), 4, (2, 1, 1)), ((0.4, 0.35, 0.25), 1, (1, 0, 0)), ((0.5, 0.5), 3, (2, 1))],
)
def test_dealing(weights: tuple[float, ...], number: int, times: tuple[int, ...]):
    dealt = deal([WordTranslation(str(place), weight) for place, weight in enumerate(weights)], number)
    assert tuple(dealt.count(str(place)) for place in range(len(weights))) == times
    assert list(dealt) == sorted(dealt)


def test_two_dictionaries_that_disagree_share_a_word():
    found = lexicon_of({"bank": ["Bank", "Ufer"]}, {"bank": ["Ufer"]}).find("bank")
    assert [one.text for one in found] == ["Ufer", "Bank"]
    assert sum(one.weight for one in found) == pytest.approx(1, abs=1e-3)


def test_a_dictionary_backwards():
    lexicon = lexicon_of({"Fluss": ["river", "stream"], "Ufer": ["the bank", "shore"]}, backwards=True)
    assert [one.text for one in lexicon.find("bank")] == ["Ufer"]
    assert [one.text for one in lexicon.find("river")] == ["Fluss"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("well-known U.S. don’t 1,000.5 x", ["well-known", "U", "S", "don’t", "1,000.5", "x"]),
        ("naïve cafe\u0301", ["naïve", "café"]),
        ("def f(x): return x_1", ["def", "f", "x", "return", "x", "1"]),
    ],
)
def test_words(text: str, words: list[str]):
    assert words_of(text) == words


def test_headwords_lose_what_only_tells_their_kind():
    assert [headword_key(word, "en") for word in ("to go", "The Bank", "a", "TO", "…")] == ["go", "bank", "a", "to", ""]
    assert headword_key("to go", "de") == "to go"


@pytest.mark.parametrize(
    ("script", "name", "written"),
    [
        ("Cyrl", "Manning", "Маннинг"),
        ("Grek", "Tesla", "Τεσλα"),
        ("Jpan", "Tesla", "テスラ"),
        ("Arab", "Manning", "منننگ"),
    ],
)
def test_names_in_another_script(script: str, name: str, written: str):
    assert Transliterator(script)(name) == written


def test_no_script_no_name():
    assert Transliterator("Hans")("Tesla") == ""
    glosser = Glosser(lexicon_of(WORDS), transliterate=Transliterator("Cyrl"))
    assert glosser.gloss("Tesla war lorem").readings == ("Tesla Тесла Krieg lorem",)
