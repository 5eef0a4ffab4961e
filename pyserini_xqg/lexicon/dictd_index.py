"""An index of dictd's: a line a headword, with where its article stands, in base 64; read in the articles' order."""

from __future__ import annotations

import mmap
import re
from array import array
from binascii import Error as BinasciiError
from binascii import a2b_base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.lexicon.streams import not_utf8

_MOST_DIGITS = 8
"""48 bits."""
_HEADER = re.compile(rb"00-?database")
_LONGEST_ARTICLE = 1 << 26
"""Bytes. Only a damaged index has a longer one."""


@dataclass(frozen=True, slots=True)
class ArticlePlace:
    """An article.

    :param start: its first byte in the body.
    :param length: bytes.
    :param keys: the headwords that lead to it, as the index has them.
    :param line: of the index, of the first of them.
    """

    start: int
    length: int
    keys: tuple[str, ...]
    line: int


def places(path: Path, *, headers: bool = False) -> Iterator[ArticlePlace]:
    """The articles, in the order in which they stand in the body, each once with all of its headwords.

    Holds 40 bytes a headword.

    :param headers: those about the dictionary itself, instead of the others.
    :raises InputError: a line is malformed.
    """
    import numpy as np

    if not path.stat().st_size:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as index:
        starts, lengths, lines = array("Q"), array("Q"), array("Q")
        where = 0
        for number, line in enumerate(iter(index.readline, b""), 1):
            if bool(_HEADER.match(line)) is headers and line.strip():
                start, length = _place(path, number, line)
                starts.append(start)
                lengths.append(length)
                lines.extend((where, number))
            where += len(line)
        last: tuple[int, int] | None = None
        keys: list[str] = []
        first = 0
        for row in np.lexsort((np.frombuffer(lengths, np.uint64), np.frombuffer(starts, np.uint64))).tolist():
            where, number = lines[2 * row], lines[2 * row + 1]
            here = starts[row], lengths[row]
            if here != last:
                if last is not None:
                    yield ArticlePlace(*last, tuple(keys), first)
                last, keys, first = here, [], number
            keys.append(_key(path, number, index[where : index.find(b"\t", where)]))
        if last is not None:
            yield ArticlePlace(*last, tuple(keys), first)


def _place(path: Path, number: int, line: bytes) -> tuple[int, int]:
    fields = line.rstrip(b"\r\n").split(b"\t")
    if len(fields) < 3:
        raise _malformed(path, number)
    start, length = _number(path, number, fields[1]), _number(path, number, fields[2])
    if length > _LONGEST_ARTICLE:
        raise InputError(
            Location(path, number),
            f"an article of {length:,} bytes; the index is damaged, so fetch the dictionary again",
        )
    return start, length


def _key(path: Path, number: int, raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise not_utf8(path, error, number) from error


def _number(path: Path, line: int, text: bytes) -> int:
    """The digits are those of base 64, most significant first, so that in front they are filled up with zeros (A)."""
    try:
        if 0 < len(text) <= _MOST_DIGITS:
            return int.from_bytes(a2b_base64(text.rjust(_MOST_DIGITS, b"A"), strict_mode=True))
    except BinasciiError as error:
        raise _malformed(path, line) from error
    raise _malformed(path, line)


def _malformed(path: Path, line: int) -> InputError:
    return InputError(
        Location(path, line),
        "not a line of dictd's index (headword, TAB, offset, TAB, length, both in base 64); fetch the dictionary again",
    )
