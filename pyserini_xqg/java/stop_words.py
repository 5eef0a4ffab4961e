"""Lucene's stop words, out of the jar that Pyserini brings; no Java runs."""

from __future__ import annotations

import unicodedata
import zipfile
from functools import lru_cache

from pyserini_xqg.errors import SetupError
from pyserini_xqg.java.bridge_build import find_anserini

_FOLDER = "org/apache/lucene/analysis"
_SNOWBALL = {
    **{
        "da": "danish",
        "de": "german",
        "en": "english",
        "es": "spanish",
        "fi": "finnish",
        "fr": "french",
        "hu": "hungarian",
        "id": "indonesian",
    },
    **{"it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ru": "russian", "sv": "swedish"},
}
_OWN = ("ar", "bn", "el", "fa", "hi", "ja", "ro", "ta", "te", "th", "tr", "uk")
LISTED = frozenset({*_SNOWBALL, *_OWN})
"""Languages whose stop words Lucene knows."""
_SAME_LETTERS = str.maketrans("یک", "يك")
"""Lucene's Persian list is written with the Arabic letters."""


def folded(word: str) -> str:
    """A word as stop words are compared."""
    return unicodedata.normalize("NFC", word).casefold().translate(_SAME_LETTERS)


def listed_stop_words(code: str) -> frozenset[str]:
    """Lucene's stop words of a language, :func:`folded`, out of the jar that Pyserini brings; empty where it has none.

    :raises SetupError: there is no such jar.
    """
    return _lists().get(code, frozenset())


@lru_cache
def _lists() -> dict[str, frozenset[str]]:
    """All at once, since opening the jar costs more than reading from it."""
    jar = find_anserini().jar
    try:
        with zipfile.ZipFile(jar) as archive:
            return {
                code: _parsed(archive.read(_place(code)).decode("utf-8"), "|" if code in _SNOWBALL else "#")
                for code in sorted(LISTED)
            }
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise SetupError(
            f"Lucene's stop words cannot be read from {jar} ({error}); install Pyserini again, or give --stop-words "
            "none"
        ) from error


def _place(code: str) -> str:
    return f"{_FOLDER}/snowball/{_SNOWBALL[code]}_stop.txt" if code in _SNOWBALL else f"{_FOLDER}/{code}/stopwords.txt"


def _parsed(text: str, comment: str) -> frozenset[str]:
    return frozenset(folded(word) for line in text.splitlines() for word in line.split(comment)[0].split())
