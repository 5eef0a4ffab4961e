"""FreeDict's articles, as its style sheets write them for dictd: a line a sense, with notes beside and below it.

Other dictionaries of dictd that have no markup of their own are read the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pyserini_xqg.lexicon.articles.wording import without_brackets

_EXAMPLE_INDENT = " " * 4
_PRONOUNCED = re.compile(r"/[^/]*[\u02c8\u02cc][^/]*/+")
_ABOUT = re.compile(r"(?:Synonyms?|Antonyms?|Hyper[no]+yms?|Hypo[no]+yms?|[Ss]ee(?: also)?|Notes?|der|Entry):")
_SENSE = re.compile(r"(?:(?:(?:[IVX]+|[a-z])\.(?=\s|$)|\d+\.(?=[^\W\d]|\s|$))\s*(?:(?:<[^>]*>|\[[^]]*\])\s*)*)+")
_PHRASE = re.compile(r"[^][(){}<>.,;]*\S\s{2,}[^]\s[(){}<>,;]|[^()]*\((?:[^()]*[ \[])?:\w|[\w\s]+/[^/]*/\s{2,}")
"""A phrase of the headword's language among the senses, such as ``see about   zająć się``, or one whose translation
follows on the next line.
"""
_SHARED_SENSE = re.compile(r"\s+\d+\.$")
"""One translation of several senses: the number of the next one stands behind it, and definitions follow."""
_INNER_SENSE = re.compile(r"(?:^|\s)\d+\.\s")
_REFERENCE = re.compile(r"\. See also\b.*")
_INFLECTED = re.compile(r"[A-Z][\w\s,.]* of \{[^{}]*\}:")
_RUN_ON_NOTE = re.compile(
    r"Note:\s*(?:word usually written using kana alone|onomatopoeic or mimetic word"
    r"|(?:honorific or respectful \(sonkeigo\)|humble \(kenjougo\)|polite \(teineigo\)|familiar|children's) language"
    r"|abbreviation|archaism|colloquialism|slang|vulgar expression or word|derogatory|obscure term|obsolete term"
    r"|idiomatic expression|jocular, humorous term|(?:fe)?male term or language|sensitive|yojijukugo|proverb)"
)
"""JMdict's notes, which the Japanese dictionary runs together with the translation that follows them."""


def senses(lines: Sequence[str], *, phrases: bool = False) -> Iterator[str]:
    """The senses of an article, in order; grammar and whatever else stands in brackets is left out.

    :param lines: without the headword's.
    :param phrases: whether phrases in the headword's language stand among the senses, each before its own translation,
        as in the English-Polish dictionary; they are left out.
    """
    told = False
    for line in lines:
        text = _said(line)
        if not text:
            continue
        mark = _SENSE.match(text)
        if mark:
            text = text[mark.end() :]
            if not text and line[0].isspace():
                continue  # another sense of the same translation
            told = False
        elif text[0] == ";":
            told = False
        if told:
            continue  # a definition in the headword's language
        if phrases and _PHRASE.match(text):
            told = True
            continue
        text = without_brackets(_INFLECTED.sub("", text, count=1)).strip()
        text = _REFERENCE.sub("", _SHARED_SENSE.sub("", text))
        if text:
            told = True
            yield _INNER_SENSE.sub(";", text)


def _said(line: str) -> str:
    """A line without what surrounds it; empty if it is an example, a note or a reference."""
    text = line.strip()
    if note := _RUN_ON_NOTE.match(text):
        text = text[note.end() :].lstrip()
        return "" if text.startswith("(") else text
    if line.startswith(_EXAMPLE_INDENT) or text.startswith(('"', "- ")) or _ABOUT.match(text):
        return ""
    return _PRONOUNCED.sub(" ", text) if "\u02c8" in text or "\u02cc" in text else text
