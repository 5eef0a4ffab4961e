"""Which sequences of characters are syllables in the scripts of South and South-East Asia, where a vowel is a mark on
its consonant.

A vowel sign without a consonant, or two on one, is shown on a dotted circle and typed by nobody. The classes are
Unicode's own (``Indic_Syllabic_Category``), the order is that of Unicode 15, sections 12.1 and 16.1.
"""

from __future__ import annotations

import regex

_CONSONANT = r"[\p{InSC=Consonant}\p{InSC=Consonant_Dead}\p{InSC=Consonant_Placeholder}]\p{InSC=Nukta}?"
_JOINER = r"[\u200c\u200d]?"
_HALVED = rf"{_JOINER}\p{{InSC=Virama}}{_JOINER}"
_MODIFIERS = r"\p{InSC=Bindu}?\p{InSC=Visarga}?\p{InSC=Avagraha}?"
_CLUSTER = rf"{_CONSONANT}(?:{_HALVED}{_CONSONANT})*(?:\p{{InSC=Vowel_Dependent}}|{_HALVED})?"
# Bengali writes the a of "bank" as অ্যা
_VOWEL = rf"\p{{InSC=Vowel_Independent}}(?:(?<=[অএ]){_HALVED}য\p{{InSC=Vowel_Dependent}}?)?"
_INDIC = regex.compile(rf"(?:(?:{_CLUSTER}|{_VOWEL}){_MODIFIERS}(?:\u200c(?=.))?)+")
_THAI = regex.compile(r"(?:[เแโใไ]?[ก-ฮ][\u0e31\u0e34-\u0e39\u0e47]?[\u0e48-\u0e4b]?\u0e4c?[ะาำๅ]?[ๆฯ]?)+")
ABUGIDAS = {"Deva": _INDIC, "Beng": _INDIC, "Taml": _INDIC, "Telu": _INDIC, "Thai": _THAI}
"""ISO 15924 code -> what a word of that script looks like."""


def is_syllabic(word: str, script: str) -> bool:
    """Whether a word of one of :data:`ABUGIDAS` is a sequence of whole syllables."""
    return ABUGIDAS[script].fullmatch(word) is not None
