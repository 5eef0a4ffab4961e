"""Full-width and half-width forms, which people type who write Chinese, Japanese or Korean: the same letters for a
reader, others for a tokenizer.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

LANGUAGES = frozenset({"ja", "ko", "zh"})
"""Where keyboards have both."""
_TO_FULL = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if chr(code).isalnum()}
_HALF_KANA = range(0xFF66, 0xFFA0)


def other_width(text: str, code: str) -> str | None:
    """The text with Latin letters and digits full-width and katakana half-width; None where it has neither, or in
    another language.
    """
    if code not in LANGUAGES:
        return None
    found = "".join(map(_narrow, text.translate(_TO_FULL)))
    return found if found != text else None


def _narrow(character: str) -> str:
    parts = unicodedata.normalize("NFD", character)
    table = _narrow_table()
    return "".join(map(table.__getitem__, parts)) if all(part in table for part in parts) else character


@lru_cache
def _narrow_table() -> dict[str, str]:
    return {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in _HALF_KANA}
