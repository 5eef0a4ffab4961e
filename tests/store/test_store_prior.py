"""What a store says of the queries to be expected, against loops over all of its vectors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from random_store import RandomStore, random_store, related_store, store_of

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.expected.bank import BankKind, BankMeans
from pyserini_xqg.fusion.expected.moments import LARGEST_KAPPA, NOISE_KAPPA
from pyserini_xqg.fusion.expected.prior_record import LEARNED
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.store import dealing
from pyserini_xqg.store.prior import NO_SOURCES, LearnedPrior, PriorSources, learn_prior
from pyserini_xqg.store.vector_store import VectorStore

ALPHA = 0.4
MEANS_ALONE = PriorSources(predict=False)


def learned(
    store: RandomStore,
    sources: PriorSources = NO_SOURCES,
    languages: tuple[str, ...] = (),
    first: int | None = None,
) -> LearnedPrior:
    opened = VectorStore(store.folder)
    return learn_prior(opened, languages or opened.meta.languages, first, ALPHA, sources)


def total(store: RandomStore, code: str, first: int | None = None) -> tuple[np.ndarray, int]:
    vectors = np.concatenate([own[:first] for own in store.queries[code]]).astype(np.float64)
    return vectors.sum(axis=0), len(vectors)


def bank(store: RandomStore, *languages: str, fingerprint: str = "f" * 64) -> BankMeans:
    random = np.random.default_rng(9)
    means = {code: random.standard_normal(store.passages.shape[1]).astype(np.float32) for code in languages}
    return BankMeans("some", BankKind.QUESTIONS, "b" * 64, fingerprint, means, {code: 64 for code in languages})


# Means


@pytest.mark.parametrize("first", [None, 1])
def test_without_a_slope_it_is_each_languages_mean_query_drawn_to_all_others(tmp_path: Path, first: int | None):
    store = random_store(tmp_path / "s", passages=50)
    made = learned(store, MEANS_ALONE, first=first)
    sums = {code: total(store, code, first) for code in store.queries}
    everything = sum(own for own, _ in sums.values()) / sum(number for _, number in sums.values())
    assert made.prior.languages == ("ar", "ja", "ru")
    assert made.prior.slope is None
    for row, (own, number) in zip(made.prior.intercepts, sums.values(), strict=True):
        np.testing.assert_allclose(row, (own + 5 * everything) / (number + 5), atol=1e-3)
    np.testing.assert_allclose(made.prior.mean_passage, store.passages.mean(axis=0), atol=1e-3)
    record = made.record
    assert record.queries == tuple(number for _, number in sums.values())
    assert record.passages == tuple(sum(len(own) > 0 for own in store.queries[code]) for code in store.queries)
    assert (record.slope, record.penalty, record.learned_from, record.held_out) == ("", None, 0, None)


def test_one_total_has_one_mean_query(tmp_path: Path):
    store = random_store(tmp_path / "s", passages=50, keep=Keep.TOTAL)
    made = learned(store, MEANS_ALONE)
    assert made.prior.languages == made.record.languages == ("",)
    everything = np.concatenate([vectors for own in store.queries.values() for vectors in own])
    np.testing.assert_allclose(made.prior.intercepts, [everything.mean(axis=0)], atol=1e-3)


def test_what_it_holds_are_halves(tmp_path: Path):
    made = learned(related_store(tmp_path / "s"))
    assert made.prior.slope is not None
    for values in (made.prior.intercepts, made.prior.mean_passage, made.prior.slope):
        assert values.dtype == np.float32
        np.testing.assert_array_equal(values, values.astype(np.float16))


def test_a_single_query_in_a_language_does_not_decide_what_is_expected_in_it(tmp_path: Path):
    store = related_store(tmp_path / "s", languages=("ar", "ja"))
    single = [own[:0] for own in store.queries["ja"]]
    single[4] = np.eye(1, 12, dtype=np.float32)
    store = store_of(tmp_path / "t", store.docids, store.passages, {**store.queries, "ja": single})
    made = learned(store, MEANS_ALONE)
    assert made.record.queries[1] == 1
    own, number = total(store, "ar")
    everything = (own + single[4][0]) / (number + 1)
    np.testing.assert_allclose(made.prior.intercepts[1], (single[4][0] + 5 * everything) / 6, atol=1e-3)
    assert np.linalg.norm(made.prior.intercepts[1] - single[4][0]) > 0.5
    # Its variances cannot be told: it has the other language's kappa.
    assert made.record.kappas[1] == made.record.kappas[0]


# A bank


def test_a_bank_counts_for_twenty_queries(tmp_path: Path):
    store = random_store(tmp_path / "s", passages=50)
    questions = bank(store, "ar", "sw")
    made = learned(store, PriorSources(questions, predict=False), ("sw", "ar", "ja"))
    own, number = total(store, "ar")
    np.testing.assert_allclose(made.prior.intercepts[0], questions.means["sw"], atol=2e-3)
    np.testing.assert_allclose(made.prior.intercepts[1], (own + 20 * questions.means["ar"]) / (number + 20), atol=2e-3)
    np.testing.assert_allclose(
        made.prior.intercepts[2], learned(store, MEANS_ALONE, ("ja",)).prior.intercepts[0], atol=1e-6
    )
    record = made.record
    assert (record.languages, record.bank_texts) == (("sw", "ar", "ja"), (64, 64, 0))
    assert (record.bank, record.bank_kind, record.bank_sha256) == ("some", "questions", "b" * 64)
    assert (record.queries[0], record.passages[0]) == (0, 0)


def test_a_bank_is_all_that_a_store_without_queries_has(tmp_path: Path):
    store = random_store(tmp_path / "s", languages=())
    questions = bank(store, "ar", "sw")
    made = learned(store, PriorSources(questions), ("ar", "sw"))
    np.testing.assert_allclose(made.prior.intercepts, np.stack(list(questions.means.values())), atol=2e-3)
    assert made.record.kappas == (NOISE_KAPPA, NOISE_KAPPA)
    assert made.prior.slope is None


def test_a_bank_of_another_encoder_is_refused(tmp_path: Path):
    store = random_store(tmp_path / "s")
    with pytest.raises(
        UsageError,
        match=r"the bank some was encoded by another encoder \(fingerprint 000000000000…\) than .*; encode it with",
    ):
        learned(store, PriorSources(bank(store, "ar", fingerprint="0" * 64)))


@pytest.mark.parametrize("questions", [False, True])
def test_a_language_with_neither_queries_nor_bank_is_refused(tmp_path: Path, questions: bool):
    store = random_store(tmp_path / "s")
    sources = PriorSources(bank(store, "ar")) if questions else NO_SOURCES
    problem = "the bank some no texts in it" if questions else "no bank is given"
    with pytest.raises(UsageError, match=f"has no queries in sw, and {problem}; give a --bank that has some, or leave"):
        learned(store, sources, ("ar", "sw"))


@pytest.mark.parametrize("keep", [Keep.LANGUAGES, Keep.RANKS])
def test_a_language_of_the_store_that_nobody_asked_in_is_refused_too(tmp_path: Path, keep: Keep):
    store = random_store(tmp_path / "s", number=0, keep=keep)
    with pytest.raises(UsageError, match="has no queries in ar, and no bank is given"):
        learned(store)


# The slope


def test_where_queries_follow_from_passages_a_map_is_learned_and_predicts_them(tmp_path: Path):
    store = related_store(tmp_path / "s", passages=400)
    made = learned(store)
    record, prior = made.record, made.prior
    assert record.slope == LEARNED
    assert record.held_out is not None
    assert record.held_out.predicted > record.held_out.mean
    assert record.learned_from == sum(
        any(len(store.queries[code][row]) for code in store.queries) for row in range(400)
    )
    for column, code in enumerate(store.queries):
        asked = [row for row in range(400) if len(store.queries[code][row])]
        means = np.array([store.queries[code][row].mean(axis=0) for row in asked])
        expected = prior.of(store.passages[asked]).weighted(np.tile(np.eye(2)[column], (len(asked), 1)))
        alone = learned(store, MEANS_ALONE).prior.intercepts[column]
        assert ((means - expected) ** 2).sum() < 0.6 * ((means - alone) ** 2).sum()
        # The mean passage of those that have queries is expected to have the language's mean query.
        weights = [len(store.queries[code][row]) / (len(store.queries[code][row]) + NOISE_KAPPA) for row in asked]
        centre = np.average(store.passages[asked], axis=0, weights=weights).astype(np.float32)
        at_centre = prior.of(centre[None]).weighted(np.eye(2)[column : column + 1])[0]
        np.testing.assert_allclose(at_centre, alone, atol=5e-3)


def test_where_they_do_not_there_is_none_or_it_says_nothing(tmp_path: Path):
    made = learned(related_store(tmp_path / "s", passages=1000, related=False))
    assert made.prior.slope is None or np.abs(made.prior.slope).max() < 0.05


@pytest.mark.parametrize("keep", Keep)
def test_it_is_the_same_whatever_the_store_keeps(tmp_path: Path, keep: Keep):
    expected = learned(related_store(tmp_path / "all", languages=("ja",), keep=Keep.RANKS))
    made = learned(related_store(tmp_path / "s", languages=("ja",), keep=keep))
    np.testing.assert_allclose(made.prior.intercepts, expected.prior.intercepts, atol=2e-3)
    assert made.prior.slope is not None
    np.testing.assert_allclose(made.prior.slope, expected.prior.slope, atol=2e-3)
    rows = expected.record.languages if keep is not Keep.TOTAL else ("",)
    assert made.record.languages == rows
    assert made.record.kappas == pytest.approx(expected.record.kappas, rel=1e-3)


@pytest.mark.parametrize("related", [True, False])
def test_neither_shards_nor_blocks_change_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, related: bool):
    expected = learned(related_store(tmp_path / "whole", shard_size=1000, related=related))
    for size, rows in ((7, 1024), (64, 5), (1000, 33)):
        monkeypatch.setattr(dealing, "_ROWS", rows)
        made = learned(related_store(tmp_path / f"{size}", shard_size=size, related=related))
        assert made.record == replace(expected.record, held_out=made.record.held_out)
        if expected.record.held_out is not None:
            assert made.record.held_out is not None
            assert made.record.held_out.predicted == pytest.approx(expected.record.held_out.predicted, abs=0.02)
        np.testing.assert_allclose(made.prior.intercepts, expected.prior.intercepts, atol=1e-3)
        np.testing.assert_allclose(made.prior.mean_passage, expected.prior.mean_passage, atol=1e-3)
        assert (made.prior.slope is None) == (expected.prior.slope is None)
        if expected.prior.slope is not None:
            np.testing.assert_allclose(made.prior.slope, expected.prior.slope, atol=2e-3)


def test_twice_it_is_the_same_to_the_last_bit(tmp_path: Path):
    store = related_store(tmp_path / "s", dtype="float16")
    first, again = learned(store), learned(store)
    assert first.record == again.record
    np.testing.assert_array_equal(first.prior.intercepts, again.prior.intercepts)
    np.testing.assert_array_equal(first.prior.slope, again.prior.slope)


def test_a_slope_from_elsewhere_is_taken_as_it_is(tmp_path: Path):
    store = related_store(tmp_path / "s")
    slope = np.eye(12, dtype=np.float32) / 4
    made = learned(store, PriorSources(slope=slope, slope_name="/another/index"))
    np.testing.assert_array_equal(made.prior.slope, slope)
    assert (made.record.slope, made.record.penalty, made.record.learned_from) == ("/another/index", None, 0)
    means = learned(store, MEANS_ALONE).prior
    mean_passage = store.passages.mean(axis=0)
    expected = made.prior.of(mean_passage[None]).weighted(np.eye(2)[:1])[0]
    np.testing.assert_allclose(expected, means.intercepts[0], atol=5e-3)


def test_a_sample_too_small_for_a_map_falls_back_to_the_mean(tmp_path: Path):
    for passages in (28, 29, 30, 33):
        store = related_store(tmp_path / f"s{passages}", passages=passages)
        asked = sum(any(len(store.queries[code][row]) for code in store.queries) for row in range(passages))
        made = learned(store)
        if asked < 20:
            assert (made.prior.slope, made.record.slope, made.record.held_out) == (None, "", None)
            np.testing.assert_array_equal(made.prior.intercepts, learned(store, MEANS_ALONE).prior.intercepts)
        assert np.isfinite(made.prior.intercepts).all()


def test_only_so_many_passages_are_learned_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(dealing, "_LEARNED_FROM", 100)
    store = related_store(tmp_path / "s", passages=600)
    made = learned(store)
    assert made.record.slope == LEARNED
    assert 60 <= made.record.learned_from <= 150
    assert made.record.queries == tuple(total(store, code)[1] for code in store.queries)


def test_titles_teach_a_slope_to_languages_that_have_nothing_but_a_bank(tmp_path: Path):
    store = related_store(tmp_path / "s", languages=("en",))
    made = learned(store, PriorSources(bank(store, "sw", "tw")), languages=("sw", "tw"))
    assert (made.record.languages, made.record.passages, made.record.slope) == (("sw", "tw"), (0, 0), LEARNED)
    assert made.record.held_out is not None and made.record.held_out.better
    alone = learned(store, languages=("en",))
    np.testing.assert_array_equal(made.prior.slope, alone.prior.slope)
    unrelated = related_store(tmp_path / "u", languages=("en",), related=False)
    assert learned(unrelated, PriorSources(bank(unrelated, "sw")), languages=("sw",)).prior.slope is None


# Kappa


def test_kappas_are_the_ratio_of_the_variances(tmp_path: Path):
    store = related_store(tmp_path / "s", passages=300, noise=1.0)
    for code, kappa in zip(store.queries, learned(store).record.kappas, strict=True):
        asked = [own.astype(np.float64) for own in store.queries[code] if len(own)]
        numbers = np.array([len(own) for own in asked])
        whole = np.concatenate(asked).mean(axis=0)
        within = sum(((own - own.mean(axis=0)) ** 2).sum() for own in asked) / (numbers.sum() - len(asked))
        spread = sum(len(own) * ((own.mean(axis=0) - whole) ** 2).sum() for own in asked) / (len(asked) - 1)
        per_passage = (numbers.sum() - (numbers**2).sum() / numbers.sum()) / (len(asked) - 1)
        assert kappa == pytest.approx(within / ((spread - within) / per_passage), rel=2e-3)
        assert kappa == float(f"{kappa:.4g}")


def test_one_query_a_passage_says_nothing_of_the_variances(tmp_path: Path):
    store = random_store(tmp_path / "s", passages=50, number=1)
    assert learned(store, MEANS_ALONE).record.kappas == (NOISE_KAPPA,) * 3


# Vectors that are strange


def test_passages_that_are_all_the_same_make_no_nan(tmp_path: Path):
    store = related_store(tmp_path / "s")
    same = np.tile(store.passages[:1], (200, 1))
    made = learned(store_of(tmp_path / "t", store.docids, same, store.queries))
    assert np.isfinite(made.prior.intercepts).all()
    assert made.prior.slope is None or np.isfinite(made.prior.slope).all()
    np.testing.assert_allclose(made.prior.mean_passage, same[0], atol=1e-3)


def test_queries_that_are_all_the_same_make_no_nan(tmp_path: Path):
    store = related_store(tmp_path / "s")
    same = {
        code: [np.eye(1, 12, dtype=np.float32).repeat(len(own), axis=0) for own in store.queries[code]]
        for code in store.queries
    }
    made = learned(store_of(tmp_path / "t", store.docids, store.passages, same))
    assert made.record.kappas == (LARGEST_KAPPA,) * 2
    np.testing.assert_allclose(
        made.prior.of(store.passages).weighted(np.tile([1.0, 0], (200, 1))) - np.eye(1, 12), 0, atol=1e-2
    )


def test_a_store_of_a_single_passage(tmp_path: Path):
    made = learned(random_store(tmp_path / "s", passages=1, number=2))
    assert made.prior.slope is None
    assert np.isfinite(made.prior.intercepts).all()
    assert made.record.kappas == (NOISE_KAPPA,) * 3
