"""Sentences of many scripts, and one text again."""

from __future__ import annotations

import pytest

from pyserini_xqg.expand.translation.sentences import halves, joined, sentences
from pyserini_xqg.languages import language


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("en", 'Dr. Smith came. He said "Hi!" It was 3.5.', ["Dr. Smith came.", 'He said "Hi!"', "It was 3.5."]),
        ("en", "A title\nThe first line.\n\n", ["A title", "The first line."]),
        ("ja", "次は？そう！！「はい。」終わり", ["次は？", "そう！！", "「はい。」", "終わり"]),
        ("zh", "他说：“你好。”然后走了。共3.5米。", ["他说：“你好。”", "然后走了。", "共3.5米。"]),
        ("ar", "ما هذا؟ هو كتاب. نعم", ["ما هذا؟", "هو كتاب.", "نعم"]),
        ("hi", "यह है। वह है॥ ठीक", ["यह है।", "वह है॥", "ठीक"]),
        ("am", "ሰላም። እንዴት ነህ፧ ደህና", ["ሰላም።", "እንዴት ነህ፧", "ደህና"]),
        ("th", "สวัสดี ครับ", ["สวัสดี ครับ"]),
        ("sw", " ", []),
    ],
)
def test_sentences(code: str, text: str, expected: list[str]):
    assert sentences(text, language(code)) == expected


def test_they_are_joined_as_the_script_does():
    assert joined(["Eins.", " ", "Zwei. "], language("de")) == "Eins. Zwei."
    assert joined(["一。", "二。"], language("zh")) == "一。二。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a bb ccc dddd", ("a bb", "ccc dddd")),
        ("abcdef", ("abc", "def")),
        ("ab c", ("ab", "c")),
        ("一二", ("一", "二")),
    ],
)
def test_halves(text: str, expected: tuple[str, str]):
    assert halves(text) == expected
