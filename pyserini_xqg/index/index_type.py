"""What a kind of index is to the stage that builds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.index.plan import IndexPlan
from pyserini_xqg.manifests.dense import Manifest
from pyserini_xqg.manifests.kinds import IndexKind
from pyserini_xqg.progress import Progress


@dataclass(frozen=True, slots=True)
class IndexType:
    """How indexes of a kind are built; one file of ``index/types/`` each.

    :param kind: its description, which those who search it share.
    :param check: sees that what was asked for can be built, by what the index will say of itself; raises
        :class:`~pyserini_xqg.errors.UsageError` where not. Asked before anything is written.
    :param write: puts an index into an empty folder, advances the bar by each vector, and gives the checksums by which
        the same index is known again: what -> SHA-256.
    :param put_in: whether these are of what was put in, and not of the files.
    :param threads_show: whether more than one thread makes other bytes each time.
    """

    kind: IndexKind
    check: Callable[[Manifest], None]
    write: Callable[[IndexPlan, Path, Progress], dict[str, str]]
    put_in: bool = False
    threads_show: bool = False
