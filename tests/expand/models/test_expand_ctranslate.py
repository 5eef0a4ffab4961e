"""CTranslate2 against the reference, and the same bytes whatever came before and however many cores there are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tiny_generators import write_mt5

from pyserini_xqg.errors import UsageError
from pyserini_xqg.expand.generator import Unit
from pyserini_xqg.expand.models.ctranslate import CTranslateGenerator
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.model_files import ModelFiles, find_model
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.models.seq2seq import Seq2SeqGenerator
from pyserini_xqg.expand.request import GeneratorRequest
from pyserini_xqg.expand.resolve import resolve_generator
from pyserini_xqg.languages import language

TEXTS = ["The cat sat on the mat.", "ナイル川は長い。" * 12, "x", "Eleven countries share the water of the river."]
UNIT = Unit(TEXTS, language("ar"), 4, 7)
CPU = Hardware(ModelPrecision.AUTO, device="cpu")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelFiles:
    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(tmp_path / "cache"))
    return find_model(str(write_mt5(tmp_path / "tiny")))


def test_the_best_tokens_are_those_of_the_reference(files: ModelFiles):
    best = Sampling(top_k=1, max_tokens=12)
    reference = Seq2SeqGenerator(files, best, replace(CPU, precision=ModelPrecision.FP32))
    ours = CTranslateGenerator(files=files, sampling=best, hardware=CPU, compute_type="float32")
    assert ours.generate(UNIT) == reference.generate(UNIT)


def test_units_do_not_depend_on_each_other_or_on_threads(files: ModelFiles):
    sampling = Sampling(max_tokens=12)
    generator = CTranslateGenerator(files=files, sampling=sampling, hardware=replace(CPU, threads=1))
    first = generator.generate(UNIT)
    assert generator.generate(replace(UNIT, seed=8)) != first
    assert generator.generate(UNIT) == first
    assert CTranslateGenerator(files=files, sampling=sampling, hardware=replace(CPU, threads=2)).generate(UNIT) == first
    assert len({text for answer in first for text in answer.texts}) > 4
    assert [len(answer.texts) for answer in first] == [4] * len(TEXTS)


def test_it_is_chosen_for_t5_on_the_cpu(files: ModelFiles):
    def kind(precision: ModelPrecision) -> type:
        return type(resolve_generator(GeneratorRequest(files.source, hardware=replace(CPU, precision=precision))))

    assert kind(ModelPrecision.AUTO) is kind(ModelPrecision.INT8) is CTranslateGenerator
    assert kind(ModelPrecision.FP32) is kind(ModelPrecision.BF16) is Seq2SeqGenerator


def test_it_is_not_for_other_models(tmp_path: Path):
    from tiny_generators import write_llama

    with pytest.raises(UsageError, match="--precision int8 is for sequence-to-sequence models"):
        resolve_generator(
            GeneratorRequest(str(write_llama(tmp_path / "m")), hardware=replace(CPU, precision=ModelPrecision.INT8))
        )


@pytest.mark.parametrize("kind", ["MT5", "T5 tied", "T5 untied"])
def test_its_probabilities_are_those_of_the_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str):
    """The best token says nothing of the scale of the logits, which decides what is sampled."""
    import ctranslate2
    import torch
    import transformers

    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(tmp_path / "cache"))
    folder = write_mt5(tmp_path / "tiny")
    if kind != "MT5":
        config = transformers.T5Config(
            vocab_size=len(transformers.AutoTokenizer.from_pretrained(folder)),
            d_model=32,
            d_kv=8,
            d_ff=64,
            num_layers=2,
            num_heads=4,
            tie_word_embeddings=kind == "T5 tied",
            decoder_start_token_id=1,
            pad_token_id=1,
            eos_token_id=2,
        )
        torch.manual_seed(0)
        transformers.T5ForConditionalGeneration(config).save_pretrained(folder)
    files = find_model(str(folder))
    reference = Seq2SeqGenerator(files, Sampling(), replace(CPU, precision=ModelPrecision.FP32)).loaded
    ours = CTranslateGenerator(files=files, sampling=Sampling(), hardware=CPU, compute_type="float32")
    ids, written = reference.tokenizer(TEXTS[0]).input_ids, [50, 60, 2]
    with torch.no_grad():
        logits = reference.model(
            input_ids=torch.tensor([ids]), decoder_input_ids=torch.tensor([[1, *written[:-1]]])
        ).logits[0]
    expected = logits.log_softmax(-1)[torch.arange(3), written]
    translator = ctranslate2.Translator(str(ours._folder), device="cpu", compute_type="float32")
    source, target = (reference.tokenizer.convert_ids_to_tokens(tokens) for tokens in (ids, written[:-1]))
    (scored,) = translator.score_batch([source], [target])
    torch.testing.assert_close(torch.tensor(scored.log_probs), expected, rtol=0, atol=1e-3)
