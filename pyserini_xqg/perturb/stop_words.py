"""Words that are left alone, since a query lives by its other words: Lucene's lists, else the words that many of the
given queries share.
"""

from __future__ import annotations

import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from pyserini_xqg.errors import SetupError
from pyserini_xqg.java.bridge_build import find_anserini
from pyserini_xqg.perturb.edits.words import words_of

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
_SHARE = 0.05
_FEWEST = 50
"""Queries from which frequencies say something."""


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


def frequent_words(texts: Iterable[str]) -> frozenset[str]:
    """Words, and single ideographs, that at least one in twenty of the queries holds; none where there are too few
    queries to tell.
    """
    held = [_held(text) for text in texts]
    counts = Counter(word for words in held for word in words)
    return (
        frozenset(word for word, count in counts.items() if count >= _SHARE * len(held))
        if len(held) >= _FEWEST
        else frozenset()
    )


def _held(text: str) -> set[str]:
    return {held for word in words_of(text) for held in (word.text if word.script == "Hani" else [folded(word.text)])}


def stop_words(code: str, texts: Iterable[str] = ()) -> frozenset[str]:
    """The stop words of a language: Lucene's, else the frequent words of its queries.

    :param code: a canonical language code.
    :raises SetupError: Pyserini's jar is not there.
    """
    return listed_stop_words(code) if code in LISTED else frequent_words(texts)
