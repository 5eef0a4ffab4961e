"""Sequence-to-sequence models, as the paper's mT5: the encoder runs once a prompt, whatever the number of samples."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import torch

from pyserini_xqg.encoder.batching import pad
from pyserini_xqg.errors import GeneratorError
from pyserini_xqg.expand.generator import Answer, Unit
from pyserini_xqg.expand.models.cache import repeat_with_room
from pyserini_xqg.expand.models.decoding import sample, sample_batches
from pyserini_xqg.expand.models.hardware import Hardware
from pyserini_xqg.expand.models.loading import Loaded, load
from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.models.templated import TemplatedGenerator
from pyserini_xqg.expand.wording.parse import plain_answer
from pyserini_xqg.expand.wording.seq2seq_prompt import Seq2SeqPrompt


class Seq2SeqGenerator(TemplatedGenerator):
    """A seq2seq model and how to sample from it.

    :param template: holds ``{language}`` and ``{passage}``; None for the paper's.
    :param window: the longest prompt in tokens; None for the model's own limit.
    :raises GeneratorError: the model cannot be loaded.
    """

    def __init__(
        self,
        files: ModelFiles,
        sampling: Sampling,
        hardware: Hardware,
        template: str | None = None,
        window: int | None = None,
    ) -> None:
        super().__init__(files, sampling, hardware, hardware.arithmetic())
        self.loaded: Loaded = load(files, "AutoModelForSeq2SeqLM", hardware)
        positions = getattr(self.loaded.model.config, "max_position_embeddings", None)
        self.prompt = Seq2SeqPrompt.of(template, self.loaded.tokenizer, positions, window, files.source)
        self._start, self._ends = _start_and_ends(self.loaded.model, files.source)

    @torch.inference_mode()
    def generate(self, unit: Unit) -> list[Answer]:
        """Sample from batches of passages of similar length."""
        prompts = [self.prompt.fitted(text, unit.language) for text in unit.texts]
        written = sample_batches(
            lengths=[len(prompt.ids) for prompt in prompts],
            number=unit.number,
            sampling=self._sampling,
            seed=unit.seed,
            token_budget=self._hardware.token_budget,
            tokenizer=self.loaded.tokenizer,
            write=lambda places, chances: self._continue(
                [np.array(prompts[place].ids) for place in places], chances, unit.number
            ),
        )
        return [
            plain_answer(texts, lengths, self._sampling.max_tokens, prompt.cut)
            for (texts, lengths), prompt in zip(written, prompts, strict=True)
        ]

    def _continue(self, ids: Sequence[np.ndarray], chances: torch.Tensor, number: int) -> list[list[int]]:
        model, device = self.loaded.model, self.loaded.device
        padded, mask = (torch.from_numpy(array).to(device) for array in pad(ids, model.config.pad_token_id or 0))
        states = model.get_encoder()(input_ids=padded, attention_mask=mask).last_hidden_state
        first = torch.full((len(ids), 1), self._start, device=device)
        out = model(encoder_outputs=(states,), attention_mask=mask, decoder_input_ids=first, use_cache=True)
        repeat_with_room(out.past_key_values, number, self._sampling.max_tokens)
        rows = _DecoderRows(
            model, states.repeat_interleave(number, 0), mask.repeat_interleave(number, 0), out.past_key_values
        )
        return sample(rows, out.logits[:, -1].repeat_interleave(number, 0), chances, self._sampling, self._ends)


class _DecoderRows:
    def __init__(self, model: Any, states: torch.Tensor, mask: torch.Tensor, cache: Any) -> None:
        self._model = model
        self._states = states
        self._mask = mask
        self._cache = cache

    def step(self, tokens: torch.Tensor) -> torch.Tensor:
        out = self._model(
            encoder_outputs=(self._states,),
            attention_mask=self._mask,
            decoder_input_ids=tokens[:, None],
            past_key_values=self._cache,
            use_cache=True,
        )
        logits: torch.Tensor = out.logits[:, -1]
        return logits

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
