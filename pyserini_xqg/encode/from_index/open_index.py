"""An index folder, opened, after a look whether its vectors are what the encoder would make of the passages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pyserini_xqg.encode.from_index.index_folder import IndexLayout, layout_of
from pyserini_xqg.encode.from_index.index_vectors import IndexVectors
from pyserini_xqg.encode.recipe import EncoderAbout
from pyserini_xqg.errors import EncoderError, StoreError, UsageError
from pyserini_xqg.manifests.dense import Manifest, read_manifest

_SAMPLE = 64
"""Vectors whose lengths are looked at."""
_UNIT_TOLERANCE = 1e-2
"""How far from 1 the length of a normalised vector may be that was stored as float16 on its way."""
_ROUGH_TOLERANCE = 0.5
"""The same where the index keeps codes: those of few bytes shorten a vector by a third."""
_SHOWN = 12
"""Digits of a fingerprint that tell it from others."""


@dataclass(frozen=True, slots=True)
class ChosenEncoder:
    """The encoder that the index's vectors shall be of.

    :param name: how it was asked for.
    """

    name: str
    about: EncoderAbout


@contextmanager
def opened_index(place: Path, encoder: ChosenEncoder) -> Iterator[IndexVectors]:
    """Open an index folder, FAISS's in Pyserini's layout or Lucene's.

    :raises InputError: there is no index, or it is not whole.
    :raises EncoderError: its vectors are another encoder's, as far as can be told.
    :raises UsageError: its vectors are not those of passages alone, or cannot be taken out.
    :raises StoreError: it is damaged.
    """
    make = _opener(place)
    manifest = read_manifest(place)
    if manifest is not None:
        _check_manifest(place, manifest, encoder)
    with closing(make(place)) as index:
        _check_dimension(index, encoder)
        if manifest is not None:
            _check_checksums(index, manifest)
        _check_lengths(index, encoder)
        yield index


def _opener(place: Path) -> Callable[[Path], IndexVectors]:
    if layout_of(place) is IndexLayout.FAISS:
        from pyserini_xqg.encode.from_index.faiss_vectors import FaissVectors

        return FaissVectors
    from pyserini_xqg.encode.from_index.lucene_vectors import LuceneVectors

    return LuceneVectors


def _check_manifest(place: Path, manifest: Manifest, encoder: ChosenEncoder) -> None:
    recipe = manifest.recipe
    if recipe.languages and (manifest.has_views or recipe.alpha > 0):
        fused = "views" if manifest.has_views else f"passages fused with queries (alpha {recipe.alpha:g})"
        raise UsageError(
            f"--vectors {place}: its vectors are those of {fused}, not of the passages; give an index of the passages "
            f"alone, or the store {manifest.store} to `pyserini-xqg index`"
        )
    if manifest.fingerprint != encoder.about.fingerprint:
        raise EncoderError(
            f"{place} was made with the encoder {manifest.encoder} ({manifest.fingerprint[:_SHOWN]}), --encoder is "
            f"{encoder.name} ({encoder.about.fingerprint[:_SHOWN]}); encode with the same one"
        )


def _check_dimension(index: IndexVectors, encoder: ChosenEncoder) -> None:
    if index.dimension != encoder.about.dimension:
        raise EncoderError(
            f"{index.place} holds vectors of {index.dimension:,} dimensions, the encoder {encoder.name} gives "
            f"{encoder.about.dimension:,}; give the encoder that made them"
        )


def _check_checksums(index: IndexVectors, manifest: Manifest) -> None:
    """What is in an index of ours is what was written; Lucene's files are known by other checksums."""
    if manifest.kind.is_lucene:
        return
    for path, digest in zip(index.files(), index.file_hashes(), strict=True):
        if manifest.checksums.get(path.name, digest) != digest:
            raise StoreError(f"{path} was changed after it was written (its checksum differs); build the index again")


def _check_lengths(index: IndexVectors, encoder: ChosenEncoder) -> None:
    """An index's vectors may have been normalised, or not, or fused by whoever built it; their lengths show it.

    :raises EncoderError: they are not as long as the encoder makes them.
    """
    vectors = index.vectors(index.sample(_SAMPLE))
    lengths = np.sqrt(np.vecdot(vectors, vectors))
    lengths = lengths[np.isfinite(lengths)]
    if not len(lengths):
        return  # the survey finds an empty index, and whoever takes a vector that is not finite says whose it is
    shortest, longest = lengths.min(), lengths.max()
    found = f"{index.place} holds vectors of length {shortest:.3g} to {longest:.3g}"
    if encoder.about.normalized:
        # The median: an odd passage, such as an empty one, says nothing about how the others were made.
        if not abs(np.median(lengths) - 1.0) <= (_UNIT_TOLERANCE if index.exact else _ROUGH_TOLERANCE):
            raise EncoderError(
                f"{found}, those of the encoder {encoder.name} are of length one; give the encoder that made them, or "
                "export this one with --no-normalize"
            )
    elif max(abs(shortest - 1.0), abs(longest - 1.0)) <= _UNIT_TOLERANCE:
        raise EncoderError(
            f"{found}, and the encoder {encoder.name} does not normalise; give the encoder that made them, or export "
            "this one with --normalize"
        )
