"""The wheel carries the bridge: its jar where that can be compiled, else its sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pyserini_xqg.java.bridge import CHECKOUT_SOURCES, JAR
from pyserini_xqg.java.bridge_build import hash_sources, list_sources, read_facts

ROOT = Path(__file__).resolve().parents[1]
JAR_INSIDE = f"pyserini_xqg/resources/{JAR}"
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]

pytestmark = pytest.mark.slow


def copy_of_sources(folder: Path) -> Path:
    """What a wheel is built from, so that building leaves nothing in this checkout."""
    folder.mkdir()
    for name in ("pyserini_xqg", "java_bridge"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md"):
        shutil.copyfile(ROOT / name, folder / name)
    return folder


def build(project: Path, target: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    # Not isolated: pip would fetch setuptools, and the Pyserini that is installed here would not be seen.
    command = [*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(target), str(project)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "315532800", **environ}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)


def wheel_in(folder: Path) -> Path:
    (wheel,) = folder.glob("pyserini_xqg-*.whl")
    return wheel


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A project in which a wheel was built, with what that leaves behind, and the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    done = build(copy_of_sources(folder / "project"), folder / "one", XQG_REQUIRE_BRIDGE="1")
    assert done.returncode == 0, done.stderr
    return folder / "project", wheel_in(folder / "one")


def test_the_jar_is_inside_and_the_same_each_time(built: tuple[Path, Path], tmp_path: Path) -> None:
    project, one = built
    shutil.rmtree(project / "build", ignore_errors=True)
    done = build(project, tmp_path / "two", XQG_REQUIRE_BRIDGE="1")
    assert done.returncode == 0, done.stderr
    two = wheel_in(tmp_path / "two")
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as wheel:
        wheel.extract(JAR_INSIDE, tmp_path)
        sources = {name for name in wheel.namelist() if name.endswith(".java")}
    assert read_facts(tmp_path / JAR_INSIDE).sources_sha256 == hash_sources(CHECKOUT_SOURCES)
    assert sources == {
        f"pyserini_xqg/resources/java/{path.relative_to(CHECKOUT_SOURCES).as_posix()}"
        for path in list_sources(CHECKOUT_SOURCES)
    }


def test_an_installed_wheel_joins_without_a_compiler(built: tuple[Path, Path], tmp_path: Path) -> None:
    _, wheel = built
    site = tmp_path / "site"
    subprocess.run(
        [*PIP, "install", "--no-deps", "--no-index", "--target", site, wheel],
        check=True,
        timeout=300,
    )
    code = (
        "from pyserini_xqg.java import bridge, jvm\nbridge.find_compiler = "
        "None\nprint(bridge.jar())\njvm.import_pyserini('pyserini.pyclass')\n"
        "from jnius import autoclass\nprint(autoclass('io.anserini.encoder.dense.XqgEncoder').PROPERTY)"
    )
    environment = {**os.environ, "PYTHONPATH": str(site), "PYSERINI_XQG_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=300, cwd=tmp_path
    )
    assert done.stdout.split() == [str(site / JAR_INSIDE), "xqg.encoder"], done.stderr


def test_without_anserini_the_wheel_carries_the_sources_alone(built: tuple[Path, Path], tmp_path: Path) -> None:
    """As in pip's isolated builds, which have no Pyserini. A jar of an earlier build does not slip in."""
    (tmp_path / "empty").mkdir()
    earlier, _ = built
    project = shutil.copytree(earlier, tmp_path / "project")
    done = build(project, tmp_path / "without", ANSERINI_CLASSPATH=str(tmp_path / "empty"))
    assert done.returncode == 0, done.stderr
    names = zipfile.ZipFile(wheel_in(tmp_path / "without")).namelist()
    assert JAR_INSIDE not in names
    assert "pyserini_xqg/resources/java/io/anserini/encoder/dense/XqgEncoder.java" in names


def test_a_wheel_that_must_have_the_jar_is_not_built_without_it(tmp_path: Path) -> None:
    project = copy_of_sources(tmp_path / "project")
    (tmp_path / "empty").mkdir()
    done = build(project, tmp_path / "dist", XQG_REQUIRE_BRIDGE="1", ANSERINI_CLASSPATH=str(tmp_path / "empty"))
    assert done.returncode != 0
    assert (
        f"the wheel would lack the Java bridge: ANSERINI_CLASSPATH={tmp_path / 'empty'} holds no anserini-*-fatjar.jar"
        in done.stderr + done.stdout
    )
    assert not list((tmp_path).glob("dist/*.whl"))
