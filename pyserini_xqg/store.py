"""The vector store: passages and, for each language, the sum and the number of their queries' vectors.

::

    store.json                what it was made from and with; every shard was made under exactly this
    shards/NNNNN/             whole or absent: written beside and renamed into place
        docids.txt            one a line
        passages.npy          [passages, dimension]
        counts.npy            int32 [passages, languages]
        sum.LANG.npy          [passages, dimension], one a language (``keep = languages``)
        sum.npy               the same over all languages (``keep = total``; counts.npy has one column)
        query.LANG.R.npy      the R-th query's vector, zero where there is none (``keep = ranks``)
        shard.json            bytes and SHA-256 of each file

Matrices are plain ``.npy`` files, float16 or float32, that anything can open and memory-map.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path

import numpy as np

from pyserini_xqg.errors import BusyError, InputError, OutputError, StoreError, UsageError
from pyserini_xqg.files import cannot_write, is_partial, read_json, remove_partials, replacing_folder, sha256, write_json
from pyserini_xqg.sources import Sources, sources_of

_FORMAT = 1
_STORE = "store.json"
_SHARDS = "shards"
_SHARD = "shard.json"
_LOCK = ".lock-"
_DOCIDS = "docids.txt"
_PASSAGES = "passages.npy"
_COUNTS = "counts.npy"


class Keep(StrEnum):
    """What is kept of the queries' vectors."""

    LANGUAGES = "languages"
    """A sum a language: any choice of languages and alpha later."""
    TOTAL = "total"
    """One sum over all languages: the smallest store; alpha can still be chosen later, languages cannot."""
    RANKS = "ranks"
    """Every query's vector by its rank: any first n queries later, at n times the size."""


@dataclass(frozen=True, slots=True)
class StoreMeta:
    """What ``store.json`` holds: enough to tell whether two stores are of one make.

    :param encoder: the encoder folder or name that was asked for, for people.
    :param fingerprint: the encoder's fingerprint.
    :param precision: the arithmetic it ran in and the engine, such as ``bf16/openvino``.
    :param dtype: ``float16`` or ``float32`` on disk.
    :param languages: canonical codes, sorted.
    :param ranks: with ``keep = ranks`` the most queries that a passage has in one language, else 0.
    :param passages: how many there are in all.
    :param shard_size: passages a shard, the last one excepted.
    :param inputs: SHA-256 of the corpus's and the queries' files together.
    :param queries_as: the side, ``query`` or ``passage``, whose prefix and length limit the queries got.
    :param sources: where the corpus and the queries lay; stores of the same input are of one make wherever it lies.
    """

    encoder: str
    fingerprint: str
    precision: str
    dimension: int
    dtype: str
    languages: tuple[str, ...]
    keep: Keep
    ranks: int
    passages: int
    shard_size: int
    inputs: str
    queries_as: str
    sources: Sources | None = field(default=None, compare=False)

    @property
    def shards(self) -> int:
        """The number of shards of the whole store."""
        return -(-self.passages // self.shard_size)


@dataclass(frozen=True, slots=True)
class ShardContents:
    """One shard in memory, before it is written.

    :param passages: float ``[passages, dimension]``.
    :param counts: int32 ``[passages, languages]`` (one column with ``keep = total``).
    :param matrices: file stem to float ``[passages, dimension]``; see the module's head.
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
        self.folder, self._meta = folder, meta
        try:
            record = read_json(folder / _SHARD)
            self.passages_count: int = record["passages"]
            self._files: dict[str, dict[str, str | int]] = record["files"]
        except (InputError, KeyError, TypeError) as error:
            raise StoreError(f"{folder / _SHARD} is damaged ({error}); remove the folder {folder} and run encode again") from error
        for name, entry in self._files.items():
            size = (folder / name).stat().st_size if (folder / name).is_file() else None
            if size != entry["bytes"]:
                found = "is missing" if size is None else f"is cut short or damaged: {size:,} bytes, {entry['bytes']:,} expected"
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
                    f"{self.folder / name} was changed after it was written (its checksum differs); remove {self.folder} and run encode again"
                )

    def docids(self) -> list[str]:
        """The docids, in the corpus's order."""
        return (self.folder / _DOCIDS).read_text(encoding="utf-8").split("\n")[:-1]

    def passages(self) -> np.ndarray:
        """The passages' vectors, memory-mapped ``[passages, dimension]``."""
        return self._matrix(_PASSAGES)

    def counts(self, languages: Sequence[str], first: int | None = None) -> np.ndarray:
        """Number of queries, int32 ``[passages, languages]``, at most ``first`` each; one column where only a total was kept."""
        total = self._meta.keep is Keep.TOTAL
        counts = self._load(_COUNTS, (self.passages_count, 1 if total else len(self._meta.languages)))
        if not total:
            counts = counts[:, [self._meta.languages.index(code) for code in languages]]
        return np.minimum(counts, first) if first is not None else counts

    def query_matrices(self, languages: Sequence[str], first: int | None = None) -> list[list[np.ndarray]]:
        """For each language the matrices whose sum is the sum of its (first) queries' vectors, memory-mapped.

        Where only a total was kept there is one list with that one matrix, whatever the languages.
        """
        if self._meta.keep is Keep.TOTAL:
            return [[self._matrix("sum.npy")]]
        if self._meta.keep is Keep.LANGUAGES:
            return [[self._matrix(f"sum.{code}.npy")] for code in languages]
        ranks = min(self._meta.ranks, first or self._meta.ranks)
        return [[self._matrix(f"query.{code}.{rank}.npy") for rank in range(ranks)] for code in languages]

    def _matrix(self, name: str) -> np.ndarray:
        return self._load(name, (self.passages_count, self._meta.dimension))

    def _load(self, name: str, shape: tuple[int, int]) -> np.ndarray:
        try:
            matrix: np.ndarray = np.load(self.folder / name, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise StoreError(f"{self.folder / name} cannot be read ({error}); remove the folder {self.folder} and run encode again") from error
        if matrix.shape != shape:
            raise StoreError(f"{self.folder / name} holds {matrix.shape}, expected {shape}; remove the folder {self.folder} and run encode again")
        return matrix


class VectorStore:
    """A vector store on disk, for reading; it must be whole.

    :raises StoreError: there is none, it is damaged, or shards are missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.meta = read_meta(folder)
        missing = [number for number in range(self.meta.shards) if not shard_folder(folder, number).is_dir()]
        if missing:
            raise StoreError(
                f"{folder} is not finished: {len(missing)} of {self.meta.shards} shards are missing "
                f"({', '.join(map(str, missing[:5]))}{', …' if len(missing) > 5 else ''}); run the same encode command again (each --shard-id)"
            )

    def shards(self) -> Iterator[Shard]:
        """Each shard, in the corpus's order."""
        for number in range(self.meta.shards):
            yield Shard(shard_folder(self.folder, number), self.meta)

    def choose_languages(self, asked: Sequence[str]) -> tuple[str, ...]:
        """The languages to use: those asked for, or all of the store.

        :raises UsageError: the store lacks one, or kept only a total.
        """
        if not asked:
            return self.meta.languages
        if self.meta.keep is Keep.TOTAL and set(asked) != set(self.meta.languages):
            raise UsageError(f"{self.folder} keeps one sum over {', '.join(self.meta.languages)}; encode with --keep languages to choose among them")
        unknown = [code for code in asked if code not in self.meta.languages]
        if unknown:
            raise UsageError(f"{self.folder} has no queries in {', '.join(unknown)}; it has {', '.join(self.meta.languages) or 'none'}")
        return tuple(asked)

    def check_first(self, first: int | None) -> None:
        """See that the first n queries can be told apart.

        :raises UsageError: the store kept sums only.
        """
        if first is not None and self.meta.keep is not Keep.RANKS:
            raise UsageError(f"{self.folder} keeps sums, so the first {first} queries cannot be told apart; encode with --keep ranks")

    def query_numbers(self, languages: Sequence[str], first: int | None = None) -> tuple[int, int]:
        """The smallest and the largest number of queries that a passage has in these languages together."""
        smallest, largest = np.iinfo(np.int64).max, 0
        for shard in self.shards():
            numbers = shard.counts(languages, first).sum(axis=1)
            smallest, largest = min(smallest, int(numbers.min())), max(largest, int(numbers.max()))
        return smallest, largest


def read_meta(folder: Path) -> StoreMeta:
    """Read ``store.json``.

    :raises StoreError: there is none, or it is damaged or of another format.
    """
    if not (folder / _STORE).is_file():
        raise StoreError(f"{folder} is not a vector store: it has no {_STORE}; make one with `pyserini-xqg encode`")
    try:
        raw = read_json(folder / _STORE)
        if raw.pop("format") != _FORMAT:
            raise StoreError(f"{folder / _STORE} is of a format that this version does not know; encode again, or upgrade pyserini-xqg")
        raw["languages"] = tuple(raw["languages"])
        raw["keep"] = Keep(raw["keep"])
        raw["sources"] = sources_of(raw.get("sources"))
        return StoreMeta(**raw)
    except (InputError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreError(f"{folder / _STORE} is damaged ({error}); encode again into another folder") from error


def prepare_store(folder: Path, meta: StoreMeta) -> None:
    """Make the folder a store of this make, or see that it is one. A store without a shard, left by a run that failed early, is made anew.

    :raises OutputError: the folder holds something else, or a store made from or with something else.
    """
    if (folder / _STORE).is_file():
        there = read_meta(folder)
        if there != meta and any(shard_folder(folder, number).is_dir() for number in range(there.shards)):
            before, now = asdict(there), asdict(meta)
            compared = [part.name for part in fields(StoreMeta) if part.compare]
            differing = "; ".join(f"{name} was {before[name]!r}, is now {now[name]!r}" for name in compared if before[name] != now[name])
            raise OutputError(f"{folder} holds a store of another make ({differing}); choose another --output, or remove it")
        if there == meta:
            return
    elif folder.exists() and (not folder.is_dir() or any(not is_partial(entry) for entry in folder.iterdir())):
        raise OutputError(f"{folder} is there already and is not a vector store; choose another --output, or empty it")
    write_json(folder / _STORE, {"format": _FORMAT, **asdict(meta)})


def shard_folder(folder: Path, number: int) -> Path:
    """Where shard ``number`` of the store lies."""
    return folder / _SHARDS / f"{number:05d}"


def write_shard(folder: Path, number: int, contents: ShardContents) -> None:
    """Write one shard, whole or not at all; the caller holds its lock.

    :raises OutputError: the disk is full or the place cannot be written.
    """
    place = shard_folder(folder, number)
    remove_partials(place.parent, f"{place.name}-")
    with replacing_folder(place) as partial:
        (partial / _DOCIDS).write_text("".join(f"{docid}\n" for docid in contents.docids), encoding="utf-8", newline="\n")
        np.save(partial / _COUNTS, contents.counts)
        np.save(partial / _PASSAGES, contents.passages)
        for stem, matrix in contents.matrices.items():
            np.save(partial / f"{stem}.npy", matrix)
        files = {path.name: {"bytes": path.stat().st_size, "sha256": sha256(path)} for path in sorted(partial.iterdir())}
        write_json(partial / _SHARD, {"passages": len(contents.docids), "files": files})


@contextmanager
def shard_lock(folder: Path, number: int) -> Iterator[None]:
    """Hold the right to write shard ``number``; the kernel takes it back from a process that dies.

    The file stays until the store is whole (:func:`tidy_store`): were it removed here, a process that has it open already and one that
    makes it anew could both hold it.

    :raises BusyError: another process holds it.
    :raises OutputError: the place cannot be written.
    """
    path = folder / _SHARDS / f"{_LOCK}{number:05d}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        _take(descriptor, folder, number)
        try:
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode())
        except OSError as error:
            raise cannot_write(path, error) from error
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, folder: Path, number: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 300, 0).decode(errors="replace").strip()
        raise BusyError(
            f"shard {number} of {folder} is being written by another process ({holder or 'unknown'}); "
            "wait for it, or give each process its own --shard-id"
        ) from error


def tidy_store(folder: Path, meta: StoreMeta) -> None:
    """Remove what killed processes left behind, once every shard is there and nobody can be writing."""
    if not all(shard_folder(folder, number).is_dir() for number in range(meta.shards)):
        return
    remove_partials(folder)
    remove_partials(folder / _SHARDS)
    for lock in (folder / _SHARDS).glob(f"{_LOCK}*"):
        lock.unlink(missing_ok=True)
