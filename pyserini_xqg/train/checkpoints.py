"""The working folder beside the output: what is trained, and checkpoints to go on from.

::

    training.json         what is trained from and with; every checkpoint was made under exactly this
    checkpoint-N/         the weights after N steps as transformers writes them, the optimizer's state, and the curve so
    far checkpoint-N/whole    written last: a checkpoint without it is what a kill left, and is removed
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import InputError, OutputError
from pyserini_xqg.files.makes import differences
from pyserini_xqg.files.text import read_json, write_json, write_text
from pyserini_xqg.files.whole import remove_partials

SETTINGS = "training.json"
STATE = "trainer_state.json"
_WHOLE = "whole"
_NAME = re.compile(r"checkpoint-(\d+)")


def working_folder(output: Path) -> Path:
    """Where the checkpoints of a training lie."""
    return output.with_name(f"{output.name}.work")


def prepare(work: Path, settings: dict[str, Any]) -> Path | None:
    """Make the working folder one of this training, or see that it is, and remove what a kill left half done.

    :param settings: everything that decides the weights, as JSON takes it.
    :returns: the last whole checkpoint; None where there is none yet.
    :raises OutputError: the folder holds checkpoints of another training, or something else.
    """
    there = _read(work)
    if there is None:
        write_json(work / SETTINGS, settings)
        return None
    found = _sweep(work)
    if there == settings:
        return found
    if found is not None:
        raise OutputError(
            f"{work} holds checkpoints of another training ({differences(there, settings)}); choose another --output, "
            f"or remove {work}"
        )
    write_json(work / SETTINGS, settings)
    return None


def _read(work: Path) -> dict[str, Any] | None:
    if not work.exists() or (work.is_dir() and not any(work.iterdir())):
        return None
    try:
        there = read_json(work / SETTINGS)
    except InputError as error:
        raise OutputError(
            f"{work} is there already and holds no training of ours; choose another --output, or remove it"
        ) from error
    return there if isinstance(there, dict) else {}


def _sweep(work: Path) -> Path | None:
    """Remove checkpoints that are not whole; give the last one that is."""
    remove_partials(work)
    last: tuple[int, Path] | None = None
    for place in work.glob("checkpoint-*"):
        named = _NAME.fullmatch(place.name)
        if named is None:
            continue
        if not (place / _WHOLE).is_file():
            shutil.rmtree(place)
        elif last is None or int(named[1]) > last[0]:
            last = (int(named[1]), place)
    return last[1] if last else None


def checkpoint(work: Path, step: int) -> Path:
    """The folder of one checkpoint."""
    return work / f"checkpoint-{step}"


def mark_whole(place: Path) -> None:
    """Say that a checkpoint is all there."""
    write_text(place / _WHOLE, "")


def last_whole(work: Path) -> Path | None:
    """The last checkpoint that is all there; removes nothing."""
    steps = [
        int(named[1])
        for place in work.glob("checkpoint-*")
        if (named := _NAME.fullmatch(place.name)) and (place / _WHOLE).is_file()
    ]
    return checkpoint(work, max(steps)) if steps else None


def copy_model(place: Path, target: Path) -> None:
    """Copy the model out of a checkpoint: weights, configuration, tokenizer, and nothing of the training."""
    target.mkdir(parents=True)
    for file in sorted(place.iterdir()):
        if file.is_file() and file.suffix not in (".pt", ".pth", ".bin") and file.name not in (STATE, _WHOLE):
            shutil.copyfile(file, target / file.name)
