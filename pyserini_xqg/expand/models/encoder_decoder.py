"""A sequence-to-sequence model that is loaded: the encoder runs once a prompt, whatever the number of samples."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from pyserini_xqg.encoder.batching import pad
from pyserini_xqg.errors import GeneratorError
from pyserini_xqg.expand.models.cache import repeat_with_room
from pyserini_xqg.expand.models.decoding import sample
from pyserini_xqg.expand.models.hardware import Hardware
from pyserini_xqg.expand.models.loading import Loaded, load
from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.expand.models.sampling import Sampling


@dataclass(frozen=True, slots=True)
class EncoderDecoder:
    """A model, and where its texts begin and end.

    :param start: the token before a text.
    :param ends: those after it.
    :param forbidden: tokens that are no text, such as Marian's padding, which its texts begin with.
    """

    loaded: Loaded
    start: int
    ends: Collection[int]
    forbidden: tuple[int, ...]

    @classmethod
    def load(cls, files: ModelFiles, hardware: Hardware) -> EncoderDecoder:
        """Load it.

        :raises GeneratorError: it cannot be loaded.
        """
        loaded = load(files, "AutoModelForSeq2SeqLM", hardware)
        banned = loaded.model.generation_config.bad_words_ids or ()
        forbidden = tuple(words[0] for words in banned if len(words) == 1)
        return cls(loaded, *_start_and_ends(loaded.model, files.source), forbidden)

    def write(
        self,
        ids: Sequence[np.ndarray],
        chances: torch.Tensor,
        number: int,
        sampling: Sampling,
        begin: Sequence[int] = (),
    ) -> list[list[int]]:
        """Sample texts for some prompts.

        :param ids: tokens of the prompts, an int64 array each.
        :param chances: float32 ``[prompts · number, max_tokens]``.
        :param number: texts a prompt.
        :param begin: tokens that every text begins with; they are not part of what comes back.
        """
        model, device = self.loaded.model, self.loaded.device
        padding = model.config.pad_token_id or 0
        padded, mask = (torch.from_numpy(array).to(device) for array in pad(ids, padding))
        states = model.get_encoder()(input_ids=padded, attention_mask=mask).last_hidden_state
        first = torch.tensor([[self.start, *begin]], device=device).expand(len(ids), -1)
        out = model(encoder_outputs=(states,), attention_mask=mask, decoder_input_ids=first, use_cache=True)
        repeat_with_room(out.past_key_values, number, sampling.max_tokens)
        rows = _DecoderRows(
            self, states.repeat_interleave(number, 0), mask.repeat_interleave(number, 0), out.past_key_values
        )
        return sample(rows, self.last(out).repeat_interleave(number, 0), chances, sampling, self.ends)

    def last(self, out: Any) -> torch.Tensor:
        """The logits of the next token, ``[rows, vocabulary]``."""
        logits: torch.Tensor = out.logits[:, -1]
        if self.forbidden:
            logits[:, list(self.forbidden)] = -torch.inf
        return logits


class _DecoderRows:
    def __init__(self, model: EncoderDecoder, states: torch.Tensor, mask: torch.Tensor, cache: Any) -> None:
        self._model = model
        self._states = states
        self._mask = mask
        self._cache = cache

    def step(self, tokens: torch.Tensor) -> torch.Tensor:
        out = self._model.loaded.model(
            encoder_outputs=(self._states,),
            attention_mask=self._mask,
            decoder_input_ids=tokens[:, None],
            past_key_values=self._cache,
            use_cache=True,
        )
        return self._model.last(out)

    def keep(self, rows: torch.Tensor) -> None:
        self._states, self._mask = self._states[rows], self._mask[rows]
        self._cache.batch_select_indices(rows)


def _start_and_ends(model: Any, source: str) -> tuple[int, Collection[int]]:
    start = model.generation_config.decoder_start_token_id
    start = model.config.decoder_start_token_id if start is None else start
    ends = model.generation_config.eos_token_id
    ends = model.config.eos_token_id if ends is None else ends
    if start is None or ends is None:
        raise GeneratorError(
            f"{source} does not state decoder_start_token_id and eos_token_id in its config.json; add them there"
        )
    return int(start), {int(end) for end in (ends if isinstance(ends, list) else [ends])}
