"""Embeddings are the original checkpoint's, whatever texts come along, in the order given."""

from __future__ import annotations

import json
import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers
from tiny_checkpoint import HIDDEN
from tiny_graph import DIMENSION, write_word_encoder

from pyserini_xqg.encoder.encoder import Encoder, NotFiniteError
from pyserini_xqg.encoder.folder import CONFIG, MODEL, TOKENIZER, Side, read_config
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import EncoderError, SetupError, UsageError
from pyserini_xqg.export.sentences import SENTENCES

SPOKEN = [sentence.text for sentence in SENTENCES]
TEXTS = [*SPOKEN, "\u202bعربي\u202c e\u0301 👩‍👧", "long " * 400, "x" * 100_000, "", 'a\t"b"\n']
random.Random(0).shuffle(TEXTS)
PREFIX = {Side.QUERY: "query: ", Side.PASSAGE: "passage: "}
LENGTH = {Side.QUERY: 32, Side.PASSAGE: 128}


def original_embeddings(checkpoint: Path, side: Side) -> np.ndarray:
    """One text at a time in transformers: mean over the tokens, normalised."""
    tokenizer, model = (
        transformers.AutoTokenizer.from_pretrained(checkpoint),
        transformers.AutoModel.from_pretrained(checkpoint).eval(),
    )
    rows = []
    with torch.inference_mode():
        for text in TEXTS:
            tokens = tokenizer(
                PREFIX[side] + text.strip(), truncation=True, max_length=LENGTH[side], return_tensors="pt"
            )
            mean = model(**tokens).last_hidden_state[0].mean(dim=0)
            rows.append((mean / mean.norm()).numpy())
    return np.stack(rows)


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> Encoder:
    return Encoder(tiny_encoder, Precision.FP32, threads=2)


@pytest.mark.parametrize("side", Side)
def test_embeddings_are_those_of_the_original(tiny_bert: Path, encoder: Encoder, side: Side):
    expected = original_embeddings(tiny_bert, side)
    embeddings = encoder.encode(TEXTS, side)
    assert embeddings.dtype == np.float32
    assert embeddings.shape == (len(TEXTS), HIDDEN)
    np.testing.assert_allclose(embeddings, expected, atol=1e-4)
    one_by_one = [encoder.encode_one(text, side) for text in TEXTS]
    assert {(one.shape, one.dtype) for one in one_by_one} == {((HIDDEN,), np.dtype(np.float32))}
    np.testing.assert_allclose(np.stack(one_by_one), expected, atol=1e-4)


def test_the_sides_differ(encoder: Encoder):
    assert np.abs(encoder.encode_one("text", Side.QUERY) - encoder.encode_one("text", Side.PASSAGE)).max() > 1e-3


def test_company_makes_no_difference(encoder: Encoder):
    alone = encoder.encode(TEXTS[:10], Side.PASSAGE)
    for company in (TEXTS[10:], [*TEXTS[10:], *TEXTS, *TEXTS], ["x"] * 500):
        np.testing.assert_allclose(encoder.encode([*company, *TEXTS[:10]], Side.PASSAGE)[-10:], alone, atol=1e-5)


@pytest.mark.parametrize("budget", [1, 64, 100_000])
def test_the_budget_changes_nothing_but_the_batches(tiny_encoder: Path, encoder: Encoder, budget: int):
    other = Encoder(tiny_encoder, Precision.FP32, threads=1, token_budget=budget)
    np.testing.assert_allclose(other.encode(TEXTS, Side.PASSAGE), encoder.encode(TEXTS, Side.PASSAGE), atol=1e-5)
    # The texts have 3 to 128 tokens each.
    sizes = [len(positions) for positions, _ in other.encode_batches(TEXTS, Side.PASSAGE)]
    assert sum(sizes) == len(TEXTS)
    assert (max(sizes) == 1) == (budget == 1)
    assert (len(sizes) == 1) == (budget == 100_000)


@pytest.mark.parametrize("precision", [Precision.FP32, Precision.AUTO])
def test_threads_may_share_an_encoder(tiny_encoder: Path, precision: Precision):
    """As a server around Pyserini's searcher does."""
    shared = Encoder(tiny_encoder, precision, threads=2)
    expected = shared.encode(TEXTS, Side.QUERY)
    with ThreadPoolExecutor(6) as pool:
        single = np.stack(list(pool.map(lambda text: shared.encode_one(text, Side.QUERY), TEXTS * 3)))
        many = list(pool.map(lambda _: shared.encode(TEXTS, Side.QUERY), range(6)))
    np.testing.assert_allclose(
        single, np.concatenate([expected] * 3), atol=1e-5 if shared.precision is Precision.FP32 else 2e-2
    )
    assert all(np.array_equal(one, expected) for one in many)


def test_no_texts_give_no_rows(encoder: Encoder):
    assert encoder.encode([], Side.QUERY).shape == (0, HIDDEN)
    assert list(encoder.encode_batches([], Side.QUERY)) == []


@pytest.fixture(scope="module")
def exact(e5: Path) -> np.ndarray:
    return Encoder(e5, Precision.FP32).encode(SPOKEN, Side.QUERY)


@pytest.mark.parametrize(
    ("precision", "cosine"),
    [
        (Precision.BF16, 0.999),
        (Precision.INT8, 0.97),
    ],
)
def test_other_precisions_are_near_on_the_embedded_encoder(
    e5: Path, exact: np.ndarray, precision: Precision, cosine: float
):
    other = Encoder(e5, precision)
    assert other.precision is precision
    cosines = (exact * other.encode(SPOKEN, Side.QUERY)).sum(axis=1)
    assert cosine <= cosines.min() < 1 - 1e-7, "it is another arithmetic, and near"
    assert exact[0] @ other.encode_one(SPOKEN[0], Side.QUERY) >= cosine


@pytest.mark.parametrize("word", ["nan", "inf"])
@pytest.mark.parametrize("precision", [Precision.FP32, Precision.AUTO])
def test_numbers_that_are_not_finite_are_named_with_their_text(tmp_path: Path, word: str, precision: Precision):
    encoder = Encoder(write_word_encoder(tmp_path / "encoder"), precision, token_budget=4)
    np.testing.assert_allclose(
        encoder.encode(["one two", "three"], Side.QUERY), [[7.0] * DIMENSION, [5.0] * DIMENSION], rtol=1e-2
    )
    texts = ["three three three", "two", f"one {word} one", "one one"]
    with pytest.raises(
        NotFiniteError,
        match=rf"encoder gave NaN or Inf at {encoder.precision} for the text 'one {word} one'; try --precision",
    ) as caught:
        encoder.encode(texts, Side.QUERY)
    assert caught.value.position == 2
    with pytest.raises(NotFiniteError, match=f"for the text '{word}'"):
        encoder.encode_one(word, Side.QUERY)


def test_a_graph_of_another_dimension_is_named(tmp_path: Path):
    encoder = Encoder(write_word_encoder(tmp_path / "encoder", dimension=3), Precision.FP32)
    for encode in (lambda: encoder.encode(["one"], Side.QUERY), lambda: encoder.encode_one("one", Side.QUERY)):
        with pytest.raises(EncoderError, match=r"encoder gave 2 dimensions, its encoder\.json says 3; export it again"):
            encode()


@pytest.mark.parametrize("threads", [0, -1])
def test_threads_must_be_positive(tiny_encoder: Path, threads: int):
    with pytest.raises(UsageError, match=f"--threads is {threads}; it must be at least 1"):
        Encoder(tiny_encoder, Precision.FP32, threads)


def test_a_provider_decides_against_bf16(tiny_encoder: Path):
    assert Encoder(tiny_encoder, Precision.AUTO, provider="CPUExecutionProvider").precision is Precision.FP32
    with pytest.raises(SetupError, match="has no TensorrtExecutionProvider here"):
        Encoder(tiny_encoder, Precision.AUTO, provider="TensorrtExecutionProvider")


def changed(folder: Path, **settings: object) -> None:
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(config | settings))


DAMAGES = {
    "no encoder.json": (
        lambda folder: (folder / CONFIG).unlink(),
        r"is not an encoder folder: it has no encoder\.json",
    ),
    "no graph": (lambda folder: (folder / MODEL).unlink(), r"lacks model\.onnx; export the encoder again"),
    "no tokenizer": (lambda folder: (folder / TOKENIZER).unlink(), r"lacks tokenizer\.json"),
    "half an encoder.json": (lambda folder: (folder / CONFIG).write_text('{"format": 1,'), r"encoder\.json is damaged"),
    "another prefix": (lambda folder: changed(folder, query_prefix="search: "), r"encoder\.json was changed by hand"),
    "another length": (lambda folder: changed(folder, passage_max_length=64), "was changed by hand"),
    "another format": (lambda folder: changed(folder, format=2), "of a format that this version does not know"),
    "an unknown setting": (lambda folder: changed(folder, colour="blue"), r"encoder\.json is damaged \(.*colour"),
    "an unknown pooling": (
        lambda folder: changed(folder, pooling="max"),
        r"encoder\.json is damaged \('max' is not a valid Pooling",
    ),
    "a list": (lambda folder: (folder / CONFIG).write_text("[]"), r"encoder\.json is damaged"),
}


@pytest.mark.parametrize(("damage", "problem"), [pytest.param(*case, id=name) for name, case in DAMAGES.items()])
def test_a_damaged_folder_is_named(tmp_path: Path, tiny_encoder: Path, damage, problem: str):
    folder = shutil.copytree(tiny_encoder, tmp_path / "encoder")
    damage(folder)
    with pytest.raises(EncoderError, match=rf"{folder}.*{problem}"):
        Encoder(folder, Precision.FP32)


@pytest.mark.parametrize("name", [MODEL, TOKENIZER])
def test_a_changed_byte_is_found_by_its_hash(tmp_path: Path, tiny_encoder: Path, name: str):
    """A changed weight loads and gives other embeddings; only the hash can tell."""
    folder = shutil.copytree(tiny_encoder, tmp_path / "encoder")
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    read_config(folder)
    with pytest.raises(EncoderError, match=rf"{folder / name} is not the file that was exported \(its hash differs\)"):
        read_config(folder, check_hashes=True)
