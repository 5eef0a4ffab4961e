"""Models without an encoder learn to translate and to ask, and expand takes what comes out."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from card_reader import commands, placed
from safetensors.torch import load_file
from tiny_corpus import start_xqg
from tiny_generators import write_gemma3, write_llama, write_mt5
from watching import stop_where

from pyserini_xqg.commands import main
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.errors import TrainingError, UsageError
from pyserini_xqg.expand.resolve import usual_text
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.train import checkpoints
from pyserini_xqg.train.generator.options import CausalOptions, GeneratorOptions, TrainingFiles
from pyserini_xqg.train.generator.train import TrainedGenerator, train_generator
from pyserini_xqg.train.settings import TrainSettings

TRANSLATION = GeneratorOptions(kind=TextKind.TRANSLATION, max_query_tokens=40, number=1)
PLACES = ["Lima", "Oslo", "Cairo", "Quito", "Delhi", "Tokyo", "Paris", "Accra", "Seoul", "Hanoi", "Sofia", "Minsk"]


@pytest.fixture(scope="module")
def tiny_gemma(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gemma3(tmp_path_factory.mktemp("gemma") / "tiny")


@pytest.fixture(scope="module")
def translated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Passages with a translation into Spanish and one into German each, and a question that no translator learns."""
    folder = tmp_path_factory.mktemp("translated")
    passages, texts = [], []
    for number, place in enumerate(PLACES):
        passages.append({"id": f"p{number}", "contents": f"The river runs through {place}."})
        both = {"es": [f"El río corre por {place}."], "de": [f"Der Fluss fließt durch {place}."]}
        texts.append({"id": f"p{number}", "queries": {"es": ["¿Qué río?"]}, "translations": both})
    for name, records in (("corpus", passages), ("texts", texts)):
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return folder / "texts.jsonl"


def train(
    material: Path,
    model: Path,
    output: Path,
    settings: TrainSettings,
    options: GeneratorOptions = TRANSLATION,
    encoder: Callable[[], Encoder] | None = None,
    said: list[str] | None = None,
) -> TrainedGenerator:
    return train_generator(
        material=TrainingFiles([material], share=0.25), model=str(model), output=output, settings=settings,
        options=options, encoder=encoder, say=(said if said is not None else []).append,
    )  # fmt: skip


@pytest.fixture(scope="module")
def translator(
    translated: Path, tiny_gemma: Path, tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A translator that was trained in one go, by the command line."""
    output = tmp_path_factory.mktemp("translator") / "out"
    assert main(command(translated, tiny_gemma, output, tiny_encoder)) == 0
    return output


def command(material: Path, model: Path, output: Path, encoder: Path) -> list[str]:
    words = ["--train", material, "--dev-share", 0.25, "--model", model, "--kind", "translation", "--output", output]
    words += ["--encoder", encoder, "--steps", 60, "--batch-size", 3, "--accumulate", 1, "--learning-rate", 2e-2]
    words += ["--checkpoint-every", 20, "--precision", "fp32", "--threads", 1, "--max-query-tokens", 40]
    return ["train", "generator", *map(str, words)]


def test_what_comes_out(translator: Path, tiny_gemma: Path):
    assert {path.name for path in translator.iterdir()} == {
        *("config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"),
        *("README.md", "report", "adapter", "prompts"),
    }
    record = json.loads((translator / "report" / "train.json").read_text())
    assert record["train"] == {"de": 9, "es": 9}
    assert record["options"]["kind"] == "translation"
    assert record["options"]["lora_rank"] == 16
    assert record["steps"] == 60
    with (translator / "report" / "languages.csv").open() as stream:
        languages = list(csv.DictReader(stream))
    assert [line["language"] for line in languages] == ["de", "es"]
    assert all(int(line["generated_texts"]) <= 3 for line in languages)
    assert all(float(line["held_out_loss"]) < float(line["held_out_loss_before"]) - 1 for line in languages), languages
    card = (translator / "README.md").read_text()
    assert "# Translations in de, es" in card
    assert "--kind translation" in card
    before, after = load_file(tiny_gemma / "model.safetensors"), load_file(translator / "model.safetensors")
    assert before.keys() == after.keys(), "the matrices are joined to the weights"
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert all("proj" in name for name in changed), "of the layers' linear maps alone"


def test_expand_translates_with_it_and_needs_no_prompt(translator: Path, translated: Path, tmp_path: Path):
    assert usual_text(str(translator)) is TextKind.TRANSLATION
    words = ["expand", "--generator", translator, "--corpus", translated.with_name("corpus.jsonl")]
    words += ["--languages", "de,es", "--max-tokens-per-query", 40, "--output", tmp_path / "t"]
    assert main([*map(str, words)]) == 0
    records = [json.loads(line) for line in (tmp_path / "t" / "queries-00000.jsonl").read_text().splitlines()]
    assert len(records) == 12
    assert set(records[0]) == {"id", "translations"}
    with pytest.raises(UsageError, match="writes translation, and no questions"):
        resolve(translator, TextKind.QUESTIONS)


def resolve(model: Path, kind: TextKind) -> None:
    from pyserini_xqg.expand.request import GeneratorRequest
    from pyserini_xqg.expand.resolve import resolve_generator

    resolve_generator(GeneratorRequest(str(model), kind=kind))


def test_a_kill_changes_nothing(
    translator: Path, translated: Path, tiny_gemma: Path, tiny_encoder: Path, tmp_path: Path
):
    output = tmp_path / "out"
    work = checkpoints.working_folder(output)
    words = command(translated, tiny_gemma, output, tiny_encoder)
    child = start_xqg(*words, fresh=True)
    stop_where(child, lambda: (work / "checkpoint-20" / "whole").is_file(), 240)
    child.kill()
    _, errors = child.communicate()
    last = checkpoints.last_whole(work)
    assert last is not None, errors
    assert not output.exists()
    assert (last / "adapter_model.safetensors").is_file(), "the matrices, not the model"
    assert main(words) == 0
    for name in ("model.safetensors", "adapter/adapter_model.safetensors", "prompts/translation.toml", "README.md"):
        assert (output / name).read_bytes() == (translator / name).read_bytes(), name
    for name in ("train.json", "curve.csv", "languages.csv", "samples.jsonl"):
        assert (output / "report" / name).read_text() == (translator / "report" / name).read_text(), name


def test_the_card_s_command_is_the_one_that_made_it(
    translator: Path, translated: Path, tiny_gemma: Path, tiny_encoder: Path, capsys: pytest.CaptureFixture[str]
):
    [words] = commands((translator / "README.md").read_text(), "How it is trained again")
    places = {translated.name: translated, tiny_gemma.name: tiny_gemma, tiny_encoder.name: tiny_encoder}
    prompt = translator / "prompts" / "translation.toml"
    words = placed(words, {**places, "GENERATOR/prompts/translation.toml": prompt, "GENERATOR": translator})
    # Model and encoder are both called "tiny" here.
    words[words.index("--encoder") + 1] = str(tiny_encoder)
    words[words.index("--model") + 1] = str(tiny_gemma)
    assert main(words) == 0
    assert "was there already, the very same" in capsys.readouterr().out


def test_a_chat_model_learns_questions_whole(lessons: Path, tmp_path: Path, quick: TrainSettings):
    """Without matrices: all weights but the embeddings; its chat template stands around the prompt."""
    model = write_llama(tmp_path / "llama")
    options = GeneratorOptions(window=48, max_query_tokens=24, number=0, causal=CausalOptions(rank=0))
    trained = train(lessons, model, tmp_path / "out", quick, options)
    assert trained.fitted is not None
    held_out = [point["eval_loss"] for point in trained.fitted.history if "eval_loss" in point]
    assert held_out[-1] < held_out[0] - 0.2
    assert not (tmp_path / "out" / "adapter").exists()
    before, after = (load_file(folder / "model.safetensors") for folder in (model, tmp_path / "out"))
    assert {name for name in before if torch.equal(before[name], after[name])} == {
        "model.embed_tokens.weight",
        "lm_head.weight",
    }
    assert usual_text(str(tmp_path / "out")) is TextKind.QUESTIONS
    with pytest.raises(UsageError, match="was trained to write questions, and no translation"):
        resolve(tmp_path / "out", TextKind.TRANSLATION)


def test_a_passage_that_is_cut_is_no_lesson_in_translation(
    translated: Path, tiny_gemma: Path, tmp_path: Path, quick: TrainSettings
):
    with pytest.raises(TrainingError, match="no passage is left to learn from"):
        train(translated, tiny_gemma, tmp_path / "out", quick, replace(TRANSLATION, window=24))
    assert not (tmp_path / "out").exists()
    lines = translated.read_text().splitlines()
    corpus = [json.loads(line) for line in translated.with_name("corpus.jsonl").read_text().splitlines()]
    corpus[0]["contents"] *= 4
    (tmp_path / "corpus.jsonl").write_text("".join(json.dumps(record) + "\n" for record in corpus))
    texts = tmp_path / "texts.jsonl"
    texts.write_text("\n".join(lines) + "\n")
    said: list[str] = []
    settings = replace(quick, steps=None, epochs=2, checkpoint_every=3)
    train(texts, tiny_gemma, tmp_path / "out", settings, replace(TRANSLATION, window=60, number=0), said=said)
    left_out = "left out, being longer than 60 tokens: 2 of "
    assert any(line.startswith(left_out) for line in said), said
    record = json.loads((tmp_path / "out" / "report" / "train.json").read_text())
    rows = {"training": 8, "held-out": 9}[record["remarks"][0].split()[-2]]
    assert record["steps"] == 2 * -(-rows // 8), "steps count rows of a passage, not texts"
    assert left_out[1:] in (tmp_path / "out" / "README.md").read_text(), "the card says so"


def test_options_of_the_other_architecture(
    translated: Path, lessons: Path, tiny_gemma: Path, tmp_path: Path, quick: TrainSettings
):
    with pytest.raises(UsageError, match="a model without an encoder takes --prompt"):
        train(translated, tiny_gemma, tmp_path / "out", quick, replace(TRANSLATION, template="{language} {passage}"))
    mt5 = write_mt5(tmp_path / "mt5")
    with pytest.raises(UsageError, match="a sequence-to-sequence model learns to write questions here"):
        train(translated, mt5, tmp_path / "out", quick)
    with pytest.raises(UsageError, match="--lora-rank, --row-tokens and --prompt are for models without an encoder"):
        train(lessons, mt5, tmp_path / "out", quick, GeneratorOptions(causal=CausalOptions(rank=4)))
    with pytest.raises(UsageError, match="--row-tokens is 1; it must be at least 2"):
        CausalOptions(row_tokens=1)
    with pytest.raises(UsageError, match="glosses are looked up, not learned"):
        GeneratorOptions(kind=TextKind.GLOSS)


def test_an_own_prompt_travels_with_the_model(translated: Path, tiny_gemma: Path, tmp_path: Path, quick: TrainSettings):
    prompt = tmp_path / "mine.toml"
    prompt.write_text('instruction = "{passage} => {language}:"\n')
    options = replace(TRANSLATION, number=0, causal=CausalOptions(rank=2, prompt=prompt))
    train(translated, tiny_gemma, tmp_path / "out", replace(quick, steps=2, checkpoint_every=2), options)
    assert (tmp_path / "out" / "prompts" / "translation.toml").read_text() == prompt.read_text()
