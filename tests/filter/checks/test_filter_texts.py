"""Texts as checks see them, in scripts that join, stack, mirror and run on without spaces."""

from __future__ import annotations

import pytest

from pyserini_xqg.filter.checks.texts import character_ngrams, exact_form, length, letter_script, normalised, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Who won?", "  WHO  won "),
        ("Straße", "STRASSE"),
        ("caf\u00e9", "cafe\u0301"),
        ("ＷＨＯ　ｗｏｎ？", "who won"),
        ("ﺷﻤﺲ", "شمس"),  # Arabic presentation forms
        ("متى بدأ ذلك؟", "\u200fمتى بدأ ذلك"),  # a right-to-left mark in front
        ("می\u200cخواهم", "میخواهم"),  # a joiner that divides no word
        ("ΣΊΣΥΦΟΣ", "Σίσυφος"),  # final sigma
        ("ﾊﾝｶｸ", "ハンカク"),
        ("한국", "한국"),  # jamo and syllables
    ],
)
def test_spellings_of_one_text_are_the_same(one: str, other: str):
    assert exact_form(one) == exact_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("resume", "résumé"),
        ("كَتَبَ", "كُتِبَ"),
        ("का", "कि"),
        ("ま", "ば"),
        ("1 2", "12"),
        ("???", "!!!"),
        ("who won", "who's on"),
    ],
)
def test_marks_spaces_and_what_has_no_letters_still_tell_texts_apart(one: str, other: str):
    assert exact_form(one) != exact_form(other)


def test_words_are_tokens_and_characters_where_there_are_no_spaces():
    assert tokens("What's the Super-Bowl 50?") == ["what", "s", "the", "super", "bowl", "50"]
    assert tokens("東京はSuper Bowl 50の都市？") == ["東", "京", "は", "super", "bowl", "50", "の", "都", "市"]
    assert tokens("がくせい") == ["が", "く", "せ", "い"], "a voiced kana is composed, and one token"
    assert tokens("กรุงเทพ") == ["ก", "รุ", "ง", "เ", "ท", "พ"], "a vowel sign stays with its consonant"
    assert tokens("हिन्दी क्या है?") == ["हिन्दी", "क्या", "है"]
    assert tokens("한국의 수도") == ["한국의", "수도"]
    assert tokens(" ?! ") == []


def test_length_counts_what_is_said():
    assert [length(text) for text in ("", "?!", "ab1", "東京", "한국", "がく", "हिन्दी", "a b")] == [
        0,
        0,
        3,
        4,
        4,
        4,
        3,
        2,
    ]


def test_ngrams_are_shorter_without_spaces():
    assert character_ngrams("Ab!") == {" ab", "ab "}
    assert character_ngrams("東京都") == {" 東", "東京", "京都", "都 "}
    assert character_ngrams("x") == {" x "}
    assert character_ngrams("?") == {"  "}, "never empty, so that overlaps can be divided"


def test_scripts_are_named_by_letters_alone():
    assert [letter_script(character) for character in "aäяعक東あア々한1.\u0301"] == [
        *(
            "LATIN",
            "LATIN",
            "CYRILLIC",
            "ARABIC",
            "DEVANAGARI",
            "CJK",
            "HIRAGANA",
            "KATAKANA",
            "IDEOGRAPHIC",
            "HANGUL",
            "",
            "",
            "",
        )
    ]


def test_normalising_twice_changes_nothing():
    for text in ("İstanbul'da?", "ǅ", "ﬁne", "①②", "𝕎hy", "ॐ क़", "ΐ"):
        assert normalised(normalised(text)) == normalised(text)
