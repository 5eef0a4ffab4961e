"""An index of vectors again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.index.cards.commands import encode_command, index_command
from pyserini_xqg.index.output import there_already
from pyserini_xqg.index.types import TYPES
from pyserini_xqg.machine import available_cores
from pyserini_xqg.manifests.dense import Manifest, read_manifest
from pyserini_xqg.rebuild.inputs import index_inputs
from pyserini_xqg.rebuild.places import MovedInputs, RebuildOptions
from pyserini_xqg.rebuild.prior import find_prior_sources
from pyserini_xqg.rebuild.stores import candidates, find_store, new_store, store_problem
from pyserini_xqg.rebuild.verdict import RebuildVerdict


def rebuild_dense(
    manifest: Manifest, origin: Path, output: Path, places: MovedInputs, how: RebuildOptions
) -> RebuildVerdict:
    """Build the index again from its store, or, where that is gone, from encoder, queries, and the corpus or the index
    in its place.

    :param origin: the ``xqg.json`` that ``manifest`` was read from.
    :raises OutputError: ``output`` holds something else; this is seen before anything is encoded.
    :raises XqgError: an input is missing or was changed; see :func:`~pyserini_xqg.rebuild.stores.find_store`.
    """
    there = there_already(output, manifest, read_manifest, _same)
    if there is not None:
        how.say(f"{output} holds this index already; nothing was done")
        return _verdict(manifest, there)
    store = find_store(manifest, origin, output, places, how)
    sources = find_prior_sources(manifest, places, how)
    how.say(f"index: {output}")
    return _verdict(manifest, build_index(store, output, manifest.recipe, _options(manifest, how), sources).manifest)


def _same(there: Manifest, wanted: Manifest) -> bool:
    """Whether it is the index that is wanted, whatever store it was built from."""
    return replace(there, store=wanted.store, encoder=wanted.encoder, precision=wanted.precision) == wanted


def _options(manifest: Manifest, how: RebuildOptions) -> IndexOptions:
    return IndexOptions(
        kind=manifest.kind,
        factory=manifest.factory,
        hnsw_m=manifest.hnsw_m,
        ef_construction=manifest.ef_construction,
        threads=manifest.threads,
        fusing_threads=how.threads or available_cores(),
        view_delimiter=manifest.view_delimiter,
        allow_unequal=True,  # who built it has let that pass, or had no need to
        allow_none=True,
        quantize=manifest.quantized,
    )


def _verdict(before: Manifest, after: Manifest) -> RebuildVerdict:
    reasons, index_type = [], TYPES[before.kind]
    if before.precision != after.precision:
        reasons.append(f"encoded at {after.precision}, the original at {before.precision}")
    if before.threads > 1 and index_type.threads_show:
        reasons.append(f"{before.threads} threads built it, which make another graph each time")
    if not reasons and before.store != after.store:
        reasons.append("another machine or another release of a library encodes to other last bits")
    return RebuildVerdict.of(before.checksums, after.checksums, tuple(reasons), put_in=index_type.put_in)


def plan_dense(
    manifest: Manifest, origin: Path, output: Path, places: MovedInputs
) -> tuple[list[str], list[list[str]]]:
    """What a rebuild would find, a line each, and the commands that do the same."""
    tried = [(folder, store_problem(manifest, folder)) for folder in candidates(manifest, origin, places)]
    usable = next((folder for folder, problem in tried if not problem), None)
    found = [f"store {folder}: {problem or 'there'}" for folder, problem in tried]
    if usable is not None or manifest.encoding is None or manifest.encoding.sources is None:
        return found, [index_command(manifest, str(usable or tried[0][0]), str(output))]
    inputs = index_inputs(manifest.encoding.sources, places)
    found += [f"{what} {one.place}: {one.problem or 'there'}" for what, one in inputs.items()]
    words = {what: str(one.place) for what, one in inputs.items()}
    encoder = places.encoder or manifest.encoder
    found.append(f"encoder {encoder}: fingerprint {manifest.fingerprint} is expected")
    store = str(new_store(output))
    return found, [
        encode_command(
            manifest=manifest,
            encoding=manifest.encoding,
            corpus=words.get("vectors") or words["corpus"],
            queries=words.get("queries"),
            encoder=encoder,
            store=store,
        ),
        index_command(manifest, store, str(output)),
    ]
