"""The int8 graph, and what it costs."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from pyserini_xqg.encoder.folder import Quantization
from pyserini_xqg.errors import EncoderError
from pyserini_xqg.export.parity import Embeddings, graph_embeddings
from pyserini_xqg.export.quiet import quiet
from pyserini_xqg.machine import turn_off_telemetry

SCHEME = "int8: weights of MatMul per channel, of Gather per tensor; activations at run time"
_TOP = 10
_BATCH = 8


def quantize_graph(graph: Path, target: Path) -> None:
    """Quantise ``graph`` into ``target``: one scale an output channel, activations as they come.

    Per channel, because one scale a matrix cost up to 7 points of R@1 where this cost 2; embeddings too, because they
    are most of a multilingual model's bytes and lose nothing that can be measured.

    :raises EncoderError: ONNX Runtime cannot quantise it.
    """
    turn_off_telemetry()
    from onnxruntime.quantization import QuantType, quantize_dynamic

    try:
        with quiet():
            quantize_dynamic(
                graph,
                target,
                op_types_to_quantize=["MatMul", "Gemm", "Gather"],
                per_channel=True,
                weight_type=QuantType.QInt8,
            )
    except OSError:
        raise
    except Exception as error:  # it reads back what it wrote, so that a full disk looks like a damaged graph
        free = shutil.disk_usage(target.parent).free >> 20
        raise EncoderError(
            f"the graph could not be quantised ({error}); {free:,} MiB are left on its disk: if that is little, free "
            "some and try again"
        ) from error


def measure(quantized: Path, ids: list[list[int]], exact: Embeddings) -> Quantization:
    """Compare the quantised graph with ``exact`` embeddings: cosines, and how much the ten nearest other sentences stay
    the same.
    """
    rough = graph_embeddings(quantized, ids, _BATCH)
    cosines = (exact * rough).sum(axis=1) / (np.linalg.norm(exact, axis=1) * np.linalg.norm(rough, axis=1))
    return Quantization(SCHEME, float(cosines.mean()), float(cosines.min()), top_overlap(exact, rough, _TOP))


def top_overlap(exact: Embeddings, rough: Embeddings, depth: int) -> float:
    """The share, averaged over texts, of the ``depth`` others of largest inner product that both embeddings name."""
    shared = [
        len(set(one) & set(other)) for one, other in zip(_nearest(exact, depth), _nearest(rough, depth), strict=True)
    ]
    return float(np.mean(shared)) / depth


def _nearest(embeddings: Embeddings, depth: int) -> list[list[int]]:
    products = embeddings @ embeddings.T
    np.fill_diagonal(products, -np.inf)
    nearest: list[list[int]] = np.argsort(-products, axis=1, kind="stable")[:, :depth].tolist()
    return nearest
