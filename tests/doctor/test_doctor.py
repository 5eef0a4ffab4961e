"""``doctor`` as a user meets it: its table, its JSON, its exit status, with things there and with things missing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pyserini_xqg.commands.ways.doctor import table
from pyserini_xqg.doctor.checks import Check, State
from pyserini_xqg.java import jvm

ROOT = Path(__file__).resolve().parents[2]


def doctor(*flags: str, interpreter_flags: tuple[str, ...] = (), **environ: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        **environ,
    }
    command = [sys.executable, *interpreter_flags, "-m", "pyserini_xqg", "doctor", *flags]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def report(**environ: str) -> tuple[int, dict[str, dict]]:
    done = doctor("--json", **environ)
    told = json.loads(done.stdout)
    assert told["ok"] is (done.returncode == 0)
    return done.returncode, {check["name"]: check for check in told["checks"]}


def java_home_of(folder: Path, version: str) -> Path:
    """A Java home that says it is of this version."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").write_text("#!/bin/sh\n")
    (folder / "bin" / "java").chmod(0o755)
    (folder / "release").write_text(f'JAVA_VERSION="{version}"\nMODULES="java.base"\n')
    return folder


def test_a_machine_that_has_everything() -> None:
    java = jvm.find_java()
    status, checks = report(JAVA_HOME=str(java.home))
    assert status == 0
    assert checks["Python"]["found"].startswith(".".join(map(str, sys.version_info[:3])))
    assert checks["Java"]["found"] == f"{java.version_text} in {java.home} (JAVA_HOME)"
    for name in ("Pyserini", "FAISS", "torch", "packages", "machine"):
        assert checks[name]["state"] == "ok", checks[name]
    assert re.search(r"\d+ cores?, \d+ GiB of memory, \d+ GiB free where the cache is", checks["machine"]["found"])


def test_versions_and_providers_are_those_of_the_packages() -> None:
    import faiss
    import onnxruntime

    _, checks = report()
    assert checks["FAISS"]["found"].startswith(faiss.__version__)
    assert checks["ONNX Runtime"]["found"].startswith(onnxruntime.__version__)
    for provider in onnxruntime.get_available_providers():
        assert provider.removesuffix("ExecutionProvider") in checks["ONNX Runtime"]["found"]


def test_torch_is_described_as_it_describes_itself() -> None:
    import torch

    _, checks = report()
    build = f"CUDA {torch.version.cuda}" if torch.version.cuda else "CPU"
    assert checks["torch"]["found"].startswith(f"{torch.__version__.partition('+')[0]}, {build} build")


def test_nothing_slow_is_imported() -> None:
    code = (
        "import sys; from pyserini_xqg.doctor.checks import run_checks; run_checks(); print(sorted({'torch', "
        "'pyserini', 'jnius', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_a_machine_that_has_nothing(tmp_path: Path) -> None:
    """Without site-packages every package is missing; the report still comes, and each gap has its remedy."""
    done = doctor(interpreter_flags=("-S",), PATH="/nowhere", JAVA_HOME=str(tmp_path / "gone"), HOME=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == ""
    for name in ("Pyserini", "FAISS", "ONNX Runtime", "torch"):
        assert re.search(rf"^{name} +missing +\S.*\n +-> `pip install ", done.stdout, re.MULTILINE), done.stdout
    for name in ("OpenVINO", "e5-small"):
        assert re.search(rf"^{name} +warning +\S", done.stdout, re.MULTILINE), done.stdout
    assert "cannot run here before this is mended:" in done.stdout.splitlines()[-1]


def test_a_java_home_that_is_passed_over_is_a_warning(tmp_path: Path) -> None:
    old = java_home_of(tmp_path / "jdk-17", "17.0.15")
    status, checks = report(JAVA_HOME=str(old))
    assert status == 0
    assert checks["Java"]["state"] == "warning"
    assert f"not used: JAVA_HOME={old} is Java 17.0.15" in checks["Java"]["details"]
    assert checks["Java"]["remedy"].startswith("unset JAVA_HOME, or set it to ")


def test_a_java_on_path_that_is_passed_over_is_told(tmp_path: Path) -> None:
    old = java_home_of(tmp_path / "jdk-11", "11.0.2")
    (old / "lib" / "server").mkdir(parents=True)
    (old / "lib" / "server" / "libjvm.so").touch()
    status, checks = report(PATH=f"{old}/bin:{os.environ['PATH']}")
    assert status == 0
    assert checks["Java"]["state"] == "ok"
    assert f"not used: {old} (PATH) is Java 11.0.2" in checks["Java"]["details"]


def test_pyserini_240_without_internet(tmp_path: Path) -> None:
    info = tmp_path / "pyserini-2.4.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pyserini\nVersion: 2.4.0\n")
    status, checks = report(PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}", https_proxy="http://127.0.0.1:9")
    assert status == 1
    assert checks["Pyserini"]["state"] == "missing"
    assert "2.4.0" in checks["Pyserini"]["found"]
    assert "pyserini>=2.3,!=2.4.0" in checks["Pyserini"]["remedy"]


def test_a_package_that_cannot_be_imported_is_told_with_its_error(tmp_path: Path) -> None:
    (tmp_path / "onnxruntime.py").write_text("raise OSError('libgomp.so.1: cannot open shared object file')\n")
    status, checks = report(PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert status == 1
    assert "libgomp.so.1" in checks["ONNX Runtime"]["found"]


def test_pyserini_without_its_jar(tmp_path: Path) -> None:
    status, checks = report(ANSERINI_CLASSPATH=str(tmp_path))
    assert status == 1
    assert f"without Anserini's jar in {tmp_path}" in checks["Pyserini"]["found"]


def test_the_gpu_of_the_machine_is_seen_through_nvidia_smi(tmp_path: Path) -> None:
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\necho 'NVIDIA H200'\necho 'NVIDIA H200'\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    import onnxruntime
    import torch

    _, checks = report(PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert checks["torch"]["found"].count("NVIDIA H200") == 1
    assert checks["torch"]["state"] == ("ok" if torch.version.cuda else "warning")
    assert checks["ONNX Runtime"]["state"] == (
        "ok" if "CUDAExecutionProvider" in onnxruntime.get_available_providers() else "warning"
    )


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"PYSERINI_XQG_CACHE": "{tmp}/own", "XDG_CACHE_HOME": "{tmp}/xdg"}, "{tmp}/own"),
        ({"XDG_CACHE_HOME": "{tmp}/xdg"}, "{tmp}/xdg/pyserini-xqg"),
        ({"HOME": "{tmp}"}, "{tmp}/.cache/pyserini-xqg"),
    ],
)
def test_where_the_cache_is(tmp_path: Path, environ: dict[str, str], expected: str) -> None:
    _, checks = report(**{name: value.format(tmp=tmp_path) for name, value in environ.items()})
    assert checks["cache"]["found"] == f"{expected.format(tmp=tmp_path)} (not made yet)"
    assert list(tmp_path.iterdir()) == [], "looking makes nothing"


def test_the_size_of_the_cache(tmp_path: Path) -> None:
    (tmp_path / "encoders").mkdir()
    (tmp_path / "encoders" / "model.onnx").write_bytes(bytes(7_000_000))
    _, checks = report(PYSERINI_XQG_CACHE=str(tmp_path))
    assert checks["cache"]["found"] == f"{tmp_path} (7 MB)"


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    status, checks = report(PYSERINI_XQG_CACHE=str(tmp_path / "file" / "cache"))
    assert status == 0
    assert checks["cache"]["state"] == "warning"
    assert "PYSERINI_XQG_CACHE" in checks["cache"]["remedy"]


def test_dictionaries_that_are_there_and_those_that_could_be(tmp_path: Path) -> None:
    (tmp_path / "own.en-sw.tsv").write_text("lip\tmdomo\n")
    places = {"XDG_DATA_DIRS": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    status, checks = report(**places)
    assert status == 0
    assert checks["dictionaries"]["state"] == "ok"
    assert "headwords, with English: zh (cedict" in checks["dictionaries"]["found"]  # out of a wheel
    assert "`apt install dict-freedict-eng-ara" in checks["dictionaries"]["remedy"]
    _, checks = report(**places, XQG_DICTIONARIES=str(tmp_path))
    assert "sw (own), zh (cedict" in checks["dictionaries"]["found"]
    status, checks = report(**places, XQG_DICTIONARIES=str(tmp_path / "gone"))
    assert status == 0
    assert checks["dictionaries"]["state"] == "warning"
    assert "gone, which is not there" in checks["dictionaries"]["remedy"]


def test_the_table_is_aligned_and_keeps_to_the_terminal() -> None:
    checks = [
        Check(
            "Java",
            State.WARNING,
            "25.0.3 in /usr/lib/jvm/temurin-25",
            "unset JAVA_HOME, or set it to a folder that holds a newer one",
            ("one detail",),
        ),
        Check("ONNX Runtime", State.OK, "1.31.1"),
    ]
    assert table(checks, 60).splitlines() == [
        "check         state    found",
        "Java          warning  25.0.3 in /usr/lib/jvm/temurin-25",
        "                       -> unset JAVA_HOME, or set it to a",
        "                          folder that holds a newer one",
        "                       one detail",
        "ONNX Runtime  ok       1.31.1",
    ]
