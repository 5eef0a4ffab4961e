"""By what a generator that was trained is known again: everything that decides its weights and its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.train.generator.data.split import DividedExamples
from pyserini_xqg.train.settings import TrainSettings

_FORMAT = 1


def make_record(
    split: DividedExamples,
    sources: Sequence[Path],
    files: ModelFiles,
    settings: TrainSettings,
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """Everything that decides the weights and the report.

    :param options: as the model's learner records them.
    """
    return {
        "format": _FORMAT,
        "model": files.source,
        "model_sha256": files.sha256(),
        "sources": {str(path): sha256(path) for path in sources},
        "settings": asdict(settings),
        "options": dict(options),
        "train": dict(sorted(split.counts(split.train).items())),
        "held_out": dict(sorted(split.counts(split.held_out).items())),
    }
