"""Steps: their order, and what cannot be one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyserini_xqg.errors import UsageError
from pyserini_xqg.reproduce.steps.step import Step, in_order, step


def make(name: str, *needs: str) -> Step:
    return step(name, "doctor", output=Path(name), needs=needs)


def test_the_command_is_to_copy():
    assert (
        step("a", "dataset", "xquad", output=Path("a folder")).command
        == "pyserini-xqg dataset xquad --output 'a folder'"
    )


def test_each_comes_after_what_it_needs():
    names = [one.name for one in in_order([make("c", "a", "b"), make("b", "a"), make("a")])]
    assert names == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([make("a"), make("b"), make("a")], "two steps are called 'a'"),
        ([make("a", "b")], "'a' needs 'b', and there is no such step"),
        ([make("a", "b"), make("b", "c"), make("c", "a")], "in a circle: "),
    ],
)
def test_steps_that_do_not_fit_together(steps: list[Step], said: str):
    with pytest.raises(UsageError, match=said):
        in_order(steps)
