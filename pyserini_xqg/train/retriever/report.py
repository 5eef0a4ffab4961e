"""What is said of a finished retriever: its measures before and after, by language, its curve, how it is used, and what
it was made from.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from pyserini_xqg.encoder.folder import read_config
from pyserini_xqg.files.text import write_json, write_text
from pyserini_xqg.report.cards.markdown import CARD
from pyserini_xqg.report.formats.csv import csv_text
from pyserini_xqg.report.formats.text import aligned
from pyserini_xqg.report.model import table_of
from pyserini_xqg.report.numbers import NONE
from pyserini_xqg.train.fit import FittedModel
from pyserini_xqg.train.output import RECORD, REPORT
from pyserini_xqg.train.retriever.card import retriever_card
from pyserini_xqg.train.retriever.data.questions import DividedQuestions
from pyserini_xqg.train.retriever.judge import BASE_COSINE, CLEAN, COSINE, MISSPELLED
from pyserini_xqg.train.retriever.picture import write_picture

_MEASURES = {
    "loss": "loss",
    CLEAN: "MRR@10",
    MISSPELLED: "MRR@10, misspelled",
    COSINE: "cosine with the passage",
    BASE_COSINE: "cosine with the base model",
}


def judged(fitted: FittedModel, step: int) -> dict[str, float]:
    """What the judge found at a step, without ``eval_``."""
    point = next((point for point in fitted.history if point["step"] == step and "eval_loss" in point), {})
    return {name.removeprefix("eval_"): value for name, value in point.items() if name.startswith("eval_")}


def as_text(split: DividedQuestions, fitted: FittedModel) -> str:
    """The table for the terminal: held-out queries before and after, MRR in percent."""
    before, after = judged(fitted, 0), judged(fitted, fitted.best_step)
    rows = []
    for name, words in _MEASURES.items():
        if name in after:
            rows.append([words, *(_shown(name, found.get(name)) for found in (before, after))])
    counts = DividedQuestions.counts(split.held_out)
    for code in sorted(counts):
        for name, words in ((CLEAN, "MRR@10"), (MISSPELLED, "MRR@10, misspelled")):
            if f"{name}_{code}" in after:
                rows.append(
                    [
                        f"  {code} {words} ({counts[code]})",
                        *(_shown(name, found.get(f"{name}_{code}")) for found in (before, after)),
                    ]
                )
    return aligned(table_of("", ["", "before", "after"], 1, [rows]))


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return NONE
    return f"{100 * value:.1f}" if name in (CLEAN, MISSPELLED) else f"{value:.3f}"


def write_report(output: Path, record: dict[str, Any], split: DividedQuestions, fitted: FittedModel) -> None:
    """Write the card into ``output``, an encoder folder, and ``train.json``, ``languages.csv`` and
    ``curve.csv|png|svg`` into its folder :data:`REPORT`.

    :param record: what it was made from and with.
    """
    folder = output / REPORT
    folder.mkdir(parents=True, exist_ok=True)
    before, after = judged(fitted, 0), judged(fitted, fitted.best_step)
    overall = {name: value for name, value in after.items() if name in _MEASURES}
    record = {**record, "best_step": fitted.best_step, "held_out_measures": overall}
    write_json(folder / RECORD, record)
    text = _languages_csv(split, before, after)
    write_text(folder / "languages.csv", text)
    write_picture(fitted, folder)
    write_text(output / CARD, retriever_card(record, read_config(output), list(csv.reader(io.StringIO(text)))))


def _languages_csv(split: DividedQuestions, before: dict[str, float], after: dict[str, float]) -> str:
    header = ["language", "train", "held_out", "mrr10_before", "mrr10", "mrr10_misspelled_before", "mrr10_misspelled"]
    trained, held_out = DividedQuestions.counts(split.train), DividedQuestions.counts(split.held_out)
    rows = []
    for code in sorted(trained | held_out):
        values = [found.get(f"{name}_{code}") for name in (CLEAN, MISSPELLED) for found in (before, after)]
        shown = ("" if value is None else f"{value:.6f}" for value in values)
        rows.append([code, trained[code], held_out[code], *shown])
    return csv_text(header, rows)
