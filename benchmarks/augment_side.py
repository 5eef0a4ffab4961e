"""One side of augment.py, in a process of its own: ``reference DATA OUTPUT`` or ``ours DATA OUTPUT ENCODER PRECISION``.

Loading the model and one warming batch are not timed; encoding, writing, reading back and fusing are. The fused vectors
are left in ``OUTPUT/fused.npy``.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from peak import report

from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.queries import read_queries

LANGUAGES = ("ar", "de", "el", "es", "hi", "ru", "zh")
RANKS = 5
ALPHA = 0.01
_BATCH = 64
_QUERY_TOKENS, _PASSAGE_TOKENS = 32, 128


def reference(data: Path, output: Path) -> None:
    """As the reference implementation does: every text padded to its side's length, a file of float32 a language and
    rank, then summed.
    """
    import torch
    import transformers

    from pyserini_xqg.export.embedded.checkpoints import e5_checkpoint

    model = transformers.AutoModel.from_pretrained(e5_checkpoint()).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(e5_checkpoint())

    def encoded(texts: list[str], tokens: int) -> np.ndarray:
        found = []
        with torch.no_grad():
            for start in range(0, len(texts), _BATCH):
                batch = texts[start : start + _BATCH]
                inputs = tokenizer(batch, padding="max_length", truncation=True, max_length=tokens, return_tensors="pt")
                mask = inputs["attention_mask"][..., None]
                pooled = (model(**inputs)[0] * mask).sum(1) / mask.sum(1)
                found.append(torch.nn.functional.normalize(pooled).numpy())
        return np.concatenate(found)

    passages = [f"passage: {passage.contents}" for passage in read_passages(data / "corpus.jsonl")]
    queries = [record.queries for record in read_queries(data / "queries.jsonl")]
    encoded(passages[:2], _PASSAGE_TOKENS)
    started = time.perf_counter()
    np.save(output / "passages.npy", encoded(passages, _PASSAGE_TOKENS))
    for code in LANGUAGES:
        for rank in range(RANKS):
            np.save(
                output / f"{code}.{rank}.npy",
                encoded([f"query: {mine[code][rank]}" for mine in queries], _QUERY_TOKENS),
            )
    total = (1 - ALPHA) * np.load(output / "passages.npy")
    for code in LANGUAGES:
        for rank in range(RANKS):
            total += ALPHA * np.load(output / f"{code}.{rank}.npy")
    _finish(started, output, total)


def ours(data: Path, output: Path, folder: Path, precision: str) -> None:
    """The stage ``encode`` into a store of sums, then the paper's fusion out of it."""
    from pyserini_xqg.encode.encode_corpus import encode
    from pyserini_xqg.encoder.encoder import Encoder
    from pyserini_xqg.encoder.folder import Side
    from pyserini_xqg.encoder.precision import Precision
    from pyserini_xqg.fusion.recipe import PAPER
    from pyserini_xqg.machine import available_cores
    from pyserini_xqg.store.blocks import fused_blocks
    from pyserini_xqg.store.fused_store import complete
    from pyserini_xqg.store.vector_store import VectorStore

    encoder = Encoder(folder, Precision(precision))
    encoder.encode([passage.contents for passage in read_passages(data / "corpus.jsonl")][:2], Side.PASSAGE)
    started = time.perf_counter()
    encode(
        corpus=data / "corpus.jsonl",
        queries=data / "queries.jsonl",
        encoder=encoder,
        encoder_name="e5-small",
        output=output / "store",
    )
    store = VectorStore(output / "store")
    blocks = fused_blocks(complete(store, PAPER), available_cores())
    _finish(started, output, np.concatenate([block.vectors for block in blocks]))


def _finish(started: float, output: Path, fused: np.ndarray) -> None:
    seconds = time.perf_counter() - started
    np.save(output / "fused.npy", fused)
    report(seconds=seconds)


if __name__ == "__main__":
    if sys.argv[1] == "reference":
        reference(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        ours(Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), sys.argv[5])
