"""The trained model: loading it, and embedding with it as the exported encoder will."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import normalize
from torch.utils.checkpoint import checkpoint as recomputed

from pyserini_xqg.encoder.folder import Pooling, Side
from pyserini_xqg.export.checkpoint import Checkpoint, load_model
from pyserini_xqg.export.settings import ExportSettings
from pyserini_xqg.export.tokenizer import load_tokenizer, tokenize
from pyserini_xqg.train.retriever.options import Freeze

_TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "sentencepiece.bpe.model",
    "spiece.model",
    "tokenizer.model",
)


class TokenizerFiles:
    """The checkpoint's tokenizer files, copied as they are: saved by transformers they could come to read texts
    otherwise.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save_pretrained(self, target: Path) -> None:
        """Copy them."""
        for name in _TOKENIZER_FILES:
            if (self._folder / name).is_file():
                shutil.copyfile(self._folder / name, target / name)


class TowerTokens:
    """Texts to token ids, exactly as the exported encoder reads them."""

    def __init__(self, checkpoint: Checkpoint, vocabulary: int, settings: ExportSettings, pad_id: int) -> None:
        self._tokenizer: Tokenizer = load_tokenizer(checkpoint, vocabulary)
        self._settings = settings
        self.pad_id = pad_id

    def __call__(self, texts: list[str], side: Side) -> list[list[int]]:
        """The ids of each text, special tokens included, never empty."""
        prefix, longest = (
            (self._settings.query_prefix, self._settings.query_max_length)
            if side is Side.QUERY
            else (self._settings.passage_prefix, self._settings.passage_max_length)
        )
        return tokenize(self._tokenizer, [f"{prefix}{text.strip()}" for text in texts], longest)


def load_tower(checkpoint: Checkpoint, freeze: Freeze) -> Any:
    """The model in float32, without the head that no embedding goes through.

    :raises EncoderError: it is no encoder of a family that can be exported, or is damaged.
    """
    model: Any = load_model(checkpoint)
    if getattr(model, "pooler", None) is not None:
        model.pooler = None
    if freeze is Freeze.EMBEDDINGS:
        model.get_input_embeddings().weight.requires_grad_(requires_grad=False)
    return model


def embed(model: Any, input_ids: Tensor, attention_mask: Tensor, settings: ExportSettings, chunk: int = 0) -> Tensor:
    """Embed ``[texts, tokens]`` as float32 ``[texts, dimension]``; pooled and normalised in float32 whatever the
    products' arithmetic.

    :param chunk: texts at a time. Of a chunk only the embeddings are kept; its activations are computed a second time,
        with the same dropout, when the gradient passes: the memory of a chunk for the gradient of the whole batch (Gao
        et al. 2021, arXiv 2101.06983, reach the same by a cache of the embeddings' gradients). Chunks are of similar
        length. 0 for all at once.
    """
    if not chunk or len(input_ids) <= chunk:
        return _embedded(model, input_ids, attention_mask, settings)
    lengths = attention_mask.sum(1)
    order = torch.argsort(lengths, stable=True)
    parts = []
    for start in range(0, len(order), chunk):
        rows = order[start : start + chunk]
        longest = int(lengths[rows].max())
        arguments = (model, input_ids[rows, :longest], attention_mask[rows, :longest], settings)
        parts.append(
            recomputed(_embedded, *arguments, use_reentrant=False) if torch.is_grad_enabled() else _embedded(*arguments)
        )
    return torch.cat(parts)[torch.argsort(order)]


def _embedded(model: Any, input_ids: Tensor, attention_mask: Tensor, settings: ExportSettings) -> Tensor:
    states = model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
    with torch.autocast(states.device.type, enabled=False):
        states = states.float()
        if settings.pooling is Pooling.CLS:
            vectors = states[:, 0]
        else:
            kept = attention_mask.unsqueeze(-1).float()
            vectors = (states * kept).sum(1) / kept.sum(1).clamp(min=1e-9)
        return normalize(vectors, dim=-1) if settings.normalize else vectors


def padded(ids: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    """Stack token ids into ``input_ids`` and ``attention_mask``, int64 ``[texts, longest]``."""
    from pyserini_xqg.encoder.batching import pad

    input_ids, attention_mask = pad(ids, pad_id)  # type: ignore[arg-type] # lists of numbers serve as well
    return torch.from_numpy(input_ids), torch.from_numpy(attention_mask)
