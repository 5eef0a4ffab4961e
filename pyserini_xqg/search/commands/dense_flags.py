"""Flags of ``search lucene`` on a dense index of ours, turned into what Pyserini's command understands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pyserini_xqg.encoder.folder import read_config
from pyserini_xqg.errors import EncoderError, UsageError
from pyserini_xqg.manifests.dense import IndexKind, Manifest
from pyserini_xqg.search.commands.flags import Flags

ANSERINI_NAME = "Xqg"
"""What Anserini calls the encoder that reads our folders."""
_NAMES = (ANSERINI_NAME, f"{ANSERINI_NAME}Encoder")
_OF_KIND = {IndexKind.LUCENE_FLAT: "--flat", IndexKind.LUCENE_HNSW: "--hnsw"}
_OF_WORDS = (
    "--impact", "--min-idf", "--encoded-corpus", "--bm25", "--bm25qs", "--k1", "--b", "--qld", "--rm3", "--rm3-py", "--rocchio", "--rocchio-py",
    "--rocchio-use-negative", "--language", "--pretokenized", "--tokenizer", "--fields", "--dismax", "--dismax.tiebreaker", "--stopwords", "--prcl",
)  # fmt: skip
"""What Pyserini's command has for indexes of words."""


def settle_dense(flags: Flags, index: Path, manifest: Manifest, resolve_encoder: Callable[[str], Path]) -> Path:
    """Say what kind of index it is, and put Anserini's name of our encoder in; ``--encoder`` names a folder as
    everywhere here.

    :returns: the encoder folder for the queries.
    :raises UsageError: flags that do not go with such an index.
    :raises EncoderError: the encoder is not the one that made the index.
    """
    own = _OF_KIND.get(manifest.kind)
    if own is None:
        raise UsageError(
            f"{index} is a {manifest.kind} index, which Lucene cannot search; use `pyserini-xqg search faiss`"
        )
    for flag in filter(flags.has, _OF_WORDS):
        raise UsageError(
            f"{flag} is for indexes of words, and {index} is one of vectors ({manifest.kind}); leave it out"
        )
    for flag in filter(flags.has, set(_OF_KIND.values()) - {own}):
        raise UsageError(
            f"{flag} does not go with {index}, which is a {manifest.kind} index; leave it out, the index says itself "
            "what it is"
        )
    if flags.has("--ef-search") and manifest.kind is IndexKind.LUCENE_FLAT:
        raise UsageError("--ef-search is for HNSW graphs, and this index is none; leave it out")
    flags.whole_number("--ef-search", 1)
    anserini_name = flags.get("--onnx-encoder")
    if anserini_name not in (None, *_NAMES):
        raise UsageError(
            f"--onnx-encoder {anserini_name} is not what made {index}, which is {manifest.encoder}; leave it out, or "
            "search with --encoder NAME-OR-DIR"
        )
    folder = resolve_encoder(flags.get("--encoder") or manifest.encoder)
    check_encoder(index, manifest, folder)
    flags.remove("--encoder")
    flags.default("--dense")
    flags.default(own)
    flags.default("--onnx-encoder", ANSERINI_NAME)
    return folder


def check_encoder(index: Path, manifest: Manifest, folder: Path) -> None:
    """See that queries are encoded as the passages were.

    :raises EncoderError: they are not.
    """
    config = read_config(folder)
    if not config.searches(manifest.fingerprint):
        raise EncoderError(
            f"{index} was made with the encoder {manifest.encoder} ({manifest.fingerprint[:12]}, {manifest.dimension} "
            "dimensions), "
            f"the queries' encoder is {folder} ({config.fingerprint[:12]}, {config.dimension}); search with the same "
            "one"
        )
