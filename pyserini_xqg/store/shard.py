"""One shard of a vector store: what lies in its folder, read and written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pyserini_xqg.errors import InputError, StoreError
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.text import read_json, write_json
from pyserini_xqg.files.whole import remove_partials, replacing_folder
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.store.meta import StoreMeta, shard_folder

_SHARD = "shard.json"
_DOCIDS = "docids.txt"
_PASSAGES = "passages.npy"
_COUNTS = "counts.npy"


def matrix_stems(keep: Keep, languages: Sequence[str], ranks: int) -> list[list[str]]:
    """For each language the files of its queries' vectors, without their suffix: one of sums, or one a rank. Where only
    a total is kept there is one file, whatever the languages.

    :param ranks: with :attr:`Keep.RANKS` how many.
    """
    match keep:
        case Keep.TOTAL:
            return [["sum"]]
        case Keep.LANGUAGES:
            return [[f"sum.{code}"] for code in languages]
        case Keep.RANKS:
            return [[f"query.{code}.{rank}" for rank in range(ranks)] for code in languages]


@dataclass(frozen=True, slots=True)
class ShardContents:
    """One shard in memory, before it is written.

    :param passages: float ``[passages, dimension]``.
    :param counts: int32 ``[passages, languages]`` (one column with ``keep = total``).
    :param matrices: file stem to float ``[passages, dimension]``; see :func:`matrix_stems`.
    """

    docids: Sequence[str]
    passages: np.ndarray
    counts: np.ndarray
    matrices: dict[str, np.ndarray]


class Shard:
    """One shard on disk, memory-mapped.

    :raises StoreError: a file is missing or is not as long as ``shard.json`` says.
    """

    def __init__(self, folder: Path, meta: StoreMeta) -> None:
        self.folder = folder
        self._meta = meta
        try:
            record = read_json(folder / _SHARD)
            self.passages_count: int = record["passages"]
            self._files: dict[str, dict[str, str | int]] = record["files"]
        except (InputError, KeyError, TypeError) as error:
            raise StoreError(
                f"{folder / _SHARD} is damaged ({error}); remove the folder {folder} and run encode again"
            ) from error
        for name, entry in self._files.items():
            size = (folder / name).stat().st_size if (folder / name).is_file() else None
            if size != entry["bytes"]:
                found = (
                    "is missing"
                    if size is None
                    else f"is cut short or damaged: {size:,} bytes, {entry['bytes']:,} expected"
                )
                raise StoreError(f"{folder / name} {found}; remove the folder {folder} and run encode again")

    @property
    def checksum(self) -> str:
        """SHA-256 of ``shard.json``, which holds those of all its other files."""
        return sha256(self.folder / _SHARD)

    def verify(self) -> None:
        """Compare every file with its checksum.

        :raises StoreError: one differs.
        """
        for name, entry in self._files.items():
            if sha256(self.folder / name) != entry["sha256"]:
                raise StoreError(
                    f"{self.folder / name} was changed after it was written (its checksum differs); remove "
                    f"{self.folder} and run encode again"
                )

    def docids(self) -> list[str]:
        """The docids, in the corpus's order."""
        return (self.folder / _DOCIDS).read_text(encoding="utf-8").split("\n")[:-1]

    def passages(self) -> np.ndarray:
        """The passages' vectors, memory-mapped ``[passages, dimension]``."""
        return self._matrix(_PASSAGES)

    def counts(self, languages: Sequence[str], first: int | None = None) -> np.ndarray:
        """Number of queries, int32 ``[passages, languages]``, at most ``first`` each, zeros in a language that the
        store has not; one column where only a total was kept.
        """
        total = self._meta.keep is Keep.TOTAL
        kept = self._load(_COUNTS, (self.passages_count, 1 if total else len(self._meta.languages)))
        if total:
            counts = kept
        else:
            counts = np.zeros((len(kept), len(languages)), kept.dtype)
            for column, code in enumerate(languages):
                if code in self._meta.languages:
                    counts[:, column] = kept[:, self._meta.languages.index(code)]
        return np.minimum(counts, first) if first is not None else counts

    def query_matrices(self, languages: Sequence[str], first: int | None = None) -> list[list[np.ndarray]]:
        """For each language the matrices whose sum is the sum of its (first) queries' vectors, memory-mapped.

        None for a language that the store has not. Where only a total was kept there is one list with that one matrix,
        whatever the languages.
        """
        ranks = min(self._meta.ranks, first or self._meta.ranks)
        known = [code for code in languages if code in self._meta.languages]
        stems = matrix_stems(self._meta.keep, known, ranks)
        if self._meta.keep is Keep.TOTAL:
            return [[self._matrix(f"{stem}.npy") for stem in own] for own in stems]
        found = {code: [self._matrix(f"{stem}.npy") for stem in own] for code, own in zip(known, stems, strict=True)}
        return [found.get(code, []) for code in languages]

    def _matrix(self, name: str) -> np.ndarray:
        return self._load(name, (self.passages_count, self._meta.dimension))

    def _load(self, name: str, shape: tuple[int, int]) -> np.ndarray:
        try:
            matrix: np.ndarray = np.load(self.folder / name, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise StoreError(
                f"{self.folder / name} cannot be read ({error}); remove the folder {self.folder} and run encode again"
            ) from error
        if matrix.shape != shape:
            raise StoreError(
                f"{self.folder / name} holds {matrix.shape}, expected {shape}; remove the folder {self.folder} and "
                "run encode again"
            )
        return matrix


def write_shard(folder: Path, number: int, contents: ShardContents) -> None:
    """Write one shard, whole or not at all; the caller holds its lock.

    :raises OutputError: the disk is full or the place cannot be written.
    """
    place = shard_folder(folder, number)
    remove_partials(place.parent, f"{place.name}-")
    with replacing_folder(place) as partial:
        (partial / _DOCIDS).write_text(
            "".join(f"{docid}\n" for docid in contents.docids), encoding="utf-8", newline="\n"
        )
        np.save(partial / _COUNTS, contents.counts)
        np.save(partial / _PASSAGES, contents.passages)
        for stem, matrix in contents.matrices.items():
            np.save(partial / f"{stem}.npy", matrix)
        files = {
            path.name: {"bytes": path.stat().st_size, "sha256": sha256(path)} for path in sorted(partial.iterdir())
        }
        write_json(partial / _SHARD, {"passages": len(contents.docids), "files": files})
