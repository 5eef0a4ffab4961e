"""What a model's questions scored, one by one, in a file: others can draw their own conclusions, and nothing is asked
twice.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.files.text import numbered_lines
from pyserini_xqg.files.whole import replacing
from pyserini_xqg.reproduce.experiments.asking import MEASURES, Answers, Nearness

_HEADER = ("material", "augmentation", "condition", "language", "query", *MEASURES)
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one model.

    :param answers: material -> scores.
    :param nearness: material -> cosines.
    :param inputs: material -> hashes of all that decides the scores.
    """

    answers: Mapping[str, Answers]
    nearness: Mapping[str, Nearness]
    inputs: Mapping[str, list[str]]


def write_asked(path: Path, asked: Asked) -> None:
    """Write ``.csv.gz``: inputs and cosines in a comment, then a line a question, condition and augmentation. The same
    scores are the same bytes.
    """
    text = io.StringIO()
    cosines = {name: asdict(found) for name, found in asked.nearness.items()}
    text.write(f"# {json.dumps({'inputs': dict(asked.inputs), 'cosines': cosines})}\n")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(_HEADER)
    for material, answers in asked.answers.items():
        for augmentation, conditions in answers.items():
            for condition, languages in conditions.items():
                for code, scores in languages.items():
                    for qid in scores.per_query[MEASURES[0]]:
                        figures = (f"{scores.per_query[measure][qid]:.{_DIGITS}g}" for measure in MEASURES)
                        lines.writerow([material, augmentation, condition, code, qid, *figures])
    with replacing(path) as partial:
        partial.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


def read_asked(path: Path) -> Asked:
    """Read what :func:`write_asked` wrote.

    :raises InputError: the file is missing or damaged.
    """
    lines = [line for _, line in numbered_lines(path)]
    try:
        head = json.loads(lines[0].removeprefix("# "))
        nearness = {name: Nearness(**found) for name, found in head["cosines"].items()}
        if tuple(next(csv.reader(lines[1:2]))) != _HEADER:
            raise ValueError
        tables: dict[tuple[str, str, str, str], dict[str, dict[str, float]]] = {}
        for material, augmentation, condition, code, qid, *figures in csv.reader(lines[2:]):
            found = tables.setdefault((material, augmentation, condition, code), {measure: {} for measure in MEASURES})
            for measure, figure in zip(MEASURES, figures, strict=True):
                found[measure][qid] = float(figure)
    except (ValueError, TypeError, LookupError, StopIteration) as error:
        raise InputError(
            Location(path),
            "is no file of scores as `reproduce` writes it, or a damaged one; remove it and run the command again",
        ) from error
    answers: dict[str, Answers] = {}
    for (material, augmentation, condition, code), table in tables.items():
        answers.setdefault(material, {}).setdefault(augmentation, {}).setdefault(condition, {})[code] = RunScores(table)
    return Asked(answers, nearness, head["inputs"])
