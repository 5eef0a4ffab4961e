"""An index of dictd's: a line a headword, with where its article stands, in base 64; read in the articles' order."""

from __future__ import annotations

import mmap
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.lexicon.streams import not_utf8

_DIGITS = {
    digit: value for value, digit in enumerate(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}
_HEADER = re.compile(rb"00-?database")
_LONGEST_ARTICLE = 1 << 26
"""Bytes. Only a damaged index has a longer one."""


@dataclass(frozen=True, slots=True)
class Place:
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


def places(path: Path, *, headers: bool = False) -> Iterator[Place]:
    """The articles, in the order in which they stand in the body, each once with all of its headwords.

    Holds 24 bytes a headword.

    :param headers: those about the dictionary itself, instead of the others.
    :raises InputError: a line is malformed.
    """
    import numpy as np

    if not path.stat().st_size:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as index:
        starts, lines, where, number = array("Q"), array("Q"), 0, 0
        for number, line in enumerate(iter(index.readline, b""), 1):
            if bool(_HEADER.match(line)) is headers and line.strip():
                starts.append(_start(path, number, line))
                lines.extend((where, number))
            where += len(line)
        order = np.argsort(np.frombuffer(starts, np.uint64), kind="stable")
        last: tuple[int, int] | None = None
        keys: list[str] = []
        first = 0
        for row in order:
            where, number = lines[2 * row], lines[2 * row + 1]
            key, start, length = _parsed(path, number, index[where : _end(index, where)])
            if (start, length) != last:
                if last is not None:
                    yield Place(*last, tuple(keys), first)
                last, keys, first = (start, length), [], number
            keys.append(key)
        if last is not None:
            yield Place(*last, tuple(keys), first)


def _end(index: mmap.mmap, where: int) -> int:
    end = index.find(b"\n", where)
    return len(index) if end < 0 else end


def _start(path: Path, number: int, line: bytes) -> int:
    fields = line.split(b"\t", 2)
    return _number(path, number, fields[1]) if len(fields) == 3 else _malformed(path, number)


def _parsed(path: Path, number: int, line: bytes) -> tuple[str, int, int]:
    fields = line.rstrip(b"\r\n").split(b"\t")
    try:
        key = fields[0].decode("utf-8")
    except UnicodeDecodeError as error:
        raise not_utf8(path, error, number) from error
    length = _number(path, number, fields[2])
    if length > _LONGEST_ARTICLE:
        raise InputError(
            Location(path, number),
            f"an article of {length:,} bytes; the index is damaged, so fetch the dictionary again",
        )
    return key, _number(path, number, fields[1]), length


def _number(path: Path, line: int, text: bytes) -> int:
    value = 0
    try:
        for digit in text:
            value = value * 64 + _DIGITS[digit]
    except KeyError:
        return _malformed(path, line)
    return value if text and value < 1 << 62 else _malformed(path, line)


def _malformed(path: Path, line: int) -> int:
    raise InputError(
        Location(path, line),
        "not a line of dictd's index (headword, TAB, offset, TAB, length, both in base 64); fetch the dictionary again",
    )
