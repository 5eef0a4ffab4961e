"""The inputs of an index, found again and checked by their hashes before anything is built."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import read_config
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import EncoderError, InputError, Location, StoreError, UsageError
from pyserini_xqg.export.resolve import resolve_for
from pyserini_xqg.files.sources import Source, Sources
from pyserini_xqg.index.cards.commands import precision_of
from pyserini_xqg.input.hashes import hash_of
from pyserini_xqg.manifests.dense import Manifest
from pyserini_xqg.rebuild.places import MovedInputs, RebuildOptions

_SHOWN = 12
"""Digits of a hash that tell it from others."""


def find_sources(sources: Sources, places: MovedInputs) -> tuple[Path, Path | None]:
    """The corpus and the queries that an index was made from.

    :raises InputError: one is missing, or is another one than it was.
    :raises UsageError: queries were given for an index without any.
    """
    if sources.queries is None and places.queries is not None:
        raise UsageError("--queries was given, and the index was made without generated queries; leave it out")
    corpus = _find(sources.corpus, places.corpus, "corpus")
    return corpus, _find(sources.queries, places.queries, "queries") if sources.queries else None


def _find(source: Source, moved: Path | None, what: str) -> Path:
    place = moved or Path(source.path)
    if problem := source_problem(source, moved, what):
        raise InputError(Location(place), f"{problem}; say with --{what} where the original lies now")
    return place


def source_problem(source: Source, moved: Path | None, what: str) -> str:
    """What is wrong with an input, in words; empty where nothing is."""
    place = moved or Path(source.path)
    if not place.exists():
        return f"is missing, the {what} that the index was made from (SHA-256 {source.sha256[:_SHOWN]}…)"
    found = hash_of(place)
    return (
        ""
        if found == source.sha256
        else f"was changed: its SHA-256 is {found[:_SHOWN]}…, the index was made from {source.sha256[:_SHOWN]}…"
    )


def find_encoder(manifest: Manifest, places: MovedInputs, how: RebuildOptions) -> Encoder:
    """The encoder that the passages were encoded with, loaded, in the same arithmetic.

    :raises EncoderError: it cannot be had, or is another one.
    :raises StoreError: ``xqg.json`` names an arithmetic that there is not.
    """
    name = places.encoder or manifest.encoder
    try:
        precision = Precision(precision_of(manifest))
    except ValueError as error:
        raise StoreError(
            f"the index was encoded at {manifest.precision!r}, which this version does not know; upgrade pyserini-xqg"
        ) from error
    try:
        folder = resolve_for(name, precision, how.provider)
    except EncoderError as error:
        raise EncoderError(
            f"the encoder {name}, which the index was made with, cannot be had ({error}); say with --encoder where it "
            "lies now"
        ) from error
    found = read_config(folder, check_hashes=True).fingerprint
    if found != manifest.fingerprint:
        raise EncoderError(
            f"the encoder {name} is another one than the index was made with (fingerprint {found[:_SHOWN]}…, expected "
            f"{manifest.fingerprint[:_SHOWN]}…); say with --encoder where that lies"
        )
    return Encoder(folder, precision, how.threads, how.provider)
