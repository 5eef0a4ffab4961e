"""Small dictionaries as files, in the formats that others write."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from pyserini_xqg.lexicon.registry import format_of

_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def entries(path: Path, target: str = "en") -> list[tuple[str, list[str]]]:
    """What is read from a dictionary: headwords with their translations, in order."""
    return [(one.headword, [t.text for t in one.translations]) for one in format_of(path).read(path, target)]


def base64(number: int) -> str:
    """As dictd writes numbers."""
    text = ""
    while True:
        text = _DIGITS[number % 64] + text
        number //= 64
        if not number:
            return text


def write_dictd(
    stem: Path, articles: Sequence[tuple[str | Sequence[str], str]], *, title: str = "", packed: bool = True
) -> Path:
    """Articles, each with the key or keys that the index has; the path of the index."""
    body, lines = b"", []
    if title:
        articles = [("00databaseshort", f"00databaseshort\n{title}\n"), *articles]
    for keys, text in articles:
        raw = text.encode()
        lines += [
            f"{key}\t{base64(len(body))}\t{base64(len(raw))}\n" for key in ([keys] if isinstance(keys, str) else keys)
        ]
        body += raw
    index = stem.with_name(f"{stem.name}.index")
    index.write_text("".join(sorted(lines)), encoding="utf-8")
    if packed:
        stem.with_name(f"{stem.name}.dict.dz").write_bytes(gzip.compress(body))
    else:
        stem.with_name(f"{stem.name}.dict").write_bytes(body)
    return index


def write_mo(path: Path, messages: Mapping[str, str], charset: str = "UTF-8") -> Path:
    """A compiled catalogue."""
    header = f"Content-Type: text/plain; charset={charset}\n"
    pairs = sorted((key.encode(charset), text.encode(charset)) for key, text in {"": header, **messages}.items())
    tables, strings, start = ([], []), b"", 28 + 16 * len(pairs)
    for column in (0, 1):
        for pair in pairs:
            tables[column].append(struct.pack("<2I", len(pair[column]), start + len(strings)))
            strings += pair[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + b"".join(tables[0]) + b"".join(tables[1]) + strings)
    return path
