"""Where what is built once is kept."""

from __future__ import annotations

import os
from pathlib import Path

from pyserini_xqg.errors import SetupError


def cache_home() -> Path:
    """The folder of what is built once and used again: ``PYSERINI_XQG_CACHE``, else ``pyserini-xqg`` in
    ``XDG_CACHE_HOME`` or ``~/.cache``.

    It need not exist yet.

    :raises SetupError: none of them is set and the user has no home folder.
    """
    chosen, caches = os.environ.get("PYSERINI_XQG_CACHE"), os.environ.get("XDG_CACHE_HOME")
    try:
        place = Path(chosen) if chosen else Path(caches or "~/.cache") / "pyserini-xqg"
        return place.expanduser().absolute()
    except RuntimeError as error:
        raise SetupError(
            "there is no home folder to keep the cache in; set PYSERINI_XQG_CACHE to a folder that can be written"
        ) from error
