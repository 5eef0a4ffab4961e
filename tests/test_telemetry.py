"""Nothing below this package reports its use: no client id, no statistics, no queue of events in the user's folders."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run(code: str, home: Path, **environ: str) -> str:
    # Exactly this environment: a variable named CI would silence the reporters by itself.
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), **environ}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=True
    ).stdout.strip()


def test_onnxruntime_leaves_nothing_behind(tmp_path: Path) -> None:
    run("import pyserini_xqg, onnxruntime; onnxruntime.get_available_providers()", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_openvino_works_and_leaves_nothing_behind(tmp_path: Path) -> None:
    assert "CPU" in run("import pyserini_xqg, openvino; print(openvino.Core().available_devices)", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_setting_of_the_user_stays(tmp_path: Path) -> None:
    assert (
        run("import os, pyserini_xqg; print(os.environ['ORT_DISABLE_TELEMETRY'])", tmp_path, ORT_DISABLE_TELEMETRY="0")
        == "0"
    )
