"""``xqg.json``: what lies beside every index and is enough to search it rightly and to build it again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import StoreError
from pyserini_xqg.files.sources import Sources, sources_of
from pyserini_xqg.files.versioned import VersionedJson
from pyserini_xqg.fusion.expected.prior_record import PriorRecord, prior_record
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import find_fusion
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.manifests.kinds import IndexKind, kind_named

MANIFEST = "xqg.json"
SPARSE_KIND = "lucene-bm25"
"""What stands where a kind is expected in the ``xqg.json`` of a BM25 index; :mod:`pyserini_xqg.manifests.sparse` reads
that.
"""
INDEX_FILE = VersionedJson(format=1, error=StoreError, renew="build the index again", mend="build the index again")


class Similarity(StrEnum):
    """What Lucene turns inner products into, so that scores are positive."""

    NONE = ""
    """No Lucene index."""
    DOT_PRODUCT = "dot_product"
    """``(1 + product) / 2``, for vectors of length one."""
    MAXIMUM_INNER_PRODUCT = "maximum_inner_product"
    """``1 + product``, below 0 ``1 / (1 - product)``, for vectors of any length."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the store was made, so that another can be made where it is gone.

    :param languages: of the store's queries.
    :param dtype: ``float16`` or ``float32`` in the store.
    :param shard_size: passages a shard.
    :param queries_as: the side whose prefix and length limit the queries got.
    :param sources: corpus and queries; None where the store does not remember them.
    """

    languages: tuple[str, ...]
    keep: Keep
    dtype: str
    shard_size: int
    queries_as: str
    sources: Sources | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``xqg.json`` holds.

    :param factory: FAISS's factory string, for kinds that take one, else empty.
    :param hnsw_m: neighbours a node of an HNSW graph.
    :param ef_construction: candidates while an HNSW graph is built.
    :param threads: threads that built the graph; with more than one it is another graph each time.
    :param recipe: how the vectors were fused; with a late index, what is used where a search says nothing.
    :param view_delimiter: between a docid and a view's language.
    :param views: the most views that a passage has (1 where there are none).
    :param passages: passages in the index.
    :param vectors: vectors in the index.
    :param store: where the store was.
    :param store_inputs: the store's hash of its inputs.
    :param encoder: the encoder as it was asked for.
    :param fingerprint: the encoder's fingerprint.
    :param precision: the arithmetic that the passages were encoded in.
    :param similarity: how Lucene's scores are to be read.
    :param quantized: whether a Lucene graph compares vectors of 8-bit scalars.
    :param encoding: how the store was made.
    :param prior: what was expected of the passages' queries, and what that was made of; ``prior.npy`` holds it. None
        where passages were drawn towards their own queries alone.
    :param checksums: what is in the index -> its SHA-256: FAISS's files; of a late index the store's shards as
        ``shards``; of a Lucene index, whose files hold random identifiers, the ``docid`` and ``vectors`` that were put
        in.
    """

    kind: IndexKind
    factory: str
    hnsw_m: int
    ef_construction: int
    threads: int
    recipe: Recipe
    view_delimiter: str
    views: int
    passages: int
    vectors: int
    dimension: int
    store: str
    store_inputs: str
    encoder: str
    fingerprint: str
    precision: str
    similarity: Similarity = Similarity.NONE
    quantized: bool = False
    encoding: Encoding | None = field(default=None, compare=False)
    prior: PriorRecord | None = None
    checksums: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def has_views(self) -> bool:
        """Whether a passage may be in the index more than once."""
        return not self.kind.is_late and find_fusion(self.recipe.fusion).views


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write ``xqg.json`` into ``folder``."""
    INDEX_FILE.write(folder / MANIFEST, {**asdict(manifest), "kind": manifest.kind.name})


def read_manifest(folder: Path) -> Manifest | None:
    """Read ``xqg.json``; None where there is none, so that other people's indexes are left alone.

    :raises StoreError: it is damaged, of another format, or that of a BM25 index.
    """
    path = folder / MANIFEST
    return read_manifest_file(path) if path.is_file() else None


def read_manifest_file(path: Path) -> Manifest:
    """Read an ``xqg.json``, wherever it lies and whatever it is called.

    :raises StoreError: as :func:`read_manifest`.
    """
    manifest = INDEX_FILE.read_if(path, lambda raw: raw["kind"] != SPARSE_KIND, _manifest)
    if manifest is None:
        raise StoreError(
            f"{path.parent} is a BM25 index, which has no vectors; it goes to `pyserini-xqg search lucene`"
        )
    return manifest


def _manifest(raw: dict[str, Any]) -> Manifest:
    recipe = raw["recipe"]
    # What was built before there was a kappa was built without.
    settings = {"kappa": 0.0, **recipe, "languages": tuple(recipe["languages"])}
    weights = tuple((str(TextKind(kind)), float(weight)) for kind, weight in recipe.get("weights", ()))
    raw["recipe"] = Recipe(**{**settings, "kappas": tuple(recipe.get("kappas", ())), "weights": weights})
    raw["prior"] = prior_record(raw.get("prior"))
    raw["kind"] = kind_named(raw["kind"])
    raw["similarity"] = Similarity(raw.get("similarity", ""))
    raw["encoding"] = _encoding(raw.get("encoding"))
    return Manifest(**raw)


def _encoding(raw: Any) -> Encoding | None:
    if raw is None:
        return None
    return Encoding(
        **{
            **raw,
            "languages": tuple(raw["languages"]),
            "keep": Keep(raw["keep"]),
            "sources": sources_of(raw["sources"]),
        }
    )
