"""Words without their accents, tone marks and special letters, as people write who have no key for them or are in a
hurry.

A letter that a mark makes another letter keeps it: й and ї, kana with their voicing, the vowel signs of India.
"""

from __future__ import annotations

import unicodedata

import regex

_MARKS = regex.compile(r"\p{M}+")
_THAI_TONES = regex.compile("[\u0e48-\u0e4b]")
_NUKTA = regex.compile(r"\p{InSC=Nukta}")
_LATIN = str.maketrans("ɓɗƙƴɖđɛɔŋłøıƁƊƘƳƉĐƐƆŊŁØ", "bdkyddeonloiBDKYDDEONLO")
"""Letters without a decomposition: the hooked letters of Hausa, those of Fon, Twi and Wolof, and đ, ł, ø, ı."""
_CYRILLIC = str.maketrans("ёЁґҐ", "еЕгГ")
_ARABIC = str.maketrans("آأإٱةى", "ااااهي")
"""The same letters that Lucene's ArabicNormalizer takes for one: writers mix them up."""


def without_diacritics(word: str, script: str) -> str:
    """A word, or a whole text of one script, without diacritics; itself where it has none, or where its script has
    nothing of the kind.

    :param script: the ISO 15924 code of its script.
    """
    match script:
        case "Latn":
            return _stripped(word).translate(_LATIN)
        case "Grek" | "Hebr":
            return _stripped(word)
        case "Arab":
            return unicodedata.normalize("NFC", _MARKS.sub("", word)).translate(_ARABIC)
        case "Cyrl":
            return word.translate(_CYRILLIC)
        case "Thai":
            return _THAI_TONES.sub("", word)
        case "Deva":
            return unicodedata.normalize("NFC", _NUKTA.sub("", unicodedata.normalize("NFD", word))).replace(
                "\u0901", "\u0902"
            )
    return word


def _stripped(word: str) -> str:
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", word)))
