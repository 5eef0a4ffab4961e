"""Verdicts on disk, a file a window, so that a killed run goes on and a later one with other thresholds need not encode
again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from pyserini_xqg.errors import InputError, OutputError, StoreError
from pyserini_xqg.files.text import read_json, write_json
from pyserini_xqg.files.whole import remove_partials, replacing
from pyserini_xqg.filter.examine import VERDICT

_IDENTITY = "scores.json"
_REFERENCES = "references.npy"


class VerdictFolder:
    """A folder of verdicts that belong to one input, encoder and choice of checks.

    :param identity: what they belong to, JSON values.
    :raises OutputError: the folder holds something else, or verdicts of another identity.
    """

    def __init__(self, folder: Path, identity: Mapping[str, object]) -> None:
        self.folder = folder
        path = folder / _IDENTITY
        if folder.exists() and not folder.is_dir():
            raise OutputError(f"{folder} is a file; scores go into a folder")
        if folder.is_dir():
            remove_partials(folder)
        if path.is_file():
            self._refuse_others(identity)
        elif folder.is_dir() and any(folder.iterdir()):
            raise OutputError(f"{folder} holds something else than scores; choose another place, or remove it")
        else:
            write_json(path, identity)

    def _refuse_others(self, identity: Mapping[str, object]) -> None:
        try:
            found = read_json(self.folder / _IDENTITY)
            differing = [name for name in identity if found.get(name) != identity[name]]
        except (InputError, AttributeError) as error:
            raise OutputError(
                f"{self.folder / _IDENTITY} is damaged; remove {self.folder} and run the same command again"
            ) from error
        if differing:
            raise OutputError(
                f"{self.folder} holds scores of another run: its {', '.join(differing)} differ; give the same again, "
                "or remove the folder to begin anew"
            )

    def has(self, number: int) -> bool:
        """Whether a window's verdicts are there."""
        return self._path(number).is_file()

    def write(self, number: int, verdicts: np.ndarray) -> None:
        """Write a window's verdicts, whole or not at all."""
        with replacing(self._path(number)) as partial, partial.open("wb") as stream:
            np.save(stream, verdicts)

    def read(self, number: int) -> np.ndarray:
        """A window's verdicts.

        :raises StoreError: the file is damaged.
        """
        return _load(self._path(number), VERDICT)

    def references(self) -> np.ndarray | None:
        """The sample's vectors, where they were written already."""
        path = self.folder / _REFERENCES
        return _load(path, np.dtype(np.float32)) if path.is_file() else None

    def write_references(self, vectors: np.ndarray) -> None:
        """Write the sample's vectors, so that a run that goes on compares with the very same."""
        with replacing(self.folder / _REFERENCES) as partial, partial.open("wb") as stream:
            np.save(stream, vectors)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:08d}.npy"


def _load(path: Path, dtype: np.dtype) -> np.ndarray:
    try:
        loaded = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise StoreError(f"{path} is damaged ({error}); remove {path.parent} and run the same command again") from error
    if loaded.dtype != dtype:
        raise StoreError(
            f"{path} holds other numbers than expected; remove {path.parent} and run the same command again"
        )
    return loaded
