"""The kinds of parallel text that there are, and what of them lies somewhere. A new one is a file in ``kinds/``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.lexicon.parallel import kinds
from pyserini_xqg.lexicon.parallel.kind import Direction, ParallelKind, SentencePair

_KINDS: dict[str, ParallelKind] = {}


@dataclass(frozen=True, slots=True)
class ParallelText:
    """Parallel text that was found."""

    kind: ParallelKind
    files: tuple[Path, ...]

    def read(self, direction: Direction) -> Iterator[SentencePair]:
        """Stream its pairs.

        :raises InputError: a file is damaged or cut short.
        """
        return self.kind.read(self.files, direction)


def register(kind: ParallelKind) -> None:
    """Make a kind known.

    :raises ValueError: another kind has its name.
    """
    if kind.name in _KINDS:
        raise ValueError(f"the kind of parallel text {kind.name!r} is there already; choose another name")
    _KINDS[kind.name] = kind


def find_parallel(places: Sequence[Path], direction: Direction) -> list[ParallelText]:
    """What the places hold in these languages, each file once.

    :param places: files, and folders, which are searched to the bottom.
    :raises InputError: a place is missing.
    """
    found: dict[tuple[Path, ...], ParallelText] = {}
    for path in _files(places):
        for _, kind in sorted(_KINDS.items()):
            if files := kind.files(path, direction):
                found.setdefault(files, ParallelText(kind, files))
                break
    return list(found.values())


def accepted() -> str:
    """What parallel text may be, in words."""
    *others, last = (kind.words for _, kind in sorted(_KINDS.items()))
    return f"{'; '.join(others)}; or {last}"


def _files(places: Sequence[Path]) -> Iterator[Path]:
    for place in places:
        if not place.exists():
            raise InputError(Location(place), "there is no such file or folder")
        yield from sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else [place]


def _find_kinds() -> None:
    for module in iter_modules(kinds.__path__):
        kind = getattr(import_module(f"{kinds.__name__}.{module.name}"), "KIND", None)
        if not isinstance(kind, ParallelKind):
            raise ValueError(f"{kinds.__name__}.{module.name} states no kind of parallel text as KIND")
        register(kind)


_find_kinds()
