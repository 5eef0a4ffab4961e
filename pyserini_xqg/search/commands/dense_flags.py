"""Flags of ``search lucene`` on a dense index of ours, turned into what Pyserini's command understands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pyserini_xqg.encoder.folder import read_config
from pyserini_xqg.errors import UsageError
from pyserini_xqg.manifests.dense import Manifest
from pyserini_xqg.search.commands.flags import Flags
from pyserini_xqg.search.same_encoder import check_encoder

ANSERINI_NAME = "Xqg"
"""What Anserini calls the encoder that reads our folders."""
_NAMES = (ANSERINI_NAME, f"{ANSERINI_NAME}Encoder")
_FLAT, _GRAPH = "--flat", "--hnsw"
_OF_WORDS = (
    "--impact", "--min-idf", "--encoded-corpus", "--bm25", "--bm25qs", "--k1", "--b", "--qld", "--rm3", "--rm3-py",
    "--rocchio", "--rocchio-py", "--rocchio-use-negative", "--language", "--pretokenized", "--tokenizer", "--fields",
    "--dismax", "--dismax.tiebreaker", "--stopwords", "--prcl",
)  # fmt: skip
"""What Pyserini's command has for indexes of words."""


def settle_dense(flags: Flags, index: Path, manifest: Manifest, resolve_encoder: Callable[[str], Path]) -> Path:
    """Say what kind of index it is, and put Anserini's name of our encoder in; ``--encoder`` names a folder as
    everywhere here.

    :returns: the encoder folder for the queries.
    :raises UsageError: flags that do not go with such an index.
    :raises EncoderError: the encoder is not the one that made the index.
    """
    if not manifest.kind.is_lucene:
        raise UsageError(
            f"{index} is a {manifest.kind} index, which Lucene cannot search; use `pyserini-xqg search faiss`"
        )
    for flag in filter(flags.has, _OF_WORDS):
        raise UsageError(
            f"{flag} is for indexes of words, and {index} is one of vectors ({manifest.kind}); leave it out"
        )
    own, other = (_GRAPH, _FLAT) if manifest.kind.graph else (_FLAT, _GRAPH)
    if flags.has(other):
        raise UsageError(
            f"{other} does not go with {index}, which is a {manifest.kind} index; leave it out, the index says itself "
            "what it is"
        )
    if flags.has("--ef-search") and not manifest.kind.graph:
        raise UsageError("--ef-search is for HNSW graphs, and this index is none; leave it out")
    flags.whole_number("--ef-search", 1)
    anserini_name = flags.get("--onnx-encoder")
    if anserini_name not in (None, *_NAMES):
        raise UsageError(
            f"--onnx-encoder {anserini_name} is not what made {index}, which is {manifest.encoder}; leave it out, or "
            "search with --encoder NAME-OR-DIR"
        )
    folder = resolve_encoder(flags.get("--encoder") or manifest.encoder)
    check_encoder(index, manifest, folder, read_config(folder))
    flags.remove("--encoder")
    flags.default("--dense")
    flags.default(own)
    flags.default("--onnx-encoder", ANSERINI_NAME)
    return folder
