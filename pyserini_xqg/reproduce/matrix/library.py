"""The matrices that come with the package."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib.resources import as_file, files
from pathlib import Path

MATRICES = {
    "demo": "the embedded collection: BM25, dense, both augmentations, hybrid; 8 languages, no data needed",
    "xquad": "XQuAD: 240 passages, 8 languages; alpha, fusion, number of queries, misspellings, hybrids",
    "afriqa": "AfriQA: native questions in 7 African languages; BM25, dense, hybrid",
    "locomo": "LoCoMo: 5,882 turns of ten conversations; BM25, dense with and without queries, hybrids",
    "xqg": "what a passage's questions, translations and glosses bring, taken apart; the paper's claims, row by row",
    "xor-tydi": "XOR-TyDi QA: the paper's table; needs 18 million passages, checkpoints and a GPU",
    "ciral": "CIRAL: English questions about passages in four African languages; needs its corpora",
}
"""Name -> what it is about; the file is ``resources/matrices/NAME.yaml``."""
AT_HAND = ("demo", "xquad", "xqg", "afriqa", "locomo")
"""Those that run on two cores with the embedded encoder."""


def open_matrix(name: str) -> AbstractContextManager[Path]:
    """The file of one of :data:`MATRICES`, for as long as the context lasts."""
    return as_file(files("pyserini_xqg") / "resources" / "matrices" / f"{name}.yaml")
