"""Queries out of what a chat model wrote: without numbering, quotes, labels, and talk around them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

from pyserini_xqg.expand.generator import Answer
from pyserini_xqg.expand.wording.taming import Repair, tame

_BULLET = re.compile(r"^\s*(?:(?:[-*•‣–]|#+)\s+|[(\[]?\d{1,2}\s*(?:[.):\]](?=\s)|[、．])\s*|Q\d{1,2}\s*[.):]\s*)")
_QUESTION_END = ("?", "？", "؟", "՞", ";", "။")
_TALK_END = (":", "：")
_QUESTION_AND_MORE = re.compile(r"^(.{8,}?[?？؟][\"”’»)]*)\s+(?=[^\W\da-z])")
"""A question and then another sentence; one that goes on in small letters, as after a title with a question mark, is
left whole.
"""
_PAIRS = {
    '"': '"',
    "'": "'",
    "“": "”",
    "„": "“",
    "‘": "’",
    "«": "»",
    "»": "«",
    "「": "」",
    "『": "』",
    "`": "`",
    "*": "*",
    "_": "_",
}


def parse_queries(answer: str, language: str) -> list[str]:
    """The queries in one answer, in their order; the answer itself where nothing looks like a list.

    :param language: the language's English name, which models like to write before a query.
    """
    lines = [line for part in tame(answer).parts for line in part.splitlines()]
    label = _label(language)
    tidied = [_tidy(line, label) for line in lines]
    found = [line for line in tidied if line and not line.endswith(_TALK_END)]
    return [line for line in found if line.endswith(_QUESTION_END)] or [_without_talk_after(line) for line in found]


def repairs_of(answers: Sequence[str], language: str) -> tuple[Repair, ...]:
    """What was taken off answers before :func:`parse_queries` found queries in them; numbering and quotes do not
    count.
    """
    found: list[Repair] = []
    for answer in answers:
        tamed = tame(answer)
        found += tamed.repairs
        lines = [line.strip() for part in tamed.parts for line in part.splitlines() if line.strip()]
        if any(line.endswith(_TALK_END) or _label(language).match(line) for line in lines):
            found.append(Repair.TALK)
    return tuple(found)


def _label(language: str) -> re.Pattern[str]:
    """What models write before a query."""
    return re.compile(
        rf"^(?:\W*(?:the\s+)?(?:{re.escape(language)}\s+)?(?:question|query|answer|q)\s*\d*\W*?[:：]|{re.escape(language)}\s*[:：])[*_\s]*",
        re.IGNORECASE,
    )


def choose_queries(answers: list[str], number: int, language: str) -> tuple[str, ...]:
    """Of several answers to the same prompt the first query of each; then, where answers are too few, their further
    ones.

    :param number: how many are wanted; never more come back, and an answer without any counts as an empty one.
    """
    parsed = [parse_queries(answer, language) or [""] for answer in answers]
    firsts = [queries[0] for queries in parsed]
    further = chain.from_iterable(queries[1:] for queries in parsed)
    return tuple([*firsts, *further][:number])


def count_unfinished(answers: Sequence[str], cut: Sequence[bool], queries: Sequence[str]) -> int:
    """How many queries of :func:`choose_queries` break off, because the answer that they end was cut at the greatest
    length.

    :param cut: for each answer whether it was.
    """
    pairs = zip(answers, cut, queries, strict=False)
    return sum(
        was_cut and answer.rstrip().endswith(query) and not query.endswith(_QUESTION_END)
        for answer, was_cut, query in pairs
        if query
    )


def plain_answer(texts: Sequence[str], lengths: Sequence[int], longest: int, cut: bool) -> Answer:
    """The answer of a model that writes a query and nothing else.

    :param lengths: tokens of each text, without the one that ends it.
    :param longest: the most tokens that a text may have.
    :param cut: whether the passage was cut.
    """
    return Answer(
        tuple(texts),
        cut,
        unfinished=count_unfinished(texts, [length >= longest for length in lengths], [text.strip() for text in texts]),
    )


def _without_talk_after(line: str) -> str:
    question = _QUESTION_AND_MORE.match(line)
    return question[1] if question else line


def _tidy(line: str, label: re.Pattern[str]) -> str:
    line = line.strip()
    for pattern in (_BULLET, label, _BULLET):
        line = pattern.sub("", line, count=1)
    return without_quotes(line.strip())


def without_quotes(text: str) -> str:
    """A text without the quotes, or other marks that come in pairs, that are around the whole of it."""
    while len(text) > 1 and _PAIRS.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    return text
