"""FreeDict's articles, as its style sheets write them for dictd: a line a sense, with what is about it beside and below.

Other dictionaries of dictd that have no markup of their own are read the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pyserini_xqg.lexicon.articles.wording import without_brackets

_EXAMPLE_INDENT = 4
_ABOUT = re.compile(r"(?:Synonyms?|Antonyms?|Hyper[no]+yms?|Hypo[no]+yms?|[Ss]ee(?: also)?|Notes?|der|Entry):")
_SENSE = re.compile(r"(?:(?:[IVX]+|\d+|[a-z])\.(?=\s|$)\s*(?:<[^>]*>\s*)*)+")
_SHARED_SENSE = re.compile(r"\s+\d+\.$")
"""One translation of several senses: the number of the next one stands behind it, and definitions follow."""
_INFLECTED = re.compile(r"[A-Z][\w\s,.]* of \{[^{}]*\}:")
_RUN_ON_NOTE = re.compile(
    r"Note:\s*(?:word usually written using kana alone|onomatopoeic or mimetic word"
    r"|(?:honorific or respectful \(sonkeigo\)|humble \(kenjougo\)|polite \(teineigo\)|familiar|children's) language"
    r"|abbreviation|archaism|colloquialism|slang|vulgar expression or word|derogatory|obscure term|obsolete term"
    r"|idiomatic expression|jocular, humorous term|(?:fe)?male term or language|sensitive|yojijukugo|proverb)"
)
"""JMdict's notes, which the Japanese dictionary runs together with the translation that follows them."""


def senses(lines: Sequence[str]) -> Iterator[str]:
    """The senses of an article, in order; grammar and whatever else stands in brackets is left out.

    :param lines: without the headword's.
    """
    told = False
    for line in lines:
        text = line.strip()
        if not text:
            continue
        indent = len(line) - len(line.lstrip())
        note = _RUN_ON_NOTE.match(text)
        if note:
            text = text[note.end() :].lstrip()
            if text[:1] in ("", "("):
                continue
        elif indent >= _EXAMPLE_INDENT or text[0] == '"' or _ABOUT.match(text):
            continue
        mark = _SENSE.match(text)
        if mark:
            text = text[mark.end() :]
            if not text and indent:
                continue  # another sense of the same translation
            told = False
        elif text[0] == ";":
            told = False
        elif text.startswith("- "):
            continue
        if told:
            continue  # a definition in the headword's language
        text = _SHARED_SENSE.sub("", without_brackets(_INFLECTED.sub("", text, count=1)).rstrip())
        if text:
            told = True
            yield text
