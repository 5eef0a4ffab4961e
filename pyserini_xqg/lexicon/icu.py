"""ICU's library through its C interface, which has been the same for twenty years, under names that end in the version.

No wheel binds the parts of it that are wanted here. The library itself is on most systems, and in the wheel ``icu4py``.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib.util
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

OK = 0
"""A status up to this is a good one; below it are remarks, such as that of another locale's data."""
_VERSION = re.compile(r"icu(?:i18n|in)(?:[^/]*\.so)?\.?(\d+)")
"""``libicui18n.so.72``, ``libicui18n-27b40375.so.78.3``, ``libicui18n.72.dylib``, ``icuin78.dll``."""


@dataclass(frozen=True, slots=True)
class Icu:
    """The library.

    :param path: its file; a system's library may be known by its bare name.
    """

    path: str
    version: str
    library: ctypes.CDLL

    def function(self, name: str, result: Any = ctypes.c_int32) -> Any:
        """One of its functions, by its name without the version.

        :param result: the type of what it returns.
        """
        found = getattr(self.library, f"{name}_{self.version}")
        found.restype = result
        return found

    def text(self, name: str, *words: Any) -> str:
        """What one of its functions writes; empty where it fails.

        :param words: its arguments, up to the buffer, its room and the status.
        """
        room, status = 512, ctypes.c_int(OK)
        buffer = ctypes.create_string_buffer(2 * room)
        length = self.function(name)(*words, buffer, ctypes.c_int32(room), ctypes.byref(status))
        return buffer.raw[: 2 * length].decode("utf-16-le", "replace") if status.value <= OK and length < room else ""


@cache
def icu() -> Icu | None:
    """The wheel's, which is the same everywhere, else the system's; None where there is none."""
    for place in (*_of_wheel(), ctypes.util.find_library("icui18n")):
        version = _VERSION.search(Path(place).name) if place else None
        if place is None or version is None:
            continue
        try:
            library = ctypes.CDLL(place)
        except OSError:
            continue
        if hasattr(library, f"utrans_openU_{version[1]}"):
            return Icu(place, version[1], library)
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
    found = icu()
    return f"ICU {found.version}" if found is not None else ""
