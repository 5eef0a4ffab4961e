"""Names from the Latin script into another one, by ICU's own rules (Unicode's CLDR), through its C interface.

No wheel binds ICU's transliterators. The library itself is on most systems, and in the wheel ``icu4py``; its C
interface has been the same for twenty years, under names that end in the version.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib.util
import re
import unicodedata
from functools import cache
from pathlib import Path

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
_OK = 0
_VERSION = re.compile(r"icu(?:i18n|in)(?:[^/]*\.so)?\.?(\d+)")
"""``libicui18n.so.72``, ``libicui18n-27b40375.so.78.3``, ``libicui18n.72.dylib``, ``icuin78.dll``."""


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

    def __init__(self, library: ctypes.CDLL, version: str, handle: int) -> None:
        self._write = getattr(library, f"utrans_transUChars_{version}")
        self._handle = ctypes.c_void_p(handle)

    def write(self, text: str) -> str:
        data = text.encode("utf-16-le")
        units = len(data) // 2
        room = 8 * units + 64
        buffer = ctypes.create_string_buffer(data, 2 * room)
        length, limit, status = ctypes.c_int32(units), ctypes.c_int32(units), ctypes.c_int(_OK)
        self._write(
            self._handle,
            buffer,
            ctypes.byref(length),
            ctypes.c_int32(room),
            ctypes.c_int32(0),
            ctypes.byref(limit),
            ctypes.byref(status),
        )
        return buffer.raw[: 2 * length.value].decode("utf-16-le", "replace") if status.value <= _OK else ""


@cache
def _opened(script: str) -> _Opened | None:
    library = _library() if script in _IDS else None
    if library is None:
        return None
    found, version = library
    opener = getattr(found, f"utrans_openU_{version}")
    opener.restype = ctypes.c_void_p
    name, status = _IDS[script].encode("utf-16-le"), ctypes.c_int(_OK)
    handle = opener(
        ctypes.c_char_p(name),
        ctypes.c_int32(len(name) // 2),
        ctypes.c_int(0),
        None,
        ctypes.c_int32(0),
        None,
        ctypes.byref(status),
    )
    return _Opened(found, version, handle) if handle and status.value <= _OK else None


@cache
def _library() -> tuple[ctypes.CDLL, str] | None:
    """ICU and its version: the wheel's, which is the same everywhere, else the system's."""
    for place in (*_of_wheel(), ctypes.util.find_library("icui18n")):
        version = _VERSION.search(Path(place).name) if place else None
        if place is None or version is None:
            continue
        try:
            library = ctypes.CDLL(place)
        except OSError:
            continue
        if hasattr(library, f"utrans_openU_{version[1]}"):
            return library, version[1]
    return None


def _of_wheel() -> list[str]:
    spec = importlib.util.find_spec("icu4py")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent.with_name("icu4py.libs")
    data = sorted(folder.glob("libicudata*")) + sorted(folder.glob("libicuuc*"))
    for needed in data:  # the wheel's own loader is not asked, so that what the library needs must be there before it
        try:
            ctypes.CDLL(str(needed), mode=ctypes.RTLD_GLOBAL)
        except OSError:
            return []
    return [str(path) for path in sorted(folder.glob("libicui18n*"))]


def version() -> str:
    """ICU's version, in words; empty where it is not there."""
    library = _library()
    return f"ICU {library[1]}" if library is not None else ""
