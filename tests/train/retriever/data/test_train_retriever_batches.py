"""What a batch holds: misspellings that repeat themselves, the right columns, and every passage or a sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pyserini_xqg.encoder.folder import Pooling
from pyserini_xqg.errors import Location, UsageError
from pyserini_xqg.export.checkpoint import Checkpoint
from pyserini_xqg.export.settings import ExportSettings
from pyserini_xqg.train.retriever.data.batches import EpochSampler, Frozen, QueryCollator, pool_of
from pyserini_xqg.train.retriever.data.questions import TrainingQuery
from pyserini_xqg.train.retriever.data.typos import Typos
from pyserini_xqg.train.retriever.judge import reciprocal_ranks
from pyserini_xqg.train.retriever.options import Freeze, Objective, RetrieverOptions, Tower
from pyserini_xqg.train.retriever.tower import TowerTokens

TEXTS = [f"passage {n}" for n in range(50)]
QUESTIONS = [
    TrainingQuery("When was the first university founded?", "en", (3,), (10, 11), Location(Path("t"), 1)),
    TrainingQuery("Where does the water boil on Monday?", "en", (7, 4), (), Location(Path("t"), 2)),
    TrainingQuery("Who closed the old bridge over the river?", "en", (3,), (12,), Location(Path("t"), 3)),
]
VECTORS = np.random.default_rng(0).standard_normal((50, 8)).astype(np.float32)


@pytest.fixture(scope="module")
def tokens(tiny_bert: Path) -> TowerTokens:
    return TowerTokens(
        Checkpoint(tiny_bert, "tiny"), 2000, ExportSettings(Pooling.MEAN, True, "", "", 32, 64, quantize=False), 0
    )


def collator(tokens: TowerTokens, *, both: bool = False, probability: float = 1.0, **changes) -> QueryCollator:
    plain = {
        "objective": Objective.SELF_TEACHING,
        "tower": Tower.BOTH if both else Tower.QUERY,
        "freeze": Freeze.NOTHING,
        "probability": probability,
    }
    options = RetrieverOptions(**{**plain, **changes})
    frozen = Frozen() if both else Frozen(VECTORS, VECTORS[:3])
    return QueryCollator(
        questions=QUESTIONS,
        texts=TEXTS,
        pool=pool_of(QUESTIONS, range(20, 50)),
        tokens=tokens,
        typos=Typos(probability, 0.0, 5),
        options=options,
        frozen=frozen,
        trains_passages=both,
    )


def test_every_passage_is_compared_and_other_answers_are_excluded(tokens: TowerTokens):
    batch = collator(tokens)([0, 1, 2])
    pool = pool_of(QUESTIONS, range(20, 50))
    assert torch.equal(batch["passages"], torch.from_numpy(VECTORS[pool]))
    chosen = [int(pool[column]) for column in batch["positive"]]
    assert chosen[0] == chosen[2] == 3
    assert chosen[1] in (4, 7)
    excluded = [(row, int(pool[column])) for row, column in batch["excluded"].nonzero().tolist()]
    assert excluded == [(1, 11 - chosen[1])]
    assert torch.equal(batch["base"], torch.from_numpy(VECTORS[:3]))


def test_a_sample_holds_the_batchs_own_passages(tokens: TowerTokens):
    own = {3, 10, 11, 12}
    for epoch in range(20):
        made = collator(tokens, candidates=5)
        made.epoch = epoch
        batch = made([0, 1, 2])
        rows = [int(np.flatnonzero((vector.numpy() == VECTORS).all(1))[0]) for vector in batch["passages"]]
        assert own <= set(rows)
        assert rows[int(batch["positive"][0])] == 3
        assert len(rows) <= 5 + 6


def test_both_towers_compare_with_the_batch_alone(tokens: TowerTokens):
    batch = collator(tokens, both=True)([0, 2])
    assert batch["passage_ids"].shape[0] == 4  # 3, 10, 11, 12
    assert batch["positive"].tolist() == [0, 0]
    fewer = collator(tokens, both=True, hard_negatives=1)([0, 2])
    assert fewer["passage_ids"].shape[0] == 3


def test_misspellings_depend_on_seed_epoch_query_and_variant_alone(tokens: TowerTokens):
    made = collator(tokens, variants=4)
    first = made([0, 1, 2])
    again = collator(tokens, variants=4)([0, 1, 2])
    assert torch.equal(first["misspelled_ids"], again["misspelled_ids"])
    alone = made([1])
    width = alone["misspelled_ids"].shape[1]
    assert torch.equal(
        first["misspelled_ids"].view(4, 3, -1)[:, 1, :width][alone["misspelled_mask"].bool()],
        alone["misspelled_ids"][alone["misspelled_mask"].bool()],
    )
    assert len({tuple(row) for row in alone["misspelled_ids"].tolist()}) > 1, "variants differ"
    made.epoch = 1
    assert made([0, 1, 2])["misspelled_ids"].tolist() != first["misspelled_ids"].tolist()


def test_a_probability_of_nothing_misspells_nothing(tokens: TowerTokens):
    batch = collator(tokens, probability=0.0)([0, 1, 2])
    assert torch.equal(batch["clean_ids"], batch["misspelled_ids"])


def test_the_sampler_tells_the_epoch(tokens: TowerTokens):
    made = collator(tokens)
    EpochSampler([1, 2, 3], 2, 0, made).set_epoch(7)
    assert made.epoch == 7


def test_the_share_of_misspelled_queries():
    typos = Typos(0.5, 0.0, 0)
    text = QUESTIONS[0].text
    changed = sum(typos(text, "en", 0, row) != text for row in range(400))
    assert 160 < changed < 240


def test_a_query_that_cannot_be_misspelled_stays():
    assert Typos(1.0, 1.0, 0)("42?", "en", 0) == "42?"


def test_reciprocal_ranks():
    scores = torch.tensor([[0.9, 0.5, 0.7], [0.1, 0.1, 0.1], [0.3, 0.8, 0.2]])
    assert reciprocal_ranks(scores, [[2], [0], [0, 1]]).tolist() == [1 / 2, 1 / 3, 1.0]
    assert reciprocal_ranks(scores, [[1], [0], [2]], depth=2).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"probability": 1.5}, "--typo-probability is 1.5"),
        ({"temperature": 0.0}, "--temperature is 0.0"),
        ({"align_weight": -1.0}, "--align-weight is -1.0"),
        ({"variants": 0}, "--variants is 0"),
        ({"candidates": 1}, "--candidates is 1"),
        ({"objective": Objective.ALIGNED, "align_weight": 1.0}, "--objective aligned is one already"),
    ],
)
def test_numbers_that_cannot_be(changes: dict, words: str):
    with pytest.raises(UsageError, match=words):
        RetrieverOptions(
            **{
                "objective": Objective.TYPO_AWARE,
                "tower": Tower.QUERY,
                "freeze": Freeze.NOTHING,
                "probability": 0.5,
                **changes,
            }
        )
