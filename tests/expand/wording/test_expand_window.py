"""As much of a passage as fits."""

from __future__ import annotations

import time

from pyserini_xqg.expand.wording.window import FittedPrompt, fit


def words(passage: str) -> list[int]:
    return list(range(2 + len(passage.split())))


def test_what_fits_is_left_alone():
    assert fit("a b c", 5, words) == FittedPrompt([0, 1, 2, 3, 4], cut=False)


def test_what_does_not_is_cut_to_the_limit_and_the_prompt_is_kept():
    assert fit("a b c d", 5, words) == FittedPrompt([0, 1, 2, 3, 4], cut=True)
    assert fit("a b c d", 2, words) == FittedPrompt([0, 1], cut=True)


def test_no_room_for_the_prompt():
    assert fit("a", 1, words) is None


def test_an_endless_passage_is_not_counted_through():
    begin = time.monotonic()
    assert fit("word " * 20_000_000, 512, words) == FittedPrompt(list(range(512)), cut=True)
    assert time.monotonic() - begin < 5
