"""The hook, in an environment of its own: unmodified Pyserini finds our encoder, and no Python start is ever broken by
it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import OutputError
from pyserini_xqg.java import bridge_hook, jvm

ROOT = Path(__file__).resolve().parents[2]
PASSAGES = {
    "d1": "Water boils at one hundred degrees.",
    "d2": "The old bridge was closed.",
    "d3": "The first university of this city.",
}
TOPICS = {"1": "Когда закрыли мост?", "2": "متى تأسست أول جامعة؟"}


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A virtual environment that sees this one's packages: its ``site-packages`` is where the hook goes."""
    folder = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=120)
    (site_packages(folder) / "packages.pth").write_text(f"{sysconfig.get_path('purelib')}\n{ROOT}\n")
    return folder


def site_packages(environment: Path) -> Path:
    (folder,) = environment.glob("lib/python*/site-packages")
    return folder


def python(environment: Path, *words: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    variables = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "OMP_NUM_THREADS": "1", **environ}
    variables |= {name: os.environ[name] for name in ("PYSERINI_XQG_CACHE", "XDG_CACHE_HOME") if name in os.environ}
    return subprocess.run(
        [environment / "bin" / "python", *words],
        env=variables,
        capture_output=True,
        text=True,
        timeout=300,
        cwd=environment,
    )


def doctor(environment: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    return python(environment, "-m", "pyserini_xqg", "doctor", *flags)


@pytest.fixture(scope="module")
def index(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A flat dense index as stock Anserini makes one."""
    folder = tmp_path_factory.mktemp("lucene")
    vectors = Encoder(tiny_encoder, Precision.FP32).encode(list(PASSAGES.values()), Side.PASSAGE)
    (folder / "corpus").mkdir()
    lines = [
        json.dumps({"docid": docid, "vector": vector.tolist()}) for docid, vector in zip(PASSAGES, vectors, strict=True)
    ]
    (folder / "corpus" / "vectors.jsonl").write_text("\n".join(lines) + "\n")
    flags = (
        "-collection JsonDenseVectorCollection -generator DenseVectorDocumentGenerator -threads 1 -input "
        "corpus -index index"
    )
    code = (
        "import sys; from pyserini_xqg.java import jvm; jvm.import_pyserini('pyserini.pyclass'); from jnius import "
        "autoclass\n"
        "autoclass('io.anserini.index.IndexFlatDenseVectors').main(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *flags.split()], capture_output=True, text=True, timeout=300, cwd=folder
    )
    assert (folder / "index").is_dir(), done.stderr
    return folder / "index"


def search(environment: Path, index: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    topics = environment / "topics.tsv"
    topics.write_text("".join(f"{number}\t{text}\n" for number, text in TOPICS.items()), encoding="utf-8")
    words = [
        "--dense",
        "--flat",
        "--index",
        index,
        "--topics",
        topics,
        "--onnx-encoder",
        "Xqg",
        "--output",
        environment / "run.txt",
    ]
    return python(environment, "-m", "pyserini.search.lucene", *words, **environ)


def test_unmodified_pyserini_searches_with_our_encoder(environment: Path, index: Path, tiny_encoder: Path) -> None:
    done = doctor(environment, "--install-hook")
    assert done.returncode == 0, done.stderr
    assert str(site_packages(environment) / bridge_hook.FILE) in done.stdout

    done = search(environment, index, PYSERINI_XQG_ENCODER=str(tiny_encoder))
    assert done.returncode == 0, done.stderr
    encoder = Encoder(tiny_encoder, Precision.FP32)
    passages = encoder.encode(list(PASSAGES.values()), Side.PASSAGE)
    expected = {}
    for number, query in zip(TOPICS, encoder.encode(list(TOPICS.values()), Side.QUERY), strict=True):
        expected |= {(number, docid): (1 + score) / 2 for docid, score in zip(PASSAGES, passages @ query, strict=True)}
    lines = [line.split() for line in (environment / "run.txt").read_text().splitlines()]
    found = {(line[0], line[2]): float(line[4]) for line in lines}
    assert found.keys() == expected.keys()
    np.testing.assert_allclose([found[key] for key in expected], list(expected.values()), atol=2e-5)


def test_without_an_encoder_chosen_the_reason_is_printed(environment: Path, index: Path) -> None:
    bridge_hook.install(site_packages(environment))
    done = search(environment, index)
    assert done.returncode != 0
    assert (
        "XqgEncoder: no encoder was chosen: set the environment variable PYSERINI_XQG_ENCODER"
        in done.stdout + done.stderr
    )


def test_without_the_hook_pyserini_does_not_know_us(environment: Path, index: Path, tiny_encoder: Path) -> None:
    doctor(environment, "--install-hook")
    done = doctor(environment, "--remove-hook")
    assert done.stdout == f"removed the hook: {site_packages(environment) / bridge_hook.FILE}\n"
    assert not (site_packages(environment) / bridge_hook.FILE).exists()
    java = jvm.find_java()
    done = search(environment, index, PYSERINI_XQG_ENCODER=str(tiny_encoder), JAVA_HOME=str(java.home))
    assert done.returncode != 0
    assert doctor(environment, "--remove-hook").stdout.startswith("there is no hook in ")


def test_doctor_tells_of_the_hook_and_the_jar(environment: Path) -> None:
    def told() -> dict:
        checks = json.loads(doctor(environment, "--json").stdout)["checks"]
        return next(check for check in checks if check["name"] == "Java bridge")

    assert "hook for Pyserini's own commands: not installed" in told()["details"]
    doctor(environment, "--install-hook")
    assert f"hook for Pyserini's own commands: {site_packages(environment) / bridge_hook.FILE}" in told()["details"]
    assert "for Anserini " in told()["found"]


def test_the_file_is_one_line() -> None:
    assert bridge_hook.LINE.startswith("import ")
    assert bridge_hook.LINE.count("\n") == 1
    assert bridge_hook.LINE.isascii()


def test_installing_twice_is_as_once(tmp_path: Path) -> None:
    assert bridge_hook.installed(tmp_path) is None
    file = bridge_hook.install(tmp_path)
    assert bridge_hook.install(tmp_path) == file == bridge_hook.installed(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [bridge_hook.FILE]
    assert bridge_hook.remove(tmp_path) == file
    assert bridge_hook.remove(tmp_path) is None


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=bridge_hook.FILE):
        bridge_hook.install(tmp_path / "file")


def test_a_python_start_imports_nothing_for_it(environment: Path) -> None:
    code = "import sys; print(sorted(sys.modules))"
    before = python(environment, "-c", code).stdout
    bridge_hook.install(site_packages(environment))
    after = python(environment, "-c", code)
    assert (after.stdout, after.stderr) == (before, "")


def test_a_package_that_is_gone_breaks_nothing(environment: Path) -> None:
    """As after ``pip uninstall pyserini-xqg``, which does not know of the hook."""
    bridge_hook.install(site_packages(environment))
    stub = environment / "stub" / "pyserini"
    stub.mkdir(parents=True)
    (stub / "__init__.py").touch()
    (stub / "pyclass.py").write_text("print('GOES ON')\n")
    (site_packages(environment) / "packages.pth").write_text(f"{stub.parent}\n")
    done = python(environment, "-c", "import pyserini.pyclass")
    assert (done.stdout, done.stderr) == ("GOES ON\n", "")


def test_a_bridge_that_cannot_be_made_breaks_nothing(environment: Path, tmp_path: Path) -> None:
    bridge_hook.install(site_packages(environment))
    (tmp_path / "file").touch()
    unwritable = str(tmp_path / "file" / "cache")
    java = jvm.find_java()
    code = "import pyserini.pyclass; print('GOES ON')"
    done = python(environment, "-c", code, JAVA_HOME=str(java.home), PYSERINI_XQG_CACHE=unwritable)
    assert done.stdout == "GOES ON\n", done.stderr
    assert "pyserini-xqg" not in done.stderr
    named = python(
        environment, "-c", code, "--onnx-encoder=Xqg", JAVA_HOME=str(java.home), PYSERINI_XQG_CACHE=unwritable
    )
    assert named.stdout == "GOES ON\n"
    assert f"pyserini-xqg: {unwritable}" in named.stderr
