"""A store of a small corpus by the tiny encoder, and what an index of it is built from; each test gets its own copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rebuild_world import World
from tiny_corpus import generated_queries, passages, write_jsonl

from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.fusion.keep import Keep


@pytest.fixture
def world(tmp_path: Path, tiny_encoder: Path) -> World:
    made = World(tmp_path, shutil.copytree(tiny_encoder, tmp_path / "encoder"))
    write_jsonl(made.corpus, passages(40))
    queries = generated_queries(40)
    write_jsonl(made.queries / "a.jsonl", queries[:25])
    write_jsonl(made.queries / "b.jsonl.gz", queries[25:])
    options = EncodeOptions(keep=Keep.RANKS, shard_size=16)
    encode(
        corpus=made.corpus,
        queries=made.queries,
        encoder=Encoder(made.encoder, Precision.FP32, 1),
        encoder_name=str(made.encoder),
        output=tmp_path / "store",
        options=options,
    )
    return made
