"""``pyserini-xqg export`` from the outside: what it prints, what it writes, how it fails."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tiny_checkpoint import POSITIONS, write_bert, write_xlm_roberta

from pyserini_xqg.commands import main
from pyserini_xqg.encoder.folder import INT8_MODEL, MODEL, Pooling, read_config


def test_help_comes_without_heavy_imports():
    program = (
        "import sys\nfrom pyserini_xqg.commands import main\n"
        "try: main(['export', '--help'])\nexcept SystemExit: print({'torch', 'numpy', 'onnx', 'transformers'} & "
        "set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    for flag in (
        "--model",
        "--output",
        "--pooling",
        "--no-normalize",
        "--query-prefix",
        "--passage-max-length",
        "--quantize",
    ):
        assert flag in shown
    assert shown.endswith("set()\n")


def test_an_export_says_what_was_chosen_and_what_came_out(tmp_path, capsys):
    checkpoint = write_xlm_roberta(tmp_path / "checkpoint")
    flags = [
        "--pooling",
        "mean",
        "--normalize",
        "--query-prefix",
        "query: ",
        "--passage-max-length",
        "100",
        "--quantize",
        "int8",
    ]
    assert main(["export", "--model", str(checkpoint), "--output", str(tmp_path / "out"), *flags]) == 0
    config = read_config(tmp_path / "out", check_hashes=True)
    assert (config.pooling, config.normalize, config.query_prefix, config.passage_prefix) == (
        Pooling.MEAN,
        True,
        "query: ",
        "",
    )
    assert (config.query_max_length, config.passage_max_length) == (64, 100)
    assert config.source == str(checkpoint)
    shown = capsys.readouterr().out
    assert "pooling mean: as asked" in shown
    assert "passage prefix '': none asked for" in shown
    assert "holds an encoder of 32 dimensions" in shown
    assert "on 70 texts in 26 scripts" in shown
    assert f"its cosine is {config.quantization.mean_cosine:.4f} on average" in shown
    assert {MODEL, INT8_MODEL} <= {file.name for file in (tmp_path / "out").iterdir()}


def test_the_same_command_again_is_done_at_once(tmp_path, capsys):
    command = ["export", "--model", str(write_bert(tmp_path / "checkpoint")), "--output", str(tmp_path / "out")]
    assert main(command) == 0
    first, made = capsys.readouterr().out, (tmp_path / "out" / MODEL).stat().st_mtime_ns
    assert main(command) == 0
    assert capsys.readouterr().out == first
    assert (tmp_path / "out" / MODEL).stat().st_mtime_ns == made


def test_an_output_that_holds_another_export_is_refused(tmp_path, capsys):
    command = ["export", "--model", str(write_bert(tmp_path / "checkpoint")), "--output", str(tmp_path / "out")]
    assert main(command) == 0
    before = json.loads((tmp_path / "out" / "encoder.json").read_text())
    assert main([*command, "--pooling", "mean"]) == 1
    assert "holds another export already" in capsys.readouterr().err
    assert json.loads((tmp_path / "out" / "encoder.json").read_text()) == before


@pytest.mark.parametrize(
    ("flags", "status", "said"),
    [
        (["--passage-max-length", str(POSITIONS + 1)], 2, f"takes 3 to {POSITIONS} tokens"),
        (["--query-max-length", "4", "--query-prefix", "a long prefix "], 2, "alone fills the 4 tokens"),
    ],
)
def test_flags_that_do_not_go_together_are_named(tmp_path, capsys, flags, status, said):
    command = ["export", "--model", str(write_bert(tmp_path / "checkpoint")), "--output", str(tmp_path / "out"), *flags]
    assert main(command) == status
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_model_that_is_not_there_is_one_sentence(tmp_path, capsys):
    assert main(["export", "--model", str(tmp_path / "none"), "--output", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.startswith(f"pyserini-xqg export: there is no folder {tmp_path / 'none'}")


@pytest.mark.slow
def test_the_embedded_encoder_with_other_settings(tmp_path, capsys):
    assert (
        main(["export", "--model", "e5-small", "--output", str(tmp_path / "out"), "--pooling", "cls", "--no-normalize"])
        == 0
    )
    config = read_config(tmp_path / "out")
    assert (config.pooling, config.normalize, config.source) == (Pooling.CLS, False, "e5-small")
    assert (config.query_max_length, config.passage_max_length) == (128, 512)
    assert "query prefix 'query: ': config_sentence_transformers.json says so" in capsys.readouterr().out
