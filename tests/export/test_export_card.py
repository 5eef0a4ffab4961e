"""The cards of exported and trained models."""

from __future__ import annotations

import ast
import json
import re
import shutil
from pathlib import Path

import pytest
from card_reader import commands, head_of, placed
from tiny_corpus import tree

from pyserini_xqg.commands import load, main
from pyserini_xqg.encoder.folder import read_config
from pyserini_xqg.export.card import encoder_card
from pyserini_xqg.export.checkpoint import find_checkpoint
from pyserini_xqg.export.exporter import export_encoder
from pyserini_xqg.export.settings import ExportSettings
from pyserini_xqg.train.generator.card import generator_card
from pyserini_xqg.train.retriever.card import retriever_card

RECORD = {
    "model": "/models/mt5",
    "model_sha256": "5" * 64,
    "sources": {"/data/train.jsonl": "1" * 64, "/data/dev.jsonl": "2" * 64},
    "settings": {
        "learning_rate": 1e-4,
        "batch_size": 16,
        "accumulate": 8,
        "checkpoint_every": 100,
        "steps": None,
        "epochs": 2.0,
        "warmup": 0,
        "seed": 3,
        "precision": "fp32",
        "threads": 1,
    },
    "options": {
        "template": "Ask in {language}: {passage}",
        "window": 96,
        "max_query_tokens": 32,
        "number": 1,
        "encoder": "e5-small",
    },
    "train": {"sw": 1200, "ar": 900},
    "held_out": {"ar": 20},
    "steps": 32,
    "best_step": 30,
    "held_out_loss": 1.25,
    "held_out_perplexity": 3.49,
    "remarks": ["cut to 96 tokens: 3 of 2,100 prompts (their passages' ends); to 64 tokens: 0 queries"],
    "material": {
        "train": ["/data/train.jsonl"],
        "dev": ["/data/dev.jsonl"],
        "corpus": None,
        "dev_share": 0.05,
        "dev_limit": 2000,
        "languages": [],
    },
}
ROWS = [
    ["language", "train", "held_out", "held_out_loss", "generated_R@1"],
    ["ar", "900", "20", "1.250000", "0.512000"],
    ["sw", "1200", "0", "", ""],
]


def parsed(stage: str, words: list[str]) -> dict[str, object]:
    """What the stage's own parser makes of a command."""
    import argparse

    parser = argparse.ArgumentParser()
    load(stage).add_arguments(parser)
    return vars(parser.parse_args(words))


def test_an_exported_encoders(tiny_encoder: Path):
    card, config = (tiny_encoder / "README.md").read_text(encoding="utf-8"), read_config(tiny_encoder)
    assert card == encoder_card(config)
    assert head_of(card)["license"] == "unknown"
    for true in (
        config.fingerprint,
        config.model_sha256,
        config.source_sha256,
        f"{config.parity.max_abs_difference:.1e}",
        "`query: `",
        "not known",
    ):
        assert true in card
    assert f"{config.quantization.min_cosine:.4f} at worst" in card
    assert str(tiny_encoder.parent) not in card


def test_its_command_makes_the_same_folder(tmp_path: Path, tiny_encoder: Path, tiny_bert: Path):
    (words,) = commands((tiny_encoder / "README.md").read_text(encoding="utf-8"), "How it is made again")
    assert main(placed(words, {tiny_bert.name: tiny_bert, "ENCODER": tmp_path / "e"})) == 0
    assert tree(tmp_path / "e") == tree(tiny_encoder)


def test_an_export_of_before_the_cards_stays_as_it_is(tmp_path: Path, tiny_encoder: Path, tiny_bert: Path):
    shutil.copytree(tiny_encoder, tmp_path / "e")
    (tmp_path / "e/README.md").unlink()
    config = read_config(tmp_path / "e")
    settings = ExportSettings(
        config.pooling, config.normalize, "query: ", "passage: ", 32, config.passage_max_length, quantize=True
    )
    assert export_encoder(find_checkpoint(str(tiny_bert)), tmp_path / "e", settings) == config
    assert not (tmp_path / "e/README.md").exists()


def test_the_embedded_encoders_licence_is_known(tiny_encoder: Path):
    from dataclasses import replace

    card = encoder_card(replace(read_config(tiny_encoder), source="e5-small"))
    assert (head_of(card)["license"], head_of(card)["base_model"]) == ("mit", "intfloat/multilingual-e5-small")
    assert "`e5-small`: MIT" in card


def test_a_trained_generators():
    card = generator_card(RECORD, ROWS)
    assert head_of(card)["language"] == ["ar", "sw"]
    assert "/data" not in card
    assert "/models" not in card
    for true in (
        "| ar | 900 | 20 | 1.250 | 51.2 |",
        "| sw | 1200 | 0 | – | – |",
        "1.2500 (perplexity 3.49)",
        "step 30 of 32",
        "Cut to 96 tokens: 3 of 2,100 prompts (their passages' ends); to 64 tokens: 0 queries.",
        "1" * 64,
        "not known",
    ):
        assert true in card
    (words,) = commands(card, "How it is trained again")
    args = parsed("train generator", words[2:])
    assert args["template"] == RECORD["options"]["template"]
    assert (args["max_passage_tokens"], args["round_trip"], args["epochs"], args["steps"], args["threads"]) == (
        96,
        1,
        2.0,
        None,
        1,
    )
    assert (args["train"], args["dev"]) == ([Path("train.jsonl")], [Path("dev.jsonl")])
    (use,) = commands(card, "How it is used")
    assert parsed("expand", use[1:])["template"] == RECORD["options"]["template"]
    ast.parse(re.search(r"```python\n(.*?)\n```", card, re.DOTALL).group(1))


@pytest.mark.parametrize("tower", ["query", "both"])
def test_a_trained_retrievers(tiny_encoder: Path, tower: str):
    from dataclasses import asdict, replace

    from pyserini_xqg.encoder.folder import PassageTower
    from pyserini_xqg.train.retriever.base import encoder_settings
    from pyserini_xqg.train.retriever.data.mining import Miner, Mining
    from pyserini_xqg.train.retriever.options import Freeze, Objective, RetrieverOptions, Tower

    config = read_config(tiny_encoder)
    if tower == "query":
        config = replace(config, passages=PassageTower("e5-small", "f" * 64))
    options = asdict(
        RetrieverOptions(
            Objective.DST, Tower(tower), Freeze.NOTHING, 0.75, second_word=0.33, variants=4, beta=0.4, hard_negatives=3
        )
    )
    mining = asdict(Mining((Miner.BM25, Miner.DENSE), margin=0.95))
    more = {
        "options": options,
        "mining": mining,
        "encoder": asdict(encoder_settings(config)),
        "held_out_measures": {"mrr": 0.61},
    }
    record = json.loads(json.dumps({**RECORD, **more}))
    card = retriever_card(
        record, config, [["language", "train", "mrr10_before", "mrr10"], ["ar", "900", "0.5", "0.6123"]]
    )
    assert ("queries only" in card) == (tower == "query")
    assert "| ar | 900 | 50.0 | 61.2 |" in card
    (words,) = commands(card, "How it is trained again")
    args = parsed("train retriever", words[2:])
    assert (args["objective"], args["tower"], args["typo_probability"], args["dst_beta"], args["variants"]) == (
        "dst",
        tower,
        0.75,
        0.4,
        4,
    )
    assert (args["mine"], args["mine_margin"], args["hard_negatives"]) == ("bm25,dense", 0.95, 3)
    assert args["query_prefix"] == (None if tower == "query" else "query: ")
    assert args["passage_encoder"] == ("e5-small" if tower == "query" else None)
