"""The whole of it with a real tiny model: every objective learns, a kill changes nothing, and the stages take what it makes."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from pyserini_xqg.commands import main
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side, read_config
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import EncoderError
from pyserini_xqg.train.checkpoints import last_whole, working_folder
from pyserini_xqg.train.retriever.tower import TowerTokens, embed, load_tower, padded

TOPICS = ["river", "bridge", "school", "market", "temple", "garden", "castle", "museum", "harbour", "library", "station", "theatre"]
TOWNS = ["Lima", "Oslo", "Cairo"]


@pytest.fixture(scope="session")
def town_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of ``dataset``: 36 passages, each with a query in English and one in Spanish."""
    folder = tmp_path_factory.mktemp("towns")
    names = [(topic, town) for topic in TOPICS for town in TOWNS]
    corpus = [json.dumps({"id": f"p{n}", "contents": f"The old {topic} of {town} opened in {1900 + n}."}) for n, (topic, town) in enumerate(names)]
    (folder / "corpus.jsonl").write_text("\n".join(corpus) + "\n")
    for code, form in (("en", "When did the {topic} in {town} open?"), ("es", "¿Cuándo abrió el {topic} en {town}?")):
        topics = [f"{code}{n}\t{form.format(topic=topic, town=town)}\n" for n, (topic, town) in enumerate(names)]
        (folder / f"topics.{code}.tsv").write_text("".join(topics))
        (folder / f"qrels.{code}.txt").write_text("".join(f"{code}{n} 0 p{n} 1\n" for n in range(len(names))))
    return folder


def command(data: Path, model: Path, passages: Path | None, output: Path, *more: object) -> list[str]:
    words = ["--train", data, "--dev-share", 0.2, "--model", model, "--output", output, "--steps", 12, "--batch-size", 8, "--checkpoint-every", 4]
    words += ["--learning-rate", 1e-3, "--warmup", 0, "--precision", "fp32", "--threads", 1, *(["--passage-encoder", passages] if passages else [])]
    return ["train", "retriever", *map(str, words), *map(str, more)]


def losses(output: Path) -> list[float]:
    """Those of the training, oldest first."""
    with (output / "report" / "curve.csv").open() as stream:
        return [float(point["training_loss"]) for point in csv.DictReader(stream) if point["training_loss"]]


OBJECTIVES = {
    "aligned": ["--objective", "aligned"],
    "contrastive": ["--objective", "contrastive"],
    "typo-aware": ["--objective", "typo-aware"],
    "self-teaching": ["--objective", "self-teaching"],
    "supervised-aligned": ["--objective", "typo-aware", "--align-weight", "1"],
    "dst": ["--objective", "dst", "--variants", "3"],
}


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_lowers_its_loss(name: str, town_data: Path, tiny_bert: Path, tiny_encoder: Path, tmp_path: Path):
    words = command(town_data, tiny_bert, tiny_encoder, tmp_path / "out", *OBJECTIVES[name], "--freeze", "nothing", "--learning-rate", "3e-3")
    words[words.index("--steps") + 1], words[words.index("--checkpoint-every") + 1] = "60", "30"
    assert main(words) == 0
    found = losses(tmp_path / "out")
    assert sum(found[-4:]) < 0.8 * sum(found[:2]) * 2


@pytest.fixture(scope="module")
def unbroken(town_data: Path, tiny_bert: Path, tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A query tower that was trained in one go."""
    output = tmp_path_factory.mktemp("unbroken") / "out"
    assert main(command(town_data, tiny_bert, tiny_encoder, output, *OBJECTIVES["supervised-aligned"])) == 0
    return output


def test_what_comes_out(unbroken: Path, tiny_encoder: Path):
    assert {path.name for path in unbroken.iterdir()} == {"README.md", "checkpoint", "encoder.json", "model.onnx", "report", "tokenizer.json"}
    record = json.loads((unbroken / "report" / "train.json").read_text())
    assert record["train"].keys() == {"en", "es"}
    assert record["held_out"] == {"en": 7, "es": 7}
    assert {"loss", "mrr", "mrr_misspelled", "cosine", "cosine_base"} == record["held_out_measures"].keys()
    assert not working_folder(unbroken).exists()
    config, base = read_config(unbroken, check_hashes=True), read_config(tiny_encoder)
    assert config.passages is not None
    assert config.passages.fingerprint == base.fingerprint
    assert config.fingerprint != base.fingerprint
    assert (config.pooling, config.query_prefix, config.query_max_length) == (base.pooling, base.query_prefix, base.query_max_length)
    assert "queries only" in (unbroken / "README.md").read_text()


def test_the_export_gives_what_the_trained_model_gives(unbroken: Path):
    from pyserini_xqg.export.checkpoint import find_checkpoint
    from pyserini_xqg.train.retriever.base import encoder_settings
    from pyserini_xqg.train.retriever.options import Freeze

    queries = ["When did the river in Lima open?", "¿Cuándo?", "x"]
    settings = encoder_settings(read_config(unbroken))
    checkpoint = find_checkpoint(str(unbroken / "checkpoint"))
    model = load_tower(checkpoint, Freeze.NOTHING).eval()
    tokens = TowerTokens(checkpoint, model.config.vocab_size, settings, model.config.pad_token_id)
    with torch.no_grad():
        trained = embed(model, *padded(tokens(queries, Side.QUERY), tokens.pad_id), settings)
    exported = Encoder(unbroken, Precision.FP32, threads=1).encode(queries, Side.QUERY)
    assert np.abs(trained.numpy() - exported).max() < 1e-4


def test_a_query_tower_refuses_passages(unbroken: Path, tiny_encoder: Path):
    with pytest.raises(EncoderError, match="embeds queries only; encode passages with"):
        Encoder(unbroken, Precision.FP32, threads=1).encode(["a"], Side.PASSAGE)


def test_a_kill_changes_nothing(unbroken: Path, town_data: Path, tiny_bert: Path, tiny_encoder: Path, tmp_path: Path):
    output = tmp_path / "out"
    work = working_folder(output)
    words = command(town_data, tiny_bert, tiny_encoder, output, *OBJECTIVES["supervised-aligned"])
    child = subprocess.Popen([sys.executable, "-m", "pyserini_xqg", *words], stderr=subprocess.PIPE)
    deadline = time.monotonic() + 240
    while not (work / "checkpoint-4" / "whole").is_file() and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert last_whole(work) is not None, child.stderr.read().decode() if child.stderr else ""
    assert not output.exists()
    assert main(words) == 0
    for name in ("model.onnx", "encoder.json", "checkpoint/model.safetensors", "report/train.json", "report/curve.csv", "report/languages.csv"):
        assert (output / name).read_bytes() == (unbroken / name).read_bytes(), name


def test_the_same_again_does_nothing_and_another_is_refused(
    unbroken: Path, town_data: Path, tiny_bert: Path, tiny_encoder: Path, capsys: pytest.CaptureFixture[str]
):
    words = command(town_data, tiny_bert, tiny_encoder, unbroken, *OBJECTIVES["supervised-aligned"])
    assert main(words) == 0
    assert "was there already, the very same" in capsys.readouterr().out
    assert main([*words, "--seed", "4"]) == 1
    assert "holds another retriever (settings was" in capsys.readouterr().err


def test_the_embeddings_do_not_move_unless_they_may(unbroken: Path, tiny_bert: Path):
    from safetensors.torch import load_file

    before, after = (load_file(folder / "model.safetensors") for folder in (tiny_bert, unbroken / "checkpoint"))
    name = "embeddings.word_embeddings.weight"
    assert torch.equal(before[name], after[name])
    assert not torch.equal(before["encoder.layer.0.output.dense.weight"], after["encoder.layer.0.output.dense.weight"])
