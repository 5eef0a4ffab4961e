"""Names from the Latin script into another one, by ICU's own rules (Unicode's CLDR)."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from functools import cache

from pyserini_xqg.lexicon.icu import OK, Icu, icu

_IDS = {
    "Arab": "Latin-Arabic",
    "Beng": "Latin-Bengali",
    "Cyrl": "Latin-Cyrillic",
    "Deva": "Latin-Devanagari",
    "Grek": "Latin-Greek",
    "Hang": "Latin-Hangul",
    "Hebr": "Latin-Hebrew",
    "Jpan": "Latin-Katakana",
    "Taml": "Latin-Tamil",
    "Telu": "Latin-Telugu",
    "Thai": "Latin-Thai",
}
"""Script -> ICU's transliterator. Those into Georgian, Armenian and Ethiopic leave capitals as they are, and there is
none into Chinese.
"""
_VOWEL_MARKS = ("Arab", "Hebr")
"""Scripts in which ICU writes short vowels as marks, and people do not."""


class Transliterator:
    """From the Latin script into another.

    :param script: its ISO 15924 code.
    """

    def __init__(self, script: str) -> None:
        self._script = script

    def __call__(self, name: str) -> str:
        """The name in the other script; empty where that cannot be had."""
        opened = _opened(self._script)
        if opened is None:
            return ""
        written = opened.write(unicodedata.normalize("NFC", name))
        if self._script in _VOWEL_MARKS:
            decomposed = unicodedata.normalize("NFD", written)
            written = "".join(each for each in decomposed if unicodedata.category(each) != "Mn")
        return "" if re.search("[A-Za-z]", written) else unicodedata.normalize("NFC", written)


class _Opened:
    """One of ICU's transliterators."""

    def __init__(self, library: Icu, handle: int) -> None:
        self._write = library.function("utrans_transUChars", None)
        self._handle = ctypes.c_void_p(handle)

    def write(self, text: str) -> str:
        data = text.encode("utf-16-le")
        units = len(data) // 2
        room = 8 * units + 64
        buffer = ctypes.create_string_buffer(data, 2 * room)
        length, limit, status = ctypes.c_int32(units), ctypes.c_int32(units), ctypes.c_int(OK)
        self._write(
            self._handle,
            buffer,
            ctypes.byref(length),
            ctypes.c_int32(room),
            ctypes.c_int32(0),
            ctypes.byref(limit),
            ctypes.byref(status),
        )
        return buffer.raw[: 2 * length.value].decode("utf-16-le", "replace") if status.value <= OK else ""


@cache
def _opened(script: str) -> _Opened | None:
    library = icu() if script in _IDS else None
    if library is None:
        return None
    name, status = _IDS[script].encode("utf-16-le"), ctypes.c_int(OK)
    handle = library.function("utrans_openU", ctypes.c_void_p)(
        ctypes.c_char_p(name),
        ctypes.c_int32(len(name) // 2),
        ctypes.c_int(0),
        None,
        ctypes.c_int32(0),
        None,
        ctypes.byref(status),
    )
    return _Opened(library, handle) if handle and status.value <= OK else None
