"""Our sampling against transformers' own, and what must not change what is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_generators import write_llama, write_mt5

from pyserini_xqg.errors import GeneratorError, UsageError
from pyserini_xqg.expand.generator import Generator, Unit
from pyserini_xqg.expand.models.causal import CausalGenerator
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.models.seq2seq import Seq2SeqGenerator
from pyserini_xqg.expand.request import GeneratorRequest, PromptChoice
from pyserini_xqg.expand.resolve import resolve_generator
from pyserini_xqg.expand.wording.prompt import Prompt, built_in_prompt
from pyserini_xqg.languages import language

TEXTS = [
    "The cat sat on the mat.",
    "ナイル川は長い。" * 12,
    "x",
    "Eleven countries share the water of the river, and so do their people.",
]
UNIT = Unit(TEXTS, language("ar"), 4, 7)
FP32 = Hardware(ModelPrecision.FP32, device="cpu")
SHORT, PLAIN = Sampling(max_tokens=12), PromptChoice()
Make = Callable[..., Any]


@pytest.fixture(scope="module", params=["seq2seq", "causal"])
def make(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Make:
    folder = tmp_path_factory.mktemp("model") / request.param
    (write_mt5 if request.param == "seq2seq" else write_llama)(folder)

    def made(sampling: Sampling = SHORT, hardware: Hardware = FP32, choice: PromptChoice = PLAIN) -> Generator:
        return resolve_generator(GeneratorRequest(str(folder), sampling, choice, hardware))

    return made


def texts(generator: Generator, unit: Unit = UNIT) -> list[tuple[str, ...]]:
    return [answer.texts for answer in generator.generate(unit)]


def prompt_ids(generator: Any, text: str) -> list[int]:
    return generator.prompt.fitted(text, UNIT.language).ids


def test_the_best_tokens_are_those_of_transformers(make: Make):
    generator = make(Sampling(top_k=1, max_tokens=12))
    loaded = generator.loaded
    for text, mine in zip(TEXTS, texts(generator), strict=True):
        ids = torch.tensor([prompt_ids(generator, text)])
        out = loaded.model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=12)[0]
        out = out if isinstance(generator, Seq2SeqGenerator) else out[ids.shape[1] :]
        theirs = loaded.tokenizer.decode(out, skip_special_tokens=True)
        assert set(mine) == {theirs.split("\n")[0].strip()} or theirs.strip() in mine


def test_answers_that_break_off_are_counted(make: Make):
    long, short = (make(Sampling(max_tokens=most)).generate(UNIT) for most in (200, 3))
    assert 0 < sum(answer.unfinished for answer in short) >= sum(answer.unfinished for answer in long)
    assert all(0 <= answer.unfinished <= len(answer.texts) for answer in [*short, *long])


def test_the_same_unit_gives_the_same_and_another_seed_another(make: Make):
    generator = make()
    first = texts(generator)
    assert texts(generator, replace(UNIT, seed=8)) != first
    assert texts(generator) == first, "whatever was generated between"
    assert texts(make()) == first, "and in another process"
    assert len({query for answer in first for query in answer}) > 4, "samples differ"


def test_batches_do_not_change_what_is_written(make: Make):
    """In float32 these tiny models are far from any tie; the batch is part of the fingerprint all the same."""
    assert texts(make(hardware=replace(FP32, token_budget=1))) == texts(
        make(hardware=replace(FP32, token_budget=10_000))
    )


def test_a_passage_does_not_depend_on_its_neighbours(make: Make):
    generator = make()
    assert texts(generator, replace(UNIT, texts=TEXTS[:2])) == texts(generator)[:2]


def test_a_passage_cannot_end_the_prompt(make: Make):
    generator = make()
    assert texts(generator, replace(UNIT, texts=["a </s> b"])) == texts(generator, replace(UNIT, texts=["a   b"]))


def test_a_long_passage_is_cut_and_said(make: Make):
    window = len(prompt_ids(make(), "")) + 8
    generator = make(choice=PromptChoice(window=window))
    answers = generator.generate(UNIT)
    assert [answer.cut for answer in answers] == [len(prompt_ids(make(), text)) > window for text in TEXTS]
    assert any(answer.cut for answer in answers)
    with pytest.raises(GeneratorError, match=r"the prompt of .* alone is longer than its window of 3 tokens"):
        make(choice=PromptChoice(window=3)).generate(UNIT)


def test_the_fingerprint_knows_what_decides(make: Make):
    same = make().fingerprint
    assert make(hardware=replace(FP32, threads=1)).fingerprint == same
    assert make(sampling=Sampling(max_tokens=13)).fingerprint != same
    assert make(hardware=replace(FP32, token_budget=7)).fingerprint != same
    assert make(choice=PromptChoice(window=400)).fingerprint != same


def test_bf16_runs(make: Make):
    generator = make(hardware=replace(FP32, precision=ModelPrecision.BF16))
    assert generator.arithmetic == "bf16/torch-cpu"
    assert texts(generator) == texts(generator)


def test_a_prompt_of_the_other_kind_is_refused(make: Make, tmp_path: Path):
    wrong = (
        PromptChoice(file=tmp_path / "p.toml")
        if isinstance(make(), Seq2SeqGenerator)
        else PromptChoice(template="{language} {passage}")
    )
    with pytest.raises(UsageError, match="which takes --"):
        make(choice=wrong)


def test_without_a_chat_template_the_prompt_is_one_text(tmp_path: Path):
    folder = write_llama(tmp_path / "base", template=None)
    generator = resolve_generator(GeneratorRequest(str(folder), Sampling(max_tokens=4), hardware=FP32))
    assert isinstance(generator, CausalGenerator)
    assert "Passage: The cat" in built_in_prompt().text(TEXTS[0], UNIT.language)
    assert len(texts(generator)) == len(TEXTS)


def test_a_template_that_refuses_is_named(tmp_path: Path):
    folder = write_llama(tmp_path / "m", template="{{ raise_exception('no system role here') }}")
    with pytest.raises(GeneratorError, match=r"chat template of .* refuses the prompt .*no system role here.*--prompt"):
        resolve_generator(GeneratorRequest(str(folder), Sampling(max_tokens=4), hardware=FP32)).generate(UNIT)


@pytest.mark.parametrize("damage", ["cut", "config", "missing weights", "none"])
def test_a_damaged_checkpoint_is_one_sentence(tmp_path: Path, damage: str):
    folder = write_mt5(tmp_path / "m")
    weights = folder / "model.safetensors"
    match damage:
        case "cut":
            weights.write_bytes(weights.read_bytes()[:-100])
        case "config":
            (folder / "config.json").write_text("{")
        case "missing weights":
            from safetensors.torch import load_file, save_file

            kept = load_file(weights)
            kept.pop("encoder.block.0.layer.0.SelfAttention.q.weight")
            save_file(kept, weights, metadata={"format": "pt"})
        case "none":
            weights.unlink()
    with pytest.raises(GeneratorError) as caught:
        resolve_generator(GeneratorRequest(str(folder), hardware=FP32))
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["nowhere", "/nowhere/model", "./x.gguf"])
def test_a_generator_that_is_not_there(name: str):
    with pytest.raises(GeneratorError, match="there is no generator"):
        resolve_generator(GeneratorRequest(name, hardware=FP32))


def test_what_all_prompts_begin_with_is_read_once(tmp_path: Path):
    """With and without a common beginning the answers are the same."""
    folder = write_llama(tmp_path / "m")
    generator: Any = resolve_generator(GeneratorRequest(str(folder), Sampling(max_tokens=8), hardware=FP32))
    with_it = texts(generator)
    assert len(generator._beginning([generator.prompt.fitted(TEXTS[0], UNIT.language)], UNIT.language)) > 100
    generator._beginning = lambda prompts, language: []
    assert texts(generator) == with_it


def test_prompts_without_anything_in_common(tmp_path: Path):
    folder = write_llama(tmp_path / "m", template="{{ messages[-1]['content'] }}")
    prompt = Prompt("", "{passage}{language}", ())
    from pyserini_xqg.expand.models.model_files import find_model

    generator = CausalGenerator(find_model(str(folder)), prompt, Sampling(max_tokens=4), FP32)
    assert texts(generator) == texts(generator)
