"""Unicode's CLDR, out of ICU: what languages call countries, languages, currencies, months, weekdays, and the cities
that time zones are named after.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyserini_xqg.lexicon.articles.wording import spelled, without_brackets
from pyserini_xqg.lexicon.dictionary_format import DictionaryFormat
from pyserini_xqg.lexicon.entry import DictionaryEntry, by_rank
from pyserini_xqg.lexicon.icu import OK, Icu, icu
from pyserini_xqg.lexicon.places import DictionaryFile

_SYMBOLS = {"months": (1, 10), "weekdays": (3, 13)}
"""``UDAT_MONTHS`` and ``UDAT_STANDALONE_MONTHS``, and so on: as in a date, and alone."""
_OTHER_LOCALES = {"no": "nb", "tw": "ak"}
"""Languages that CLDR knows by another code than our table."""
_LISTS_ALL_CITIES = "ru"
"""A language that writes none as English does, so that none is left out."""
_LONG_NAME = 1
"""``UCURR_LONG_NAME``."""
_ALL_CURRENCIES = 2**31 - 1
"""``UCURR_ALL``."""

type _Names = dict[str, tuple[str, ...]]
"""What is named (``country DE``) -> its names."""


class Cldr(DictionaryFormat):
    """English names, each with the names in another language."""

    name = "CLDR"
    words = "Unicode's CLDR, out of ICU"
    holds_names = True

    def knows(self, path: Path) -> bool:
        """No file: it comes with ICU."""
        return False

    def languages(self, path: Path) -> None:
        """Of no two languages alone."""

    def read(self, path: Path, target: str) -> Iterator[DictionaryEntry]:
        """What another language calls by a name of its own."""
        library = icu()
        if library is None:
            return
        theirs = _names(library, _locale(target))
        for what, (english, *_) in _names(library, "en").items():
            headword = spelled(without_brackets(english).replace("&", "and"), "en")
            texts = [spelled(without_brackets(text), target) for text in theirs.get(what, ())]
            own = [text for text in texts if text and text != headword and text != what.split()[-1]]
            if headword and own:
                yield DictionaryEntry(headword, by_rank(own))


def cldr_names(source: str, target: str) -> list[DictionaryFile]:
    """CLDR's names from one language to another, of which one is English; none where there is no ICU, or it does not
    know the other language. No name is read for it.
    """
    library, other = icu(), target if source == "en" else source
    if library is None or "en" not in (source, target) or other == "en" or not _knows(library, _locale(other)):
        return []
    return [DictionaryFile(Path(library.path), FORMAT, "en", other, backwards=target == "en")]


def _locale(code: str) -> str:
    return _OTHER_LOCALES.get(code, code)


def _names(library: Icu, locale: str) -> _Names:
    """Everything that ICU has names of; nothing in a language that it does not know, for which it would take the
    machine's own.
    """
    found: _Names = {}
    if not _knows(library, locale):
        return found
    for kind, names in (
        ("country", _displayed(library, locale, "uldn_regionDisplayName", "uloc_getISOCountries")),
        ("language", _displayed(library, locale, "uldn_languageDisplayName", "uloc_getISOLanguages")),
        ("currency", _currencies(library, locale)),
        ("date", _dates(library, locale)),
        ("city", _cities(library, locale)),
    ):
        found |= {f"{kind} {code}": own for code, own in names.items()}
    return found


def _knows(library: Icu, locale: str) -> bool:
    name = library.function("uloc_getAvailable", ctypes.c_char_p)
    number = library.function("uloc_countAvailable")()
    return any(name(ctypes.c_int32(place)).decode() == locale for place in range(number))


@contextmanager
def _opened(library: Icu, opener: str, closer: str, *words: Any) -> Iterator[ctypes.c_void_p | None]:
    """What one of ICU's functions opens; None where it cannot."""
    status = ctypes.c_int(OK)
    handle = library.function(opener, ctypes.c_void_p)(*words, ctypes.byref(status))
    if not handle or status.value > OK:
        yield None
        return
    try:
        yield ctypes.c_void_p(handle)
    finally:
        library.function(closer, None)(ctypes.c_void_p(handle))


def _displayed(library: Icu, locale: str, display: str, codes: str) -> Mapping[str, tuple[str, ...]]:
    listed = library.function(codes, ctypes.POINTER(ctypes.c_char_p))()
    found = {}
    with _opened(library, "uldn_open", "uldn_close", locale.encode(), ctypes.c_int(0)) as names:
        place = 0
        while names is not None and (code := listed[place]):
            found[code.decode()] = (library.text(display, names, code),)
            place += 1
    return found


def _currencies(library: Icu, locale: str) -> Mapping[str, tuple[str, ...]]:
    name, following = (
        library.function("ucurr_getName", ctypes.c_void_p),
        library.function("uenum_next", ctypes.c_char_p),
    )
    found = {}
    with _opened(library, "ucurr_openISOCurrencies", "uenum_close", ctypes.c_uint32(_ALL_CURRENCIES)) as codes:
        while codes is not None and (code := following(codes, None, ctypes.byref(ctypes.c_int(OK)))):
            length, status = ctypes.c_int32(0), ctypes.c_int(OK)
            wide = ctypes.c_char_p(f"{code.decode()}\0".encode("utf-16-le"))
            given = ctypes.c_int(_LONG_NAME)
            text = name(wide, locale.encode(), given, None, ctypes.byref(length), ctypes.byref(status))
            if text and status.value <= OK:
                found[code.decode()] = (_wide(text, length.value),)
    return found


def _dates(library: Icu, locale: str) -> Mapping[str, tuple[str, ...]]:
    count = library.function("udat_countSymbols")
    style = ctypes.c_int(0)
    words = (style, style, locale.encode(), None, ctypes.c_int32(0), None, ctypes.c_int32(0))
    found: dict[str, tuple[str, ...]] = {}
    with _opened(library, "udat_open", "udat_close", *words) as dates:
        for kind, forms in _SYMBOLS.items() if dates is not None else ():
            for form in map(ctypes.c_int, forms):
                for place in map(ctypes.c_int32, range(count(dates, form))):
                    text = library.text("udat_getSymbols", dates, form, place)
                    key = f"{kind}-{place.value}"
                    found[key] = (*found.get(key, ()), text)
    return found


def _cities(library: Icu, locale: str) -> Mapping[str, tuple[str, ...]]:
    """In English mostly what the zone is called: ``Europe:Warsaw``."""
    by_key, by_place = (library.function(name, ctypes.c_void_p) for name in ("ures_getByKey", "ures_getByIndex"))
    key_of, text_of = (
        library.function("ures_getKey", ctypes.c_char_p),
        library.function("ures_getStringByKey", ctypes.c_void_p),
    )
    close, size = library.function("ures_close", None), library.function("ures_getSize")
    package = f"icudt{library.version}l-zone".encode()
    found: dict[str, tuple[str, ...]] = {}
    # English names are those of the zones, which its own data do not repeat.
    with _opened(
        library, "ures_open", "ures_close", package, (_LISTS_ALL_CITIES if locale == "en" else locale).encode()
    ) as data:
        status = ctypes.c_int(OK)
        zones = by_key(data, b"zoneStrings", None, ctypes.byref(status)) if data is not None else None
        if not zones or status.value > OK:
            return found
        for place in range(size(ctypes.c_void_p(zones))):
            status = ctypes.c_int(OK)
            zone = ctypes.c_void_p(by_place(ctypes.c_void_p(zones), ctypes.c_int32(place), None, ctypes.byref(status)))
            key, length = key_of(zone).decode(), ctypes.c_int32(0)
            text = text_of(zone, b"ec", ctypes.byref(length), ctypes.byref(status))
            if text and status.value <= OK:
                own = _wide(text, length.value)
                found[key] = (key.rpartition(":")[2].replace("_", " ") if locale == "en" else own,)
            close(zone)
        close(ctypes.c_void_p(zones))
    return found


def _wide(address: int, length: int) -> str:
    return ctypes.string_at(address, 2 * length).decode("utf-16-le", "replace")


FORMAT = Cldr()
