"""Whether a text is written in its language's script: the first and cheapest test of the language, and it knows every
language.
"""

from __future__ import annotations

import unicodedata

import regex

from pyserini_xqg.filter.checks.texts import letter_script
from pyserini_xqg.languages import language

_SCRIPTS: dict[str, tuple[str, ...]] = {
    "Arab": ("ARABIC",),
    "Beng": ("BENGALI",),
    "Cyrl": ("CYRILLIC",),
    "Deva": ("DEVANAGARI",),
    "Ethi": ("ETHIOPIC",),
    "Geor": ("GEORGIAN",),
    "Grek": ("GREEK",),
    "Hang": ("HANGUL", "CJK"),
    "Hans": ("CJK", "IDEOGRAPHIC"),
    "Hebr": ("HEBREW",),
    "Jpan": ("HIRAGANA", "KATAKANA", "CJK", "IDEOGRAPHIC"),
    "Latn": ("LATIN", "MODIFIER"),
    "Taml": ("TAMIL",),
    "Telu": ("TELUGU",),
    "Thai": ("THAI",),
}
"""ISO 15924 code -> first words of the Unicode names of its letters (``MODIFIER LETTER APOSTROPHE`` and the like belong
to Latin spellings). Of a script that is not here, its letters are what Unicode says.
"""


def script_share(text: str, code: str) -> float:
    """The share of a text's letters that are in the script of language ``code``, in [0, 1]; 0 for a text without
    letters.

    Names keep their own script in any language, so a share well below one half is still found in good questions.
    """
    script = language(code).script
    # Unicode's compatibility forms (full-width Latin, presentation forms of Arabic) are spellings, not scripts.
    letters = [character for character in unicodedata.normalize("NFKC", text) if letter_script(character)]
    return sum(_is_in(letter, script) for letter in letters) / len(letters) if letters else 0.0


def _is_in(letter: str, script: str) -> bool:
    expected = _SCRIPTS.get(script)
    if expected is None:
        return regex.match(rf"\p{{Script={script}}}", letter) is not None
    return letter_script(letter) in expected
