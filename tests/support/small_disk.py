"""A file system that fills up."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(place: Path, kilobytes: int) -> Iterator[Path]:
    """A tmpfs of so many kilobytes at ``place``. Mounting takes root; where it is not allowed, tests with a limit on
    file sizes stand in.
    """
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("mounting needs root; a limit on file sizes stands in for it")
    place.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "xqg-test", place], capture_output=True
    ).returncode:
        pytest.skip("mounting is not allowed here; a limit on file sizes stands in for it")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)
