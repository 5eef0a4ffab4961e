"""Sequence-to-sequence models, as the paper's mT5: the encoder runs once a prompt, whatever the number of samples."""

from __future__ import annotations

import numpy as np
import torch

from pyserini_xqg.expand.generator import Answer, Unit
from pyserini_xqg.expand.models.decoding import sample_batches
from pyserini_xqg.expand.models.encoder_decoder import EncoderDecoder
from pyserini_xqg.expand.models.hardware import Hardware
from pyserini_xqg.expand.models.loading import Loaded
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
        self._model = EncoderDecoder.load(files, hardware)
        self.loaded: Loaded = self._model.loaded
        positions = getattr(self.loaded.model.config, "max_position_embeddings", None)
        self.prompt = Seq2SeqPrompt.of(template, self.loaded.tokenizer, positions, window, files.source)

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
            write=lambda places, chances: self._model.write(
                [np.array(prompts[place].ids) for place in places], chances, unit.number, self._sampling
            ),
        )
        return [
            plain_answer(texts, lengths, self._sampling.max_tokens, prompt.cut)
            for (texts, lengths), prompt in zip(written, prompts, strict=True)
        ]
