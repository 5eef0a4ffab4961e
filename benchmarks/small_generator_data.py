"""Training examples and a model for benchmarks/small_generator.py: XQuAD's and AfriQA's own questions, and a small mT5
with random weights.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import data_dir

LANGUAGES = ("ar", "de", "el", "en", "es", "hi", "ru", "zh")
_AFRIQA = {"bem": "bem", "fon": "fon", "hau": "ha", "ibo": "ig", "kin": "rw", "twi": "tw"}
_SENTENCE = re.compile(r"(?<=[.!?।])\s+|(?<=[。！？])")
_PIECE = 2
_SEED = 5
COPY_TEMPLATE = "Repeat in {language}: {passage}"
Record = dict[str, str]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph in all languages.

    :param sentences: language -> the sentences.
    :param questions: language -> the questions with the number of the sentence that answers each, in the same order in
        every language.
    """

    docid: str
    sentences: dict[str, list[str]]
    questions: dict[str, list[tuple[str, int]]]


def xquad(*, held_out: bool) -> list[Paragraph]:
    """The paragraphs of every second article."""
    files = {
        code: json.loads((data_dir() / "xquad" / f"xquad.{code}.json").read_text(encoding="utf-8"))["data"]
        for code in LANGUAGES
    }
    found = []
    for number, article in enumerate(files["en"]):
        if (number % 2 == 1) is not held_out:
            continue
        for place in range(len(article["paragraphs"])):
            mine = {code: files[code][number]["paragraphs"][place] for code in LANGUAGES}
            sentences = {code: sentences_of(paragraph["context"]) for code, paragraph in mine.items()}
            questions = {
                code: [_asked(item, paragraph["context"]) for item in paragraph["qas"]]
                for code, paragraph in mine.items()
            }
            docid = f"{re.sub(r'[\s#]+', '_', article['title'].strip())}-{place}"  # as `dataset xquad` calls it
            found.append(Paragraph(docid, sentences, questions))
    return found


def sentences_of(text: str) -> list[str]:
    """The sentences of a paragraph, by their full stops."""
    return [sentence for sentence in _SENTENCE.split(text.strip()) if sentence.strip()]


def _asked(item: dict[str, Any], context: str) -> tuple[str, int]:
    before = context[: item["answers"][0]["answer_start"]]
    return item["question"].strip(), max(0, len(sentences_of(before + "x")) - 1)


def pieces(sentences: Sequence[str]) -> list[str]:
    """A paragraph in parts of two sentences."""
    return [" ".join(sentences[start : start + _PIECE]) for start in range(0, len(sentences), _PIECE)]


def questions(*, held_out: bool) -> Iterator[Record]:
    """What the generator learns: a few sentences around the answer, and the question, in many pairs of languages.

    English passages, which are what it will be asked about, come with all languages and in three cuts; other pairs now
    and then.
    """
    chance = random.Random(_SEED)
    for paragraph in xquad(held_out=held_out):
        for number in range(len(paragraph.questions["en"])):
            for source in LANGUAGES:
                sentences, at = paragraph.sentences[source], paragraph.questions[source][number][1]
                for target in LANGUAGES:
                    query = paragraph.questions[target][number][0]
                    if held_out:
                        if source == "en":  # as the paragraph is divided when queries are generated
                            yield {"passage": pieces(sentences)[at // _PIECE], "language": target, "query": query}
                        continue
                    cuts = (
                        [(0, 0), (1, 0), (0, 1)]
                        if source == "en"
                        else [(0, 0)] * (source == target or chance.random() < 0.25)
                    )
                    for before, after in cuts:
                        yield {
                            "passage": " ".join(sentences[max(0, at - before) : at + after + 1]),
                            "language": target,
                            "query": query,
                        }
    yield from _afriqa("dev" if held_out else "train")


def _afriqa(part: str) -> Iterator[Record]:
    for code, pivot, record in _afriqa_records(part):
        sentences = sentences_of(record["context"])
        if not sentences:
            continue
        before = (
            record["context"][: record["answer_pivot"]["answer_start"][0]]
            if record["answer_pivot"]["answer_start"]
            else ""
        )
        at = min(len(sentences) - 1, max(0, len(sentences_of(before + "x")) - 1))
        for cut in (1,) if part == "dev" else (0, 1):
            passage = " ".join([record["title"] or "", *sentences[max(0, at - cut) : at + cut + 1]])
            yield {"passage": passage, "language": code, "query": record["question_lang"].strip()}
            if part == "train" and (record["question_translated"] or "").strip():
                yield {"passage": passage, "language": pivot, "query": record["question_translated"].strip()}


def _afriqa_records(part: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in sorted((data_dir() / "afriqa").glob(f"*.{part}.json")):
        code, pivot = path.name.split(".")[2:4]
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record["context"] and record["question_lang"] and record["question_lang"].strip():
                yield _AFRIQA[code], pivot, record


def excerpts(*, held_out: bool) -> Iterator[Record]:
    """What the model learns first, so that it can take words over from a passage: to repeat a few words, or the first
    half of some more.

    Half of what is learned from is words in no order, which nothing but the passage can tell: with sentences alone the
    model goes on learning which words are common, and begins to copy much later. What is held out is sentences only.
    """
    chance = random.Random(_SEED)
    texts = [
        (code, _units(code, sentence))
        for one in xquad(held_out=held_out)
        for code in LANGUAGES
        for sentence in one.sentences[code]
    ]
    for _, pivot, record in _afriqa_records("dev" if held_out else "train"):
        texts += [(pivot, _units(pivot, sentence)) for sentence in sentences_of(record["context"])]
    words = {
        code: sorted({unit for mine, units in texts if mine == code for unit in units})
        for code in {code for code, _ in texts}
    }
    for code, units in texts:
        for turn in range(1 if held_out else 4):
            size = chance.randint(3, 10)
            if turn < 2:
                start = chance.randrange(max(1, len(units) - size + 1))
                stretch = units[start : start + size]
            else:
                stretch = chance.choices(words[code], k=size)
            copied = stretch if held_out or chance.random() < 0.7 else stretch[: -(-size // 2)]
            joint = "" if code == "zh" else " "
            yield {"passage": joint.join(stretch), "language": code, "query": joint.join(copied)}


def _units(code: str, text: str) -> list[str]:
    """Words; of Chinese, which has no spaces, characters two by two."""
    bare = "".join(text.split())
    return [bare[start : start + 2] for start in range(0, len(bare), 2)] if code == "zh" else text.split()


def write_jsonl(path: Path, records: Iterator[Record]) -> Path:
    """Write training examples as `train generator` reads them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return path


def with_dropout(model: Path, target: Path, rate: float) -> Path:
    """A copy of a model that will be trained with dropout."""
    if not target.exists():
        shutil.copytree(model, target, ignore=shutil.ignore_patterns("report"))
        config = json.loads((target / "config.json").read_text(encoding="utf-8"))
        (target / "config.json").write_text(json.dumps({**config, "dropout_rate": rate}, indent=2), encoding="utf-8")
    return target


def write_model(folder: Path, texts: Sequence[str], vocabulary: int, size: int, layers: int) -> int:
    """An mT5 with random weights and a unigram vocabulary made from ``texts``; gives the number of its parameters."""
    import torch
    import transformers
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

    trained = Tokenizer(models.Unigram())
    trained.normalizer = normalizers.NFKC()
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<pad>", "</s>", "<unk>"]
    trained.train_from_iterator(
        texts,
        trainers.UnigramTrainer(vocab_size=vocabulary, special_tokens=special, unk_token="<unk>", show_progress=False),
    )
    trained.decoder = decoders.Metaspace()
    trained.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=trained, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=512
    )
    torch.manual_seed(_SEED)
    config = transformers.MT5Config(
        vocab_size=len(tokenizer),
        d_model=size,
        d_kv=32,
        d_ff=2 * size,
        num_layers=layers,
        num_decoder_layers=layers,
        num_heads=size // 32,
        dropout_rate=0.0,
        decoder_start_token_id=0,
        pad_token_id=0,
        eos_token_id=1,
    )
    model = transformers.MT5ForConditionalGeneration(config)
    # the embeddings make the logits too, which mT5 does not scale as T5 does: they would begin sixteen times too large
    with torch.no_grad():
        model.decoder.final_layer_norm.weight.fill_(size**-0.5)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return sum(weights.numel() for weights in model.parameters())
