"""The kinds of index, a file each, as the stage that builds them knows them.

To add one: its description in :mod:`pyserini_xqg.manifests.kinds` and a file here that calls an
:class:`~pyserini_xqg.index.index_type.IndexType` ``TYPE``. What neither FAISS nor Lucene opens needs a file in
``search/searchers/`` too.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from pyserini_xqg.index.index_type import IndexType
from pyserini_xqg.manifests.kinds import KINDS, IndexKind


def _found() -> dict[IndexKind, IndexType]:
    """Kind -> how it is built, from every file of this folder.

    :raises ImportError: two files build one kind, or a kind has a description and no file, or a file and none.
    """
    found: dict[IndexKind, IndexType] = {}
    for module in iter_modules(__path__, f"{__name__}."):
        index_type: IndexType = import_module(module.name).TYPE
        if index_type.kind in found:
            raise ImportError(f"{module.name} builds {index_type.kind} indexes, and so does another file beside it")
        found[index_type.kind] = index_type
    if differing := found.keys() ^ set(KINDS.values()):
        names = ", ".join(sorted(map(str, differing)))
        raise ImportError(
            f"{names}: a kind of index needs a description in manifests/kinds.py and a file in {__name__}"
        )
    return found


TYPES = _found()
"""Kind -> how it is built."""
