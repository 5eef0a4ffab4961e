"""What this process has of the machine, and what its libraries may say of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import cast


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def cpu_flags() -> frozenset[str]:
    """The instruction sets of the CPU as Linux names them, such as ``avx512_bf16``; none where that cannot be told."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line for line in lines if line.startswith("flags")), "").partition(":")[2].split())


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """NumPy's linear algebra on one thread. Its threads wait for each other by spinning: where another process has one
    of the cores, decomposing a small matrix takes minutes instead of a tenth of a second.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield


def turn_off_telemetry() -> None:
    """Keep ONNX Runtime (1.29 or later) and OpenVINO from reporting their use over the network, in this process and,
    for the former, in what it starts: this package promises no network that no flag asks for.

    Works only before they are imported, so whatever imports one of them, or something that does, calls this first. A
    setting that the user has made stays.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    # OpenVINO has no switch but a file in the home folder. It does without its reporter where that cannot be imported.
    sys.modules.setdefault("openvino_telemetry", cast(ModuleType, None))
