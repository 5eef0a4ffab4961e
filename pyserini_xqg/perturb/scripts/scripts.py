"""Which script a letter belongs to, by Unicode's own property, and which scripts a language is written in."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import regex

from pyserini_xqg.languages import LANGUAGES, language

_WRITTEN_IN = {"Jpan": ("Hira", "Kana", "Hani"), "Hans": ("Hani",), "Hang": ("Hang", "Hani")}
_SCRIPTS = {script for row in LANGUAGES.values() for script in _WRITTEN_IN.get(row.script, (row.script,))}
_SCRIPT = regex.compile("|".join(rf"(?P<{code}>\p{{Script={code}}})" for code in sorted(_SCRIPTS)))
UNSPACED = frozenset({"Hani", "Hira", "Kana", "Thai"})
"""Scripts that are written without spaces between words."""
SHARED = ""
"""The script of a character that several scripts share: marks, the Japanese length mark, modifier letters, digits,
signs.
"""


@lru_cache(maxsize=65_536)
def script_of(character: str) -> str:
    """The ISO 15924 code of a character's script, :data:`SHARED`, or the first word of the name of a letter of a script
    that no language of ours is written in.
    """
    found = _SCRIPT.match(character)
    if found is not None and found.lastgroup is not None:
        return found.lastgroup
    if not unicodedata.category(character).startswith("L") or regex.match(
        r"\p{Script=Common}|\p{Script=Inherited}", character
    ):
        return SHARED
    return unicodedata.name(character, "UNKNOWN").split()[0]


@lru_cache
def scripts_of(code: str) -> tuple[str, ...]:
    """The ISO 15924 codes of the scripts that a language is written in."""
    script = language(code).script
    return _WRITTEN_IN.get(script, (script,))
