"""``xqg.json`` of a BM25 index: its fields and their analyzers, and what is needed to build it again.

It is the one place that says which analyzer a field has; the Java bridge reads it while the index is made and whenever
it is searched.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import StoreError
from pyserini_xqg.files.sources import Sources, sources_of
from pyserini_xqg.files.whole import is_partial
from pyserini_xqg.fusion.text_kind import language_of
from pyserini_xqg.languages import analyzer_for
from pyserini_xqg.manifests.dense import INDEX_FILE, MANIFEST, SPARSE_KIND

CONTENTS = "contents"
"""The field of the passages' own text, as Anserini calls it."""
_PREFIX = "xqg_"


@dataclass(frozen=True, slots=True)
class SparseManifest:
    """What ``xqg.json`` holds.

    :param fields: field -> name of its analyzer, ``contents`` first; see :func:`pyserini_xqg.languages.analyzer_for`.
    :param language: the passages' language.
    :param languages: the columns of the generated texts (``ar``, ``ar.gloss``), each with a field.
    :param queries_per_language: only so many of each language are in there; None for all.
    :param passages: passages in the index.
    :param inputs: the hash of corpus and queries.
    :param stored: what was stored beside the inverted lists, Anserini's flags.
    :param sources: where corpus and queries lay.
    :param checksums: ``documents`` -> SHA-256 of the documents that were put in; Lucene's own files hold random
        identifiers.
    """

    fields: dict[str, str]
    language: str
    languages: tuple[str, ...]
    queries_per_language: int | None
    passages: int
    inputs: str
    stored: tuple[str, ...]
    sources: Sources | None = field(default=None, compare=False)
    checksums: dict[str, str] = field(default_factory=dict, compare=False)


def field_of(name: str) -> str:
    """The field of a column (:func:`~pyserini_xqg.fusion.text_kind.column`) of generated texts: ``xqg_ar``,
    ``xqg_ar_gloss``.
    """
    return _PREFIX + key_of(name)


def key_of(name: str) -> str:
    """What a column is called in a document that is indexed: ``ar``, ``ar_gloss``."""
    return name.replace(".", "_")


def fields_of(language: str, languages: tuple[str, ...]) -> dict[str, str]:
    """Field -> analyzer, for passages and these columns of generated texts."""
    own = {field_of(name): analyzer_for(language_of(name)) for name in languages}
    return {CONTENTS: analyzer_for(language), **own}


def write_sparse_manifest(folder: Path, manifest: SparseManifest) -> None:
    """Write ``xqg.json`` into ``folder``."""
    INDEX_FILE.write(folder / MANIFEST, {"kind": SPARSE_KIND, **asdict(manifest)})


def read_sparse_manifest(folder: Path) -> SparseManifest | None:
    """Read ``xqg.json``; None where there is none or where it is that of another kind of index.

    :raises StoreError: it is damaged or of another format, or the folder is what a killed ``index-sparse`` left behind.
    """
    manifest = read_sparse_manifest_file(folder / MANIFEST) if (folder / MANIFEST).is_file() else None
    if manifest is None:
        return None
    if is_partial(folder.resolve()) or not any(folder.glob("segments_*")):
        raise StoreError(
            f"{folder} is an index that was never finished (index-sparse was killed there); remove it and build the "
            "index again"
        )
    return manifest


def read_sparse_manifest_file(path: Path) -> SparseManifest | None:
    """Read the ``xqg.json`` of a BM25 index, wherever it lies and whatever it is called; None where it is that of
    another kind of index.

    :raises StoreError: it is damaged or of another format.
    """
    return INDEX_FILE.read_if(path, lambda raw: raw.pop("kind") == SPARSE_KIND, _manifest)


def _manifest(raw: dict[str, Any]) -> SparseManifest:
    read = {
        "languages": tuple(raw["languages"]),
        "stored": tuple(raw["stored"]),
        "sources": sources_of(raw.get("sources")),
    }
    manifest = SparseManifest(**{**raw, **read})
    if not {CONTENTS, *map(field_of, manifest.languages)} <= manifest.fields.keys():
        raise ValueError("a language has no field")
    return manifest
