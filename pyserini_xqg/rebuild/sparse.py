"""A BM25 index again."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.files.sources import Sources
from pyserini_xqg.fusion.text_kind import languages_of
from pyserini_xqg.index.cards.commands import sparse_command
from pyserini_xqg.index.output import there_already
from pyserini_xqg.index.sparse import SparseOptions, build_sparse_index
from pyserini_xqg.input.records import OnError
from pyserini_xqg.machine import available_cores
from pyserini_xqg.manifests.sparse import SparseManifest, read_sparse_manifest
from pyserini_xqg.rebuild.inputs import find_sources, index_inputs
from pyserini_xqg.rebuild.places import MovedInputs, RebuildOptions
from pyserini_xqg.rebuild.verdict import RebuildVerdict


def rebuild_sparse(manifest: SparseManifest, output: Path, places: MovedInputs, how: RebuildOptions) -> RebuildVerdict:
    """Build the index again from corpus and queries.

    :raises InputError: one of them is missing or was changed.
    :raises OutputError: ``output`` holds something else.
    :raises StoreError: ``xqg.json`` does not say which corpus it was.
    :raises UsageError: a place was given of something that a BM25 index has not.
    """
    _refuse(places)
    found = find_sources(_sources(manifest), places)
    if output.is_dir():
        there_already(output, manifest, read_sparse_manifest, lambda *_: True)  # whether it is this one is seen later
    how.say(f"index: {output}")
    # The input is the same, byte for byte: where records were left out, the same ones are again, and elsewhere none is.
    result = build_sparse_index(
        corpus=found["corpus"],
        queries=found.get("queries"),
        output=output,
        options=_options(manifest),
        threads=how.threads or available_cores(),
        on_error=OnError.SKIP,
    )
    if not result.made:
        how.say(f"{output} holds this index already; nothing was done")
    return RebuildVerdict.of(manifest.checksums, result.manifest.checksums, put_in=True)


def _refuse(places: MovedInputs) -> None:
    for flag, given in (("--store", places.store), ("--encoder", places.encoder)):
        if given is not None:
            raise UsageError(f"{flag} was given, and a BM25 index has none; leave it out")


def _sources(manifest: SparseManifest) -> Sources:
    if manifest.sources is None:
        raise StoreError(
            "xqg.json does not say which corpus the index was made from; run index-sparse with the corpus instead"
        )
    return manifest.sources


def _options(manifest: SparseManifest) -> SparseOptions:
    stored = manifest.stored
    return SparseOptions(
        language=manifest.language,
        languages=languages_of(manifest.languages) or None,
        queries_per_language=manifest.queries_per_language,
        store_positions="-storePositions" in stored,
        store_docvectors="-storeDocvectors" in stored,
        store_raw="-storeRaw" in stored,
    )


def plan_sparse(manifest: SparseManifest, output: Path, places: MovedInputs) -> tuple[list[str], list[list[str]]]:
    """What a rebuild would find, a line each, and the command that does the same."""
    _refuse(places)
    inputs = index_inputs(_sources(manifest), places)
    found = [f"{what} {one.place}: {one.problem or 'there'}" for what, one in inputs.items()]
    words = {what: str(one.place) for what, one in inputs.items()}
    return found, [sparse_command(manifest, words["corpus"], words.get("queries"), str(output))]
