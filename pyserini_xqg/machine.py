"""The libraries below report their use over the network unless told not to; this package promises no network that no
flag asks for.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import cast


def turn_off() -> None:
    """Keep ONNX Runtime (1.29 or later) and OpenVINO from reporting, in this process and, for the former, in what it
    starts.

    Works only before they are imported. A setting that the user has made stays.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    # OpenVINO has no switch but a file in the home folder. It does without its reporter where that cannot be imported.
    sys.modules.setdefault("openvino_telemetry", cast(ModuleType, None))


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
