"""What a shard holds, by an encoder whose embeddings can be worked out by hand: both numbers are the sum of one = 3,
two = 4, three = 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from tiny_graph import DIMENSION, write_word_encoder

from pyserini_xqg.encode.window import EncodedPassages, encode_window
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import EncoderError, Location
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.input.passages import Passage
from pyserini_xqg.input.queries import PassageQueries
from pyserini_xqg.store.meta import StoreMeta
from pyserini_xqg.store.shard import ShardContents

CORPUS, GENERATED = Path("c.jsonl"), Path("q.jsonl")
TEXTS = ["one", "two two", "three one", "one"]
QUERIES: list[dict[str, tuple[str, ...]] | None] = [
    {"ar": ("two", "one", "two"), "ja": ("three",)},
    None,
    {"ja": ("one one", "two")},
    {"ar": ("two",), "ja": ()},
]
# Rows of a matrix are constant, so that one number stands for a row.
SUMS = {"sum.ar": [4 + 3 + 4, 0, 0, 4], "sum.ja": [5, 0, 6 + 4, 0]}
COUNTS = [[3, 1], [0, 0], [0, 2], [1, 0]]
RANKS = {
    "query.ar.0": [4, 0, 0, 4],
    "query.ar.1": [3, 0, 0, 0],
    "query.ar.2": [4, 0, 0, 0],
    "query.ja.0": [5, 0, 6, 0],
    "query.ja.1": [0, 0, 4, 0],
    "query.ja.2": [0, 0, 0, 0],
}


class Recording(Encoder):
    """The encoder, and what it was asked to encode."""

    def encode_batches(self, texts: Sequence[str], side: Side) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        self.asked = [*getattr(self, "asked", []), (side, list(texts))]
        return super().encode_batches(texts, side)


@pytest.fixture
def encoder(tmp_path: Path) -> Recording:
    return Recording(write_word_encoder(tmp_path / "encoder"), Precision.FP32)


def encoded(
    encoder: Encoder,
    keep: Keep = Keep.LANGUAGES,
    dtype: str = "float32",
    texts: Sequence[str] = TEXTS,
    queries=QUERIES,
    queries_as: Side = Side.QUERY,
) -> ShardContents:
    ranks = 3 if keep is Keep.RANKS else 0
    meta = StoreMeta("", "", "", DIMENSION, dtype, ("ar", "ja"), keep, ranks, len(texts), 9, "", str(queries_as))
    passages = [Passage(f"d{row}", text, Location(CORPUS, row + 1)) for row, text in enumerate(texts)]
    records = [
        None if one is None else PassageQueries(f"d{row}", one, Location(GENERATED, row + 1))
        for row, one in enumerate(queries)
    ]
    return encode_window(encoder, meta, passages, records)


def check(contents: ShardContents, counts: list[list[int]], **matrices: list[int]) -> None:
    assert contents.docids == ["d0", "d1", "d2", "d3"]
    np.testing.assert_array_equal(contents.passages, np.repeat([[3], [8], [8], [3]], DIMENSION, axis=1))
    np.testing.assert_array_equal(contents.counts, counts)
    assert contents.counts.dtype == np.int32
    assert contents.matrices.keys() == matrices.keys()
    for stem, rows in matrices.items():
        np.testing.assert_array_equal(contents.matrices[stem], np.repeat(np.array(rows)[:, None], DIMENSION, axis=1))


def test_a_sum_a_language(encoder: Encoder):
    check(encoded(encoder), COUNTS, **SUMS)


def test_one_total(encoder: Encoder):
    check(encoded(encoder, Keep.TOTAL), [[4], [0], [2], [1]], sum=[16, 0, 10, 4])


def test_every_rank(encoder: Encoder):
    check(encoded(encoder, Keep.RANKS), COUNTS, **RANKS)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_vectors_are_stored_as_asked(encoder: Encoder, dtype: str):
    contents = encoded(encoder, dtype=dtype)
    assert {matrix.dtype for matrix in (contents.passages, *contents.matrices.values())} == {np.dtype(dtype)}


def test_the_same_words_are_encoded_once(encoder: Recording):
    encoded(encoder)
    assert dict(encoder.asked) == {Side.QUERY: ["two", "one", "three", "one one"], Side.PASSAGE: TEXTS}


def test_queries_may_go_through_the_passage_side(encoder: Recording):
    """Its limit is 16 tokens and the query side's is 8."""
    long = "one " * 12
    queries = [{"ar": (long,)}]
    assert encoded(encoder, texts=["one"], queries=queries).matrices["sum.ar"][0, 0] == 24
    assert encoded(encoder, texts=["one"], queries=queries, queries_as=Side.PASSAGE).matrices["sum.ar"][0, 0] == 36


def test_vectors_that_are_there_already_are_not_encoded(encoder: Recording):
    vectors = np.array([[0.5, 2], [1, 1], [-3, 4]], dtype=np.float32)
    meta = StoreMeta("", "", "", DIMENSION, "float16", ("ar",), Keep.LANGUAGES, 0, 3, 9, "", "query")
    queries = [None, PassageQueries("b", {"ar": ("two",)}, Location(GENERATED, 1)), None]
    contents = encode_window(encoder, meta, EncodedPassages(["a", "b", "c"], vectors), queries)
    assert contents.docids == ["a", "b", "c"]
    np.testing.assert_array_equal(contents.passages, vectors.astype(np.float16))
    assert contents.matrices["sum.ar"].tolist() == [[0, 0], [4, 4], [0, 0]]
    assert encoder.asked == [(Side.QUERY, ["two"])]


def test_no_queries_leave_zeros(encoder: Encoder):
    check(encoded(encoder, queries=[None] * 4), [[0, 0]] * 4, **{"sum.ar": [0] * 4, "sum.ja": [0] * 4})


@pytest.mark.parametrize("word", ["nan", "inf"])
def test_a_text_that_gives_no_number_is_named_with_its_line(encoder: Encoder, word: str):
    with pytest.raises(EncoderError, match=rf"^c\.jsonl:3: .* gave NaN or Inf at fp32 for the text 'two {word}'"):
        encoded(encoder, texts=["one", "three three three", f"two {word}", "two"])
    queries = [QUERIES[0], None, {"ja": ("one", f"{word} one")}, {"ar": (f"{word} one",)}]
    with pytest.raises(EncoderError, match=rf"^q\.jsonl:3: .* for the text '{word} one'"):
        encoded(encoder, queries=queries)


def test_a_number_too_large_for_float16_is_named(encoder: Encoder):
    """16,000 queries of eight times three make 384,000; float16 ends at 65,504."""
    queries = [{"ar": ("one " * 8,) * 16_000}]
    assert encoded(encoder, texts=["one"], queries=queries).matrices["sum.ar"][0, 0] == 384_000
    with pytest.raises(
        EncoderError, match=r"a vector is too large for float16 \(largest value 384,000\); encode with --dtype float32"
    ):
        encoded(encoder, dtype="float16", texts=["one"], queries=queries)
