"""The opt-in hook: a one-line ``.pth`` in this environment, after which Pyserini's own commands know our Java classes.

Python runs the line at every start. All it does is to put a finder in place that waits for Pyserini's JVM; nothing of
this package is imported before that, and nothing that fails there stops Pyserini.
"""

from __future__ import annotations

import sysconfig
from pathlib import Path

from pyserini_xqg.files.text import write_text
from pyserini_xqg.files.whole import cannot_write
from pyserini_xqg.java.bridge_watch import STARTS_JVM

FILE = "pyserini_xqg_hook.pth"

_CODE = f"""
class PyseriniXqgHook:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == {STARTS_JVM!r} and 'pyserini_xqg' not in sys.modules:
            try:
                from pyserini_xqg.java.bridge_watch import join_quietly
                join_quietly()
            except Exception:
                pass
sys.meta_path.insert(0, PyseriniXqgHook)
"""
LINE = f"import sys; exec({_CODE!r})\n"
"""What the file holds; a line of a ``.pth`` file must begin with ``import`` to be run."""


def site_packages() -> Path:
    """The folder of this environment whose ``.pth`` files Python reads at its start."""
    return Path(sysconfig.get_path("purelib"))


def installed(folder: Path | None = None) -> Path | None:
    """The hook's file, where it is there.

    :param folder: where to look; None for :func:`site_packages`.
    """
    file = (folder or site_packages()) / FILE
    return file if file.is_file() else None


def install(folder: Path | None = None) -> Path:
    """Write the hook's file and give its place.

    :raises OutputError: it cannot be written there.
    """
    file = (folder or site_packages()) / FILE
    write_text(file, LINE)
    return file


def remove(folder: Path | None = None) -> Path | None:
    """Take the hook's file away and give its place; None where there is none.

    :raises OutputError: it cannot be removed.
    """
    file = installed(folder)
    if file is not None:
        try:
            file.unlink()
        except OSError as error:
            raise cannot_write(file, error) from error
    return file
