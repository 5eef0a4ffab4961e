"""Which files of a folder are a Hugging Face checkpoint's, and how they come from the hub."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

_SAFETENSORS = ("*.safetensors", "*.safetensors.index.json")
_TORCH = ("pytorch_model*.bin", "pytorch_model.bin.index.json")
NO_CHECKPOINT = "holds no Hugging Face checkpoint: it needs config.json and model.safetensors or pytorch_model.bin"
"""What to say of a folder that :func:`is_checkpoint` refuses."""


def has_safetensors(folder: Path) -> bool:
    """Whether there are weights in safetensors."""
    return any(folder.glob(_SAFETENSORS[0]))


def has_weights(folder: Path) -> bool:
    """Whether there are weights at all."""
    return has_safetensors(folder) or any(folder.glob(_TORCH[0]))


def is_checkpoint(folder: Path) -> bool:
    """Whether there are a configuration and weights."""
    return (folder / "config.json").is_file() and has_weights(folder)


def decisive_files(folder: Path, others: Sequence[str]) -> list[Path]:
    """The files that decide what the model gives: the weights that are read, and what else is; in order.

    :param others: patterns of configuration and tokenizer.
    """
    patterns = (*(_SAFETENSORS if has_safetensors(folder) else _TORCH), *others)
    return sorted({file for pattern in patterns for file in folder.glob(pattern) if file.is_file()})


def from_hub(name: str, others: Sequence[str], ignored: Sequence[str] = ()) -> Path:
    """Download a checkpoint, or take it from the hub's cache: in safetensors where there are any.

    :param name: its Hugging Face id.
    :param others: patterns of configuration and tokenizer.
    :param ignored: patterns of what is left there.
    :raises Exception: whatever the hub's client raises, a dozen unrelated kinds.
    """
    from huggingface_hub import snapshot_download

    ignore = list(ignored) or None
    folder = Path(snapshot_download(name, allow_patterns=[*others, *_SAFETENSORS], ignore_patterns=ignore))
    if has_weights(folder):
        return folder
    return Path(snapshot_download(name, allow_patterns=[*others, *_TORCH], ignore_patterns=ignore))
