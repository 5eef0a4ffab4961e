"""A small corpus, encoded, and other people's indexes of its vectors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np

from pyserini_xqg.encode.encode_corpus import EncodeOptions, EncodeResult, encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.store.vector_store import VectorStore

PASSAGES, SHARD_SIZE = 60, 16
IN_FULL = EncodeOptions(dtype="float32", shard_size=SHARD_SIZE)


@dataclass(frozen=True)
class IndexWorld:
    """Where everything lies.

    :param encoder: a tiny one, which normalises.
    """

    folder: Path
    encoder: Encoder

    @property
    def corpus(self) -> Path:
        return self.folder / "corpus.jsonl"

    @property
    def queries(self) -> Path:
        """Of every second passage, in an order of their own."""
        return self.folder / "queries.jsonl"

    @property
    def store(self) -> VectorStore:
        """Encoded from corpus and queries, float32."""
        return VectorStore(self.folder / "store")

    def take(self, index: Path, output: Path, *, queries: bool = True, **more) -> EncodeResult:
        """``encode --vectors``."""
        return encode(
            vectors=index,
            queries=self.queries if queries else None,
            encoder=self.encoder,
            encoder_name=str(self.encoder.folder),
            output=output,
            **{"options": IN_FULL, **more},
        )


def docids_of(store: VectorStore) -> list[str]:
    return [docid for shard in store.shards() for docid in shard.docids()]


def passages_of(store: VectorStore) -> np.ndarray:
    return np.concatenate([shard.passages() for shard in store.shards()]).astype(np.float32)


def sums_of(store: VectorStore) -> np.ndarray:
    """``[languages, passages, dimension]``."""
    shards = [shard.query_matrices(store.meta.languages) for shard in store.shards()]
    return np.stack([np.concatenate([own[column][0] for own in shards]) for column in range(len(store.meta.languages))])


def counts_of(store: VectorStore) -> np.ndarray:
    return np.concatenate([shard.counts(store.meta.languages) for shard in store.shards()])


def trained(factory: str, vectors: np.ndarray) -> faiss.Index:
    """An index by FAISS's factory with these vectors in it."""
    index = faiss.index_factory(vectors.shape[1], factory, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    return index


def write_faiss(folder: Path, index: faiss.Index, docids: list[str]) -> Path:
    """An index folder as Pyserini has it."""
    folder.mkdir(parents=True)
    faiss.write_index(index, str(folder / "index"))
    (folder / "docid").write_text("".join(f"{docid}\n" for docid in docids), encoding="utf-8")
    return folder
