"""Nothing below this package reports its use: no client id, no statistics, no queue of events in the user's folders."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def run(code: str, home: Path, **environ: str) -> str:
    # Exactly this environment: a variable named CI would silence the reporters by itself.
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), **environ}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=True
    ).stdout.strip()


IMPORTERS = {
    "our runtime": "from pathlib import Path; from pyserini_xqg.encoder.onnx_runtime import OnnxRuntime\n"
    "try: OnnxRuntime(Path('none'), 1, 'NoProvider')\nexcept Exception as error: print(error)",
    "the check of an export": "from pathlib import Path; from pyserini_xqg.export.parity import graph_embeddings\n"
    "try: graph_embeddings(Path('none'), [[1]], 1)\nexcept Exception as error: print(error)",
    "doctor": "from pyserini_xqg.doctor.checks import run_checks; run_checks()",
    "Pyserini": "from pyserini_xqg.java.jvm import import_pyserini; import_pyserini('pyserini.encode')",
    "Pyserini, imported by itself": "import pyserini_xqg, pyserini.encode",
}


@pytest.mark.parametrize("code", IMPORTERS.values(), ids=IMPORTERS)
def test_onnxruntime_leaves_nothing_behind(code: str, tmp_path: Path) -> None:
    run(f"{code}\nimport sys; assert 'onnxruntime' in sys.modules", tmp_path)
    assert not [path for path in tmp_path.rglob("*") if "onnx" in path.name.lower() or "microsoft" in path.name.lower()]


def test_openvino_works_and_leaves_nothing_behind(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from pyserini_xqg.encoder.openvino_runtime import OpenVinoRuntime\n"
        "from pyserini_xqg.encoder.precision import Precision\n"
        "try: OpenVinoRuntime(Path('none'), Precision.BF16, 1)\nexcept Exception: pass\n"
        "import openvino; print(openvino.Core().available_devices)"
    )
    assert "CPU" in run(code, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_setting_of_the_user_stays(tmp_path: Path) -> None:
    code = "import os; from pyserini_xqg.machine import turn_off_telemetry as off; off(); print(os.environ[{!r}])"
    name = "ORT_DISABLE_TELEMETRY"
    assert run(code.format(name), tmp_path, ORT_DISABLE_TELEMETRY="0") == "0"


def test_importing_the_package_changes_nothing_but_what_it_says(tmp_path: Path) -> None:
    """One finder, which waits for Pyserini's JVM, as the package's docstring says."""
    code = (
        "import os, sys; before = dict(os.environ), list(sys.meta_path), set(sys.modules)\n"
        "import pyserini_xqg\n"
        "added = [type(finder).__module__ for finder in sys.meta_path if finder not in before[1]]\n"
        "heavy = {'numpy', 'torch', 'onnxruntime', 'openvino', 'pyserini', 'jnius', 'jnius_config'}\n"
        "print(added, dict(os.environ) == before[0], heavy & set(sys.modules), 'openvino_telemetry' in sys.modules)"
    )
    assert run(code, tmp_path) == "['pyserini_xqg.java.bridge_watch'] True set() False"
