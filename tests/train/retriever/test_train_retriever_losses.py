import math
from itertools import product

import pytest
import torch

from pyserini_xqg.train.retriever.losses import alignment, contrastive, dual_self_teaching, self_teaching, taught

QUERIES, PASSAGES, VARIANTS = 5, 7, 3
NONE = torch.zeros(QUERIES, PASSAGES, dtype=torch.bool)


@pytest.fixture
def scores():
    return torch.randn(QUERIES, PASSAGES, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def misspelled():
    return torch.randn(VARIANTS, QUERIES, PASSAGES, dtype=torch.float64, generator=torch.Generator().manual_seed(2))


POSITIVE = torch.tensor([3, 0, 6, 3, 1])  # queries 0 and 3 share a passage


def shares(values, temperature):
    exponents = [math.exp(value / temperature) for value in values]
    return [one / sum(exponents) for one in exponents]


def divergence(teacher, student, temperature):
    return sum(
        p * math.log(p / q) for p, q in zip(shares(teacher, temperature), shares(student, temperature), strict=True)
    )


def slow_contrastive(scores, positive, excluded, temperature):
    total = 0.0
    for row, own in enumerate(positive):
        kept = [column for column in range(len(scores[row])) if not excluded[row][column]]
        total -= math.log(shares([scores[row][column] for column in kept], temperature)[kept.index(own)])
    return total / len(positive)


def slow_taught(student, teacher, temperature):
    return sum(divergence(one, other, temperature) for one, other in zip(teacher, student, strict=True)) / len(teacher)


@pytest.mark.parametrize("temperature", [0.3, 1.0])
def test_contrastive_is_minus_the_log_of_the_positive_passages_share(scores, temperature):
    excluded = NONE.clone()
    excluded[0, 1] = excluded[2, 0] = True
    expected = slow_contrastive(scores.tolist(), POSITIVE.tolist(), excluded.tolist(), temperature)
    assert contrastive(scores, POSITIVE, excluded, temperature).item() == pytest.approx(expected, abs=1e-10)


def test_another_relevant_passage_is_no_negative(scores):
    excluded = NONE.clone()
    excluded[:, 5] = True
    raised = scores.clone()
    raised[:, 5] = 100
    assert contrastive(raised, POSITIVE, excluded, 1.0).item() == pytest.approx(
        contrastive(scores, POSITIVE, excluded, 1.0).item()
    )


@pytest.mark.parametrize("temperature", [0.3, 1.0])
def test_taught_is_the_divergence_of_the_student_from_the_teacher(scores, misspelled, temperature):
    expected = slow_taught(misspelled[0].tolist(), scores.tolist(), temperature)
    assert taught(misspelled[0], scores, temperature).item() == pytest.approx(expected, abs=1e-10)


def test_a_query_that_teaches_itself_adds_nothing(scores):
    assert taught(scores, scores, 0.1).item() == pytest.approx(0, abs=1e-12)
    alone = contrastive(scores, POSITIVE, NONE, 1.0)
    assert self_teaching(scores, scores[None], POSITIVE, NONE, 1.0).item() == pytest.approx(alone.item())


def test_no_divergence_is_below_nothing():
    chance = torch.Generator().manual_seed(3)
    for _ in range(50):
        one, other = torch.randn(2, QUERIES, PASSAGES, generator=chance) * 20
        assert taught(one, other, 1.0).item() >= 0


def test_the_teacher_gets_no_gradient(scores, misspelled):
    teacher, student = scores.clone().requires_grad_(), misspelled[0].clone().requires_grad_()
    taught(student, teacher, 1.0).backward()
    assert teacher.grad is None
    assert student.grad.abs().sum() > 0


def test_self_teaching_is_the_mean_over_misspellings(scores, misspelled):
    expected = slow_contrastive(scores.tolist(), POSITIVE.tolist(), NONE.tolist(), 0.5)
    expected += sum(slow_taught(one.tolist(), scores.tolist(), 0.5) for one in misspelled) / VARIANTS
    assert self_teaching(scores, misspelled, POSITIVE, NONE, 0.5).item() == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize(
    ("beta", "gamma", "sigma"), [(0.5, 0.5, 0.2), (0.0, 0.0, 0.0), (1.0, 0.3, 1.0), (0.25, 1.0, 0.6)]
)
def test_dual_self_teaching_against_the_equation_by_hand(scores, misspelled, beta, gamma, sigma):
    clean, own, temperature = scores.tolist(), POSITIVE.tolist(), 0.7
    back = [[clean[query][passage] for query in range(QUERIES)] for passage in own]
    excluded = [[i != j and own[i] == own[j] for j in range(QUERIES)] for i in range(QUERIES)]
    learned = (1 - gamma) * slow_contrastive(clean, own, NONE.tolist(), temperature)
    learned += gamma * slow_contrastive(back, list(range(QUERIES)), excluded, temperature)
    consistent = 0.0
    for one in misspelled.tolist():
        one_back = [[one[query][passage] for query in range(QUERIES)] for passage in own]
        consistent += (1 - sigma) * slow_taught(one, clean, temperature) + sigma * slow_taught(
            one_back, back, temperature
        )
    expected = (1 - beta) * learned + beta * consistent / VARIANTS
    assert dual_self_teaching(
        clean=scores,
        misspelled=misspelled,
        positive=POSITIVE,
        excluded=NONE,
        temperature=temperature,
        beta=beta,
        gamma=gamma,
        sigma=sigma,
    ).item() == pytest.approx(expected, abs=1e-10)


def test_dual_self_teaching_without_its_second_half_and_second_direction_is_contrastive(scores, misspelled):
    found = dual_self_teaching(
        clean=scores,
        misspelled=misspelled,
        positive=POSITIVE,
        excluded=NONE,
        temperature=0.5,
        beta=0.0,
        gamma=0.0,
        sigma=0.0,
    )
    assert found.item() == pytest.approx(contrastive(scores, POSITIVE, NONE, 0.5).item())


def test_alignment_is_nothing_where_the_student_is_the_base(scores):
    vectors = torch.randn(QUERIES, 4, generator=torch.Generator().manual_seed(4))
    assert alignment(
        student_scores=scores, base_scores=scores, student=vectors, base=vectors, temperature=0.05, cosine=10.0
    ).item() == pytest.approx(0, abs=1e-5)


def test_alignment_against_its_parts(scores, misspelled):
    student, base = torch.randn(2, QUERIES, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    apart = 0.0
    for one, other in zip(student.tolist(), base.tolist(), strict=True):
        product_of = sum(x * y for x, y in zip(one, other, strict=True))
        apart += 1 - product_of / math.hypot(*one) / math.hypot(*other)
    expected = slow_taught(misspelled[0].tolist(), scores.tolist(), 0.2) + 10 * apart / QUERIES
    assert alignment(
        student_scores=misspelled[0], base_scores=scores, student=student, base=base, temperature=0.2, cosine=10.0
    ).item() == pytest.approx(expected, abs=1e-10)


def test_gradients_are_those_of_finite_differences(scores, misspelled):
    for loss in (
        lambda x: contrastive(x, POSITIVE, NONE, 0.5),
        lambda x: taught(x, misspelled[0], 0.5),
    ):
        assert torch.autograd.gradcheck(loss, scores.clone().requires_grad_())


def test_every_loss_is_a_number_for_scores_far_apart():
    for far, temperature in product((1e3, -1e3), (0.02, 1.0)):
        scores = torch.zeros(QUERIES, PASSAGES)
        scores[:, 0] = far
        assert torch.isfinite(taught(scores, -scores, temperature))
        assert torch.isfinite(contrastive(scores, POSITIVE, NONE, temperature))
