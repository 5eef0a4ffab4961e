"""Java and Ray in one process: Ray takes SIGSEGV, which Java needs, and at its end gives it to the system."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import ctypes
from pyserini_xqg.engines.ray_cluster import cluster
from pyserini_xqg.engines.ray_options import RayOptions
from pyserini_xqg.java.jvm import import_pyserini

def at_fault():
    action = ctypes.create_string_buffer(256)
    ctypes.CDLL(None).sigaction(11, None, action)
    return action.raw[:8]

before = at_fault()
import_pyserini("pyserini.search.lucene")
of_java = at_fault()
assert of_java != before
with cluster(RayOptions(workers=1, cpus=1)):
    assert at_fault() == of_java, "Ray took it"
assert at_fault() == of_java, "Ray gave it away"
"""


def test_ray_leaves_java_its_faults():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
