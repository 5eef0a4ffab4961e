"""An encoder of two layers and 32 dimensions with random weights, exported as any other: it costs next to nothing to
run.
"""

from __future__ import annotations

from pathlib import Path

from common import stage

_WORDS = 500


def tiny_encoder(folder: Path) -> Path:
    """The encoder folder; made where it is not there yet. It knows the words ``w0`` to ``w499``."""
    encoder = folder / "tiny"
    if not (encoder / "encoder.json").is_file():
        from tiny_checkpoint import write_word_bert  # of the tests; it imports torch

        write_word_bert(folder / "tiny-checkpoint", [f"w{number}" for number in range(_WORDS)])
        stage("export", "--model", folder / "tiny-checkpoint", "--output", encoder, "--pooling", "mean", "--normalize")
    return encoder


def words(numbers: list[int]) -> str:
    """A text of words that the encoder knows."""
    return " ".join(f"w{number % _WORDS}" for number in numbers)
