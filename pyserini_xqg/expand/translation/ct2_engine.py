"""Translators through CTranslate2: checkpoints in 8 bits on the CPU, and models that are in its own format already."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from pyserini_xqg.errors import SetupError
from pyserini_xqg.expand.models.ctranslate import MISSING, converted_model, is_installed
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.loading import load_tokenizer, loading, read_config
from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.translation.family import TranslatorFamily, words_of
from pyserini_xqg.expand.translation.generator import Sentences

_COMPUTE_TYPES = {
    ModelPrecision.AUTO: "default",
    ModelPrecision.FP32: "float32",
    ModelPrecision.BF16: "bfloat16",
    ModelPrecision.INT8: "int8",
}


class CTranslateEngine:
    """See :class:`~pyserini_xqg.expand.translation.generator.TranslationEngine`.

    :param compute_type: what a checkpoint is converted to; a model that is converted already runs as it is, or as
        ``hardware`` says.
    :raises GeneratorError: the model cannot be converted or loaded.
    :raises SetupError: CTranslate2 is not installed.
    """

    def __init__(
        self, files: ModelFiles, family: TranslatorFamily, hardware: Hardware, compute_type: str = "int8"
    ) -> None:
        if not is_installed():
            raise SetupError(MISSING)
        self._files = files
        self._hardware = hardware
        self._device = _device(hardware) if files.converted else "cpu"
        self._compute_type = _COMPUTE_TYPES[hardware.precision] if files.converted else compute_type
        self.arithmetic = f"{self._compute_type}/ctranslate2-{self._device}"
        self.words = words_of(family, load_tokenizer(files), files.source)
        positions = None if files.converted else getattr(read_config(files), "max_position_embeddings", None)
        self.positions: int | None = positions
        self._folder = files.folder if files.converted else converted_model(files, compute_type)

    def translate(self, asked: Sentences, sampling: Sampling, token_budget: int) -> list[tuple[list[str], list[int]]]:
        """Translate sentences in batches of similar length; CTranslate2 sorts them itself."""
        tokenizer = self.words.tokenizer
        alike = sampling.top_k == 1
        results = self._translator(asked.seed, alike).translate_batch(
            [tokenizer.convert_ids_to_tokens(list(ids)) for ids in asked.ids],
            target_prefix=[tokenizer.convert_ids_to_tokens(list(asked.begin))] * len(asked.ids),
            beam_size=1,
            num_hypotheses=1 if alike else asked.number,
            sampling_topk=sampling.top_k,
            sampling_topp=sampling.top_p,
            sampling_temperature=sampling.temperature,
            min_decoding_length=0,
            max_input_length=0,
            max_decoding_length=sampling.max_tokens + len(asked.begin),
            max_batch_size=token_budget,
            batch_type="tokens",
        )
        copies = asked.number if alike else 1
        return [self._read(result.hypotheses * copies, len(asked.begin)) for result in results]

    def _read(self, hypotheses: Sequence[list[str]], begun: int) -> tuple[list[str], list[int]]:
        """Texts and their lengths, without what they were begun with."""
        tokenizer = self.words.tokenizer
        written = [tokenizer.convert_tokens_to_ids(tokens[begun:]) for tokens in hypotheses]
        return [self.words.decode(ids) for ids in written], list(map(len, written))

    def _translator(self, seed: int, alike: bool) -> Any:
        """A model of its own for each unit where tokens are chosen by chance, as for
        :class:`~pyserini_xqg.expand.models.ctranslate.CTranslateGenerator`.
        """
        if alike:
            return self._one
        import ctranslate2

        ctranslate2.set_random_seed(seed % 2**32)
        return self._load()

    @cached_property
    def _one(self) -> Any:
        return self._load()

    def _load(self) -> Any:
        import ctranslate2

        with loading(self._files):
            return ctranslate2.Translator(
                str(self._folder),
                device=self._device,
                compute_type=self._compute_type,
                inter_threads=1,
                intra_threads=self._hardware.threads or 0,
            )


def _device(hardware: Hardware) -> str:
    import ctranslate2

    return "cuda" if hardware.place().type == "cuda" and ctranslate2.get_cuda_device_count() else "cpu"
