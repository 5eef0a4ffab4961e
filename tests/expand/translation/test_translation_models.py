"""Translators of each family against transformers' own generation, through both engines."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_translators import write_m2m100, write_madlad, write_nllb, write_opus
from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES

from pyserini_xqg.errors import GeneratorError, UsageError
from pyserini_xqg.expand.generator import Unit
from pyserini_xqg.expand.models.ctranslate import converted_model
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.model_files import find_model
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.request import GeneratorRequest, PromptChoice
from pyserini_xqg.expand.resolve import resolve_generator, usual_text
from pyserini_xqg.expand.translation.ct2_engine import CTranslateEngine
from pyserini_xqg.expand.translation.family import TranslatorFamily, flores_code
from pyserini_xqg.expand.translation.generator import TranslatorGenerator
from pyserini_xqg.expand.translation.torch_engine import TorchEngine
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.languages import LANGUAGES, language

SENTENCES = ["The cat sat on the mat.", "It was warm.", "Eleven countries share the water of the river."]
TEXTS = [" ".join(SENTENCES[:2]), SENTENCES[2], ""]
UNIT = Unit(TEXTS, language("de"), 1, 7, TextKind.TRANSLATION)
FP32 = Hardware(ModelPrecision.FP32, device="cpu")
SAMPLING = Sampling(top_k=1, max_tokens=8)
WRITERS: dict[str, Callable[[Path], Path]] = {
    "m2m100": write_m2m100,
    "nllb": write_nllb,
    "opus": write_opus,
    "opus of many": lambda folder: write_opus(folder, pair=("en", "mul"), targets=("deu", "ara", "cmn_Hans")),
    "madlad": write_madlad,
}


@pytest.fixture(scope="module", params=WRITERS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return WRITERS[request.param](tmp_path_factory.mktemp("translator") / "model")


@pytest.fixture(scope="module")
def nllb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_nllb(tmp_path_factory.mktemp("translator") / "nllb")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(tmp_path / "cache"))


def translator(place: Path, **how: Any) -> TranslatorGenerator:
    asked = {"sampling": SAMPLING, "hardware": FP32, "languages": ("de",), "kind": TextKind.TRANSLATION, **how}
    generator = resolve_generator(GeneratorRequest(str(place), **asked))
    assert isinstance(generator, TranslatorGenerator)
    return generator


def texts(generator: Any, unit: Unit = UNIT) -> list[tuple[str, ...]]:
    return [answer.texts for answer in generator.generate(unit)]


def test_the_best_tokens_are_those_of_transformers(folder: Path):
    generator = translator(folder)
    assert isinstance(generator.engine, TorchEngine)
    words, loaded = generator.engine.words, generator.engine.model.loaded
    expected = []
    for sentence in SENTENCES:
        ids = torch.tensor([words.encode(sentence, language("en"), language("de"))])
        begin = words.begin(language("de"))
        forced = {"forced_bos_token_id": begin[0]} if begin else {}
        out = loaded.model.generate(
            ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=8 + len(begin), **forced
        )
        expected.append(loaded.tokenizer.decode(out[0], skip_special_tokens=True).strip())
    first = " ".join(text for text in expected[:2] if text)
    assert texts(generator) == [(first,), (expected[2],), ("",)]


def test_ctranslate2_gives_the_same(folder: Path):
    reference = translator(folder)
    files = find_model(str(folder))
    family = {"M2M100Words": "M2M-100", "NllbWords": "NLLB-200", "OpusWords": "OPUS-MT", "MadladWords": "MADLAD-400"}[
        type(reference.engine.words).__name__
    ]
    engine = CTranslateEngine(files, TranslatorFamily(family), FP32, "float32")
    ours = TranslatorGenerator(
        files=files,
        engine=engine,
        sampling=SAMPLING,
        source=language("en"),
        window=None,
        token_budget=2048,
    )
    assert ours.generate(UNIT) == reference.generate(UNIT)
    assert texts(ours) == texts(ours)


def test_converted_models_are_known_by_their_vocabulary(folder: Path, tmp_path: Path):
    converted = tmp_path / "converted"
    shutil.copytree(converted_model(find_model(str(folder)), "float32"), converted)
    for file in folder.iterdir():
        if file.suffix not in (".safetensors",) and file.name not in ("config.json", "generation_config.json"):
            shutil.copy(file, converted)
    generator = translator(converted, hardware=Hardware(device="cpu"))
    assert generator.arithmetic == "default/ctranslate2-cpu"
    assert texts(generator) == texts(translator(folder))
    assert generator.fingerprint != translator(folder).fingerprint
    assert usual_text(str(converted)) is TextKind.TRANSLATION


def test_on_the_cpu_it_runs_in_8_bits(folder: Path):
    generator = translator(folder, hardware=Hardware(device="cpu"))
    assert generator.arithmetic == "int8/ctranslate2-cpu"
    assert all(len(mine) == 1 for mine in texts(generator))


def test_what_it_writes_is_known_from_its_files(folder: Path):
    assert usual_text(str(folder)) is TextKind.TRANSLATION
    with pytest.raises(UsageError, match="writes translation, and no questions"):
        translator(folder, kind=TextKind.QUESTIONS)
    with pytest.raises(UsageError, match="is a translator, which is told the language and nothing else"):
        translator(folder, choice=PromptChoice(template="{language}: {passage}"))


def test_a_language_that_it_does_not_know(folder: Path):
    known = translator(folder).engine.words.known()
    assert "de" in known
    unknown = next((code for code in LANGUAGES if code not in known), None)
    if type(translator(folder).engine.words).__name__ == "NllbWords":
        assert unknown is None, "FLORES-200 has them all"
        return
    assert unknown is not None
    with pytest.raises(UsageError, match=rf"does not know .* \({unknown}\); it translates into .*de"):
        translator(folder, languages=("de", unknown))


def test_the_passages_own_language(nllb: Path, tmp_path: Path):
    with pytest.raises(UsageError, match="the passages are in en already"):
        translator(nllb, languages=("de", "en"))
    assert texts(translator(nllb, source="fr")) != texts(translator(nllb))
    assert texts(translator(nllb), replace(UNIT, source=language("fr"))) == texts(translator(nllb, source="fr"))
    with pytest.raises(UsageError, match="translates from en, and the passages are in fr"):
        translator(write_opus(tmp_path / "pair"), source="fr")


def test_a_model_that_does_not_say_its_languages(tmp_path: Path):
    with pytest.raises(GeneratorError, match="does not say which language it translates into"):
        translator(write_opus(tmp_path / "m", pair=("en", "gmw")))


def test_flores_has_every_language():
    assert {flores_code(one) for one in LANGUAGES.values()} <= set(FAIRSEQ_LANGUAGE_CODES)


def test_long_sentences_go_in_pieces_and_are_counted(nllb: Path):
    long = "water of the river and the people " * 30
    unit = replace(UNIT, texts=[long, SENTENCES[0]])
    narrow = translator(nllb, choice=PromptChoice(window=40))
    assert [answer.cut for answer in narrow.generate(unit)] == [True, False]
    assert len(narrow.generate(unit)[0].texts[0].split()) > len(translator(nllb).generate(unit)[0].texts[0].split())
    with pytest.raises(GeneratorError, match="--window 1 is too short"):
        translator(nllb, choice=PromptChoice(window=1)).generate(UNIT)


def test_a_passage_does_not_depend_on_its_neighbours(nllb: Path):
    generator = translator(nllb)
    assert texts(generator, replace(UNIT, texts=TEXTS[:1])) == texts(generator)[:1]
    assert texts(translator(nllb, hardware=replace(FP32, token_budget=1))) == texts(generator)


def test_several_translations_are_sampled(nllb: Path):
    generator = translator(nllb, sampling=Sampling(max_tokens=8))
    first = texts(generator, replace(UNIT, number=3))
    assert len(set(first[0])) == 3
    assert texts(generator, replace(UNIT, number=3)) == first
    assert texts(generator, replace(UNIT, number=3, seed=8)) != first


def test_a_passage_cannot_end_its_sentence_or_name_a_language(tmp_path: Path):
    generator = translator(write_opus(tmp_path / "m"))
    assert texts(generator, replace(UNIT, texts=["a </s> b"])) == texts(generator, replace(UNIT, texts=["a   b"]))
    ids = generator.engine.words.encode(">>fra<< a", language("en"), language("de"))
    assert len(ids) > len(generator.engine.words.encode("a", language("en"), language("de"))) + 2
