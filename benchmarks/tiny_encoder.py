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
        _write_checkpoint(folder / "tiny-checkpoint")
        stage("export", "--model", folder / "tiny-checkpoint", "--output", encoder, "--pooling", "mean", "--normalize")
    return encoder


def words(numbers: list[int]) -> str:
    """A text of words that the encoder knows."""
    return " ".join(f"w{number % _WORDS}" for number in numbers)


def _write_checkpoint(folder: Path) -> None:
    import torch
    import transformers

    torch.manual_seed(0)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(f"w{number}" for number in range(_WORDS))]
    config = transformers.BertConfig(
        vocab_size=len(vocabulary),
        max_position_embeddings=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        hidden_size=32,
        intermediate_size=64,
        initializer_range=0.3,
    )
    transformers.BertModel(config).save_pretrained(folder)
    transformers.BertTokenizer(vocab={word: number for number, word in enumerate(vocabulary)}).save_pretrained(folder)
