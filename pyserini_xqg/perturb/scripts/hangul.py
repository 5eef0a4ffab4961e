"""Hangul as it is typed: syllables to strokes of a dubeolsik keyboard and back (Unicode 15, section 3.12; KS X
5002).
"""

from __future__ import annotations

from collections.abc import Sequence

_FIRST, _LAST = 0xAC00, 0xD7A3
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
"""In the order of their numbers; a syllable without a final has number 0, so these begin at 1."""
_STROKES = {
    **{"ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ", "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ"},
    **{
        "ㄳ": "ㄱㅅ",
        "ㄵ": "ㄴㅈ",
        "ㄶ": "ㄴㅎ",
        "ㄺ": "ㄹㄱ",
        "ㄻ": "ㄹㅁ",
        "ㄼ": "ㄹㅂ",
        "ㄽ": "ㄹㅅ",
        "ㄾ": "ㄹㅌ",
        "ㄿ": "ㄹㅍ",
        "ㅀ": "ㄹㅎ",
        "ㅄ": "ㅂㅅ",
    },
}
_COMPOUNDS = {strokes: letter for letter, strokes in _STROKES.items()}


def strokes(word: str) -> list[str]:
    """The keys that type a word; what is no syllable stays as it is."""
    found: list[str] = []
    for character in word:
        code = ord(character)
        if not _FIRST <= code <= _LAST:
            found.append(character)
            continue
        rest, final = divmod(code - _FIRST, len(_FINALS) + 1)
        initial, vowel = divmod(rest, len(_VOWELS))
        letters = [_INITIALS[initial], _VOWELS[vowel], *([_FINALS[final - 1]] if final else [])]
        found.extend(stroke for letter in letters for stroke in _STROKES.get(letter, letter))
    return found


def syllables(keys: Sequence[str]) -> str | None:
    """What these keys type; None where a letter would stay alone outside a syllable."""
    typed: list[str] = []
    place = 0
    while place < len(keys):
        vowels = _run(keys, place + 1, _VOWELS)
        consonants = _run(keys, place + 1 + vowels, _INITIALS)
        after = place + 1 + vowels + consonants
        finals = consonants - 1 if after < len(keys) else consonants
        middle = "".join(keys[place + 1 : place + 1 + vowels])
        end = "".join(keys[place + 1 + vowels : place + 1 + vowels + max(finals, 0)])
        syllable = (
            _syllable(keys[place], _COMPOUNDS.get(middle, middle), _COMPOUNDS.get(end, end)) if finals >= 0 else None
        )
        if syllable is None:
            return None
        typed.append(syllable)
        place += 1 + vowels + finals
    return "".join(typed)


def _run(keys: Sequence[str], start: int, letters: str) -> int:
    length = 0
    while start + length < len(keys) and keys[start + length] in letters:
        length += 1
    return length


def _syllable(initial: str, vowel: str, final: str) -> str | None:
    if (
        len(vowel) != 1
        or len(final) > 1
        or initial not in _INITIALS
        or vowel not in _VOWELS
        or (final and final not in _FINALS)
    ):
        return None
    number = (_INITIALS.index(initial) * len(_VOWELS) + _VOWELS.index(vowel)) * (len(_FINALS) + 1)
    return chr(_FIRST + number + (_FINALS.index(final) + 1 if final else 0))
