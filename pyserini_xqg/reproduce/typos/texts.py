"""The tables of the first experiment, in Markdown and CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pyserini_xqg.report.formats.csv import csv_text
from pyserini_xqg.report.formats.markdown import grid
from pyserini_xqg.report.model import Table, table_of
from pyserini_xqg.report.numbers import NONE
from pyserini_xqg.reproduce.experiments.comparison import ComparedData, ModelLine
from pyserini_xqg.reproduce.experiments.material import PLAIN
from pyserini_xqg.robustness.comparison.figures import Figure, IntervalEstimate

_HOW_TO_READ = (
    "Scores are percent, means over languages, each weighing the same; a misspelled question's score is the "
    "mean over its misspellings, a model's over its\n"
    "seeds. *drop* is clean less misspelled, with the range of the seeds where there are several. *drop − "
    "base's* and *clean − base's* compare with the base\n"
    "model under the same augmentation, *gain* with the same model without augmentation, on clean / on "
    "misspelled questions. In brackets 95% intervals from a\n"
    "bootstrap that draws relevant passages, each with all its questions. *loses less in*: languages where "
    "the interval of the drop's difference lies below 0.\n"
    "*cosine* is that of clean questions with their passages / with the base model's embeddings of the same "
    "questions: training beside frozen passages can\n"
    "let questions drift away from both."
)


def to_markdown(found: Sequence[ComparedData], notes: Sequence[str]) -> str:
    """The whole summary."""
    parts = [
        "# Typos: what training and augmentation do for misspelled questions",
        _HOW_TO_READ,
        *(f"- {note}" for note in notes),
    ]
    for compared in found:
        parts.append(f"## {compared.material.name}")
        parts.append(f"Augmentation: {compared.material.queries or 'no generated queries were given'}.")
        parts += [
            f"### {compared.material.name}: {measure}\n\n{grid(table(compared, measure))}" for measure in compared.lines
        ]
    return "\n\n".join(parts) + "\n"


def table(compared: ComparedData, measure: str) -> Table:
    """A line a model, a block an augmentation."""
    number = len(next(iter(compared.reports.values())).languages)
    header = (
        "passages",
        "model",
        "clean",
        "misspelled",
        "drop",
        "drop − base's",
        "clean − base's",
        f"loses less in (of {number})",
        "gain",
        "cosine",
    )
    lines = compared.lines[measure]
    blocks = tuple(
        tuple(_cells(line, compared.seeds[line.model]) for line in lines if line.augmentation == augmentation)
        for augmentation in compared.reports
    )
    return table_of(f"{compared.material.name}: {measure}", header, 2, blocks)


def _cells(line: ModelLine, seeds: int) -> tuple[str, ...]:
    figures = line.against
    spread = f" ({100 * line.spread[0]:.1f}–{100 * line.spread[1]:.1f})" if line.spread is not None else ""
    based = Figure.DROP_DIFFERENCE in figures
    return (
        "plain" if line.augmentation == PLAIN else line.augmentation,
        f"{line.model} ({seeds} seeds)" if seeds > 1 else line.model,
        _percent(figures[Figure.CLEAN]),
        _percent(figures[Figure.PERTURBED]),
        _percent(figures[Figure.DROP]) + spread,
        _signed(figures[Figure.DROP_DIFFERENCE]) if based else NONE,
        _signed(figures[Figure.CLEAN_DIFFERENCE]) if based else NONE,
        str(len(line.better)) if based else NONE,
        " / ".join(map(_signed, line.gain)) if line.gain is not None else NONE,
        f"{line.nearness.passages:.3f} / {line.nearness.base:.3f}",
    )


def _percent(estimate: IntervalEstimate) -> str:
    return NONE if estimate.value is None else f"{100 * estimate.value:.1f}"


def _signed(estimate: IntervalEstimate) -> str:
    if estimate.value is None:
        return NONE
    ends = (
        f" [{100 * estimate.low:+.1f}, {100 * estimate.high:+.1f}]"
        if estimate.low is not None and estimate.high is not None
        else ""
    )
    return f"{100 * estimate.value:+.1f}{ends}"


def to_csv(found: Sequence[ComparedData]) -> str:
    """A line a figure, unrounded."""
    header = ["material", "measure", "augmentation", "model", "seeds", "figure", "value", "low", "high"]
    return csv_text(header, (row for compared in found for row in _rows(compared)))


def _rows(compared: ComparedData) -> Iterator[list[str | int]]:
    for measure, some in compared.lines.items():
        for line in some:
            for name, estimate in _figures(line):
                ends = ("" if end is None else f"{end:.6f}" for end in (estimate.value, estimate.low, estimate.high))
                seeds = compared.seeds[line.model]
                yield [compared.material.name, measure, line.augmentation, line.model, seeds, name, *ends]


def _figures(line: ModelLine) -> Iterator[tuple[str, IntervalEstimate]]:
    against: Mapping[Figure, IntervalEstimate] = line.against
    yield from ((str(figure), estimate) for figure, estimate in against.items())
    if line.gain is not None:
        yield from (("clean_gain", line.gain[0]), ("perturbed_gain", line.gain[1]))
    if line.spread is not None:
        yield from (
            ("lowest_drop_of_a_seed", IntervalEstimate(line.spread[0])),
            ("highest_drop_of_a_seed", IntervalEstimate(line.spread[1])),
        )
    yield "languages_that_lose_less", IntervalEstimate(float(len(line.better)))
    yield "cosine_with_passages", IntervalEstimate(line.nearness.passages)
    yield "cosine_with_base", IntervalEstimate(line.nearness.base)
