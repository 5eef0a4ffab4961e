"""Where things lie now, and how the work is done; none of it decides the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.files.text import read_json
from pyserini_xqg.manifests.dense import MANIFEST


@dataclass(frozen=True, slots=True)
class MovedInputs:
    """Where inputs have moved; None for where ``xqg.json`` says that they lay.

    :param encoder: as `--encoder` takes it.
    :param vectors: the index that stands in the corpus's place.
    """

    corpus: Path | None = None
    queries: Path | None = None
    store: Path | None = None
    encoder: str | None = None
    vectors: Path | None = None


@dataclass(frozen=True, slots=True)
class RebuildOptions:
    """How the work is done.

    :param say: told what begins, a line each.
    :param threads: cores to use; None for all.
    :param provider: an ONNX Runtime execution provider; None for the CPU.
    """

    say: Callable[[str], None]
    threads: int | None = None
    provider: str | None = None


def manifest_file(place: Path) -> Path:
    """The ``xqg.json`` that was named by itself or by its index's folder.

    :raises InputError: there is none, or it is something else.
    """
    path = place / MANIFEST if place.is_dir() else place
    if not path.is_file():
        raise InputError(Location(path), f"there is no such file; give an index's {MANIFEST}, or the index's folder")
    raw = read_json(path)
    if not isinstance(raw, dict) or not {"kind", "format"} <= raw.keys():
        raise InputError(Location(path), f"is no {MANIFEST} of an index: it does not say of what kind the index is")
    return path
