"""JSON files that carry the number of their format, written and read: what is of another format is never guessed at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import InputError, UsageError, XqgError
from pyserini_xqg.files.text import read_json, write_json


@dataclass(frozen=True, slots=True)
class VersionedJson:
    """One sort of file, such as all ``store.json``.

    :param format: the number that this version writes, and the only one that it reads.
    :param error: what is raised where a file cannot be read.
    :param renew: how a file of another format is replaced by one of this.
    :param mend: what to do about a damaged one.
    """

    format: int
    error: type[XqgError]
    renew: str
    mend: str

    def write(self, path: Path, content: dict[str, Any]) -> None:
        """Write the file, the number first; whole or not at all.

        :raises OutputError: the disk is full or the place cannot be written.
        """
        write_json(path, {"format": self.format, **content})

    def read[T](self, path: Path, make: Callable[[dict[str, Any]], T]) -> T:
        """Read the file.

        :param make: what its content stands for, the number taken out; whatever it raises over content that does not
            fit is damage.
        :raises XqgError: :attr:`error`, where the file is damaged or of another format.
        """
        return self._damage_told(path, lambda raw: self._known(path, raw, make))

    def read_if[T](
        self, path: Path, ours: Callable[[dict[str, Any]], bool], make: Callable[[dict[str, Any]], T]
    ) -> T | None:
        """Read the file as :meth:`read` does; None, whatever its format, where it is of another sort with the same
        name.

        :param ours: whether content is of this sort.
        """
        return self._damage_told(path, lambda raw: self._known(path, raw, make) if ours(raw) else None)

    def _damage_told[T](self, path: Path, read: Callable[[Any], T]) -> T:
        try:
            return read(read_json(path))
        except (InputError, UsageError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise self.error(f"{path} is damaged ({error}); {self.mend}") from error

    def _known[T](self, path: Path, raw: Any, make: Callable[[dict[str, Any]], T]) -> T:
        if raw.pop("format") != self.format:
            raise self.error(
                f"{path} is of a format that this version does not know; {self.renew}, or upgrade pyserini-xqg"
            )
        return make(raw)
