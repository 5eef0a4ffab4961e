"""A report of an evaluation, for reading (text, Markdown) and for further work (CSV, JSON)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.names import Measure
from pyserini_xqg.evaluate.scores import RunScores
from pyserini_xqg.evaluate.significance import Comparison
from pyserini_xqg.evaluate.systems import Scores
from pyserini_xqg.evaluate.tables import LEGEND, NO_GROUPS, Table, as_markdown, as_text, averages_of, build_table
from pyserini_xqg.files import write_text


class Format(StrEnum):
    """The kinds of report file; the value is the file's suffix."""

    MARKDOWN = ".md"
    """Tables and notes, as they are printed."""
    CSV = ".csv"
    """A line a measure, system and language or average, unrounded, with the test against the baseline."""
    JSON = ".json"
    """Everything, with the score of every query."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that a report shows.

    :param comparisons: the tests against ``baseline``; empty without one.
    :param notes: what a reader must know beside the figures, a sentence each.
    :param families: whether tables have a column a language family.
    :param groups: query id -> its group; tables have a column a group.
    """

    measures: tuple[Measure, ...]
    scores: Scores
    baseline: str | None = None
    comparisons: tuple[Comparison, ...] = ()
    notes: tuple[str, ...] = ()
    families: bool = False
    groups: Mapping[str, str] = NO_GROUPS


def report_format(path: Path) -> Format:
    """The format that a report file's suffix asks for.

    :raises UsageError: it asks for none.
    """
    try:
        return Format(path.suffix.lower())
    except ValueError as error:
        raise UsageError(f"--report {path}: the name must end in {', '.join(Format)}") from error


def write_report(path: Path, found: Evaluation) -> None:
    """Write the report in the format of the path's suffix, whole or not at all."""
    writers = {Format.MARKDOWN: to_markdown, Format.CSV: to_csv, Format.JSON: to_json}
    write_text(path, writers[report_format(path)](found))


def tables(found: Evaluation) -> list[Table]:
    """One table a measure."""
    return [build_table(found.scores, measure.name, found.comparisons, families=found.families, groups=found.groups) for measure in found.measures]


def to_text(found: Evaluation) -> str:
    """The tables, their legend and the notes for a terminal."""
    return "\n\n".join([*map(as_text, tables(found)), *_below(found, bullet="  ")])


def to_markdown(found: Evaluation) -> str:
    """The tables, their legend and the notes as Markdown."""
    return "\n\n".join([*map(as_markdown, tables(found)), *_below(found, bullet="- ")]) + "\n"


def _below(found: Evaluation, bullet: str) -> Iterator[str]:
    if found.comparisons:
        yield LEGEND.format(baseline=found.baseline, tests=len(found.comparisons) // len(found.measures))
    if found.notes:
        yield "Notes:\n" + ("\n" if bullet.startswith("-") else "") + "\n".join(f"{bullet}{note}" for note in found.notes)


_CSV_COLUMNS = ("measure", "system", "language", "score", "queries", "missing", "difference", "t", "p", "p_bonferroni", "p_holm")


def to_csv(found: Evaluation) -> str:
    """One line a measure, system and language (then the averages), scores from 0 to 1."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_CSV_COLUMNS)
    tests = {(test.measure, test.system, test.language): test for test in found.comparisons}
    for measure in (measure.name for measure in found.measures):
        for system, languages in found.scores.items():
            for code, scores in sorted(languages.items()):
                writer.writerow([measure, system, code, *_counts(scores, measure), *_test(tests.get((measure, system, code)))])
            for name, score in averages_of(languages, _languages(found), measure, found.families, found.groups).items():
                writer.writerow([measure, system, name, score, *[""] * 7])
    return stream.getvalue()


def _counts(scores: RunScores, measure: str) -> list[Any]:
    per_query = scores.per_query[measure]
    return [scores.mean(measure), len(per_query), sum(qid in per_query for qid in scores.missing)]


def _test(test: Comparison | None) -> list[Any]:
    return [""] * 5 if test is None else [test.difference, test.t, test.p, test.p_bonferroni, test.p_holm]


def _languages(found: Evaluation) -> list[str]:
    return sorted({code for languages in found.scores.values() for code in languages})


def to_json(found: Evaluation) -> str:
    """Everything as JSON; an infinite t statistic becomes null, which is all that JSON has for it."""
    value = {
        "measures": [measure.name for measure in found.measures],
        "systems": {
            system: {
                "averages": {
                    measure.name: averages_of(languages, _languages(found), measure.name, found.families, found.groups) for measure in found.measures
                },
                "languages": {code: _language(scores) for code, scores in sorted(languages.items())},
            }
            for system, languages in found.scores.items()
        },
        "baseline": found.baseline,
        "comparisons": [_finite(asdict(test)) for test in found.comparisons],
        "notes": list(found.notes),
    }
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _language(scores: RunScores) -> dict[str, Any]:
    return {
        "mean": {measure: scores.mean(measure) for measure in scores.per_query},
        "missing": list(scores.missing),
        "unjudged": list(scores.unjudged),
        "left_out": list(scores.left_out),
        "short": list(scores.short),
        "per_query": {measure: dict(per_query) for measure, per_query in scores.per_query.items()},
    }


def _finite(test: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value in {float("inf"), float("-inf")} else value for name, value in test.items()}
