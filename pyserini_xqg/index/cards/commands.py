"""The commands that build an index again, from what its ``xqg.json`` holds."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.fusion.expected.prior_record import LEARNED
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import find_fusion
from pyserini_xqg.fusion.text_kind import languages_of
from pyserini_xqg.fusion.weights import weights_in_words
from pyserini_xqg.manifests.dense import Encoding, Manifest
from pyserini_xqg.manifests.sparse import SparseManifest
from pyserini_xqg.report.cards.commands import PROGRAM, SKIP


def encode_command(
    *, manifest: Manifest, encoding: Encoding, corpus: str, queries: str | None, encoder: str, store: str
) -> list[str]:
    """``encode`` as the store was made.

    :param encoding: the manifest's own.
    :param corpus: where the corpus lies, or the index that stands in its place.
    :param encoder: the encoder as `--encoder` takes it.
    :param store: where the store shall lie.
    """
    passages = "--vectors" if encoding.sources is not None and encoding.sources.vectors else "--corpus"
    words = [PROGRAM, "encode", passages, corpus, *(("--queries", queries) if queries else ())]
    words += ["--encoder", encoder, "--precision", precision_of(manifest)]
    words += ["--languages", ",".join(languages_of(encoding.languages))] if encoding.languages else []
    words += [
        "--keep",
        str(encoding.keep),
        "--dtype",
        encoding.dtype,
        "--queries-as",
        encoding.queries_as,
        "--shard-size",
        str(encoding.shard_size),
    ]
    return [*words, *SKIP, "--output", store]


def index_command(manifest: Manifest, store: str, output: str) -> list[str]:
    """``index`` as the index was made."""
    kind = manifest.kind.spelled(manifest.factory)
    words = [PROGRAM, "index", "--store", store, "--type", kind, *_recipe_flags(manifest.recipe)]
    fusion = find_fusion(manifest.recipe.fusion)
    words += _prior_flags(manifest)
    words += ["--allow-unequal"] if fusion.equal_numbers else []
    words += ["--view-delimiter", manifest.view_delimiter] if fusion.views else []
    if manifest.kind.graph:
        words += ["--hnsw-m", str(manifest.hnsw_m), "--ef-construction", str(manifest.ef_construction)]
    words += ["--quantize"] if manifest.quantized else []
    return [*words, "--threads", str(manifest.threads), "--output", output]


def _recipe_flags(recipe: Recipe) -> list[str]:
    words = [
        "--fusion",
        recipe.fusion,
        "--alpha",
        repr(recipe.alpha),
        "--normalize" if recipe.normalize else "--no-normalize",
    ]
    words += ["--languages", ",".join(languages_of(recipe.languages))] if recipe.languages else []
    words += ["--weights", weights_in_words(recipe.weights)] if recipe.weights else []
    words += (
        ["--queries-per-language", str(recipe.queries_per_language)] if recipe.queries_per_language is not None else []
    )
    words += ["--kappa", "moments" if recipe.kappa is None else repr(recipe.kappa)]
    return [*words, *(["--plain-view"] if recipe.plain_view else [])]


def _prior_flags(manifest: Manifest) -> list[str]:
    record = manifest.prior
    if record is None:
        return ["--allow-none"] if manifest.recipe.alpha > 0 and find_fusion(manifest.recipe.fusion).shrinks else []
    words = ["--bank", Path(record.bank).name, "--bank-kind", record.bank_kind] if record.bank else []
    if record.slope == LEARNED or record.held_out is not None:
        return words
    return [*words, *(["--predictor", Path(record.slope).name] if record.slope else ["--no-predict"])]


def sparse_command(manifest: SparseManifest, corpus: str, queries: str | None, output: str) -> list[str]:
    """``index-sparse`` as the index was made."""
    words = [
        PROGRAM,
        "index-sparse",
        "--corpus",
        corpus,
        *(("--queries", queries) if queries else ()),
        "--language",
        manifest.language,
    ]
    words += ["--languages", ",".join(languages_of(manifest.languages))] if manifest.languages else []
    words += (
        ["--queries-per-language", str(manifest.queries_per_language)]
        if manifest.queries_per_language is not None
        else []
    )
    words += [_DASHED[flag] for flag in manifest.stored]
    return [*words, *SKIP, "--output", output]


_DASHED = {"-storePositions": "--store-positions", "-storeDocvectors": "--store-docvectors", "-storeRaw": "--store-raw"}
"""Anserini's flags and those of `index-sparse`."""


def precision_of(manifest: Manifest) -> str:
    """The precision as `--precision` takes it: the engine, which the manifest names behind it, follows from the
    machine.
    """
    return manifest.precision.partition("/")[0]
