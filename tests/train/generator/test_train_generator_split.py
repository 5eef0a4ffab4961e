"""What is held out."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyserini_xqg.errors import Location, UsageError
from pyserini_xqg.train.generator.data.examples import TrainingExample
from pyserini_xqg.train.generator.data.split import by_files, by_share

HERE = Location(Path("x"))
EXAMPLES = [
    TrainingExample(f"passage {number}", code, f"{code} {number} {turn}", HERE)
    for number in range(50)
    for code in ("ar", "sw")
    for turn in range(3)
]


def passages(examples: list[TrainingExample]) -> set[str]:
    return {example.passage for example in examples}


def test_a_passage_is_on_one_side_only():
    split = by_share(EXAMPLES, 0.2, 1000, 0)
    assert len(passages(split.held_out)) == 10
    assert not passages(split.held_out) & passages(split.train)
    assert len(split.held_out) + len(split.train) == len(EXAMPLES)
    assert by_share(EXAMPLES[::-1], 0.2, 1000, 0).held_out[::-1] == split.held_out, "whatever the order of the files"
    assert by_share(EXAMPLES, 0.2, 1000, 1).held_out != split.held_out


def test_the_limit_takes_whole_passages():
    split = by_share(EXAMPLES, 0.2, 8, 0)
    assert len(split.held_out) == 12
    assert len(passages(split.held_out)) == 2
    assert split.unused == 48
    assert not passages(split.train) & passages(by_share(EXAMPLES, 0.2, 1000, 0).held_out), (
        "what is not used is not learned from either"
    )


def test_passages_of_dev_are_not_learned_from():
    split = by_files(EXAMPLES, EXAMPLES[:7], 1000, 0)
    assert split.shared == 12
    assert not passages(split.train) & passages(split.held_out)
    with pytest.raises(UsageError, match="every passage of --train is in --dev too"):
        by_files(EXAMPLES, EXAMPLES, 1000, 0)


def test_a_language_without_held_out_examples_is_known():
    split = by_files(EXAMPLES, [example for example in EXAMPLES[:6] if example.code == "ar"], 1000, 0)
    assert split.unjudged() == ("sw",)


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0])
def test_shares_that_cannot_be(share: float):
    with pytest.raises(UsageError, match="--dev-share"):
        by_share(EXAMPLES, share, 10, 0)


def test_too_few_passages():
    with pytest.raises(UsageError, match="too few to hold out any"):
        by_share(EXAMPLES[:6], 0.1, 10, 0)
