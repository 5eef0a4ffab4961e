"""Which files of an index folder are the index, and the hash by which it is known again."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.sources import combined
from pyserini_xqg.manifests.kinds import STORE_FOLDER

DOCID = "docid"
"""Pyserini's file with the name of each vector of a FAISS index, a line each."""
INDEX = "index"
_OF_LUCENE = ("_", "segments_")
"""What the names of Lucene's own files begin with, its lock aside."""


class IndexLayout(Enum):
    """What lies in an index folder."""

    FAISS = "FAISS's index and docid, as Pyserini lays them out"
    LUCENE = "Lucene's files"


def layout_of(place: Path) -> IndexLayout:
    """What lies in the folder.

    :raises InputError: there is no index, or one without the names of its vectors.
    :raises UsageError: a late index, which holds a vector store.
    """
    if (place / INDEX).is_file():
        if (place / DOCID).is_file():
            return IndexLayout.FAISS
        raise InputError(
            Location(place / DOCID),
            "there is no such file, and only it says which passage each vector is of; fetch or build the index again",
        )
    if any(place.glob("segments_*")):
        return IndexLayout.LUCENE
    if (place / STORE_FOLDER / "store.json").is_file():
        raise UsageError(
            f"--vectors {place} is a late index, which holds its vector store; give {place / STORE_FOLDER} to "
            "`pyserini-xqg index --store`"
        )
    wanted = " or ".join(layout.value for layout in IndexLayout)
    raise InputError(Location(place), f"holds no index; expected a folder with {wanted}")


def index_files(place: Path) -> list[Path]:
    """The index's own files, in the order in which their hashes are joined; what others put beside them does not count.

    :raises InputError: see :func:`layout_of`.
    :raises UsageError: see :func:`layout_of`.
    """
    if layout_of(place) is IndexLayout.FAISS:
        return [place / DOCID, place / INDEX]
    return sorted(path for path in place.iterdir() if path.name.startswith(_OF_LUCENE) and path.is_file())


def hash_of_index(place: Path) -> str:
    """The hash by which an index is known, as in :class:`~pyserini_xqg.files.sources.Source`.

    :raises InputError: see :func:`layout_of`.
    :raises UsageError: see :func:`layout_of`.
    """
    return combined([sha256(path) for path in index_files(place)])
