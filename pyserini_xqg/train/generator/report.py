"""What is said of a finished generator: a table by language, samples, the curve, and everything that it was made
from.
"""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.files.text import write_json, write_text
from pyserini_xqg.report.cards.markdown import CARD
from pyserini_xqg.report.formats.csv import csv_text
from pyserini_xqg.report.formats.text import aligned
from pyserini_xqg.report.model import table_of
from pyserini_xqg.report.numbers import NONE
from pyserini_xqg.train.curve import write_curve
from pyserini_xqg.train.fit import FittedModel
from pyserini_xqg.train.generator.card import generator_card
from pyserini_xqg.train.generator.data.split import DividedExamples
from pyserini_xqg.train.generator.round_trip import MEASURES, RoundTrip

FOLDER = "report"
RECORD = "train.json"


@dataclass(frozen=True, slots=True)
class LanguageLine:
    """A language's line of the table; None where there is nothing to say.

    :param train: examples that were learned from.
    :param held_out: examples that were judged by.
    :param loss: the held-out loss a token in nats, at the best checkpoint.
    :param before: that before the first step.
    :param texts: how many generated texts could be kept, and so searched.
    :param generated: measure to score of those; None where none could.
    :param human: the same of the human ones.
    """

    code: str
    train: int
    held_out: int
    loss: float | None
    before: float | None
    texts: int | None
    generated: dict[str, float] | None
    human: dict[str, float] | None


def lines(split: DividedExamples, fitted: FittedModel, trip: RoundTrip | None) -> list[LanguageLine]:
    """A line a language."""
    train, held_out = split.counts(split.train), split.counts(split.held_out)
    first, best = _losses(fitted, 0), _losses(fitted, fitted.best_step)
    written = trip.generated if trip else {}
    return [
        LanguageLine(
            code,
            train[code],
            held_out[code],
            best.get(f"eval_loss_{code}"),
            first.get(f"eval_loss_{code}"),
            written[code].queries if code in written else None,
            written[code].scores if code in written and written[code].queries else None,
            trip.human[code].scores if trip and code in trip.human else None,
        )
        for code in sorted(train | held_out)
    ]


def _losses(fitted: FittedModel, step: int) -> dict[str, float]:
    return next((point for point in fitted.history if point["step"] == step and "eval_loss" in point), {})


def as_text(found: list[LanguageLine]) -> str:
    """The table for the terminal; scores in percent."""
    header = [
        "language",
        "train",
        "held out",
        "loss before",
        "after",
        "texts kept",
        *(f"{who} {name}" for who in ("generated", "human") for name in MEASURES),
    ]
    rows = [
        [
            line.code,
            f"{line.train:,}",
            f"{line.held_out:,}",
            *(NONE if value is None else f"{value:.2f}" for value in (line.before, line.loss)),
            NONE if line.texts is None else f"{line.texts:,}",
            *(
                NONE if scores is None else f"{100 * scores[name]:.1f}"
                for scores in (line.generated, line.human)
                for name in MEASURES
            ),
        ]
        for line in found
    ]
    return aligned(table_of("", header, 1, [rows]))


def write_report(
    output: Path, record: dict[str, Any], split: DividedExamples, fitted: FittedModel, trip: RoundTrip | None
) -> None:
    """Write the card into ``output``; ``train.json``, ``languages.csv``, ``curve.csv|png|svg`` and, after a round trip,
    ``samples.jsonl`` into :data:`FOLDER`.

    :param record: what it was made from and with.
    """
    folder = output / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    found = lines(split, fitted, trip)
    best = _losses(fitted, fitted.best_step)["eval_loss"]
    record = {
        **record,
        "best_step": fitted.best_step,
        "held_out_loss": best,
        "held_out_perplexity": math.exp(min(best, 700)),
    }
    write_json(folder / RECORD, record)
    text = _languages_csv(found)
    write_text(folder / "languages.csv", text)
    if trip is not None:
        write_text(
            folder / "samples.jsonl", "".join(json.dumps(sample, ensure_ascii=False) + "\n" for sample in trip.samples)
        )
    write_curve(fitted.history, fitted.best_step, folder)
    write_text(output / CARD, generator_card(record, list(csv.reader(io.StringIO(text)))))


def _languages_csv(found: list[LanguageLine]) -> str:
    names = [f"{who}_{name}" for who in ("generated", "human") for name in MEASURES]
    header = ["language", "train", "held_out", "held_out_loss_before", "held_out_loss", "generated_texts", *names]
    rows = []
    for line in found:
        scores = [scores[name] if scores else None for scores in (line.generated, line.human) for name in MEASURES]
        before, after, *scored = (
            "" if value is None else f"{value:.6f}" for value in (line.before, line.loss, *scores)
        )
        texts = "" if line.texts is None else line.texts
        rows.append([line.code, line.train, line.held_out, before, after, texts, *scored])
    return csv_text(header, rows)
