"""A tiny corpus with questions, glosses and translations."""

from __future__ import annotations

from pathlib import Path

from tiny_corpus import passages, write_jsonl

QUESTION, GLOSS, TRANSLATION = "ما هو الجسر {}؟", "جسر نهر طويل {}", "Die Brücke Nummer {} über den Fluss"


def write_kinds(folder: Path, number: int) -> None:
    """``corpus.jsonl`` and ``queries.jsonl``: two Arabic questions and a gloss of each passage, German translations of
    every second one.
    """
    corpus = passages(number)
    write_jsonl(folder / "corpus.jsonl", corpus)
    write_jsonl(
        folder / "queries.jsonl",
        [
            {
                "id": passage["id"],
                "queries": {"ar": [QUESTION.format(row), QUESTION.format(-row)]},
                "glosses": {"ar": [GLOSS.format(row)]},
                **({"translations": {"de": [TRANSLATION.format(row)]}} if row % 2 == 0 else {}),
            }
            for row, passage in enumerate(corpus)
        ],
    )
