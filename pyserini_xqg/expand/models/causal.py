"""Causal chat models: what all prompts begin with is read once a language, each passage once, whatever the number of
samples.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any

import numpy as np
import torch
from transformers.cache_utils import DynamicCache

from pyserini_xqg.expand.generator import Answer, Unit
from pyserini_xqg.expand.models.cache import repeat_with_room
from pyserini_xqg.expand.models.causal_prompt import CausalPrompt, common_beginning, ends_of
from pyserini_xqg.expand.models.decoding import sample, sample_batches
from pyserini_xqg.expand.models.hardware import Hardware
from pyserini_xqg.expand.models.loading import Loaded, load
from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.wording.chat_answer import chat_answer
from pyserini_xqg.expand.wording.prompt import Prompt
from pyserini_xqg.expand.wording.window import FittedPrompt
from pyserini_xqg.languages import Language

_WINDOW = 2048
"""Tokens: passages are short, and the memory of a batch grows with the longest."""
_REMEMBERED = 8
"""Languages whose common beginning is kept."""
_FORMAT = 3
"""Raise it when the same model with the same settings writes something else."""

States = list[tuple[torch.Tensor, torch.Tensor]]
"""Keys and values of each layer, ``[1, heads, tokens, size]``."""


class CausalGenerator:
    """A causal model, its prompt, and how to sample from it.

    :param window: the longest prompt in tokens; None for the model's own limit, 2,048 at most.
    :raises GeneratorError: the model cannot be loaded.
    """

    def __init__(
        self, files: ModelFiles, prompt: Prompt, sampling: Sampling, hardware: Hardware, window: int | None = None
    ) -> None:
        self.name = files.source
        self.arithmetic = hardware.arithmetic()
        self._files = files
        self._sampling = sampling
        self._hardware = hardware
        self.loaded: Loaded = load(files, "AutoModelForCausalLM", hardware)
        self._window = min(window or _WINDOW, self.loaded.model.config.max_position_embeddings - sampling.max_tokens)
        self.prompt = CausalPrompt(prompt, self.loaded.tokenizer, self._window, self.name)
        self._ends = ends_of(self.loaded, files.source)
        self._beginnings: OrderedDict[str, list[int]] = OrderedDict()
        self._states: OrderedDict[tuple[int, ...], States] = OrderedDict()

    @cached_property
    def fingerprint(self) -> str:
        """A hash of weights, tokenizer, prompt, sampling, window and batches."""
        decisive = [
            _FORMAT,
            self._files.sha256(),
            self.prompt.wording.record(),
            asdict(self._sampling),
            self._window,
            self._hardware.token_budget,
        ]
        return hashlib.sha256(json.dumps(decisive, ensure_ascii=False).encode()).hexdigest()

    def phrases(self, language: Language) -> Sequence[str]:
        """The sentences of the prompt and its examples."""
        return self.prompt.wording.phrases(language)

    @torch.inference_mode()
    def generate(self, unit: Unit) -> list[Answer]:
        """Sample from batches of prompts of similar length, then take the queries out of what was written."""
        prompts = [self.prompt.fitted(text, unit.language) for text in unit.texts]
        beginning = self._beginning(prompts, unit.language)
        states = self._read(beginning)
        rests = [prompt.ids[len(beginning) :] for prompt in prompts]
        written = sample_batches(
            lengths=list(map(len, rests)),
            number=unit.number,
            sampling=self._sampling,
            seed=unit.seed,
            token_budget=self._hardware.token_budget,
            tokenizer=self.loaded.tokenizer,
            write=lambda places, chances: self._continue(
                states, [rests[place] for place in places], chances, unit.number
            ),
        )
        return [self._answer(unit, *one, prompt) for one, prompt in zip(written, prompts, strict=True)]

    def _answer(self, unit: Unit, written: list[str], lengths: list[int], prompt: FittedPrompt) -> Answer:
        return chat_answer(unit, written, [length == self._sampling.max_tokens for length in lengths], prompt.cut)

    def _beginning(self, prompts: Sequence[FittedPrompt], language: Language) -> list[int]:
        """The tokens that these prompts begin with, the language's own beginning wherever they do."""
        if language.code not in self._beginnings:
            self._beginnings[language.code] = common_beginning(
                [self.prompt.ids("a", language), self.prompt.ids("1", language)]
            )
            if len(self._beginnings) > _REMEMBERED:
                self._beginnings.popitem(last=False)
        mine = self._beginnings[language.code]
        shortest = min(len(prompt.ids) for prompt in prompts)
        return common_beginning([mine, *(prompt.ids for prompt in prompts)])[
            : shortest - 1
        ]  # something must be left to go on from

    def _read(self, beginning: Sequence[int]) -> States:
        key = tuple(beginning)
        if key in self._states:
            self._states.move_to_end(key)
        else:
            cache: Any = DynamicCache(config=self.loaded.model.config)
            if key:
                self.loaded.model(
                    torch.tensor([key], device=self.loaded.device),
                    past_key_values=cache,
                    use_cache=True,
                    logits_to_keep=1,
                )
            self._states[key] = [(layer.keys, layer.values) for layer in cache.layers] if key else []
            if len(self._states) > _REMEMBERED:
                self._states.popitem(last=False)
        return self._states[key]

    def _continue(
        self, states: States, rests: Sequence[Sequence[int]], chances: torch.Tensor, number: int
    ) -> list[list[int]]:
        model, device = self.loaded.model, self.loaded.device
        cache = DynamicCache(config=model.config)
        for layer, (keys, values) in enumerate(states):
            cache.update(keys.expand(len(rests), -1, -1, -1), values.expand(len(rests), -1, -1, -1), layer)
        known = states[0][0].shape[2] if states else 0
        ids, mask = _pad_left(rests, known)
        positions = (mask.cumsum(1) - 1).clamp(min=0)[:, known:]
        inputs = {"attention_mask": mask.to(device), "position_ids": positions.to(device)}
        out = model(ids.to(device), past_key_values=cache, use_cache=True, logits_to_keep=1, **inputs)
        repeat_with_room(cache, number, self._sampling.max_tokens)
        lengths = mask.sum(1).repeat_interleave(number).to(device)
        rows = _CausalRows(model, cache, mask.repeat_interleave(number, 0).to(device), lengths)
        return sample(rows, out.logits[:, -1].repeat_interleave(number, 0), chances, self._sampling, self._ends)


class _CausalRows:
    def __init__(self, model: Any, cache: Any, mask: torch.Tensor, lengths: torch.Tensor) -> None:
        self._model = model
        self._cache = cache
        self._mask = mask
        self._lengths = lengths

    def step(self, tokens: torch.Tensor) -> torch.Tensor:
        self._mask = torch.cat([self._mask, self._mask.new_ones((len(tokens), 1))], dim=1)
        out = self._model(
            tokens[:, None],
            attention_mask=self._mask,
            position_ids=self._lengths[:, None],
            past_key_values=self._cache,
            use_cache=True,
        )
        self._lengths = self._lengths + 1
        logits: torch.Tensor = out.logits[:, -1]
        return logits

    def keep(self, rows: torch.Tensor) -> None:
        self._mask, self._lengths = self._mask[rows], self._lengths[rows]
        self._cache.batch_select_indices(rows)


def _pad_left(rests: Sequence[Sequence[int]], known: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids ``[prompts, longest]`` and the mask over what is known and them, ``[prompts, known + longest]``; both
    int64.
    """
    longest = max(map(len, rests))
    ids = np.zeros((len(rests), longest), dtype=np.int64)
    mask = np.ones((len(rests), known + longest), dtype=np.int64)
    for row, rest in enumerate(rests):
        ids[row, longest - len(rest) :] = rest
        mask[row, known : known + longest - len(rest)] = 0
    return torch.from_numpy(ids), torch.from_numpy(mask)
