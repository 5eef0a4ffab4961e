"""Two files of lines, one in each language, line by line the same; their endings are the languages' codes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.files.text import numbered_lines
from pyserini_xqg.lexicon.codes import canonical
from pyserini_xqg.lexicon.parallel.kind import Direction, ParallelKind, SentencePair


class TwoFilesOfLines(ParallelKind):
    """``X.en`` and ``X.de``, as Moses and OPUS have them."""

    name = "lines"
    words = "X.en and X.de, or both with .gz (a sentence a line)"

    def files(self, path: Path, direction: Direction) -> tuple[Path, ...]:
        """Both files, where the other one is there."""
        if _code(path) not in (direction.source, direction.target):
            return ()
        found = {_code(other): other for other in sorted(path.parent.glob(f"{_stem(path)}.*")) if _same(path, other)}
        both = tuple(found[code] for code in (direction.source, direction.target) if code in found)
        return both if len(both) == 2 else ()

    def read(self, files: tuple[Path, ...], direction: Direction) -> Iterator[SentencePair]:
        """Line by line; when one ends first, both lengths are told."""
        ends = [0, 0]
        for pair in zip_longest(*map(numbered_lines, files)):
            ends = [end if line is None else line[0] for line, end in zip(pair, ends, strict=True)]
            if None not in pair:
                yield SentencePair(pair[0][1], pair[1][1])
        if ends[0] != ends[1]:
            raise InputError(
                Location(files[0]),
                f"has {ends[0]:,} lines, and {files[1]} has {ends[1]:,}; line by line they must be the same sentences",
            )


def _bare(path: Path) -> str:
    return path.name.removesuffix(".gz")


def _stem(path: Path) -> str:
    return Path(_bare(path)).stem


def _code(path: Path) -> str | None:
    ending = Path(_bare(path)).suffix.removeprefix(".")
    return canonical(ending) if ending else None


def _same(path: Path, other: Path) -> bool:
    """Whether both are of one name but for the language."""
    return other.is_file() and _stem(other) == _stem(path) and (other.suffix == ".gz") == (path.suffix == ".gz")


KIND = TwoFilesOfLines()
