"""The jar is found, made anew when it must be, and joins a real JVM; each situation in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from pyserini_xqg.files.cache import cache_home
from pyserini_xqg.java import bridge
from pyserini_xqg.java.bridge_build import Anserini, build_jar, find_anserini, find_compiler, read_facts

ROOT = Path(__file__).resolve().parents[2]
NAMES = 'from jnius import autoclass; print("KNOWN", autoclass("io.anserini.encoder.dense.XqgEncoder").PROPERTY)'
"""Finds one of our classes by its name, as Anserini does."""


def python(
    code: str, *, package: Path = ROOT, interpreter_flags: Sequence[str] = (), **environ: str
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(package), **environ}
    command = [sys.executable, *interpreter_flags, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, cwd="/")


def knows(code: str, **environ: str) -> bool:
    done = python(code, **environ)
    assert done.returncode == 0, done.stderr
    return "KNOWN xqg.encoder" in done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of this checkout, whose sources may be changed."""
    return _copy(tmp_path / "checkout")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The package as a wheel with its jar installs it."""
    folder = _copy(tmp_path / "installed")
    shutil.move(folder / "java_bridge" / "src" / "main" / "java", folder / "pyserini_xqg" / "resources" / "java")
    shutil.rmtree(folder / "java_bridge")
    shutil.copyfile(bridge.jar(), folder / "pyserini_xqg" / "resources" / bridge.JAR)
    return folder


def _copy(folder: Path) -> Path:
    shutil.copytree(ROOT / "java_bridge", folder / "java_bridge")
    shutil.copytree(ROOT / "pyserini_xqg", folder / "pyserini_xqg", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "pyserini_xqg" / "resources").mkdir(exist_ok=True)
    return folder


def jar_of(package: Path, **environ: str) -> tuple[Path | None, str]:
    code = (
        "from pyserini_xqg.java import bridge\nfrom pyserini_xqg.errors import XqgError\ntry: print('JAR', "
        "bridge.jar())\nexcept XqgError as e: print('ERROR', e)"
    )
    done = python(code, package=package, **environ)
    assert done.returncode == 0, done.stderr
    word, _, rest = done.stdout.strip().partition(" ")
    return (Path(rest), "") if word == "JAR" else (None, rest)


BEFORE = f"import pyserini_xqg\nimport pyserini.pyclass\n{NAMES}"


def test_importing_this_package_before_pyserini() -> None:
    assert knows(BEFORE)


def test_importing_this_package_after_pyserini() -> None:
    java = python("from pyserini_xqg.java import jvm; print(jvm.prepare().home)").stdout.strip()
    script = f"import pyserini.pyclass, sys\nassert 'pyserini_xqg' not in sys.modules\nimport pyserini_xqg\n{NAMES}"
    assert knows(script, JAVA_HOME=java)


def test_anserini_itself_makes_our_encoder_in_a_jvm_that_ran_before(tiny_encoder: Path) -> None:
    """Anserini's own lookup goes through the loader of its own classes."""
    java = python("from pyserini_xqg.java import jvm; print(jvm.prepare().home)").stdout.strip()
    script = (
        "import pyserini.pyclass, pyserini_xqg\nfrom jnius import autoclass\n"
        "arguments = autoclass('io.anserini.search.SearchHnswDenseVectors$Args')\n"
        "found = "
        "autoclass('io.anserini.search.BaseSearchArgs')().getClass().getClassLoader().loadClass('io.anserini.encoder.dense.XqgEncoder')\n"
        "print('KNOWN xqg.encoder' if 'XqgEncoder' in found.getName() else '')"
    )
    assert knows(script, JAVA_HOME=java)


def test_joining_twice_changes_nothing() -> None:
    code = (
        "from pyserini_xqg.java import bridge, jvm\nimport jnius_config\nbridge.join(); bridge.join()\n"
        "assert jnius_config.classpath.count(str(bridge.jar())) == "
        "1\njvm.import_pyserini('pyserini.pyclass')\nbridge.join(); bridge.join()\n"
    )
    assert knows(code + NAMES)


def test_a_jvm_without_anserini_is_refused() -> None:
    code = (
        "from pyserini_xqg.java import bridge, jvm\nfrom pyserini_xqg.errors import SetupError\njvm.prepare()\nfrom "
        "jnius import autoclass\n"
        "autoclass('java.lang.System')\ntry: bridge.join()\nexcept SetupError as error: print('REFUSED', error)"
    )
    assert "REFUSED this process has started a JVM without Anserini" in python(code).stdout


@pytest.mark.parametrize(
    "order", ["bridge.set_property('xqg.test', 'é ü'); start()", "start(); bridge.set_property('xqg.test', 'é ü')"]
)
def test_properties_before_and_after_the_start(order: str) -> None:
    code = (
        "from pyserini_xqg.java import bridge, jvm\ndef start():\n    jvm.import_pyserini('pyserini.pyclass')\n    "
        "from jnius import autoclass\n"
        f"{order}\nfrom jnius import autoclass\nprint(ascii(autoclass('java.lang.System').getProperty('xqg.test')))"
    )
    done = python(code, PYTHONIOENCODING="utf-8")
    assert done.stdout.strip() == ascii("é ü"), done.stderr


@pytest.mark.parametrize("order", ["bridge.join(); start()", "start(); bridge.join()"])
def test_djl_keeps_to_our_cache_and_reports_nothing(order: str) -> None:
    code = (
        "from pyserini_xqg.java import bridge, jvm\ndef start():\n    jvm.import_pyserini('pyserini.pyclass')\n"
        f"{order}\nfrom jnius import autoclass\nget = "
        "autoclass('java.lang.System').getProperty\nprint(get('DJL_CACHE_DIR'), get('OPT_OUT_TRACKING'))"
    )
    assert python(code).stdout.split() == [str(cache_home() / "djl"), "true"]


def test_an_unchanged_checkout_compiles_nothing() -> None:
    jar = bridge.jar()
    before = jar.stat().st_mtime_ns
    started = time.perf_counter()
    assert bridge.jar() == jar
    assert time.perf_counter() - started < 0.5
    assert jar.stat().st_mtime_ns == before


def test_a_changed_source_is_compiled_anew(checkout: Path, tmp_path: Path) -> None:
    cache = {"PYSERINI_XQG_CACHE": str(tmp_path / "cache")}
    first, _ = jar_of(checkout, **cache)
    extra = checkout / "java_bridge" / "src" / "main" / "java" / "io" / "anserini" / "Extra.java"
    extra.write_text("package io.anserini; final class Extra {}\n")
    second, _ = jar_of(checkout, **cache)
    assert first is not None
    assert second is not None
    assert first != second
    assert "io/anserini/Extra.class" in zipfile.ZipFile(second).namelist()
    assert first == jar_of(_undone(extra), **cache)[0]


def _undone(extra: Path) -> Path:
    extra.unlink()
    return extra.parents[6]


def test_a_source_that_does_not_compile_is_named(checkout: Path, tmp_path: Path) -> None:
    (checkout / "java_bridge" / "src" / "main" / "java" / "Broken.java").write_text(
        "final class Broken {\n  int x = ;\n}\n"
    )
    jar, error = jar_of(checkout, PYSERINI_XQG_CACHE=str(tmp_path / "cache"))
    assert jar is None
    assert "Broken.java:2: error: illegal start of expression" in error


def test_two_processes_compile_at_once(checkout: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYSERINI_XQG_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-c", "from pyserini_xqg.java import bridge; print(bridge.jar())"]
    both = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd="/") for _ in range(2)]
    said = {process.communicate(timeout=300)[0].strip() for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert len(said) == 1
    assert [path.name for path in (tmp_path / "cache" / "java").iterdir()] == [Path(said.pop()).name]


def test_the_wheels_jar_is_used_as_it_is(installed: Path, tmp_path: Path) -> None:
    jar, _ = jar_of(installed, PYSERINI_XQG_CACHE=str(tmp_path / "cache"), PATH="/nowhere", JAVA_HOME="")
    assert jar == installed / "pyserini_xqg" / "resources" / bridge.JAR
    assert not (tmp_path / "cache").exists()


def _against_another(installed: Path) -> None:
    sources, jar = (
        installed / "pyserini_xqg" / "resources" / "java",
        installed / "pyserini_xqg" / "resources" / bridge.JAR,
    )
    build_jar(sources, jar, Anserini(find_anserini().jar, "1.9.9"), find_compiler())


def test_a_jar_against_another_anserini_is_compiled_anew(installed: Path, tmp_path: Path) -> None:
    _against_another(installed)
    jar, _ = jar_of(installed, PYSERINI_XQG_CACHE=str(tmp_path / "cache"))
    assert jar is not None
    assert jar.parent == tmp_path / "cache" / "java"
    assert read_facts(jar).anserini == find_anserini().version


NO_COMPILER = (
    "import pathlib\nfrom pyserini_xqg.java import bridge, bridge_build\nfrom pyserini_xqg.errors import SetupError\n"
    "bridge.find_compiler = lambda: bridge_build.find_compiler(roots=[])\ntry: bridge.join()\nexcept SetupError as "
    "error: print('REFUSED', error)"
)
"""The usual folders of JVMs are looked at whatever PATH says, so they are given as none."""


def refusal(package: Path, tmp_path: Path) -> str:
    done = python(
        NO_COMPILER, package=package, PATH="/nowhere", JAVA_HOME="", PYSERINI_XQG_CACHE=str(tmp_path / "cache")
    )
    assert done.stdout.startswith("REFUSED "), done.stderr
    return done.stdout.removeprefix("REFUSED ").strip()


def test_a_jar_against_another_anserini_is_refused_where_nothing_compiles(installed: Path, tmp_path: Path) -> None:
    _against_another(installed)
    said = refusal(installed, tmp_path)
    assert "was compiled against Anserini 1.9.9, and Anserini 2.2.0 is installed" in said.replace(
        find_anserini().version, "2.2.0"
    )
    assert "neither a JDK of version 21" in said


def test_no_jar_and_nothing_that_compiles(installed: Path, tmp_path: Path) -> None:
    (installed / "pyserini_xqg" / "resources" / bridge.JAR).unlink()
    said = refusal(installed, tmp_path)
    assert said.startswith("the Java bridge must be compiled here, and there is neither a JDK of version 21 or later")


def test_neither_jar_nor_sources(installed: Path, tmp_path: Path) -> None:
    shutil.rmtree(installed / "pyserini_xqg" / "resources")
    said = refusal(installed, tmp_path)
    assert "neither the jar of the Java bridge nor its sources: `pip install --force-reinstall" in said


def test_a_failure_is_silent_for_those_who_need_no_class_of_ours(installed: Path, tmp_path: Path) -> None:
    shutil.rmtree(installed / "pyserini_xqg" / "resources")
    code = "import pyserini_xqg, pyserini.pyclass; print('GOES ON')"
    done = python(code, package=installed, PYSERINI_XQG_CACHE=str(tmp_path / "cache"))
    assert done.stdout.strip() == "GOES ON"
    assert "pyserini-xqg" not in done.stderr


def test_a_failure_is_told_to_those_who_name_one(installed: Path, tmp_path: Path) -> None:
    shutil.rmtree(installed / "pyserini_xqg" / "resources")
    code = "import sys; sys.argv += ['--onnx-encoder', 'Xqg']; import pyserini_xqg, pyserini.pyclass; print('GOES ON')"
    done = python(code, package=installed, PYSERINI_XQG_CACHE=str(tmp_path / "cache"))
    assert done.stdout.strip() == "GOES ON"
    assert "pyserini-xqg: " in done.stderr
    assert "neither the jar of the Java bridge nor its sources" in done.stderr


def test_importing_this_package_imports_next_to_nothing() -> None:
    code = (
        "import sys; before = set(sys.modules); import pyserini_xqg; import json; "
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    added = json.loads(python(code).stdout)
    assert "subprocess" not in added
    assert "jnius_config" not in added
