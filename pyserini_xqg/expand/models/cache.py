"""Keys and values of many samples: made once a prompt, and grown in place.

``transformers`` copies a layer's whole cache for every token that is added; on a CPU that costs more than the
arithmetic.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers.cache_utils import Cache, DynamicLayer, EncoderDecoderCache


class RoomyLayer(DynamicLayer):  # type: ignore[no-untyped-call]
    """A layer's keys and values with room for what is still to come.

    :param layer: a layer that has run over the prompts.
    :param repeats: samples a prompt.
    :param room: how many more tokens there may be.
    """

    def __init__(self, layer: Any, repeats: int, room: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.dtype = layer.dtype
        self.device = layer.device
        self.is_initialized = True
        self._used = layer.get_seq_length()
        self._keys = _with_room(layer.keys, repeats, room)
        self._values = _with_room(layer.values, repeats, room)
        self._show()

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: object, **kwargs: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Add keys and values in place."""
        end = self._used + key_states.shape[-2]
        self._keys[:, :, self._used : end] = key_states
        self._values[:, :, self._used : end] = value_states
        self._used = end
        return self._show()

    def batch_select_indices(self, indices: torch.Tensor) -> None:
        """Keep these rows."""
        self._keys, self._values = self._keys[indices], self._values[indices]
        self._show()

    def _show(self) -> tuple[torch.Tensor, torch.Tensor]:
        keys, values = self._keys[:, :, : self._used], self._values[:, :, : self._used]
        self.keys = keys
        self.values = values
        return keys, values


def _with_room(states: torch.Tensor, repeats: int, room: int) -> torch.Tensor:
    prompts, heads, length, size = states.shape
    roomy = states.new_zeros((prompts, repeats, heads, length + room, size))
    roomy[:, :, :, :length] = states[:, None]
    return roomy.view(prompts * repeats, heads, length + room, size)


def repeat_with_room(cache: Cache, repeats: int, room: int) -> None:
    """Let every prompt's cache serve ``repeats`` samples of up to ``room`` further tokens."""
    if isinstance(cache, EncoderDecoderCache):
        repeat_with_room(cache.self_attention_cache, repeats, room)
        repeat_with_room(cache.cross_attention_cache, repeats, 0)
        return
    layers: list[Any] = cache.layers  # the library's union of kinds has no common base with this method
    for number, layer in enumerate(layers):
        if type(layer) is DynamicLayer and layer.is_initialized:
            layers[number] = RoomyLayer(layer, repeats, room)
        else:  # such as a sliding window's, which stays short
            layer.batch_repeat_interleave(repeats)
