"""``store.json``: what a vector store was made from and with; every shard was made under exactly this."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import OutputError, StoreError
from pyserini_xqg.files.sources import Sources, sources_of
from pyserini_xqg.files.versioned import VersionedJson
from pyserini_xqg.files.whole import is_partial
from pyserini_xqg.fusion.keep import Keep

SHARDS = "shards"
_STORE = "store.json"
_FILE = VersionedJson(format=1, error=StoreError, renew="encode again", mend="encode again into another folder")


@dataclass(frozen=True, slots=True)
class StoreMeta:
    """What ``store.json`` holds: enough to tell whether two stores are of one make.

    :param encoder: the encoder folder or name that was asked for, for people.
    :param fingerprint: the encoder's fingerprint.
    :param precision: the arithmetic it ran in and the engine, such as ``bf16/openvino``.
    :param dtype: ``float16`` or ``float32`` on disk.
    :param languages: its columns (:func:`~pyserini_xqg.fusion.text_kind.column`), sorted: ``ar``, ``ar.gloss``.
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


def read_meta(folder: Path) -> StoreMeta:
    """Read ``store.json``.

    :raises StoreError: there is none, or it is damaged or of another format.
    """
    if not (folder / _STORE).is_file():
        raise StoreError(f"{folder} is not a vector store: it has no {_STORE}; make one with `pyserini-xqg encode`")
    return _FILE.read(folder / _STORE, _meta)


def _meta(raw: dict[str, Any]) -> StoreMeta:
    raw["languages"] = tuple(raw["languages"])
    raw["keep"] = Keep(raw["keep"])
    raw["sources"] = sources_of(raw.get("sources"))
    return StoreMeta(**raw)


def prepare_store(folder: Path, meta: StoreMeta) -> None:
    """Make the folder a store of this make, or see that it is one. A store without a shard, left by a run that failed
    early, is made anew.

    :raises OutputError: the folder holds something else, or a store made from or with something else.
    """
    if (folder / _STORE).is_file():
        there = read_meta(folder)
        if there != meta and any(shard_folder(folder, number).is_dir() for number in range(there.shards)):
            before, now = asdict(there), asdict(meta)
            compared = [part.name for part in fields(StoreMeta) if part.compare]
            differing = "; ".join(
                f"{name} was {before[name]!r}, is now {now[name]!r}" for name in compared if before[name] != now[name]
            )
            raise OutputError(
                f"{folder} holds a store of another make ({differing}); choose another --output, or remove it"
            )
        if there == meta:
            return
    elif folder.exists() and (not folder.is_dir() or any(not is_partial(entry) for entry in folder.iterdir())):
        raise OutputError(f"{folder} is there already and is not a vector store; choose another --output, or empty it")
    _FILE.write(folder / _STORE, asdict(meta))


def shard_folder(folder: Path, number: int) -> Path:
    """Where shard ``number`` of the store lies."""
    return folder / SHARDS / f"{number:05d}"
