"""Flags that several stages share: they all come to the same encoder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from pyserini_xqg.commands.flags import add_encoder, encoder_recipe, load_encoder
from pyserini_xqg.encoder.folder import INT8_MODEL
from pyserini_xqg.encoder.precision import Precision


@pytest.mark.parametrize("more", [["--provider", "CPUExecutionProvider"], []], ids=["provider", "without OpenVINO"])
def test_8_bits_are_exported_where_they_are_run_from(
    more: list[str], tiny_bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A checkpoint, of which the cache may hold only the full graph: OpenVINO would make 8 bits of that."""
    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(tmp_path))
    if not more:
        monkeypatch.setitem(sys.modules, "openvino", None)
    parser = argparse.ArgumentParser()
    add_encoder(parser)
    args = parser.parse_args(["--encoder", str(tiny_bert), "--precision", "int8", "--threads", "1", *more])
    encoder = load_encoder(args)
    assert (encoder.arithmetic, encoder.name) == ("int8/onnxruntime", str(tiny_bert))
    assert (encoder.folder / INT8_MODEL).is_file()
    recipe = encoder_recipe(args)
    assert recipe.find() == encoder.folder
    assert (recipe.precision, recipe.threads, recipe.provider) == (Precision.INT8, 1, args.provider)
    assert recipe.about(recipe.open(2)).fingerprint == encoder.config.fingerprint
