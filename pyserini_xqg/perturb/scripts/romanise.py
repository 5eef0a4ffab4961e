"""Words in Latin letters, as people type who have no other keyboard.

Scripts of India, Ethiopic and Hangul are spelled by their letters' names in Unicode; the others by the tables in
``resources/romanisation``. Thai, kana and ideographs have no such spelling that could be had without a dictionary, so
they stay.
"""

from __future__ import annotations

import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files

import regex

from pyserini_xqg.perturb.edits.words import words_of
from pyserini_xqg.perturb.scripts.abugida import ABUGIDAS

_DIGRAPHS = {
    "LLL": "zh",
    "NNN": "n",
    "NNY": "ny",
    "CH": "chh",
    "C": "ch",
    "SS": "sh",
    "NG": "ng",
    "NY": "ny",
    "JNY": "gy",
}
_ETHIOPIC = {
    "GLOTTAL ": "",
    "PHARYNGEAL ": "",
    "HH": "h",
    "X": "kh",
    "SZ": "s",
    "TZ": "ts",
    "C": "ch",
    "CH": "ch",
    "TH": "t",
    "PH": "p",
}
_ETHIOPIC_VOWELS = {"A": "e", "U": "u", "I": "i", "AA": "a", "EE": "e", "E": "i", "O": "o", "WA": "wa", "OA": "wa"}
_ETHIOPIC_NAME = regex.compile(r"ETHIOPIC SYLLABLE (GLOTTAL |PHARYNGEAL |[^AEIOUW ]+|W)(WA|OA|AA|EE|[AUIEO])")
_DOUBLED = regex.compile(r"([A-Z])\1")


def romanised(text: str, code: str) -> str | None:
    """The text with its words in Latin letters; None where no word has such a spelling.

    :param code: its language's canonical code.
    """
    parts, place = [], 0
    for word in words_of(text):
        parts += [text[place : word.start], _spelled(word.text, word.script, code)]
        place = word.end
    found = "".join([*parts, text[place:]])
    return found if found != text else None


def _spelled(word: str, script: str, code: str) -> str:
    if script == "Hang":
        return "".join(
            unicodedata.name(syllable, "").removeprefix("HANGUL SYLLABLE ").lower()
            for syllable in unicodedata.normalize("NFC", word)
        )
    if script == "Ethi":
        return "".join(map(_ethiopic, word))
    if script in ABUGIDAS and script != "Thai":
        return _indic(word, silent_end=code in ("hi", "bn"))
    table = _table(script, code)
    return "".join(_letter(letter, table) for letter in unicodedata.normalize("NFC", word)) if table else word


@lru_cache
def _table(script: str, code: str) -> dict[str, str]:
    folder = files("pyserini_xqg") / "resources" / "romanisation"
    for place in (folder / f"{script}.{code}.toml", folder / f"{script}.toml"):
        if place.is_file():
            return dict(tomllib.loads(place.read_text(encoding="utf-8"))["letters"])
    return {}


def _letter(letter: str, table: dict[str, str]) -> str:
    for form in (letter, letter.lower(), unicodedata.normalize("NFD", letter.lower())[:1]):
        if form in table:
            return table[form].capitalize() if letter.isupper() else table[form]
    return ""


def _ethiopic(character: str) -> str:
    named = _ETHIOPIC_NAME.fullmatch(unicodedata.name(character, ""))
    if named is None:
        return ""
    consonant, vowel = named.groups()
    silent = consonant.endswith(" ")
    return _ETHIOPIC.get(consonant, consonant.lower()) + ("a" if silent and vowel == "A" else _ETHIOPIC_VOWELS[vowel])


def _indic(word: str, *, silent_end: bool) -> str:
    """Consonants carry an a that a vowel sign replaces and a virama takes away; Hindi and Bengali do not speak it at
    the end of a word.
    """
    spelled = ""
    pending = False
    for character in unicodedata.normalize("NFC", word):
        name = unicodedata.name(character, "").split(" ", 1)[-1]
        sign = name.startswith("VOWEL SIGN ")
        if sign or name.startswith("SIGN VIRAMA"):
            pending = False
        if name == "SIGN NUKTA":
            continue
        spelled += "a" if pending else ""
        pending = name.startswith("LETTER ") and bool(regex.match(r"\p{InSC=Consonant}", character))
        spelled += _indic_sound(name, pending)
    return spelled + ("a" if pending and not silent_end else "")


def _indic_sound(name: str, consonant: bool) -> str:
    sound = name.removeprefix("LETTER ").removeprefix("VOWEL SIGN ").removeprefix("CANDRA ")
    if name in ("SIGN ANUSVARA", "SIGN CANDRABINDU"):
        return "n"
    if name == "SIGN VISARGA":
        return "h"
    if sound.startswith("VOCALIC "):
        return f"{sound.removeprefix('VOCALIC ').lower()}i"
    if name.startswith("SIGN") or not sound.isalpha():
        return ""
    stem = sound.removesuffix("A") if consonant else sound
    return _DIGRAPHS.get(stem) or _DOUBLED.sub(r"\1", stem).lower()
