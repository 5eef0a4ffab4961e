"""Questions that were generated for many passages, found on disk: keys are dealt out to files small enough to sort."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

_KEYS_A_PART = 2**21
"""Keys that are sorted at a time: 16 MiB."""


class CommonQuestions:
    """Which keys occur more than ``most`` times.

    :param batches: keys, uint64 ``[n]``.
    :param total: at least as many as there are keys.
    :param folder: an empty folder for files of 8 bytes a key; those of the common keys alone stay in it.
    """

    def __init__(self, batches: Iterable[np.ndarray], total: int, most: int, folder: Path) -> None:
        parts = max(1, -(-total // _KEYS_A_PART))
        dealt = [folder / f"{part}.keys" for part in range(parts)]
        for path in dealt:
            path.touch()
        for keys in batches:
            _deal(keys, dealt)
        self._keys: list[np.ndarray] = []
        self._counts: list[np.ndarray] = []
        for part, path in enumerate(dealt):
            keys, counts = np.unique(np.fromfile(path, dtype=np.uint64), return_counts=True)
            path.unlink()
            np.save(folder / f"{part}.common.npy", keys[counts > most])
            np.save(folder / f"{part}.counts.npy", counts[counts > most])
            # Read through the page cache, so that even a corpus of nothing but common questions takes no memory of
            # ours.
            self._keys.append(np.load(folder / f"{part}.common.npy", mmap_mode="r"))
            self._counts.append(np.load(folder / f"{part}.counts.npy", mmap_mode="r"))

    def counts(self, keys: np.ndarray) -> np.ndarray:
        """How often each key occurs, int64 ``[n]``; 0 for one that is not common."""
        found = np.zeros(len(keys), dtype=np.int64)
        parts = keys % np.uint64(len(self._keys))
        for part in np.unique(parts):
            common = self._keys[int(part)]
            if not len(common):
                continue
            mine = parts == part
            places = np.searchsorted(common, keys[mine]).clip(max=len(common) - 1)
            found[mine] = np.where(common[places] == keys[mine], self._counts[int(part)][places], 0)
        return found


def _deal(keys: np.ndarray, paths: list[Path]) -> None:
    parts = keys % np.uint64(len(paths))
    order = np.argsort(parts, kind="stable")
    ends = np.searchsorted(parts[order], np.arange(len(paths) + 1, dtype=np.uint64))
    for part, path in enumerate(paths):
        mine = keys[order[ends[part] : ends[part + 1]]]
        if len(mine):
            with path.open("ab") as stream:
                stream.write(mine.astype("<u8").tobytes())
