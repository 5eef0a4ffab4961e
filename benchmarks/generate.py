"""How fast queries are generated, beside plain transformers one prompt at a time, and whether they are as good.

Both sides have the same weights, prompts, samples and lengths: 5 samples a prompt, top-k 10. The peer is the reference implementation's way:
``model.generate`` for one prompt after the other, float32. Quality is the round trip: how often a generated query finds its own passage first among all of
them, by e5-small. SmolLM2 writes English questions for XQuAD's paragraphs. The seq2seq model is mT5-small's shape (its vocabulary cut to
32,000 words) with random weights, whose samples all run to the greatest length; for a real one give ``--seq2seq`` (its round trip is then measured too).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from common import flags, head, say, table, work_folder
from timing import in_turns
from xquad_data import prepare_data

from pyserini_xqg.collection import read_passages
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision as EncoderPrecision
from pyserini_xqg.expand.causal import CausalGenerator
from pyserini_xqg.expand.clean import Query, clean
from pyserini_xqg.expand.generator import Answer, Generator, Unit, unit_seed
from pyserini_xqg.expand.loading import Hardware, Precision
from pyserini_xqg.expand.parse import choose_queries
from pyserini_xqg.expand.resolve import PromptChoice, resolve_model
from pyserini_xqg.expand.run import CHUNK_SIZE
from pyserini_xqg.expand.sampling import Sampling
from pyserini_xqg.expand.seq2seq import Seq2SeqGenerator
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.languages import language

_NUMBER = 5
_SAMPLING = Sampling(max_tokens=32)
_VOCABULARY = 32_000
Write = Callable[[Sequence[str]], list[Answer]]


@dataclass(frozen=True, slots=True)
class Model:
    """One model to measure.

    :param judged: whether its queries mean anything.
    """

    title: str
    place: str
    code: str
    judged: bool


def main() -> None:
    """Print a table a model."""
    parser = flags(__doc__)
    parser.add_argument("--seq2seq", metavar="DIR", help="a trained seq2seq checkpoint instead of random weights")
    parser.add_argument("--language", default="ar", metavar="LANG", help="what that one writes (default: ar)")
    args = parser.parse_args()
    head("Generating queries: speed beside transformers, one prompt at a time", args)
    with work_folder(args) as work:
        passages = [passage.contents for passage in read_passages(prepare_data(work) / "corpus.jsonl")]
        trained = Model("the seq2seq checkpoint", args.seq2seq or "", args.language, judged=True)
        random = Model("mT5-small's shape, random weights", "" if args.seq2seq else _random_mt5(work / "mt5-shape"), args.language, judged=False)
        for model in (Model("SmolLM2-135M, few-shot", "smollm2", "en", judged=True), trained if args.seq2seq else random):
            _measure(model, passages, args)


def _measure(model: Model, passages: list[str], args: argparse.Namespace) -> None:
    ours_number, peer_number = (4, 2) if args.quick else (2 * CHUNK_SIZE, 6)
    sides: dict[str, tuple[Write, int]] = {}
    reference = _load(model, Precision.FP32)
    sides["transformers, one prompt at a time, fp32"] = (_one_by_one(reference, model.code), peer_number)
    sides["ours, fp32"] = (_ours(reference, model.code), ours_number)
    sides["ours, bf16"] = (_ours(_load(model, Precision.BF16), model.code), ours_number)
    if isinstance(reference, Seq2SeqGenerator):
        sides["ours, int8 (CTranslate2)"] = (_ours(_load(model, Precision.INT8), model.code), ours_number)
    for write, _ in sides.values():
        write(passages[:1])
    times = in_turns(
        {name: (lambda write=write, number=number: write(passages[:number])) for name, (write, number) in sides.items()}, 1 if args.quick else 3
    )
    rates = {name: _NUMBER * sides[name][1] / taken.best for name, taken in times.items()}
    peer = next(iter(rates.values()))
    rows = [[name, f"{rate:.2f}", f"{rate / peer:.1f}", *_judge(model, sides[name][0], passages, args.quick)] for name, rate in rates.items()]
    print(f"### {model.title}, {model.code}\n\n{table(['', 'queries/s', 'ratio', 'kept, %', 'round trip R@1, %'], rows)}", flush=True)


def _load(model: Model, precision: Precision) -> Generator:
    return resolve_model(model.place, _SAMPLING, Hardware(precision, device="cpu"), PromptChoice())


def _ours(generator: Generator, code: str) -> Write:
    def write(texts: Sequence[str]) -> list[Answer]:
        chunks = [texts[start : start + CHUNK_SIZE] for start in range(0, len(texts), CHUNK_SIZE)]
        units = [Unit(chunk, language(code), _NUMBER, unit_seed(1, number, code)) for number, chunk in enumerate(chunks)]
        return [answer for unit in units for answer in generator.generate(unit)]

    return write


def _one_by_one(generator: Any, code: str) -> Write:
    target = language(code)
    model, tokenizer = generator.loaded.model, generator.loaded.tokenizer
    causal = isinstance(generator, CausalGenerator)

    @torch.no_grad()
    def write(texts: Sequence[str]) -> list[Answer]:
        torch.manual_seed(1)
        answers = []
        for text in texts:
            ids = torch.tensor([(generator.fitted if causal else generator.prompt.fitted)(text, target).ids])
            settings = {"do_sample": True, "top_k": _SAMPLING.top_k, "num_return_sequences": _NUMBER, "max_new_tokens": _SAMPLING.max_tokens}
            out = model.generate(ids, attention_mask=torch.ones_like(ids), **settings)
            decoded = tokenizer.batch_decode(out[:, ids.shape[1] :] if causal else out, skip_special_tokens=True)
            answers.append(Answer(choose_queries(decoded, _NUMBER, target.name) if causal else tuple(decoded)))
        return answers

    return write


def _judge(model: Model, write: Write, passages: list[str], quick: bool) -> list[str]:
    """How many answers are queries, in percent, and how many of them find their passage first among all."""
    if not model.judged:
        return ["–", "–"]
    number = 2 if quick else 2 * CHUNK_SIZE
    say(f"{model.title}: round trip of {number} passages")
    written = [answer.texts for answer in write(passages[:number])]
    kept = [
        [found.text for text in mine if isinstance(found := clean(text, passage, ()), Query)]
        for mine, passage in zip(written, passages, strict=False)
    ]
    encoder = Encoder(resolve_encoder("e5-small"), EncoderPrecision.AUTO)
    known = encoder.encode(passages, Side.PASSAGE)
    owners = np.array([row for row, texts in enumerate(kept) for _ in texts])
    asked = encoder.encode([text for texts in kept for text in texts], Side.QUERY)
    found = float(np.mean((asked @ known.T).argmax(1) == owners))
    return [f"{100 * len(owners) / (number * _NUMBER):.1f}", f"{100 * found:.1f}"]


def _random_mt5(folder: Path) -> str:
    if not folder.is_dir():
        import transformers
        from tokenizers import Tokenizer, models, pre_tokenizers

        words = ["<pad>", "</s>", "<unk>", *(f"w{number}" for number in range(_VOCABULARY - 3))]
        raw = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
        raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<pad>", eos_token="</s>", unk_token="<unk>")
        sizes = {"d_model": 512, "d_kv": 64, "d_ff": 1024, "num_layers": 8, "num_heads": 6}
        config = transformers.MT5Config(vocab_size=_VOCABULARY, decoder_start_token_id=0, feed_forward_proj="gated-gelu", **sizes)
        torch.manual_seed(0)
        transformers.MT5ForConditionalGeneration(config).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return str(folder)


if __name__ == "__main__":
    main()
