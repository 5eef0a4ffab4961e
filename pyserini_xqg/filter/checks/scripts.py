"""Whether a text is written in its language's script: the first and cheapest test of the language, and it knows every
language.
"""

from __future__ import annotations

import unicodedata

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
to Latin spellings).
"""


def script_share(text: str, code: str) -> float:
    """The share of a text's letters that are in the script of language ``code``, in [0, 1]; 0 for a text without
    letters.

    Names keep their own script in any language, so a share well below one half is still found in good questions.
    """
    expected = _SCRIPTS[language(code).script]
    # Unicode's compatibility forms (full-width Latin, presentation forms of Arabic) are spellings, not scripts.
    scripts = [script for character in unicodedata.normalize("NFKC", text) if (script := letter_script(character))]
    return sum(script in expected for script in scripts) / len(scripts) if scripts else 0.0
