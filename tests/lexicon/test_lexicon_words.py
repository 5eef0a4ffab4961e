"""The words that a lexicon holds."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from pyserini_xqg.errors import SetupError
from pyserini_xqg.lexicon.align.segmenter import Segmenter, best_segmenter
from pyserini_xqg.lexicon.align.words import SentenceWords, headwords


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("de", "Die Zelle A1, 12 und die „Straße“.", ["die", "zelle", "a1", "und", "die", "straße"]),
        ("fr", "l'Été arrive", ["l", "été", "arrive"]),
        ("fr", "e\u0301te\u0301", ["été"]),
        ("tr", "ISI İstanbul", ["ısı", "istanbul"]),
        ("hi", "मुद्रण श्रेणी", ["मुद्रण", "श्रेणी"]),
        ("ko", "셀의 테두리 3", ["셀의", "테두리"]),
        ("zh", "打印LibreOffice的 区", ["打印", "libreoffice", "的", "区"]),
        ("zh", "打印区域", ["打印", "印区", "区域"]),
        ("ja", "セルの", ["セル", "ルの"]),
        ("en", "… 1.5 — ½ ·", []),
    ],
)
def test_words_are_letters_in_lower_case(language: str, text: str, words: list[str]):
    assert SentenceWords(language, Segmenter.BIGRAMS)(text) == words


def test_source_words_are_what_a_dictionary_is_asked_for():
    assert headwords("A user’s e-mail, don't RIGHT-click 3 cells") == [
        "a", "user", "e-mail", "don't", "right-click", "cells",
    ]  # fmt: skip


def test_languages_with_spaces_need_no_segmenter():
    assert best_segmenter("de") is None
    assert SentenceWords("de", None)("Ein Wort 打印区") == ["ein", "wort", "打印", "印区"]


def test_icu_is_taken_where_it_is_installed():
    if find_spec("icu4py") is None:
        assert best_segmenter("zh") is Segmenter.BIGRAMS
        with pytest.raises(SetupError, match="pip install icu4py"):
            SentenceWords("zh", Segmenter.ICU)
    else:
        assert best_segmenter("zh") is Segmenter.ICU
        assert "".join(SentenceWords("zh", Segmenter.ICU)("打印区域")) == "打印区域"
