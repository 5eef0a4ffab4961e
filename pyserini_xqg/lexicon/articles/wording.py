"""The words alone: brackets, placeholders and marks out, synonyms apart, letters as the language spells them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_BRACKETS = re.compile(r"\([^()]*\)|\[[^][]*\]|\{[^{}]*\}|<[^<>]*>")
_BRACKET = re.compile(r"[][(){}<>]")
_UNCLOSED = re.compile(r"[(\[{<].*")
_UNOPENED = re.compile(r".*[)\]}>]")
_SEPARATORS = re.compile(r"[,;\u060c\u061b\u3001\uff0c\uff1b]|\s/\s|(?<=\w\w)/(?=\w\w)")
_MENDS = {
    "tr": (
        (re.compile(r"\.\s.*"), ""),  # FreeDict's run phrases on behind a full stop
        (re.compile(r"(?<=\w)- (?=\w)"), ""),  # and keep the hyphens of the printed lines
    ),
}
_OBJECT = r"(?:jd[nms]?|jmd[nms]?|etw|sb|smb|sth|smth)\b\.?(?:['\u2019]s\b)?"
_PLACEHOLDER = re.compile(rf"(?<!\w)(?:{_OBJECT}(?:/{_OBJECT})*|\w+-л\.)")
"""Where an object goes: ``jdn./etw.``, ``sb.'s``, ``sth.``, ``кого-л.``."""
_ABBREVIATED = re.compile(r"\.|(?<!\w)(?:jm?d|etw|sm?b|sm?th)")
_EDGES = " \t./:!?\u2026\"'`\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb=*+|\u00b7\u3002\u061f\u0964\u2013\u2014"
_ELIDED = re.compile(r"^[-\u2010~]|[-\u2010~]$")
"""Half a word, such as ``teko-``."""
_AND_SO_ON = re.compile(r"\s(?:и ?т\. ?п|и ?т\. ?д|etc|usw|ir pan|ve benzeri|vb)\.?$")
_LETTER = re.compile(r"[^\W\d_]")
_NO_VERB = re.compile(
    r"(?:the|an?|my|your|his|her|its|our|their|one(?:[`'\u2019]s)?|me|you|him|us|them|it|th(?:is|at|[eo]se)|wh(?:at|ich|om)"
    r"|date|wit|and|some|no|any|all|both|each|every)(?!\w)"
)
"""What follows a ``to`` that is no verb's."""
_SQUEEZED = str.maketrans(
    {
        "\\": "",
        '"': "",
        "\u201c": "",
        "\u201d": "",
        "\u201e": "",
        "_": " ",
        "~": " ",
        "`": "'",
        "\u00a0": " ",
        "\u00ad": "",
        "\u0132": "IJ",
        "\u0133": "ij",
        "\u200b": "",
        "\u2010": "-",
        "\u2011": "-",
        "\u2019": "'",
    }
)
_MISREAD = {
    "hu": str.maketrans("\u00f4\u00fb\u00f5\u00d4\u00db\u00d5", "\u0151\u0171\u0151\u0150\u0170\u0150"),
}
"""Letters that a language has not, where a dictionary was once read as Latin-1 -> those that were meant."""
_MOST_CHARACTERS = 120


def without_pairs(text: str) -> str:
    """Text without what stands between two brackets of a kind, nested ones too."""
    found = 1
    while found and _BRACKET.search(text):
        text, found = _BRACKETS.subn(" ", text)
    return text


def without_brackets(text: str) -> str:
    """Text without what stands in brackets; one that is never closed ends it, one that was never opened begins it."""
    if not _BRACKET.search(text):
        return text
    text = without_pairs(text)
    return _UNOPENED.sub("", _UNCLOSED.sub("", text)) if _BRACKET.search(text) else text


def spelled(text: str, language: str | None) -> str:
    """A word or a phrase as its language writes it: composed, one space between words, without marks at its ends,
    placeholders, or an English verb's ``to``.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = text.translate(_SQUEEZED)
    if _ABBREVIATED.search(text):
        text = _AND_SO_ON.sub("", _PLACEHOLDER.sub(" ", text))
    text = " ".join(text.split()).strip(_EDGES)
    if language in _MISREAD:
        text = text.translate(_MISREAD[language])
    if language == "en" and text[:3] in ("to ", "To "):
        return text if _NO_VERB.match(text, 3) else text[3:]
    return text


def pieces(texts: Iterable[str], language: str | None) -> Iterator[str]:
    """The synonyms of senses, one after another; what holds no letter, half words, and what is too long to be a
    translation are left out.

    :param texts: the senses, in order.
    :param language: that of the translations.
    """
    for text in texts:
        text = without_brackets(text)
        for pattern, mended in _MENDS.get(language or "", ()):
            text = pattern.sub(mended, text)
        for part in _SEPARATORS.split(text):
            word = spelled(part, language)
            if word and len(word) <= _MOST_CHARACTERS and _LETTER.search(word) and not _ELIDED.search(word):
                yield word
