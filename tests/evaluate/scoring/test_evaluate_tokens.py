"""Our word_tokenize against NLTK's own, which reads the model through its own loader."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import nltk
import punkt
import pytest
from nltk.tokenize import _get_punkt_tokenizer
from nltk.tokenize import word_tokenize as nltk_word_tokenize

from pyserini_xqg.evaluate.scoring.tokens import word_tokenize


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[str]]]:
    """``nltk.word_tokenize`` itself, with the English model laid out as ``nltk.download('punkt_tab')`` would."""
    root = tmp_path_factory.mktemp("nltk_data")
    folder = root / "tokenizers" / "punkt_tab" / "english"
    folder.mkdir(parents=True)
    model = punkt.load_model("english")
    (folder / "abbrev_types.txt").write_text("\n".join(sorted(model.abbrev_types)), encoding="utf-8")
    (folder / "sent_starters.txt").write_text("\n".join(sorted(model.sent_starters)), encoding="utf-8")
    (folder / "collocations.tab").write_text(
        "\n".join("\t".join(pair) for pair in sorted(model.collocations)), encoding="utf-8"
    )
    (folder / "ortho_context.tab").write_text(
        "\n".join(f"{word}\t{flags}" for word, flags in model.ortho_context.items()), encoding="utf-8"
    )
    _get_punkt_tokenizer.cache_clear()
    nltk.data.path.insert(0, str(root))
    yield nltk_word_tokenize
    nltk.data.path.remove(str(root))
    _get_punkt_tokenizer.cache_clear()


def test_the_model_is_nltks_english_one():
    # Published figures of NLTK's punkt_tab/english: how many entries, and a few of them.
    model = punkt.load_model("english")
    assert (len(model.abbrev_types), len(model.collocations), len(model.sent_starters), len(model.ortho_context)) == (
        156,
        37,
        39,
        20366,
    )
    assert not model.numeric_abbrev_types
    assert [model.ortho_context[word] for word in ("a", "a&m", "a-%")] == [126, 4, 32]


def test_examples_whose_tokens_are_known():
    assert word_tokenize("Dr. Smith paid $3.88 in the U.S. on Monday. He can't go.") == (
        ["Dr.", "Smith", "paid", "$", "3.88", "in", "the", "U.S.", "on", "Monday", ".", "He", "ca", "n't", "go", "."]
    )
    assert word_tokenize('He said "yes". Then no.') == ["He", "said", "``", "yes", "''", ".", "Then", "no", "."]
    assert word_tokenize("") == []


def test_equals_nltk_on_every_xquad_paragraph(data_dir: Path, reference: Callable[[str], list[str]]):
    tokens = 0
    for code in ("en", "de"):
        data = json.loads((data_dir / "xquad" / f"xquad.{code}.json").read_text(encoding="utf-8"))["data"]
        for text in (paragraph["context"] for article in data for paragraph in article["paragraphs"]):
            ours = word_tokenize(text)
            assert ours == reference(text)
            assert not any(len(token.split()) != 1 for token in ours)
            tokens += len(ours)
    assert tokens > 60_000


@pytest.mark.parametrize(
    "text",
    [
        "No. 5 Bldg. 3 vs. J. Fialka, i.e. this. \n\nSee p. 7 .",
        "العربية. نعم؟ لا!",
        "東京。日本。",
        "a\u00a0b\u2028c.\tD",
        "...!?",
    ],
)
def test_equals_nltk_on_odd_texts(text: str, reference: Callable[[str], list[str]]):
    assert word_tokenize(text) == reference(text)
