"""The files of a model that writes queries: a checkpoint folder, a GGUF file, or a Hugging Face id."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import GeneratorError
from pyserini_xqg.files.checkpoint_files import NO_CHECKPOINT, decisive_files, from_hub, has_weights, is_checkpoint
from pyserini_xqg.files.hashes import sha256

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_OTHERS = ("*.json", "*.txt", "*.model", "*.spm", "*.jinja")
_CONVERTED = "model.bin"
"""The weights of a model in CTranslate2's own format, which has its vocabulary beside them."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model on this machine.

    :param folder: where its files lie.
    :param gguf: the GGUF file's name in that folder, else None.
    :param source: what the user called it.
    :param converted: whether it is in CTranslate2's own format.
    """

    folder: Path
    gguf: str | None
    source: str
    converted: bool = False

    def sha256(self) -> str:
        """One hash over every file that can decide what it writes: weights, configuration, tokenizer, chat template."""
        if self.gguf:
            return sha256(self.folder / self.gguf)
        files = decisive_files(self.folder, (*_OTHERS, _CONVERTED) if self.converted else _OTHERS)
        return hashlib.sha256("\n".join(f"{file.name} {sha256(file)}" for file in files).encode()).hexdigest()


ACCEPTED = "a checkpoint's folder, a GGUF file, or a Hugging Face id (owner/name)"
"""What the name of a model may be."""


def find_model(name: str, accepted: str = ACCEPTED) -> ModelFiles:
    """Find the model that a user named.

    A folder or a file never causes a network request; a Hugging Face id is downloaded, or taken from that cache.

    :param accepted: what else to tell somebody who named something that is no model.
    :raises GeneratorError: there is no such model, or it cannot be reached.
    """
    place = Path(name).expanduser()
    if place.is_file():
        if place.suffix != ".gguf":
            raise GeneratorError(
                f"{name} is a file but no .gguf one; give a checkpoint's folder, a GGUF file, or an http://… server"
            )
        return ModelFiles(place.parent, place.name, name)
    if place.is_dir():
        converted = _is_converted(place)
        if not converted and not is_checkpoint(place):
            raise GeneratorError(f"{name} {NO_CHECKPOINT}")
        return ModelFiles(place, None, name, converted)
    if not _HUB_ID.fullmatch(name):
        raise GeneratorError(f"there is no generator {name}: give {accepted}")
    folder = _download(name)
    return ModelFiles(folder, None, name, _is_converted(folder))


def _is_converted(folder: Path) -> bool:
    return (folder / _CONVERTED).is_file() and any(folder.glob("*_vocabulary.*")) and not has_weights(folder)


def _download(name: str) -> Path:
    try:
        folder = from_hub(name, _OTHERS)
        return folder if has_weights(folder) else from_hub(name, (*_OTHERS, _CONVERTED))
    except Exception as error:  # the hub's client raises a dozen unrelated kinds
        raise GeneratorError(
            f"there is no folder {name}, and the model {name} could not be had from the Hugging Face hub either "
            f"({type(error).__name__}): check the name and the network, or copy the checkpoint here and give its folder"
        ) from error
