"""The inputs of an index, found again and checked by their hashes before anything is built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.encode.from_index.index_folder import hash_of_index
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


@dataclass(frozen=True, slots=True)
class IndexInput:
    """Something that an index was made from.

    :param what: ``corpus``, ``vectors`` or ``queries``, which is also the flag that says where it lies now.
    :param place: where it lies.
    """

    what: str
    source: Source
    place: Path

    @property
    def problem(self) -> str:
        """What is wrong with it, in words; empty where nothing is."""
        expected = self.source.sha256
        if not self.place.exists():
            return f"is missing, the {self.what} that the index was made from (SHA-256 {expected[:_SHOWN]}…)"
        found = hash_of_index(self.place) if self.what == "vectors" else hash_of(self.place)
        if found == expected:
            return ""
        return f"was changed: its SHA-256 is {found[:_SHOWN]}…, the index was made from {expected[:_SHOWN]}…"


def index_inputs(sources: Sources, places: MovedInputs) -> dict[str, IndexInput]:
    """What an index was made from, where it lies now; neither looked for nor looked at.

    :returns: ``corpus`` or ``vectors``, and ``queries`` where there are any.
    :raises UsageError: a place was given of something that the index was not made from.
    """
    found = {}
    for what, source, moved in (
        ("corpus", sources.corpus, places.corpus),
        ("vectors", sources.vectors, places.vectors),
        ("queries", sources.queries, places.queries),
    ):
        if source is not None:
            found[what] = IndexInput(what, source, moved or Path(source.path))
        elif moved is not None:
            raise UsageError(f"--{what} was given, and the index was made without {_WITHOUT[what]}; leave it out")
    return found


_WITHOUT = {
    "corpus": "a corpus, from another index's vectors",
    "vectors": "another index's vectors",
    "queries": "generated queries",
}


def find_sources(sources: Sources, places: MovedInputs) -> dict[str, Path]:
    """What an index was made from, as :func:`index_inputs`.

    :raises InputError: one is missing, or is another one than it was.
    :raises UsageError: see :func:`index_inputs`.
    """
    inputs = index_inputs(sources, places)
    for what, one in inputs.items():
        if problem := one.problem:
            raise InputError(Location(one.place), f"{problem}; say with --{what} where the original lies now")
    return {what: one.place for what, one in inputs.items()}


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
