"""dictd's dictionaries: FreeDict's, Mueller's, and any other with a headword and lines of translations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from functools import partial
from pathlib import Path
from typing import IO

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.lexicon.articles import edict, freedict, mueller
from pyserini_xqg.lexicon.articles.wording import pieces, spelled, without_brackets
from pyserini_xqg.lexicon.codes import canonical, pair_in_name, pair_in_title
from pyserini_xqg.lexicon.dictd_index import ArticlePlace, places
from pyserini_xqg.lexicon.dictionary_format import DictionaryFormat
from pyserini_xqg.lexicon.entry import DictionaryEntry, by_rank
from pyserini_xqg.lexicon.streams import opened

_BODIES = (".dict.dz", ".dict")
_NAMES = (".index", *_BODIES)
_BLOCK = 1 << 20
_PUNCTUATION = re.compile(r"[^\w\s]|_")
_TWO_WORDS = re.compile(r"\s,\s|(?<=[^\W\d_]),(?=[^\W\d_])")
"""Two spellings that the index has as one headword; a comma with a space behind it alone is part of a phrase."""
_PRONUNCIATION = re.compile(r"\s/.*?/+(?=[\s,;]|$)")


class Markup(Enum):
    """How the articles of a dictionary are written."""

    LINES = auto()
    """A headword, and a line a sense: FreeDict's, and most others."""
    LINES_AND_PHRASES = auto()
    """The same with phrases among the senses: FreeDict's English-Polish."""
    MUELLER = auto()
    EDICT = auto()


class Dictd(DictionaryFormat):
    """An index and a body beside it."""

    name = "dictd"
    words = "dictd's .index, with its .dict.dz or .dict beside it"

    def knows(self, path: Path) -> bool:
        """By the suffix of the index or of the body."""
        return path.name.endswith(_NAMES)

    def main_file(self, path: Path) -> Path:
        """The index."""
        return path.with_name(f"{_stem(path)}.index")

    def headwords(self, path: Path) -> int | None:
        """The lines of the index."""
        with opened(self.main_file(path)) as index:
            return sum(block.count(b"\n") for block in iter(partial(index.read, _BLOCK), b""))

    def languages(self, path: Path) -> tuple[str, str] | None:
        """From its name, such as ``freedict-eng-deu``, or the title that it gives itself."""
        if _stem(path).startswith("mueller"):
            return "en", "ru"
        return pair_in_name(_stem(path)) or pair_in_title(self._title(path))

    def read(self, path: Path, target: str) -> Iterator[DictionaryEntry]:
        """Stream the articles in the order in which they stand in the body, each under all of its headwords."""
        pair = self.languages(path)
        source = pair[0] if pair else None
        markup = _markup(path)
        empty = True
        for place, article in _articles(path):
            empty = False
            words, texts = _taken_apart(place, article, markup)
            translations = by_rank(list(pieces(texts, canonical(target) or target)))
            for word in _words(words, source) if translations else ():
                yield DictionaryEntry(word, translations)
        if empty:
            raise InputError(Location(self.main_file(path)), "holds no headword; fetch the dictionary again")

    def _title(self, path: Path) -> str:
        for place, article in _articles(path, headers=True):
            if any(key.startswith("00") and key.endswith("short") for key in place.keys):
                return article.rsplit("short\n", 1)[-1].strip()
        return ""


def _words(headwords: Sequence[str], language: str | None) -> Iterator[str]:
    """The headwords without what stands in brackets, each once."""
    plain = (spelled(without_brackets(word), language) or spelled(word, language) for word in headwords)
    return (word for word in dict.fromkeys(plain) if any(map(str.isalnum, word)))


def _stem(path: Path) -> str:
    return next((path.name.removesuffix(name) for name in _NAMES if path.name.endswith(name)), path.name)


def _markup(path: Path) -> Markup:
    stem = _stem(path).lower()
    if stem.startswith("mueller"):
        return Markup.MUELLER
    if stem == "freedict-eng-pol":
        return Markup.LINES_AND_PHRASES
    return Markup.EDICT if stem.startswith(("edict", "enamdict", "compdic")) else Markup.LINES


def _articles(path: Path, *, headers: bool = False) -> Iterator[tuple[ArticlePlace, str]]:
    """Every article with where it stands, the body being read once from its beginning."""
    index = path.with_name(f"{_stem(path)}.index")
    bodies = [path.with_name(_stem(path) + name) for name in _BODIES]
    body = next((one for one in bodies if one.exists()), None)
    if not index.exists() or body is None:
        missing = index if not index.exists() else bodies[0]
        raise InputError(Location(path), f"{missing.name} is not beside it; dictd's dictionaries are two files")
    with opened(body) as stream:
        at, last = 0, b""
        """Where the last article began, and its bytes, in which the next may begin."""
        for place in places(index, headers=headers):
            if place.start < at + len(last):
                last = last[place.start - at :]
            else:
                _pass_over(stream, place.start - at - len(last))
                last = b""
            at = place.start
            last += stream.read(place.length - len(last)) if place.length > len(last) else b""
            if len(last) < place.length:
                raise InputError(
                    Location(index, place.line),
                    f"points at bytes {place.start:,} to {place.start + place.length:,} of {body.name}, which ends "
                    "before; one of the two is cut short or of another version, so fetch the dictionary again",
                )
            try:
                yield place, last[: place.length].decode("utf-8")
            except UnicodeDecodeError as error:
                raise InputError(
                    Location(body),
                    f"the article of {place.keys[0]!r} is not UTF-8 text ({error.reason}); convert the dictionary to "
                    "UTF-8 and make its index again",
                ) from error
        if not headers:
            _pass_over(stream, None)  # damage behind the last article shows in the checksum


def _pass_over(stream: IO[bytes], count: int | None) -> None:
    """Read so many bytes, or all that are left, and forget them."""
    while count is None or count > 0:
        block = stream.read(_BLOCK if count is None else min(count, _BLOCK))
        if not block:
            return
        count = None if count is None else count - len(block)


def _taken_apart(place: ArticlePlace, article: str, markup: Markup) -> tuple[Sequence[str], Iterator[str]]:
    """The headwords of an article, and the senses."""
    lines = article.strip("\n").split("\n")
    if markup is Markup.EDICT and (line := edict.parse(lines[0])) is not None:
        return line.headwords, iter(line.glosses)
    headwords = _headwords(lines[0], place.keys)
    told = lines if headwords is None else lines[1:]  # some dictionaries do without: it is in the index
    if markup is Markup.MUELLER:
        senses = mueller.senses(told)
    else:
        senses = freedict.senses(told, phrases=markup is Markup.LINES_AND_PHRASES)
    return place.keys if headwords is None else headwords, senses


def _headwords(line: str, keys: Sequence[str]) -> list[str] | None:
    """The headwords as the article's first line spells them; None where it holds none of the index's.

    The index has them in lower case without punctuation, so that its keys tell what in the line is a headword, and
    whether a comma parts two.
    """
    found = _spelled_there(line, keys)
    return None if found is None else [part for word in found for part in _TWO_WORDS.split(word)]


def _spelled_there(line: str, keys: Sequence[str]) -> list[str] | None:
    opening = line.split(" /", 1)[0].split(" <", 1)[0].strip()
    if len(keys) == 1 and (opening.lower() == keys[0] or _key(opening) == _key(keys[0])):
        return [opening]
    wanted = {_key(key): key for key in keys}
    text = without_brackets(line)
    found: dict[str, str] = {}
    for candidate in (line, text, bare := _PRONUNCIATION.sub(" ", text), *re.split(r"[,;]\s", bare)):
        found.setdefault(_key(candidate), candidate.strip())
    spelled_there = [found[key] for key in wanted if key in found]
    if not spelled_there:
        return None
    return spelled_there + [key for simplified, key in wanted.items() if simplified not in found]


def _key(text: str) -> str:
    """As dictfmt simplifies headwords."""
    return " ".join(_PUNCTUATION.sub("", text.lower()).split())


FORMAT = Dictd()
