"""A small collection in mixed scripts, encoded for real by the tiny encoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tiny_corpus import generated_queries, passages, write_jsonl

from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.inspection.hits import InspectedQuestion, Inspection
from pyserini_xqg.inspection.inspect_query import InspectedIndex, inspect
from pyserini_xqg.inspection.source import open_for_inspection, open_store
from pyserini_xqg.store.vector_store import VectorStore

PASSAGES = 40
MEAN = Recipe()


@dataclass(frozen=True)
class Collection:
    """Files of a small collection and the stores made of it, by what they keep; the one of totals in float16."""

    folder: Path
    encoder: Encoder

    @property
    def corpus(self) -> Path:
        return self.folder / "corpus.jsonl"

    @property
    def queries(self) -> Path:
        return self.folder / "queries.jsonl"

    def store(self, keep: Keep = Keep.LANGUAGES) -> Path:
        return self.folder / keep

    def index(self, output: Path, recipe: Recipe = MEAN, keep: Keep = Keep.LANGUAGES, **options: Any) -> Path:
        build_index(
            VectorStore(self.store(keep)), output, recipe, IndexOptions(allow_unequal=True, allow_none=True, **options)
        )
        return output

    def inspect(
        self, index: Path, question: InspectedQuestion | str = "Who built the old bridge?", hits: int = 5, **more: Any
    ) -> Inspection:
        opened = open_for_inspection(index)
        asked = InspectedQuestion(question) if isinstance(question, str) else question
        return inspect(InspectedIndex(opened, open_store(opened, None), **more), self.encoder, asked, hits)


@pytest.fixture(scope="session")
def collection(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path) -> Collection:
    made = Collection(tmp_path_factory.mktemp("inspection"), Encoder(tiny_encoder, Precision.FP32, 1))
    write_jsonl(made.corpus, passages(PASSAGES))
    write_jsonl(made.queries, generated_queries(PASSAGES, ("ar", "ja", "es")))
    for keep in Keep:
        options = EncodeOptions(keep=keep, dtype="float16" if keep is Keep.TOTAL else "float32", shard_size=16)
        encode(
            corpus=made.corpus,
            queries=made.queries,
            encoder=made.encoder,
            encoder_name=str(tiny_encoder),
            output=made.store(keep),
            options=options,
        )
    return made


@pytest.fixture
def index(collection: Collection, tmp_path: Path) -> Callable[..., Path]:
    """Builds an index of the collection."""
    return lambda *recipe, **options: collection.index(
        tmp_path / f"index{len(list(tmp_path.iterdir()))}", *recipe, **options
    )
