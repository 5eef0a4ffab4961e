from __future__ import annotations

import pytest

from pyserini_xqg.report.latex_words import SPECIAL, escape


def test_every_special_character_is_a_word():
    assert (
        escape(r"\a{b}_c^d~e & 5% $ #")
        == r"\textbackslash{}a\{b\}\_c\textasciicircum{}d\textasciitilde{}e \& 5\% \$ \#"
    )
    assert escape("Δ – −1 † ‡") == r"$\Delta$ -- $-$1 $^{\dagger}$ $^{\ddagger}$"


@pytest.mark.parametrize("words", ["plain words", "ድሬዳዋ", "日本語", ""])
def test_other_words_stay(words: str):
    assert escape(words) == words and not set(words) & set(SPECIAL)
