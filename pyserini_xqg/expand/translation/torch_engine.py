"""Translators through transformers."""

from __future__ import annotations

import numpy as np
import torch

from pyserini_xqg.expand.models.decoding import sample_batches
from pyserini_xqg.expand.models.encoder_decoder import EncoderDecoder
from pyserini_xqg.expand.models.hardware import Hardware
from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.translation.family import TranslatorFamily, words_of
from pyserini_xqg.expand.translation.generator import Sentences


class TorchEngine:
    """See :class:`~pyserini_xqg.expand.translation.generator.TranslationEngine`.

    :raises GeneratorError: the model cannot be loaded.
    """

    def __init__(self, files: ModelFiles, family: TranslatorFamily, hardware: Hardware) -> None:
        self.arithmetic = hardware.arithmetic()
        self.model = EncoderDecoder.load(files, hardware)
        self.words = words_of(family, self.model.loaded.tokenizer, files.source)
        self.positions: int | None = getattr(self.model.loaded.model.config, "max_position_embeddings", None)

    @torch.inference_mode()
    def translate(self, asked: Sentences, sampling: Sampling, token_budget: int) -> list[tuple[list[str], list[int]]]:
        """Translate sentences in batches of similar length."""
        return sample_batches(
            lengths=list(map(len, asked.ids)),
            number=asked.number,
            sampling=sampling,
            seed=asked.seed,
            token_budget=token_budget,
            tokenizer=self.words.tokenizer,
            write=lambda places, chances: self.model.write(
                [np.array(asked.ids[place]) for place in places], chances, asked.number, sampling, asked.begin
            ),
        )
