"""The stage ``encode``: passages and their generated queries into a vector store, in one streamed pass.

From Python the package is called like the stage: ``pyserini_xqg.encode(…)`` is
:func:`~pyserini_xqg.encode.encode_corpus.encode`. Python binds a package to its name in the package above,
so that name cannot be a function besides.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _EncodeStage(ModuleType):
    """The package, which can be called."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        from pyserini_xqg.encode.encode_corpus import encode

        return encode(*arguments, **options)


sys.modules[__name__].__class__ = _EncodeStage
