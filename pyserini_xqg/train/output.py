"""Whether an output is the very training that is asked for, finished."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import OutputError
from pyserini_xqg.files.makes import differences
from pyserini_xqg.files.text import read_json
from pyserini_xqg.files.whole import is_vacant

REPORT = "report"
"""The folder of what is said of a training, inside its output."""
RECORD = "train.json"
"""In it: everything that decided the weights, and what came out."""


def material_record(
    *,
    train: Sequence[Path],
    held_out: Sequence[Path],
    share: float,
    limit: int,
    languages: Sequence[str],
    corpus: Path | None = None,
) -> dict[str, Any]:
    """How the material was asked for, which the card says; what came of it decides, and is in the record."""
    files = {"train": list(map(str, train)), "dev": list(map(str, held_out)), "corpus": str(corpus) if corpus else None}
    return {"material": {**files, "dev_share": share, "dev_limit": limit, "languages": list(languages)}}


def is_there(output: Path, record: dict[str, Any], what: str) -> bool:
    """Whether the output was made by this very training.

    :param record: everything that decides the weights and the report, as JSON takes it.
    :param what: what is trained, for people.
    :raises OutputError: the output is something else.
    """
    if is_vacant(output):
        return False
    finished = output / REPORT / RECORD
    if not finished.is_file():
        raise OutputError(
            f"{output} is there already and holds no {what} trained by this stage; choose another --output, or remove "
            "it"
        )
    differing = differences(read_json(finished), record)
    if differing:
        raise OutputError(f"{output} holds another {what} ({differing}); choose another --output, or remove it")
    return True
