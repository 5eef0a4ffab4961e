"""Commands one after the other in one process."""

from __future__ import annotations

import subprocess
import sys

from tiny_corpus import environment

SCRIPT = """
import gc
from pyserini_xqg.commands.series import run_series
import numpy
gc.freeze()
before = gc.get_freeze_count()
run_series([["python", "-m", "this"]])
print(before > 1000, gc.get_freeze_count() >= before)
"""


def test_what_a_caller_has_frozen_stays_so():
    """Tests freeze what they have imported; thawed once, each later command would look through all of it again."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment(), capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "True True"
