"""One window of passages and their queries into the contents of one shard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.encoder.encoder import Encoder, NotFiniteError
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.text_side import side_of
from pyserini_xqg.errors import EncoderError, Location
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.text_kind import kind_of
from pyserini_xqg.input.passages import Passage
from pyserini_xqg.input.queries import PassageQueries
from pyserini_xqg.store.meta import StoreMeta
from pyserini_xqg.store.shard import ShardContents, matrix_stems


@dataclass(frozen=True, slots=True)
class Place:
    """Where one query's vector goes: the passage's row, the language's column, and its rank among that language's
    queries.
    """

    row: int
    column: int
    rank: int


@dataclass(frozen=True, slots=True)
class EncodedPassages:
    """Passages and their vectors, which need not be encoded any more.

    :param vectors: float32 ``[passages, dimension]``.
    """

    docids: Sequence[str]
    vectors: np.ndarray

    def __len__(self) -> int:
        return len(self.docids)


def encode_window(
    encoder: Encoder,
    meta: StoreMeta,
    passages: Sequence[Passage] | EncodedPassages,
    queries: Sequence[PassageQueries | None],
) -> ShardContents:
    """Encode a window; queries with the same words are encoded once, and no more than a batch of their vectors is held.

    :param meta: of the store that the shard is for; it decides what is kept, and which side's prefix and length limit
        the queries get.
    :param passages: their texts, or their vectors where they are there already.
    :raises EncoderError: a vector is not finite, or does not fit the store's dtype.
    """
    dtype = np.dtype(meta.dtype)
    places = _places(queries, meta)
    lines = {row: record.where for row, record in enumerate(queries) if record is not None}
    matrices = _zeros(meta, len(passages))
    for side, of_text in places.items():
        if of_text:  # the encoder loads its model for the first text, and there may be none in the whole store
            with _located([lines[found[0].row] for found in of_text.values()]):
                _accumulate(encoder, meta, side, of_text, matrices)
    embedded = passages if isinstance(passages, EncodedPassages) else _embedded(encoder, passages)
    return ShardContents(
        docids=embedded.docids,
        passages=_stored(embedded.vectors, dtype),
        counts=_counts(places.values(), len(passages), meta),
        matrices={stem: _stored(matrix, dtype) for stem, matrix in matrices.items()},
    )


def _embedded(encoder: Encoder, passages: Sequence[Passage]) -> EncodedPassages:
    with _located([passage.where for passage in passages]):
        vectors = encoder.encode([passage.contents for passage in passages], Side.PASSAGE)
    return EncodedPassages([passage.docid for passage in passages], vectors)


@contextmanager
def _located(lines: Sequence[Location]) -> Iterator[None]:
    """Say where in the input the text stands that an encoder could not embed."""
    try:
        yield
    except NotFiniteError as error:
        raise EncoderError(f"{lines[error.position]}: {error}") from error


def _places(queries: Sequence[PassageQueries | None], meta: StoreMeta) -> dict[Side, dict[str, list[Place]]]:
    """By side and text where its vector goes."""
    places: dict[Side, dict[str, list[Place]]] = {side: {} for side in Side}
    sides = [side_of(kind_of(name), Side(meta.queries_as)) for name in meta.languages]
    for row, record in enumerate(queries):
        if record is None:
            continue
        for column, (name, side) in enumerate(zip(meta.languages, sides, strict=True)):
            for rank, text in enumerate(record.queries.get(name, ())):
                places[side].setdefault(text, []).append(Place(row, column, rank))
    return places


def _zeros(meta: StoreMeta, rows: int) -> dict[str, np.ndarray]:
    stems = matrix_stems(meta.keep, meta.languages, meta.ranks)
    return {stem: np.zeros((rows, meta.dimension), dtype=np.float32) for own in stems for stem in own}


def _accumulate(
    encoder: Encoder, meta: StoreMeta, side: Side, places: dict[str, list[Place]], matrices: dict[str, np.ndarray]
) -> None:
    stems, texts = matrix_stems(meta.keep, meta.languages, meta.ranks), list(places)
    for positions, embeddings in encoder.encode_batches(texts, side):
        for position, embedding in zip(positions, embeddings, strict=True):
            for place in places[texts[position]]:
                rank = place.rank if meta.keep is Keep.RANKS else 0
                matrices[stems[_column(place, meta)][rank]][place.row] += embedding


def _column(place: Place, meta: StoreMeta) -> int:
    return 0 if meta.keep is Keep.TOTAL else place.column


def _counts(places: Iterable[dict[str, list[Place]]], rows: int, meta: StoreMeta) -> np.ndarray:
    columns = 1 if meta.keep is Keep.TOTAL else len(meta.languages)
    counts = np.zeros((rows, columns), dtype=np.int32)
    for of_text in places:
        for targets in of_text.values():
            for place in targets:
                counts[place.row, _column(place, meta)] += 1
    return counts


def _stored(vectors: np.ndarray, dtype: np.dtype) -> np.ndarray:
    with np.errstate(over="ignore"):
        stored = vectors.astype(dtype)
    if not np.isfinite(stored).all():
        raise EncoderError(
            f"a vector is too large for {dtype} (largest value {np.abs(vectors).max():,.0f}); encode with --dtype "
            "float32"
        )
    return stored
