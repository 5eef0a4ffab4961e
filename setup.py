"""What pyproject.toml cannot say: a wheel carries the Java bridge's sources and, where it can be compiled, its jar.

Compiling needs a Java compiler and Anserini's jar (in an installed Pyserini, or in the folder that ANSERINI_CLASSPATH
names). pip's own isolated builds have no Pyserini; their wheels carry the sources alone and compile them at first use.
XQG_REQUIRE_BRIDGE=1 refuses that.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))  # isolated builds do not see the package that they build

from pyserini_xqg.errors import SetupError  # noqa: E402
from pyserini_xqg.java import bridge  # noqa: E402
from pyserini_xqg.java.bridge_build import build_jar, find_anserini, find_compiler, list_sources  # noqa: E402


class BuildWithBridge(build_py):
    """``build_py``, and the bridge."""

    def run(self) -> None:
        """Copy the package, then put the bridge into it.

        An editable install compiles the checkout's sources into the cache instead.
        """
        super().run()
        if not self.editable_mode:
            resources = Path(self.build_lib, "pyserini_xqg", "resources")
            jar = resources / bridge.JAR
            jar.unlink(missing_ok=True)  # of an earlier build from other sources
            self._copy_sources(resources / bridge.SHIPPED_SOURCES.name)
            try:
                build_jar(bridge.CHECKOUT_SOURCES, jar, find_anserini(), find_compiler())
            except SetupError as problem:
                if os.environ.get("XQG_REQUIRE_BRIDGE"):
                    sys.exit(f"the wheel would lack the Java bridge: {problem}")
                self.warn(f"this wheel carries the Java bridge's sources alone: {problem}")

    def _copy_sources(self, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        for source in list_sources(bridge.CHECKOUT_SOURCES):
            place = target / source.relative_to(bridge.CHECKOUT_SOURCES)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)


setup(cmdclass={"build_py": BuildWithBridge})
