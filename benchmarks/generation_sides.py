"""Ways to have the same model write the same number of queries: plain transformers one prompt at a time, and ours at
each precision.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from pyserini_xqg.expand.expand_corpus import CHUNK_SIZE
from pyserini_xqg.expand.generator import Answer, Generator, Unit, unit_seed
from pyserini_xqg.expand.models.causal import CausalGenerator
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.models.seq2seq import Seq2SeqGenerator
from pyserini_xqg.expand.request import GeneratorRequest
from pyserini_xqg.expand.resolve import resolve_generator
from pyserini_xqg.expand.wording.parse import choose_queries
from pyserini_xqg.languages import language

NUMBER = 5
SAMPLING = Sampling(max_tokens=32)
ONE_BY_ONE = "transformers, one prompt at a time"
_VOCABULARY = 32_000
Write = Callable[[Sequence[str]], list[Answer]]


@dataclass(frozen=True, slots=True)
class Model:
    """One model to measure.

    :param trained: whether its queries mean anything.
    """

    title: str
    place: str
    code: str
    trained: bool


def sides_of(model: Model, quick: bool = False) -> dict[str, Write]:
    """Each way of writing by its name, the plain one at the model's own precision first."""
    plain = _load(model, ModelPrecision.FP32)
    sides = {f"{ONE_BY_ONE}, fp32": _one_by_one(plain, model.code), "ours, fp32": _ours(plain, model.code)}
    if not quick:
        reduced = _load(model, ModelPrecision.BF16)
        sides |= {f"{ONE_BY_ONE}, bf16": _one_by_one(reduced, model.code), "ours, bf16": _ours(reduced, model.code)}
    if isinstance(plain, Seq2SeqGenerator):
        sides["ours, int8 (CTranslate2)"] = _ours(_load(model, ModelPrecision.INT8), model.code)
    return sides


def _load(model: Model, precision: ModelPrecision) -> Generator:
    return resolve_generator(GeneratorRequest(model.place, SAMPLING, hardware=Hardware(precision, device="cpu")))


def _ours(generator: Generator, code: str) -> Write:
    def write(texts: Sequence[str]) -> list[Answer]:
        chunks = [texts[start : start + CHUNK_SIZE] for start in range(0, len(texts), CHUNK_SIZE)]
        units = [Unit(chunk, language(code), NUMBER, unit_seed(1, number, code)) for number, chunk in enumerate(chunks)]
        return [answer for unit in units for answer in generator.generate(unit)]

    return write


def _one_by_one(generator: Any, code: str) -> Write:
    """The reference implementation's way: `model.generate` for one prompt after the other."""
    target = language(code)
    model, tokenizer = generator.loaded.model, generator.loaded.tokenizer
    causal = isinstance(generator, CausalGenerator)
    settings = {
        "do_sample": True,
        "top_k": SAMPLING.top_k,
        "num_return_sequences": NUMBER,
        "max_new_tokens": SAMPLING.max_tokens,
    }

    @torch.no_grad()
    def write(texts: Sequence[str]) -> list[Answer]:
        torch.manual_seed(1)
        answers = []
        for text in texts:
            ids = torch.tensor([(generator.fitted if causal else generator.prompt.fitted)(text, target).ids])
            out = model.generate(ids, attention_mask=torch.ones_like(ids), **settings)
            decoded = tokenizer.batch_decode(out[:, ids.shape[1] :] if causal else out, skip_special_tokens=True)
            answers.append(Answer(choose_queries(decoded, NUMBER, target.name) if causal else tuple(decoded)))
        return answers

    return write


def random_mt5(folder: Path) -> str:
    """mT5-small's shape with a vocabulary of 32,000 words and random weights, whose samples all run to the greatest
    length.
    """
    if not folder.is_dir():
        import transformers
        from tokenizers import Tokenizer, models, pre_tokenizers

        words = ["<pad>", "</s>", "<unk>", *(f"w{number}" for number in range(_VOCABULARY - 3))]
        raw = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
        raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        tokenizer = transformers.PreTrainedTokenizerFast(
            tokenizer_object=raw, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
        )
        sizes = {"d_model": 512, "d_kv": 64, "d_ff": 1024, "num_layers": 8, "num_heads": 6}
        config = transformers.MT5Config(
            vocab_size=_VOCABULARY, decoder_start_token_id=0, feed_forward_proj="gated-gelu", **sizes
        )
        torch.manual_seed(0)
        transformers.MT5ForConditionalGeneration(config).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return str(folder)
