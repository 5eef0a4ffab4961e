"""BERT's layers rearranged for export: the same function of the same weights in fewer and larger operations.

Query, key and value come out of one matrix product, and the attention's scale lies in the weights. A graph traced from
this has a quarter fewer nodes than one traced from transformers; a short query, whose time is mostly the nodes' own,
gains most.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_LEAST = -1e9
"""Added to the attention to a padding token: its softmax is 0 in float32."""


class LeanEncoder(torch.nn.Module):
    """The last hidden states of a BERT or RoBERTa (XLM-R, CamemBERT).

    :param model: in evaluation mode, of a family for which :func:`is_lean` holds; its weights are shared or copied,
        never changed.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        parts: Any = model
        self.embeddings = parts.embeddings
        self.layers = torch.nn.ModuleList(
            _LeanLayer(layer, model.config.num_attention_heads) for layer in parts.encoder.layer
        )

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Hidden states, float32 ``[batch, tokens, dimension]``, of int64 ``[batch, tokens]`` ids; all tokens are of
        type 0.
        """
        states = self.embeddings(input_ids=input_ids, token_type_ids=torch.zeros_like(input_ids))
        bias = (1.0 - attention_mask.to(states.dtype))[:, None, None, :] * _LEAST
        for layer in self.layers:
            states = layer(states, bias)
        return states


class _LeanLayer(torch.nn.Module):
    def __init__(self, layer: Any, heads: int) -> None:
        super().__init__()
        attention = layer.attention.self
        parts = (attention.query, attention.key, attention.value)
        width = attention.query.out_features
        self.heads = heads
        self.head_width = width // heads
        self.project = torch.nn.Linear(attention.query.in_features, 3 * width)
        with torch.no_grad():
            self.project.weight.copy_(torch.cat([part.weight for part in parts]))
            self.project.bias.copy_(torch.cat([part.bias for part in parts]))
            for weights in (self.project.weight, self.project.bias):
                weights[:width] /= math.sqrt(self.head_width)
        self.mix = layer.attention.output.dense
        self.mix_norm = layer.attention.output.LayerNorm
        self.widen = layer.intermediate
        self.narrow = layer.output.dense
        self.narrow_norm = layer.output.LayerNorm

    def forward(self, states: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        query, key, value = self.project(states).unflatten(-1, (3, self.heads, self.head_width)).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(query @ key.transpose(-1, -2) + bias, dim=-1)
        states = self.mix_norm(self.mix((weights @ value).transpose(1, 2).flatten(2)) + states)
        return self.narrow_norm(self.narrow(self.widen(states)) + states)


def is_lean(model: PreTrainedModel) -> bool:
    """Whether :class:`LeanEncoder` knows the layers of ``model``; of the exported families DistilBERT's are named
    otherwise.
    """
    return hasattr(model, "encoder") and hasattr(model.encoder, "layer") and model.config.model_type != "xlm-roberta-xl"
