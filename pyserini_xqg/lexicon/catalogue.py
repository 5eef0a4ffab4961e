"""gettext's catalogues, compiled (.mo) and as translators write them (.po): their messages and what they say of
themselves.
"""

from __future__ import annotations

import ast
import mmap
import re
import struct
from collections.abc import Iterator
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.files.text import numbered_lines

_MAGIC = 0x950412DE
_CONTEXT, _PLURAL = "\x04", "\x00"
_HEADER_BYTES = 20
_KEYWORD = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr(?:\[(\d+)\])?)\s+(".*")\s*$')
_CHARSET = re.compile(r"charset=([\w-]+)", re.IGNORECASE)
_LANGUAGE = re.compile(r"^Language:\s*([A-Za-z]+)", re.MULTILINE)


def messages(path: Path) -> Iterator[tuple[str, str]]:
    """Each message and its translation, the first form of both where there are plurals; the header's message is empty.

    :raises InputError: the catalogue is damaged, cut short, or not in the encoding that it states.
    """
    found = _compiled(path) if path.suffix == ".mo" else _written(path)
    for message, translation in found:
        yield message.rpartition(_CONTEXT)[2].partition(_PLURAL)[0], translation.partition(_PLURAL)[0]


def stated_language(path: Path) -> str | None:
    """The language that the header states, as it is written there."""
    header = next((translation for message, translation in messages(path) if not message), "")
    found = _LANGUAGE.search(header)
    return found[1] if found else None


def size(path: Path) -> int | None:
    """The number of messages of a compiled catalogue; None of another file.

    :raises InputError: it cannot be read, or is no catalogue.
    """
    if path.suffix != ".mo":
        return None
    head = _head(path)
    order = _byte_order(path, head)
    return int(struct.unpack_from(f"{order}I", head, 8)[0])


def _byte_order(path: Path, head: bytes) -> str:
    for order in "<>":
        if len(head) >= _HEADER_BYTES and struct.unpack_from(f"{order}I", head)[0] == _MAGIC:
            return order
    raise InputError(Location(path), "no compiled catalogue of gettext's; the file is damaged or of another kind")


def _compiled(path: Path) -> Iterator[tuple[str, str]]:
    _byte_order(path, _head(path))  # an empty file cannot be mapped
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        order = _byte_order(path, data[:_HEADER_BYTES])
        number, originals, translations = struct.unpack_from(f"{order}3I", data, 8)
        charset = "utf-8"
        for row in range(number):
            message, translation = (_string(path, data, order, table + 8 * row) for table in (originals, translations))
            if not message and (stated := _CHARSET.search(translation.decode("ascii", "replace"))):
                charset = stated[1]
            try:
                yield message.decode(charset), translation.decode(charset)
            except (UnicodeDecodeError, LookupError) as error:
                raise InputError(Location(path), f"not text in {charset}, the encoding that it states") from error


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEADER_BYTES)
    except OSError as error:
        raise InputError(Location(path), f"cannot be read: {error.strerror or error}") from error


def _string(path: Path, data: mmap.mmap, order: str, entry: int) -> bytes:
    if entry + 8 <= len(data):
        length, start = struct.unpack_from(f"{order}2I", data, entry)
        if start + length <= len(data):
            return data[start : start + length]
    raise InputError(Location(path), "points behind its own end; the catalogue is cut short, so fetch it again")


def _written(path: Path) -> Iterator[tuple[str, str]]:
    parts: dict[str, str] = {}
    keyword, fuzzy = "", False
    for number, line in numbered_lines(path):
        text = line.strip()
        if text.startswith("#"):
            if "msgstr" in parts:
                yield from _finished(parts, fuzzy=fuzzy)
                parts, fuzzy = {}, False
            fuzzy = fuzzy or (text.startswith("#,") and "fuzzy" in text)
        elif found := _KEYWORD.match(text):
            keyword = "msgstr" if found[2] == "0" else found[1]
            if keyword in ("msgid", "msgctxt") and "msgstr" in parts:
                yield from _finished(parts, fuzzy=fuzzy)
                parts, fuzzy = {}, False
            parts[keyword] = _unquoted(path, number, found[3])
        elif text.startswith('"') and keyword:
            parts[keyword] += _unquoted(path, number, text)
        elif text:
            raise InputError(Location(path, number), "not a line of a gettext catalogue (msgid, msgstr, or their text)")
    yield from _finished(parts, fuzzy=fuzzy)


def _finished(parts: dict[str, str], *, fuzzy: bool) -> Iterator[tuple[str, str]]:
    if not fuzzy and parts.get("msgstr") and "msgid" in parts:
        yield parts["msgid"], parts["msgstr"]


def _unquoted(path: Path, line: int, quoted: str) -> str:
    try:
        return str(ast.literal_eval(quoted))
    except (ValueError, SyntaxError) as error:
        raise InputError(Location(path, line), "text whose quotation marks do not match") from error
