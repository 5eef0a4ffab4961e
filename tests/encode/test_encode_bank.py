"""A bank in an encoder's space: encoded once, kept, and made anew where what was kept is damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_graph import write_word_encoder

from pyserini_xqg.encode.bank import bank_means
from pyserini_xqg.encoder.encoder import Encoder, NotFiniteError
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import EncoderError
from pyserini_xqg.fusion.bank import BankKind, BankMeans
from pyserini_xqg.input.bank import QuestionBank

TEXTS = {"sw": ("Ni nini?", "Ni nani?", "Ni wapi ilipo shule?"), "ja": ("何時ですか", "どこ")}


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> Encoder:
    return Encoder(tiny_encoder, Precision.FP32, 1)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache/banks"


def bank(kind: BankKind = BankKind.QUESTIONS, texts: dict[str, tuple[str, ...]] = TEXTS) -> QuestionBank:
    return QuestionBank("mine", kind, texts)


class Loads:
    """Loads the encoder, and counts how often."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.number = 0

    def __call__(self) -> Encoder:
        self.number += 1
        return self._encoder

    def means(self, of: QuestionBank, precision: str = "fp32") -> BankMeans:
        return bank_means(of, self._encoder.config.fingerprint, precision, self)


@pytest.mark.parametrize("kind", BankKind)
def test_it_is_the_mean_of_its_texts_as_queries_or_as_passages(encoder: Encoder, kind: BankKind):
    found = Loads(encoder).means(bank(kind))
    side = Side.QUERY if kind is BankKind.QUESTIONS else Side.PASSAGE
    assert list(found.means) == ["sw", "ja"]
    for code, texts in TEXTS.items():
        expected = np.mean([encoder.encode_one(text, side) for text in texts], axis=0)
        np.testing.assert_allclose(found.means[code], expected, atol=1e-5)
        assert found.means[code].dtype == np.float32
    assert (found.name, found.kind, found.sha256) == ("mine", kind, bank(kind).sha256)
    assert (found.fingerprint, found.numbers) == (encoder.config.fingerprint, {"sw": 3, "ja": 2})


def test_the_second_time_the_encoder_is_not_even_loaded(encoder: Encoder, cache: Path):
    loads = Loads(encoder)
    first = loads.means(bank())
    assert loads.number == 1
    again = loads.means(bank())
    assert loads.number == 1
    for code in TEXTS:
        np.testing.assert_array_equal(again.means[code], first.means[code])
    assert len(list(cache.iterdir())) == 2
    one_more = loads.means(bank(texts={**TEXTS, "fi": ("Mikä?",)}))
    assert loads.number == 2
    assert len(list(cache.iterdir())) == 3
    np.testing.assert_array_equal(one_more.means["ja"], first.means["ja"])


def test_what_makes_another_mean_is_kept_apart(encoder: Encoder, cache: Path):
    loads = Loads(encoder)
    loads.means(bank())
    loads.means(bank(BankKind.TEXT))
    loads.means(bank(), precision="bf16")
    loads.means(bank(texts={"sw": TEXTS["sw"][:2]}))
    assert loads.number == 4
    assert len(list(cache.iterdir())) == 7


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "nan", "another shape", "doubles", "pickle"])
def test_what_was_damaged_is_made_anew(encoder: Encoder, cache: Path, damage: str):
    loads = Loads(encoder)
    only_one = bank(texts={"sw": TEXTS["sw"]})
    first = loads.means(only_one).means["sw"]
    (kept,) = cache.iterdir()
    match damage:
        case "cut":
            kept.write_bytes(kept.read_bytes()[:-9])
        case "empty":
            kept.write_bytes(b"")
        case "text":
            kept.write_text("no array")
        case "nan":
            np.save(kept, np.full_like(first, np.nan))
        case "another shape":
            np.save(kept, first[None])
        case "doubles":
            np.save(kept, first.astype(np.float64))
        case "pickle":
            np.save(kept, np.array([{}]), allow_pickle=True)
    np.testing.assert_array_equal(loads.means(only_one).means["sw"], first)
    assert loads.number == 2
    np.testing.assert_array_equal(np.load(kept), first)


def test_another_encoder_than_the_vectors_is_refused_and_nothing_kept(encoder: Encoder, cache: Path):
    with pytest.raises(
        EncoderError, match=r"is not the one that the vectors were made with .*; give that one with --encoder"
    ):
        bank_means(bank(), "0" * 64, "fp32", lambda: encoder)
    assert not cache.exists()


def test_an_encoder_that_gives_nan_is_named_and_nothing_kept(tmp_path: Path, cache: Path):
    broken = Encoder(write_word_encoder(tmp_path / "encoder"), Precision.FP32)
    with pytest.raises(NotFiniteError, match="gave NaN or Inf at fp32 for the text 'one nan'"):
        Loads(broken).means(bank(texts={"sw": ("one two", "one nan")}))
    assert not list(cache.parent.rglob("*.npy"))
