"""Tokens are drawn with the probabilities that they should have, each by its own random number."""

from __future__ import annotations

import pytest
import torch

from pyserini_xqg.errors import UsageError
from pyserini_xqg.expand.models.decoding import choose, sample, uniforms
from pyserini_xqg.expand.models.sampling import Sampling

LOGITS = torch.tensor([2.0, -1.0, 3.0, 0.5, 1.0])


@pytest.mark.parametrize(
    ("sampling", "kept"),
    [
        (Sampling(top_k=0), [0, 1, 2, 3, 4]),
        (Sampling(top_k=3), [2, 0, 4]),
        (Sampling(top_k=3, temperature=0.5), [2, 0, 4]),
        (Sampling(top_k=99, top_p=0.8), [2, 0]),
        (Sampling(top_k=1), [2]),
        (Sampling(top_k=0, top_p=1e-9), [2]),
    ],
)
def test_frequencies_are_the_softmax_of_what_is_left(sampling: Sampling, kept: list[int]):
    """Against evenly spaced numbers, so that frequencies are exact to one in ten thousand."""
    number = 10_000
    chances = (torch.arange(number) + 0.5) / number
    drawn = choose(LOGITS.expand(number, -1), chances, sampling)
    expected = torch.zeros(5)
    expected[kept] = torch.softmax(LOGITS[kept] / sampling.temperature, dim=0)
    torch.testing.assert_close(torch.bincount(drawn, minlength=5) / number, expected, atol=2e-4, rtol=0)


def test_the_edges_of_the_interval_are_tokens_too():
    chances = torch.tensor([0.0, 1 - 2**-24])
    assert choose(LOGITS.expand(2, -1), chances, Sampling(top_k=2)).tolist() == [2, 0]


class Counting:
    """Says which rows are stepped; token t is followed by t + 1."""

    def __init__(self, rows: int) -> None:
        self.rows, self.widths = torch.arange(rows), list[int]()

    def step(self, tokens: torch.Tensor) -> torch.Tensor:
        self.widths.append(len(tokens))
        return torch.nn.functional.one_hot((tokens + 1) % 10, 10).float() * 100

    def keep(self, rows: torch.Tensor) -> None:
        self.rows = self.rows[rows]


def test_rows_end_for_themselves_and_are_left_behind():
    rows = Counting(4)
    first = torch.nn.functional.one_hot(torch.tensor([8, 3, 9, 0]), 10).float() * 100
    written = sample(rows, first, uniforms(4, Sampling(max_tokens=5), 1), Sampling(max_tokens=5), {9})
    assert written == [[8], [3, 4, 5, 6, 7], [], [0, 1, 2, 3, 4]]
    assert rows.widths == [4, 2, 2, 2], "one ended row of four is carried along, two are not"
    assert rows.rows.tolist() == [1, 3]


def test_random_numbers_are_the_seeds():
    assert torch.equal(uniforms(3, Sampling(), 2**62), uniforms(3, Sampling(), 2**62))
    assert not torch.equal(uniforms(3, Sampling(), 1), uniforms(3, Sampling(), 2))
    assert torch.equal(uniforms(9, Sampling(), 1)[:3], uniforms(3, Sampling(), 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"top_k": -1},
        {"top_p": 0.0},
        {"top_p": 1.1},
        {"temperature": 0.0},
        {"temperature": float("nan")},
        {"max_tokens": 0},
    ],
)
def test_settings_that_cannot_be(wrong: dict[str, float]):
    with pytest.raises(UsageError, match=r"must be|is a probability"):
        Sampling(**wrong)
