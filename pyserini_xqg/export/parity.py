"""Does the exported graph give what the original gives? Asked on the built-in sentences, alone and in padded
batches.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from pyserini_xqg.encoder.folder import Parity, Pooling
from pyserini_xqg.encoder.onnx_runtime import session_options
from pyserini_xqg.errors import EncoderError
from pyserini_xqg.export.graph import OUTPUT
from pyserini_xqg.export.sentences import SCRIPTS, SENTENCES
from pyserini_xqg.machine import turn_off_telemetry

if TYPE_CHECKING:
    from transformers import PreTrainedModel

MAX_DIFFERENCE = 1e-4
_BATCH = 8

Embeddings = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Difference:
    """How far one sentence's embedding from the graph is from the original's."""

    script: str
    text: str
    max_abs: float

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= 20 else f"{self.text[:20]}…"
        return f"{self.script} {shown!r} by {self.max_abs:.1e}"


def original_embeddings(model: PreTrainedModel, ids: list[list[int]], pooling: Pooling, normalize: bool) -> Embeddings:
    """What the original gives, ``[texts, dimension]``: a text at a time, so without any padding, pooled here in double
    precision.
    """
    rows = []
    with torch.inference_mode():
        for one in ids:
            states = model(input_ids=torch.tensor([one])).last_hidden_state[0].double().numpy()
            vector = states[0] if pooling is Pooling.CLS else states.mean(axis=0)
            rows.append(vector / max(np.linalg.norm(vector), 1e-12) if normalize else vector)
    return np.asarray(rows, dtype=np.float32)


def graph_embeddings(graph: Path, ids: list[list[int]], batch: int) -> Embeddings:
    """What an exported graph gives for ``ids`` in batches of ``batch`` texts, each padded to its longest: ``[texts,
    dimension]``.

    :raises EncoderError: ONNX Runtime cannot load or run it.
    """
    turn_off_telemetry()
    import onnxruntime

    try:
        session = onnxruntime.InferenceSession(str(graph), session_options(), providers=["CPUExecutionProvider"])
        rows = [session.run([OUTPUT], _padded(ids[start : start + batch]))[0] for start in range(0, len(ids), batch)]
    except Exception as error:  # ONNX Runtime's kinds of errors share no base of their own
        raise EncoderError(f"ONNX Runtime cannot run the exported graph: {str(error).splitlines()[0]}") from error
    return np.concatenate(rows)


def _padded(ids: list[list[int]]) -> dict[str, NDArray[np.int64]]:
    # Padding is masked, so any id will do there.
    input_ids = np.zeros((len(ids), max(map(len, ids))), np.int64)
    attention_mask = np.zeros_like(input_ids)
    for row, one in enumerate(ids):
        input_ids[row, : len(one)] = one
        attention_mask[row, : len(one)] = 1
    return {"input_ids": input_ids, "attention_mask": attention_mask}


def check_parity(graph: Path, ids: list[list[int]], original: Embeddings) -> Parity:
    """Compare the graph with the original on the built-in sentences, alone and in batches.

    :param ids: the tokens of each of :data:`~pyserini_xqg.export.sentences.SENTENCES`.
    :param original: what the original gives for them.
    :raises EncoderError: a component differs by more than 1e-4, or is not finite; it says which texts and by how much.
    """
    worst = np.maximum(*(np.abs(graph_embeddings(graph, ids, batch) - original).max(axis=1) for batch in (1, _BATCH)))
    # Turned round, because NaN is not greater than anything.
    wrong = [
        Difference(sentence.script, sentence.text, float(by))
        for sentence, by in zip(SENTENCES, worst, strict=True)
        if not by <= MAX_DIFFERENCE
    ]
    if wrong:
        worst_first = sorted(wrong, key=lambda one: -one.max_abs if one.max_abs == one.max_abs else -np.inf)
        raise EncoderError(
            f"the exported graph differs from the original on {len(wrong)} of {len(SENTENCES)} built-in sentences by "
            f"more than {MAX_DIFFERENCE:g}, so nothing was written; the worst: {'; '.join(map(str, worst_first[:5]))}"
        )
    return Parity(texts=len(SENTENCES), scripts=SCRIPTS, max_abs_difference=float(worst.max()))
