"""The whole of it with a real tiny model: every objective learns, a kill changes nothing, and the stages take what it
makes.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from retriever_data import command, write_towns
from tiny_corpus import start_xqg, xqg
from tiny_generators import write_llama, write_mt5
from watching import stop_where

from pyserini_xqg.commands import main
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side, read_config
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import EncoderError
from pyserini_xqg.train.checkpoints import last_whole, working_folder
from pyserini_xqg.train.retriever.tower import TowerTokens, embed, load_tower, padded


@pytest.fixture(scope="session")
def town_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_towns(tmp_path_factory.mktemp("towns"))


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
def test_every_objective_lowers_its_loss(
    name: str, town_data: Path, tiny_bert: Path, tiny_encoder: Path, tmp_path: Path
):
    longer = ["--freeze", "nothing", "--learning-rate", "3e-3", "--steps", "60", "--checkpoint-every", "30"]
    assert main(command(town_data, tiny_bert, tiny_encoder, tmp_path / "out", *OBJECTIVES[name], *longer)) == 0
    found = losses(tmp_path / "out")
    assert np.mean(found[-4:]) < 0.9 * np.mean(found[:2])


@pytest.fixture(scope="module")
def unbroken(town_data: Path, tiny_bert: Path, tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A query tower that was trained in one go."""
    output = tmp_path_factory.mktemp("unbroken") / "out"
    assert main(command(town_data, tiny_bert, tiny_encoder, output, *OBJECTIVES["supervised-aligned"])) == 0
    return output


def test_what_comes_out(unbroken: Path, tiny_encoder: Path):
    assert {path.name for path in unbroken.iterdir()} == {
        "README.md",
        "checkpoint",
        "encoder.json",
        "model.onnx",
        "report",
        "tokenizer.json",
    }
    record = json.loads((unbroken / "report" / "train.json").read_text())
    assert record["train"].keys() == {"en", "es"}
    assert record["held_out"] == {"en": 7, "es": 7}
    assert {"loss", "mrr", "mrr_misspelled", "cosine", "cosine_base"} == record["held_out_measures"].keys()
    assert not working_folder(unbroken).exists()
    config, base = read_config(unbroken, check_hashes=True), read_config(tiny_encoder)
    assert config.passages is not None
    assert config.passages.fingerprint == base.fingerprint
    assert config.fingerprint != base.fingerprint
    assert (config.pooling, config.query_prefix, config.query_max_length) == (
        base.pooling,
        base.query_prefix,
        base.query_max_length,
    )
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
    child = start_xqg(*words)
    stop_where(child, lambda: (work / "checkpoint-4" / "whole").is_file(), 240)
    child.kill()
    _, errors = child.communicate()
    assert last_whole(work) is not None, errors
    assert not output.exists()
    assert main(words) == 0
    for name in (
        "model.onnx",
        "encoder.json",
        "checkpoint/model.safetensors",
        "report/train.json",
        "report/curve.csv",
        "report/languages.csv",
    ):
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


def test_what_searches_takes_it(
    unbroken: Path, town_data: Path, tiny_encoder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    """Over an index that the base encoder made, which refuses a stranger."""
    import pickle

    store, index, run, vectors = (tmp_path / name for name in ("store", "index", "run.txt", "vectors"))
    topics = town_data / "topics.en.tsv"
    corpus = ["--corpus", str(town_data / "corpus.jsonl")]
    assert main(["encode", "--encoder", str(tiny_encoder), *corpus, "--output", str(store), "--precision", "fp32"]) == 0
    assert main(["index", "--store", str(store), "--output", str(index), "--alpha", "0"]) == 0
    words = [
        "faiss",
        "--index",
        index,
        "--topics",
        topics,
        "--output",
        run,
        "--hits",
        36,
        "--precision",
        "fp32",
        "--encoder",
        unbroken,
    ]
    searched = xqg("search", *words)
    assert searched.returncode == 0, searched.stderr
    assert f"a query tower trained beside the passages of {tiny_encoder}" in searched.stderr
    assert (
        main(
            [
                "encode-queries",
                "--encoder",
                str(unbroken),
                "--topics",
                str(topics),
                "--output",
                str(vectors),
                "--precision",
                "fp32",
            ]
        )
        == 0
    )
    with (vectors / "embedding.pkl").open("rb") as stream:
        queries = pickle.load(stream)
    passages = [json.loads(line)["contents"] for line in (town_data / "corpus.jsonl").read_text().splitlines()]
    scores = (
        np.stack(queries["embedding"].to_list())
        @ Encoder(tiny_encoder, Precision.FP32, threads=1).encode(passages, Side.PASSAGE).T
    )
    for line in run.read_text().splitlines():
        qid, _, docid, _, score, _ = line.split()
        row = int(np.flatnonzero(queries["id"] == qid)[0])
        assert float(score) == pytest.approx(scores[row, int(docid[1:])], abs=2e-3)  # the store keeps halves
    assert main(["encode", "--encoder", str(unbroken), *corpus, "--output", str(tmp_path / "no")]) == 1
    assert "embeds queries only" in capfd.readouterr().err


def test_both_towers_with_chunks_give_an_encoder_of_both_sides(town_data: Path, tiny_bert: Path, tmp_path: Path):
    flags = [
        "--objective",
        "contrastive",
        "--tower",
        "both",
        "--chunk",
        "5",
        "--pooling",
        "mean",
        "--query-max-length",
        "32",
    ]
    output = tmp_path / "out"
    assert (
        main(
            command(
                town_data,
                tiny_bert,
                None,
                output,
                *flags,
                "--steps",
                "40",
                "--checkpoint-every",
                "20",
                "--learning-rate",
                "3e-3",
            )
        )
        == 0
    )
    with (output / "report" / "curve.csv").open() as stream:
        held_out = [float(point["held_out_loss"]) for point in csv.DictReader(stream) if point["held_out_loss"]]
    assert min(held_out[1:]) < 0.9 * held_out[0]
    config = read_config(output)
    assert config.passages is None
    assert config.query_max_length == 32
    encoder = Encoder(output, Precision.FP32, threads=1)
    assert encoder.encode(["a passage"], Side.PASSAGE).shape == (1, 32)
    assert (
        main(
            [
                "encode",
                "--encoder",
                str(output),
                "--corpus",
                str(town_data / "corpus.jsonl"),
                "--output",
                str(tmp_path / "store"),
            ]
        )
        == 0
    )


def test_both_towers_aligned_to_the_base_model(
    town_data: Path, tiny_bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(tmp_path / "cache"))
    flags = [
        "--objective",
        "typo-aware",
        "--align-weight",
        "1",
        "--tower",
        "both",
        "--steps",
        "2",
        "--checkpoint-every",
        "2",
    ]
    assert main(command(town_data, tiny_bert, None, tmp_path / "out", *flags)) == 0


def test_topics_without_labels_suffice_for_alignment(
    tiny_bert: Path, tiny_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    data = write_towns(tmp_path / "towns", labelled=False)
    assert main(command(data, tiny_bert, tiny_encoder, tmp_path / "out", "--objective", "aligned", "--steps", "4")) == 0
    record = json.loads((tmp_path / "out" / "report" / "train.json").read_text())
    assert record["passages"] == 36
    assert record["held_out_measures"].keys() == {"loss", "cosine_base"}
    assert main(command(data, tiny_bert, tiny_encoder, tmp_path / "other", "--objective", "contrastive")) == 1
    assert "none of 72 queries has a passage that is known to answer it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("write", "words"),
    [(write_mt5, "of the kind 'mt5' and not an encoder"), (write_llama, "of the kind 'llama' and not an encoder")],
)
def test_another_architecture_is_refused(
    write: Callable[[Path], Path], words: str, town_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(command(town_data, write(tmp_path / "m"), None, tmp_path / "out")) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_exported_encoder_is_no_checkpoint(
    unbroken: Path, town_data: Path, tiny_bert: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(command(town_data, unbroken, None, tmp_path / "out")) == 1
    assert f"whose graph cannot be trained; give {unbroken / 'checkpoint'}" in capsys.readouterr().err
    assert main(command(town_data, tiny_bert, unbroken, tmp_path / "out")) == 1
    assert "embeds queries only, beside passages by" in capsys.readouterr().err


def test_a_loss_that_is_no_number_stops_and_names_the_batch(
    town_data: Path, tiny_bert: Path, tiny_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """A rate so high that the weights leave the numbers in one step."""
    output = tmp_path / "out"
    flags = ["--objective", "contrastive", "--learning-rate", "1e36", "--freeze", "nothing"]
    assert main(command(town_data, tiny_bert, tiny_encoder, output, *flags)) == 1
    said = capsys.readouterr().err
    assert re.search(
        r"the loss is (nan|inf) at step 2, in a batch of 8 examples: \S+topics\.e[ns]\.tsv:\d+ \('", said
    ), said
    assert "no checkpoint had been written yet" in said
    assert not output.exists()


def test_another_dimension_than_the_passages(
    town_data: Path, tiny_bert: Path, tiny_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    import transformers

    wider = shutil.copytree(tiny_bert, tmp_path / "wider")
    config = transformers.BertConfig.from_pretrained(wider, hidden_size=48)
    transformers.BertModel(config).save_pretrained(wider)
    assert main(command(town_data, wider, tiny_encoder, tmp_path / "out")) == 1
    assert "gives 48 dimensions, the passages' encoder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--pooling", "cls"], "with --tower query, pooling, prefixes and lengths are those of the passages' encoder"),
        (["--objective", "aligned", "--align-weight", "1"], "--objective aligned is one already"),
        (["--mine", "dense,elastic"], "--mine dense,elastic: expected bm25, dense"),
        (["--dev-limit", "0"], "--dev-limit is 0"),
        (["--steps", "0"], "--steps is 0"),
    ],
)
def test_flags_that_do_not_go(
    flags: list[str], words: str, town_data: Path, tiny_bert: Path, tiny_encoder: Path, tmp_path: Path, capsys
):
    assert main(command(town_data, tiny_bert, tiny_encoder, tmp_path / "out", *flags)) == 2
    assert words in capsys.readouterr().err
