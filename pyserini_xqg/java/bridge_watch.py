"""Lets the Java bridge join by itself: whoever imports this package, before Pyserini or after it, gets a JVM that knows
our classes.

Imported with the package, so it imports nothing itself before that; and whatever fails here must not break anyone's
program.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

STARTS_JVM = "pyserini.pyclass"
"""The module of Pyserini that sets the class path and starts the JVM."""
_NAME = "Xqg"
"""What the names of our classes begin with, as they stand in flags of Pyserini and Anserini."""


class _Watcher:
    """A finder that finds nothing, and joins when Pyserini is about to start the JVM."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name == STARTS_JVM:
            join_quietly()
        return None


def watch() -> None:
    """Join the JVM when Pyserini starts it, or now where that is done already."""
    if STARTS_JVM in sys.modules:
        join_quietly()
    else:
        sys.meta_path.insert(0, _Watcher())


def join_quietly() -> None:
    """Choose Java and join. Where that fails, Pyserini goes on without our classes, since most who import it need none.

    Where the command line names one of them, the reason is told on stderr.
    """
    from pyserini_xqg.java import bridge, jvm

    try:
        jvm.prepare()
        bridge.join()
    except Exception as error:
        if any(word.rpartition("=")[2].startswith(_NAME) for word in sys.argv):
            sys.stderr.write(f"pyserini-xqg: {error}\n")
