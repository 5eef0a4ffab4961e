"""Learning translations: sentence pairs on disk, the model against a plain one, tables and what they are worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from parallel_samples import WORDS, sentences

from pyserini_xqg.lexicon.align import bitext as bitext_module
from pyserini_xqg.lexicon.align.bitext import NULL, Bitext
from pyserini_xqg.lexicon.align.choices import Combination, Pruning
from pyserini_xqg.lexicon.align.held_out import LEAST, MOST, SmallestKeys, key_of
from pyserini_xqg.lexicon.align.model1 import WordPairs, learn
from pyserini_xqg.lexicon.align.quality import HeldOutPairs, measure, target_words
from pyserini_xqg.lexicon.align.translations import combined
from pyserini_xqg.lexicon.align.words import SentenceWords, headwords

KEEP_ALL = Pruning(1e-9, 1000)


@pytest.fixture
def bitext(tmp_path: Path) -> Iterator[Bitext]:
    made = Bitext(tmp_path)
    yield made
    made.close()


def fill(bitext: Bitext, number: int = 300) -> None:
    other = SentenceWords("fr", None)
    for place, (source, target) in enumerate(sentences(number)):
        bitext.add(place + 1, headwords(source), other(target))


def learned(bitext: Bitext, scratch: Path, iterations: int = 5, limit: int = 0) -> WordPairs:
    return learn(partial(bitext.learning, limit), len(bitext.target), iterations, scratch)


def translations(bitext: Bitext, pairs: WordPairs, combination: Combination) -> dict[str, str]:
    """Each word's likeliest translation."""
    table = combined(pairs, combination, KEEP_ALL).likeliest(1)
    return {
        bitext.source.words()[source]: bitext.target.words()[target]
        for source, target in zip(table.source, table.target, strict=True)
    }


def plain_model_1(pairs: list[tuple[list[str], list[str]]], iterations: int) -> dict[tuple[str, str], float]:
    """IBM model 1 as textbooks have it."""
    probabilities: dict[tuple[str, str], float] = defaultdict(lambda: 1.0)
    for _ in range(iterations):
        counts: dict[tuple[str, str], float] = defaultdict(float)
        totals: dict[str, float] = defaultdict(float)
        for source, target in pairs:
            for word in target:
                norm = sum(probabilities[given, word] for given in ("", *source))
                for given in ("", *source):
                    counts[given, word] += probabilities[given, word] / norm
                    totals[given] += probabilities[given, word] / norm
        probabilities = defaultdict(float, {pair: count / totals[pair[0]] for pair, count in counts.items()})
    return probabilities


def test_pairs_come_back_as_they_were(bitext: Bitext):
    bitext.add(5, ["a", "b", "a"], ["x"])
    bitext.add(7, ["b"], ["y", "x"])
    (learned_from,) = bitext.learning(5)
    (held_out,) = bitext.held_out(5)
    assert [bitext.source.words()[number] for number in held_out.source.ids] == ["a", "b"]
    assert held_out.source.counts.tolist() == [2, 1]
    assert [bitext.target.words()[number] for number in learned_from.target.ids] == ["x", "y"]
    assert (bitext.pairs, bitext.source.words()) == (2, ["", "a", "b"])


def test_a_sentence_that_comes_again_is_held_out_once(bitext: Bitext):
    for key in (3, 9, 3, 3, 4):
        bitext.add(key, [f"word{key}"], ["mot"])
    assert sum(chunk.pairs for chunk in bitext.held_out(4)) == 2
    assert sum(chunk.pairs for chunk in bitext.learning(4)) == 1


def test_both_directions_are_model_1_to_the_last_digit(bitext: Bitext, tmp_path: Path):
    fill(bitext, 60)
    bitext.add(999, ["twice", "twice", "once"], ["deux", "une", "deux"])
    other = SentenceWords("fr", None)
    plain = [(headwords(source), other(target)) for source, target in sentences(60)]
    plain.append((["twice", "twice", "once"], ["deux", "une", "deux"]))
    pairs = learned(bitext, tmp_path / "places", iterations=3)
    forward = plain_model_1(plain, 3)
    backward = plain_model_1([(target, source) for source, target in plain], 3)
    assert len(pairs) > 1000
    english, french = bitext.source.words(), bitext.target.words()
    for number in range(len(pairs)):
        source, target = english[pairs.source[number]], french[pairs.target[number]]
        assert pairs.forward[number] == pytest.approx(forward[source, target] if target else 0, abs=1e-12)
        assert pairs.backward[number] == pytest.approx(backward[target, source] if source else 0, abs=1e-12)


def test_chunks_change_nothing(bitext: Bitext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fill(bitext, 100)
    whole = learned(bitext, tmp_path / "places")
    monkeypatch.setattr(bitext_module, "_CHUNK", 100)
    monkeypatch.setattr(bitext_module, "_BLOCK", 7)
    cut = learned(bitext, tmp_path / "places")
    assert (cut.source.tolist(), cut.target.tolist()) == (whole.source.tolist(), whole.target.tolist())
    np.testing.assert_allclose(cut.agreed, whole.agreed, atol=1e-12)


@pytest.mark.parametrize("combination", Combination)
def test_every_combination_finds_the_translations(bitext: Bitext, tmp_path: Path, combination: Combination):
    fill(bitext)
    found = translations(bitext, learned(bitext, tmp_path / "places"), combination)
    assert {word: found[word] for word in WORDS} == WORDS


def test_agreement_leaves_out_what_one_direction_alone_believes(bitext: Bitext, tmp_path: Path):
    fill(bitext)
    pairs = learned(bitext, tmp_path / "places")
    sizes = {one: len(combined(pairs, one, Pruning(0.02, 8))) for one in Combination}
    assert sizes[Combination.AGREED] <= sizes[Combination.MEAN]
    assert sizes[Combination.AGREED] < sizes[Combination.FORWARD]
    np.testing.assert_array_equal(pairs.agreed[(pairs.source == NULL) | (pairs.target == NULL)], 0)


def test_pruning_keeps_the_likeliest(bitext: Bitext, tmp_path: Path):
    fill(bitext)
    pairs = learned(bitext, tmp_path / "places", iterations=1)
    table = combined(pairs, Combination.FORWARD, Pruning(0.02, 3))
    assert table.probabilities.min() >= 0.02
    assert np.bincount(table.source).max() == 3
    for source in np.unique(table.source):
        mine = table.probabilities[table.source == source]
        assert (np.diff(mine) <= 0).all()
        assert mine[0] == pairs.forward[(pairs.source == source) & (pairs.target != NULL)].max()


def test_held_out_pairs_tell_a_good_table_from_a_bad_one(bitext: Bitext, tmp_path: Path):
    fill(bitext, 400)
    shape = (len(bitext.source), len(bitext.target))
    held_out = HeldOutPairs.of(bitext.held_out(50), shape)
    words = target_words(bitext.learning(50), shape[1])
    good, bad = (
        measure(
            combined(learned(bitext, tmp_path / "places", number, limit=50), one, Pruning(0.02, 8)), held_out, words
        )
        for number, one in ((5, Combination.AGREED), (1, Combination.FORWARD))
    )
    assert held_out.source.shape[0] == 50
    assert good.found > 0.95
    assert good.found >= bad.found
    assert good.perplexity < bad.perplexity
    assert good.covered > 0.95


def test_a_table_without_translations_is_worth_nothing(bitext: Bitext, tmp_path: Path):
    fill(bitext)
    shape = (len(bitext.source), len(bitext.target))
    held_out = HeldOutPairs.of(bitext.held_out(50), shape)
    words = target_words(bitext.learning(50), shape[1])
    nothing = measure(combined(learned(bitext, tmp_path / "places"), Combination.MEAN, Pruning(1, 1)), held_out, words)
    assert nothing.found < 0.2


def test_the_smallest_keys_are_held_out():
    keys = SmallestKeys()
    for number in range(5000, 0, -1):
        keys.add(number)
        keys.add(number)
    assert (len(keys), keys.limit(5000)) == (MOST, 100)
    assert (keys.limit(10), keys.limit(10**6)) == (LEAST, MOST)
    assert SmallestKeys().limit(0) == 0


def test_keys_hang_on_words_and_seed():
    assert key_of(["a", "b"], 1) == key_of(["a", "b"], 1)
    assert len({key_of(["a", "b"], 1), key_of(["a", "b"], 2), key_of(["a"], 1)}) == 3
