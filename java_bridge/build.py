"""Compiles the Java bridge: ``python java_bridge/build.py TARGET.jar``. Warnings count as errors."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # building a wheel, the package is not installed yet

from pyserini_xqg.errors import XqgError
from pyserini_xqg.java.bridge_build import build_jar, find_anserini, find_compiler

SOURCES = Path(__file__).resolve().parent / "src" / "main" / "java"


def main() -> int:
    """Compile into the jar that the command line names."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        build_jar(SOURCES, Path(sys.argv[1]), find_anserini(), find_compiler(), strict=True)
    except XqgError as error:
        print(f"java_bridge/build.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
