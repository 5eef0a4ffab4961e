"""What is kept of an answer, and for what reason the rest goes."""

from __future__ import annotations

import pytest

from pyserini_xqg.expand.wording.clean import NoQueryReason, Query, clean
from pyserini_xqg.fusion.text_kind import TextKind

PASSAGE = (
    "The Nile flows north through eleven countries and reaches the Mediterranean Sea in a wide delta near "
    "Alexandria. It is often called the longest river of Africa."
)
PHRASES = ["Generate a Arabic question for this passage:", "How tall is the Eiffel Tower?", "Passage:"]


@pytest.mark.parametrize(
    "text",
    [
        "How long is the Nile?",
        "Nile",
        "1,000,000,000,000?",
        "hahahahaha, really?",
        "ما هو أطول نهر في أفريقيا؟",
        "アフリカで一番長い川は何ですか",
        "Which countries does the Nile flow through?",
        "the Mediterranean Sea",
        "Wie heißt der Fluss, der durch elf Länder fließt und in der Nähe von Alexandria mündet und wie lang ist er?",
        "क्‍या नील नदी लंबी है?",
        "What is the difference between the passage of the sun and the passage of time?",
    ],
)
def test_queries_stay_as_they_are(text: str):
    assert clean(text, PASSAGE, PHRASES) == Query(text, repaired=False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", NoQueryReason.EMPTY),
        (" \t\n ", NoQueryReason.EMPTY),
        ("?!… \u200b\u200f", NoQueryReason.EMPTY),
        ("\x00\x07\ufffd", NoQueryReason.EMPTY),
        (PASSAGE, NoQueryReason.PASSAGE),
        (PASSAGE.upper(), NoQueryReason.PASSAGE),
        (PASSAGE[:100], NoQueryReason.PASSAGE),
        (f"Question: {PASSAGE}", NoQueryReason.PASSAGE),
        (PHRASES[0], NoQueryReason.PROMPT),
        (f"{PHRASES[0]} The Nile", NoQueryReason.PROMPT),
        ("for this passage: ".strip() + "", NoQueryReason.PROMPT),
        ("How tall is the Eiffel Tower?", NoQueryReason.PROMPT),
        ("what what what what what what", NoQueryReason.REPETITION),
        ("the river " * 8, NoQueryReason.REPETITION),
        ("ナイル川ナイル川ナイル川ナイル川ナイル川ナイル川", NoQueryReason.REPETITION),
        ("Is it?" + "?" * 40, NoQueryReason.REPETITION),
        ("is it a is it is a it is a is it a it", NoQueryReason.REPETITION),
    ],
)
def test_what_is_no_query_goes(text: str, reason: NoQueryReason):
    assert clean(text, PASSAGE, PHRASES) is reason


def test_controls_are_taken_out_and_said():
    assert clean("How\x00 long\x1b is\tthe\n\nNile?\ufffd", PASSAGE, PHRASES) == Query(
        "How long is the Nile?", repaired=True
    )
    assert clean("half \ud83d of one", PASSAGE, PHRASES) == Query("half of one", repaired=True)
    assert clean("two\nlines", PASSAGE, PHRASES) == Query("two lines", repaired=False)


def test_a_short_passage_is_no_query_either():
    assert clean("Nile.", "nile.", []) is NoQueryReason.PASSAGE
    assert clean("Nile", "The Nile is a river of Africa.", []) == Query("Nile", repaired=False)


def test_an_endless_answer_is_judged_at_once():
    """Ten thousand characters without a repetition, then one with."""
    text = " ".join(f"w{number}" for number in range(1500))
    assert clean(text, PASSAGE, PHRASES) == Query(text, repaired=False)
    assert clean(text + " ab" * 50, PASSAGE, PHRASES) is NoQueryReason.REPETITION


@pytest.mark.parametrize(
    ("text", "passage", "outcome"),
    [
        (PASSAGE, PASSAGE, NoQueryReason.PASSAGE),
        (PASSAGE.upper().replace(" ", "  ").replace(".", "!"), PASSAGE, NoQueryReason.PASSAGE),
        (f"Text: {PASSAGE}", PASSAGE, NoQueryReason.PASSAGE),
        (" \u200f…", PASSAGE, NoQueryReason.EMPTY),
        ("Der Nil " * 30, PASSAGE, NoQueryReason.REPETITION),
        ("Der Nil fließt nach Norden. " + "und so " * 30, PASSAGE, NoQueryReason.REPETITION),
        ("ナイル川は北へ流れる。" + "長い" * 40, PASSAGE, NoQueryReason.REPETITION),
        ("Generate a Arabic question for this passage: Der Nil", PASSAGE, NoQueryReason.PROMPT),
        ("Der Nil.", PASSAGE, None),
        (
            "Er heißt „The Nile flows north through eleven countries and reaches the Mediterranean Sea in a wide delta"
            " near Alexandria“.",
            PASSAGE,
            None,
        ),
        ("la " * 40, "tra la " * 40, None),
        ("Der Nil und der Niger und der Kongo und der Sambesi und der Oranje und der Limpopo.", PASSAGE, None),
    ],
)
def test_translations_go_by_rules_of_their_own(text: str, passage: str, outcome: NoQueryReason | None):
    expected = outcome or Query(text.strip(), repaired=False)
    assert clean(text, passage, PHRASES[:1], TextKind.TRANSLATION) == expected
