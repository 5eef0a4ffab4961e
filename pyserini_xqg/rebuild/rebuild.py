"""The whole of the stage: which kind of index it is, and then to work."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.manifests.dense import read_manifest_file
from pyserini_xqg.manifests.sparse import read_sparse_manifest_file
from pyserini_xqg.rebuild.dense import plan_dense, rebuild_dense
from pyserini_xqg.rebuild.places import MovedInputs, RebuildOptions, manifest_file
from pyserini_xqg.rebuild.sparse import plan_sparse, rebuild_sparse
from pyserini_xqg.rebuild.verdict import RebuildVerdict


def rebuild(origin: Path, output: Path, places: MovedInputs, how: RebuildOptions) -> RebuildVerdict:
    """Build an index again. Run it again after a kill and it goes on.

    :param origin: its ``xqg.json``, or its folder.
    :raises InputError: that is no ``xqg.json``; or an input of the index is missing or was changed.
    :raises StoreError: ``xqg.json`` or the store is damaged.
    :raises OutputError: ``output`` holds something else.
    """
    path = manifest_file(origin)
    sparse = read_sparse_manifest_file(path)
    if sparse is not None:
        return rebuild_sparse(sparse, output, places, how)
    return rebuild_dense(read_manifest_file(path), path, output, places, how)


def plan(origin: Path, output: Path, places: MovedInputs) -> tuple[list[str], list[list[str]]]:
    """What :func:`rebuild` would find, a line each, and the commands that do the same; nothing is written.

    :raises InputError: ``origin`` is no ``xqg.json``.
    :raises StoreError: it is damaged.
    """
    path = manifest_file(origin)
    sparse = read_sparse_manifest_file(path)
    if sparse is not None:
        return plan_sparse(sparse, output, places)
    return plan_dense(read_manifest_file(path), path, output, places)
