"""How near fusion comes to the speed at which this machine copies memory.

Bytes moved are those read from the store and those of the fused float32 vectors; a copy moves each byte twice (read,
written). Both sides run with the same number of threads. "Fused only" throws the blocks away; "into an index" writes a
FAISS flat index and waits until the disk has it, as `pyserini-xqg index` does; "written only" is the peer of that, the
same number of bytes written and waited for without any fusion. The store lies in the page cache.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from common import flags, head, table, work_folder
from invented_store import random_store
from timing import Times, in_turns

from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.machine import available_cores
from pyserini_xqg.store.blocks import fused_blocks
from pyserini_xqg.store.fused_store import FusedStore, complete
from pyserini_xqg.store.vector_store import VectorStore

_LANGUAGES = ("ar", "de", "el", "es", "hi", "ru", "zh")
_DIMENSION = 384
_COPIED = 2**28


def main() -> None:
    """Print the table."""
    args = flags(__doc__).parse_args()
    passages, rounds, copied = (10_000, 1, 2**26) if args.quick else (200_000, 4, _COPIED)
    head("Fusion into an index: share of the memory-copy bandwidth", args)
    threads = available_cores()
    with work_folder(args) as work:
        stores = {
            dtype: random_store(work / f"unit-{dtype}-{passages}", passages, _DIMENSION, dtype, _LANGUAGES)
            for dtype in ("float16", "float32")
        }
        source, target = np.ones(copied, np.uint8), np.empty(copied, np.uint8)
        _copy(source, target, threads)
        sides: dict[str, Callable[[], object]] = {"copy": partial(_copy, source, target, threads)}
        moved = {"copy": 2 * copied}
        for fusion in ("mean", "views"):
            size = _written(passages, fusion)
            sides[f"{fusion}, written only"] = partial(_write, size, work / "written")
            moved[f"{fusion}, written only"] = size
        for dtype, store in stores.items():
            for fusion in ("mean", "views"):
                fused = complete(store, Recipe(fusion))
                name = f"{dtype}, {fusion}"
                _fuse(fused, threads)  # the page cache is warm from here on
                sides[f"{name}, fused only"] = partial(_fuse, fused, threads)
                sides[f"{name}, into an index"] = partial(_index, fused, threads, work / "index")
                moved[f"{name}, fused only"] = moved[f"{name}, into an index"] = _moved(store, fusion)
        times = in_turns(sides, rounds)
    print(
        f"{passages:,} passages x {_DIMENSION}, {len(_LANGUAGES)} languages, {threads} threads, {rounds} rounds in "
        "turns.\n"
    )
    print(
        table(
            ["", "GB moved", "best, s", "middle, s", "GB/s, best", "share of the copy, best (range of rounds)"],
            _rows(times, moved),
        )
    )


def _rows(times: dict[str, Times], moved: dict[str, int]) -> list[list[str]]:
    rows = []
    for name, taken in times.items():
        shares = [
            moved[name] / mine / (moved["copy"] / copy)
            for mine, copy in zip(taken.seconds, times["copy"].seconds, strict=True)
        ]
        best = moved[name] / taken.best / (moved["copy"] / times["copy"].best)
        speed = f"{moved[name] / taken.best / 1e9:.1f}"
        rows.append(
            [
                name,
                f"{moved[name] / 1e9:.2f}",
                f"{taken.best:.3f}",
                f"{taken.typical:.3f}",
                speed,
                f"{best:.0%} ({min(shares):.0%}–{max(shares):.0%})",
            ]
        )
    return rows


def _copy(source: np.ndarray, target: np.ndarray, threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(np.copyto, np.array_split(target, threads), np.array_split(source, threads)))


def _fuse(fused: FusedStore, threads: int) -> None:
    for _ in fused_blocks(fused, threads):
        pass


def _index(fused: FusedStore, threads: int, folder: Path) -> None:
    build_index(fused.store, folder, fused.recipe, IndexOptions(fusing_threads=threads))
    shutil.rmtree(folder)


def _write(size: int, path: Path) -> None:
    piece = np.ones(2**20, np.uint8)
    with path.open("wb") as stream:
        for _ in range(size // len(piece)):
            stream.write(memoryview(piece))
        stream.flush()
        os.fsync(stream.fileno())
    path.unlink()


def _moved(store: VectorStore, fusion: str) -> int:
    matrix = store.meta.passages * store.meta.dimension
    return matrix * (1 + len(_LANGUAGES)) * np.dtype(store.meta.dtype).itemsize + _written(store.meta.passages, fusion)


def _written(passages: int, fusion: str) -> int:
    return passages * _DIMENSION * np.dtype(np.float32).itemsize * (len(_LANGUAGES) if fusion == "views" else 1)


if __name__ == "__main__":
    main()
