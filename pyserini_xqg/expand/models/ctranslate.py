"""T5 models through CTranslate2 on the CPU: in 8 bits twice as fast as bf16 through torch, and eight times the usual
one at a time.

Its random numbers are a thread's, seeded when the thread begins, so each unit gets a translator of its own: with that,
the same unit gives the same queries whatever came before it and however many cores there are.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import GeneratorError, SetupError
from pyserini_xqg.expand.generator import Answer, Unit
from pyserini_xqg.expand.models.hardware import Hardware
from pyserini_xqg.expand.models.loading import load_tokenizer, loading, read_config
from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.models.templated import TemplatedGenerator
from pyserini_xqg.expand.wording.parse import plain_answer
from pyserini_xqg.expand.wording.seq2seq_prompt import Seq2SeqPrompt
from pyserini_xqg.files.built_once import built_once
from pyserini_xqg.files.cache import cache_home
from pyserini_xqg.files.whole import replacing_folder

MODEL_TYPES = frozenset({"mt5", "t5"})
"""The families that its answers were compared with transformers' for."""
MISSING = (
    "--precision int8 and models in CTranslate2's own format need CTranslate2, which is not installed: pip install "
    "'pyserini-xqg[generate]'"
)
"""What to say where it is not there."""
_FORMAT = 2
"""Raise it when a conversion for the cache becomes another one."""


def is_installed() -> bool:
    """Whether CTranslate2 is there."""
    return importlib.util.find_spec("ctranslate2") is not None


class CTranslateGenerator(TemplatedGenerator):
    """A T5 model and how to sample from it.

    :param template: holds ``{language}`` and ``{passage}``; None for the paper's.
    :param window: the longest prompt in tokens; None for the model's own limit.
    :param compute_type: ``int8``, or ``float32`` for comparison.
    :raises GeneratorError: the model cannot be converted.
    :raises SetupError: CTranslate2 is not installed.
    """

    def __init__(
        self,
        *,
        files: ModelFiles,
        sampling: Sampling,
        hardware: Hardware,
        template: str | None = None,
        window: int | None = None,
        compute_type: str = "int8",
    ) -> None:
        if not is_installed():
            raise SetupError(MISSING)
        super().__init__(files, sampling, hardware, f"{compute_type}/ctranslate2-cpu")
        self._compute_type = compute_type
        self._tokenizer: Any = load_tokenizer(files)
        self._folder = converted_model(files, compute_type)
        self.prompt = Seq2SeqPrompt.of(template, self._tokenizer, None, window, files.source)

    def generate(self, unit: Unit) -> list[Answer]:
        """Sample from batches of passages of similar length."""
        prompts = [self.prompt.fitted(text, unit.language) for text in unit.texts]
        alike = self._sampling.top_k == 1
        results = self._translator(unit.seed).translate_batch(
            [self._tokenizer.convert_ids_to_tokens(prompt.ids) for prompt in prompts],
            beam_size=1,
            num_hypotheses=1 if alike else unit.number,
            sampling_topk=self._sampling.top_k,
            sampling_topp=self._sampling.top_p,
            sampling_temperature=self._sampling.temperature,
            max_input_length=0,
            max_decoding_length=self._sampling.max_tokens,
            max_batch_size=self._hardware.token_budget,
            batch_type="tokens",
        )
        return [
            plain_answer(
                [self._text(tokens) for tokens in result.hypotheses] * (unit.number if alike else 1),
                [len(tokens) for tokens in result.hypotheses] * (unit.number if alike else 1),
                self._sampling.max_tokens,
                prompt.cut,
            )
            for result, prompt in zip(results, prompts, strict=True)
        ]

    def _translator(self, seed: int) -> Any:
        import ctranslate2

        ctranslate2.set_random_seed(seed % 2**32)
        threads = self._hardware.threads or 0
        return ctranslate2.Translator(
            str(self._folder), device="cpu", compute_type=self._compute_type, inter_threads=1, intra_threads=threads
        )

    def _text(self, tokens: list[str]) -> str:
        text: str = self._tokenizer.decode(self._tokenizer.convert_tokens_to_ids(tokens), skip_special_tokens=True)
        return text


def converted_model(files: ModelFiles, compute_type: str) -> Path:
    """The model in CTranslate2's own format, made on first use and cached."""
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", Path(files.source).name).strip("-.")
    place = cache_home() / "generators" / f"{readable}-{compute_type}-{_FORMAT}-{files.sha256()[:16]}"

    def convert() -> None:
        with replacing_folder(place) as partial:
            _convert(files, compute_type, partial)

    return built_once(place, convert)


def _convert(files: ModelFiles, compute_type: str, folder: Path) -> None:
    from ctranslate2.converters import TransformersConverter
    from ctranslate2.specs import model_spec

    if files.gguf:
        raise GeneratorError(f"{files.source} is a GGUF file, which runs at --precision fp32 or bf16")
    scaled = _scales_outputs(files)

    class Converter(TransformersConverter):
        def _load(self) -> Any:
            spec = super()._load()
            if not scaled:
                spec.decoder.scale_outputs = model_spec.OPTIONAL
            return spec

    with loading(files):
        Converter(str(files.folder)).convert(str(folder), quantization=compute_type, force=True)


def _scales_outputs(files: ModelFiles) -> bool:
    """Whether the model divides its last states by the root of their size, as the first T5 did and mT5 and T5 1.1
    don't.

    CTranslate2 goes by ``tie_word_embeddings``, which transformers 5 sets for every mT5: the logits, and so all
    samples, would be those of a temperature of 28 for mT5-base. The best token is the same either way.
    """
    config: Any = read_config(files)
    return bool(getattr(config, "scale_decoder_outputs", False))
