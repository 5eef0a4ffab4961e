"""One corpus, encoded once; tests take its vectors out of indexes of every kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from index_world import IN_FULL, PASSAGES, IndexWorld
from tiny_corpus import generated_queries, passages, write_jsonl

from pyserini_xqg.encode.encode_corpus import encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import build_index


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path) -> IndexWorld:
    """With ``plain``, a flat index of ours of the passages alone, and ``mean`` and ``views``, augmented ones."""
    made = IndexWorld(tmp_path_factory.mktemp("world"), Encoder(tiny_encoder, Precision.FP32, 1))
    write_jsonl(made.corpus, passages(PASSAGES))
    write_jsonl(made.queries, generated_queries(PASSAGES)[::-2])
    encode(
        corpus=made.corpus,
        queries=made.queries,
        encoder=made.encoder,
        encoder_name=str(tiny_encoder),
        output=made.folder / "store",
        options=IN_FULL,
    )
    for name, recipe in {"plain": Recipe(alpha=0.0), "mean": Recipe(), "views": Recipe("views")}.items():
        build_index(made.store, made.folder / name, recipe)
    return made
