"""Whether an output is the generator that is asked for: by everything that decides its weights and its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import OutputError
from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.expand.wording.seq2seq_prompt import PAPER_PROMPT
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.text import read_json
from pyserini_xqg.files.whole import is_partial
from pyserini_xqg.train.generator import report
from pyserini_xqg.train.generator.options import GeneratorOptions
from pyserini_xqg.train.generator.split import DividedExamples
from pyserini_xqg.train.settings import TrainSettings

_FORMAT = 1


def make_record(
    split: DividedExamples,
    sources: Sequence[Path],
    files: ModelFiles,
    settings: TrainSettings,
    options: GeneratorOptions,
) -> dict[str, Any]:
    """Everything that decides the weights and the report."""
    return {
        "format": _FORMAT,
        "model": files.source,
        "model_sha256": files.sha256(),
        "sources": {str(path): sha256(path) for path in sources},
        "settings": asdict(settings),
        "options": {**asdict(options), "template": options.template or PAPER_PROMPT},
        "train": dict(sorted(split.counts(split.train).items())),
        "held_out": dict(sorted(split.counts(split.held_out).items())),
        "steps": settings.total_steps(len(split.train)),
    }


def is_there(output: Path, record: dict[str, Any]) -> bool:
    """Whether the output is this very generator, finished.

    :raises OutputError: it is something else.
    """
    if not output.exists() or (output.is_dir() and all(is_partial(path) for path in output.iterdir())):
        return False
    finished = output / report.FOLDER / report.RECORD
    if not finished.is_file():
        raise OutputError(
            f"{output} is there already and holds no generator trained by this stage; choose another --output, or "
            "remove it"
        )
    there = read_json(finished)
    differing = "; ".join(
        f"{name} was {there.get(name)!r}, is now {value!r}"
        for name, value in record.items()
        if there.get(name) != value
    )
    if differing:
        raise OutputError(f"{output} holds another generator ({differing}); choose another --output, or remove it")
    return True
