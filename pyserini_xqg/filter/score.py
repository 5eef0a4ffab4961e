"""The consistency of a window's queries: passages and queries through the encoder in batches, the same words once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from pyserini_xqg.encoder.encoder import Encoder, NotFiniteError
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.text_side import side_of
from pyserini_xqg.errors import EncoderError, Location
from pyserini_xqg.filter.checks.consistency import cosines, unit, zscores
from pyserini_xqg.filter.examine import entries
from pyserini_xqg.filter.reasons import KEPT, DropReason, suits
from pyserini_xqg.filter.settings import Consistency
from pyserini_xqg.input.passages import Passage
from pyserini_xqg.input.queries import PassageQueries


class Scorer:
    """Measures consistency.

    :param places: the sample's places in the corpus, ascending.
    :param references: the sample's vectors, float32 ``[sample, dimension]``, of length one; unused for
        :attr:`Consistency.COSINE`.
    """

    def __init__(self, encoder: Encoder, consistency: Consistency, places: np.ndarray, references: np.ndarray) -> None:
        self._encoder = encoder
        self._consistency = consistency
        self._own = {int(place): number for number, place in enumerate(places)}
        self._references = references

    def score(
        self, first: int, passages: Sequence[Passage], queries: Sequence[PassageQueries | None], verdicts: np.ndarray
    ) -> None:
        """Fill in ``score`` of the queries that stay so far.

        :param first: the place of the window's first passage in the corpus.
        :raises EncoderError: a vector is not finite.
        """
        places: dict[Side, dict[str, list[tuple[int, int]]]] = {side: {} for side in Side}
        lines = {row: record.where for row, record in enumerate(queries) if record is not None}
        for number, entry in enumerate(entries(queries)):
            if verdicts["reason"][number] == KEPT and suits(DropReason.INCONSISTENT, entry.kind):
                places[side_of(entry.kind)].setdefault(entry.text, []).append((number, entry.row))
        rows = sorted({row for own in places.values() for found in own.values() for _, row in found})
        if not rows:
            return
        with located([passages[row].where for row in rows]):
            vectors = np.zeros((len(passages), self._encoder.dimension), dtype=np.float32)
            vectors[rows] = unit(self._encoder.encode([passages[row].contents for row in rows], Side.PASSAGE))
        own = np.array([self._own.get(first + row, -1) for row in range(len(passages))], dtype=np.int64)
        for side, of_text in places.items():
            texts = list(of_text)
            if not texts:
                continue
            with located([lines[found[0][1]] for found in of_text.values()]):
                for positions, batch in self._encoder.encode_batches(texts, side):
                    pairs = [
                        (number, row, at)
                        for at, position in enumerate(positions)
                        for number, row in of_text[texts[position]]
                    ]
                    numbers, window_rows, at = np.array(pairs, dtype=np.int64).T
                    verdicts["score"][numbers] = self._measure(unit(batch)[at], vectors[window_rows], own[window_rows])

    def _measure(self, queries: np.ndarray, passages: np.ndarray, own: np.ndarray) -> np.ndarray:
        if self._consistency is Consistency.COSINE:
            return cosines(queries, passages)
        return zscores(queries, passages, self._references, own)


@contextmanager
def located(lines: Sequence[Location]) -> Iterator[None]:
    """Say where in the input the text stands that an encoder could not embed."""
    try:
        yield
    except NotFiniteError as error:
        raise EncoderError(f"{lines[error.position]}: {error}") from error
