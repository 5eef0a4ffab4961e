"""Queries out of the many ways in which chat models write them."""

from __future__ import annotations

import pytest

from pyserini_xqg.expand.generator import Answer
from pyserini_xqg.expand.wording.parse import choose_queries, count_unfinished, parse_queries, plain_answer, repairs_of


@pytest.mark.parametrize(
    "answer",
    [
        "How long is it?",
        "  How long is it?  \n",
        '"How long is it?"',
        "“How long is it?”",
        "**How long is it?**",
        "1. How long is it?",
        "1) How long is it?",
        "(1) How long is it?",
        "- How long is it?",
        "• How long is it?",
        "Q: How long is it?",
        "Q1: How long is it?",
        "Question: How long is it?",
        "Question 1: How long is it?",
        "Swahili question: How long is it?",
        "**Question:** How long is it?",
        "The Swahili question: How long is it?",
        "Swahili: How long is it?",
        "Sure! Here is a question:\n\nHow long is it?",
        'Here you are:\n1. "How long is it?"\n',
        "<think>They want one.\nOkay?</think>\nHow long is it?",
        "They want one.\nOkay?\n</think>\nHow long is it?",
        'Here it is:\n```json\n{"language": "Swahili", "question": "How long is it?"}\n```\nThat is all.',
        'Here it is: \n{"question": "How long is it?"}',
        '[{"question": "How long is it?"}]',
        '{"question": "How long is it?',
        "```\nHow long is it?\n```",
        '["How long is it?"]',
        '{"question": "How long is it?"}',
        '```json\n{"questions": ["How long is it?"]}\n```',
        "How long is it?\nI hope this helps.",
        "How long is it? The short answer must contain at least 20 words.",
        "How long is it? If it is as long as they say, it is longer than",
    ],
)
def test_one_query_in_many_dresses(answer: str):
    assert parse_queries(answer, "Swahili") == ["How long is it?"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("1. Which?\n2. Where?\n3. Who?", ["Which?", "Where?", "Who?"]),
        ("「どこ？」\n『誰？』", ["どこ？", "誰？"]),
        ("１、ナイル川はどこですか。\n２、長さは。", ["ナイル川はどこですか。", "長さは。"]),
        ("ما هو النهر؟\n\nأين هو؟", ["ما هو النهر؟", "أين هو؟"]),
        ("3.5 million people live where?", ["3.5 million people live where?"]),
        ("1984 was written by whom?", ["1984 was written by whom?"]),
        ("population of Kenya", ["population of Kenya"]),
        ("Who wrote What is life? in 1944", ["Who wrote What is life? in 1944"]),
        ("Who wrote it? And when was that?", ["Who wrote it? And when was that?"]),
        ("Why? Because of the river", ["Why? Because of the river"]),
        ("何語ですか？ これは答えです。", ["何語ですか？ これは答えです。"]),
        ("ما أعمق بحيرة في العالم؟ بحيرة بايكال هي الأعمق", ["ما أعمق بحيرة في العالم؟"]),
        ("", []),
        ("Here is one:", []),
        ('["a", 1]', ['["a", 1]']),
        ("<think>never ends", []),
    ],
)
def test_lists_and_what_is_none(answer: str, expected: list[str]):
    assert parse_queries(answer, "Japanese") == expected


def test_the_first_of_each_answer_then_further_ones():
    assert choose_queries(["1. A?\n2. B?", "C?"], 2, "English") == ("A?", "C?")
    assert choose_queries(["1. A?\n2. B?", "C?"], 3, "English") == ("A?", "C?", "B?")
    assert choose_queries(["1. A?\n2. B?"], 5, "English") == ("A?", "B?")
    assert choose_queries(["", "C?"], 2, "English") == ("", "C?")
    assert choose_queries([], 2, "English") == ()


def test_queries_that_break_off_are_counted():
    answers = [
        "Which river flows through",
        "Which river? It is a very long",
        "Which sea?",
        "1. Which sea is",
        "finished, without a mark",
        "",
    ]
    queries = choose_queries(answers, 6, "English")
    assert queries[:4] == ("Which river flows through", "Which river?", "Which sea?", "Which sea is")
    assert count_unfinished(answers, [True, True, True, True, False, True], queries) == 2
    assert count_unfinished(["Which sea?\nThe sea that is"], [True], ("Which sea?",)) == 0, "the query itself is whole"
    assert count_unfinished(["A"], [True], ()) == 0


def test_a_plain_answer_says_what_broke_off():
    assert plain_answer(["ما هو؟", "ما هو", "ما"], [8, 8, 2], 8, cut=True) == Answer(
        ("ما هو؟", "ما هو", "ما"), cut=True, unfinished=1
    )


def test_what_was_taken_off_is_said():
    answers = [
        "How long is it?",
        '1. "How long is it?"',
        "<think>Hm.</think>How long is it?",
        '```json\n{"question": "How long is it?"}\n```',
        "Sure! Here is one:\nHow long is it?",
        "Swahili question: How long is it?",
    ]
    assert repairs_of(answers, "Swahili") == ("thinking", "code fences", "JSON", "talk", "talk")
