"""The whole of it with a real tiny model: it learns, goes on after a kill to the same weights, and expand takes what it
makes.
"""

from __future__ import annotations

import csv
import gc
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from small_disk import mounted
from tiny_checkpoint import write_bert
from tiny_corpus import start_xqg
from watching import stop_where

from pyserini_xqg.commands import main
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.errors import GeneratorError, OutputError, UsageError
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.request import GeneratorRequest
from pyserini_xqg.expand.resolve import resolve_generator
from pyserini_xqg.train.checkpoints import last_whole, working_folder
from pyserini_xqg.train.generator.options import GeneratorOptions, TrainingFiles
from pyserini_xqg.train.generator.train import TrainedGenerator, train_generator
from pyserini_xqg.train.settings import TrainSettings

OPTIONS = GeneratorOptions(window=48, max_query_tokens=24)


def train(
    lessons: Path,
    model: Path | str,
    output: Path,
    settings: TrainSettings,
    encoder: Callable[[], Encoder] | None = None,
    **material: object,
) -> TrainedGenerator:
    return train_generator(
        material=TrainingFiles([lessons], share=0.25, **material),  # type: ignore[arg-type]
        model=str(model), output=output, settings=settings, options=OPTIONS, encoder=encoder, say=lambda text: None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def unbroken(lessons: Path, tiny_mt5: Path, tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generator that was trained in one go, by the command line."""
    output = tmp_path_factory.mktemp("unbroken") / "out"
    assert main(command(lessons, tiny_mt5, output, tiny_encoder)) == 0
    return output


def command(lessons: Path, model: Path, output: Path, encoder: Path) -> list[str]:
    words = [
        "--train",
        lessons,
        "--dev-share",
        0.25,
        "--model",
        model,
        "--output",
        output,
        "--encoder",
        encoder,
        "--steps",
        12,
        "--batch-size",
        4,
    ]
    words += [
        "--accumulate",
        2,
        "--learning-rate",
        3e-3,
        "--checkpoint-every",
        4,
        "--precision",
        "fp32",
        "--threads",
        1,
    ]
    return ["train", "generator", *map(str, words), "--max-passage-tokens", "48", "--max-query-tokens", "24"]


def test_what_comes_out(unbroken: Path):
    record = json.loads((unbroken / "report" / "train.json").read_text())
    assert record["train"] == {"en": 9, "es": 9}
    assert record["held_out"] == {"en": 3, "es": 3}
    with (unbroken / "report" / "curve.csv").open() as stream:
        curve = list(csv.DictReader(stream))
    held_out = {int(point["step"]): float(point["held_out_loss"]) for point in curve if point["held_out_loss"]}
    assert list(held_out) == [0, 4, 8, 12]
    assert min(held_out.values()) == held_out[record["best_step"]] < held_out[0] - 0.3, "it learned"
    with (unbroken / "report" / "languages.csv").open() as stream:
        languages = list(csv.DictReader(stream))
    assert [line["language"] for line in languages] == ["en", "es"]
    assert all(0 <= float(line[name]) <= 1 for line in languages for name in ("generated_R@1", "human_MRR@10"))
    samples = [json.loads(line) for line in (unbroken / "report" / "samples.jsonl").read_text().splitlines()]
    assert {sample["language"] for sample in samples} == {"en", "es"}
    assert all(len(sample["human"]) == 1 and sample["passage"] for sample in samples)
    assert (unbroken / "report" / "curve.png").read_bytes()[:4] == b"\x89PNG"
    assert not working_folder(unbroken).exists()
    assert {path.name for path in unbroken.iterdir()} == {
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
        "README.md",
        "report",
    }


def test_a_kill_changes_nothing(unbroken: Path, lessons: Path, tiny_mt5: Path, tiny_encoder: Path, tmp_path: Path):
    output = tmp_path / "out"
    work = working_folder(output)
    words = command(lessons, tiny_mt5, output, tiny_encoder)
    child = start_xqg(*words, fresh=True)
    stop_where(child, lambda: (work / "checkpoint-4" / "whole").is_file(), 240)
    child.kill()
    _, errors = child.communicate()
    assert last_whole(work) is not None, errors
    assert not output.exists()
    shutil.copytree(work / "checkpoint-4", work / "checkpoint-999")
    (work / "checkpoint-999" / "whole").unlink()
    (work / "checkpoint-999" / "model.safetensors").write_bytes(b"half")
    assert main(words) == 0
    assert (output / "model.safetensors").read_bytes() == (unbroken / "model.safetensors").read_bytes()
    assert (output / "README.md").read_text() == (unbroken / "README.md").read_text()
    for name in ("train.json", "curve.csv", "languages.csv", "samples.jsonl"):
        assert (output / "report" / name).read_text() == (unbroken / "report" / name).read_text(), name


def test_the_same_again_does_nothing_and_another_is_refused(
    unbroken: Path, lessons: Path, tiny_mt5: Path, tiny_encoder: Path, capsys: pytest.CaptureFixture[str]
):
    before = (unbroken / "model.safetensors").stat().st_mtime_ns
    assert main(command(lessons, tiny_mt5, unbroken, tiny_encoder)) == 0
    assert "was there already, the very same" in capsys.readouterr().out
    assert main([*command(lessons, tiny_mt5, unbroken, tiny_encoder), "--seed", "4"]) == 1
    assert "holds another generator (settings was" in capsys.readouterr().err
    assert (unbroken / "model.safetensors").stat().st_mtime_ns == before


def test_expand_takes_it_with_either_engine(
    unbroken: Path, lessons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(tmp_path / "cache"))
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(json.dumps({"id": "p", "contents": "The river runs for 3 miles through Lima."}) + "\n")
    for precision in ("fp32", "int8"):
        output = tmp_path / precision
        words = [
            "--generator",
            str(unbroken),
            "--corpus",
            str(corpus),
            "--languages",
            "en,es",
            "--precision",
            precision,
            "--output",
            str(output),
        ]
        assert main(["expand", *words]) == 0
        assert "queries" in json.loads((output / "queries-00000.jsonl").read_text())
    kinds = {
        type(resolve_generator(GeneratorRequest(str(unbroken), hardware=Hardware(kind, device="cpu")))).__name__
        for kind in ModelPrecision
    }
    assert kinds == {"Seq2SeqGenerator", "CTranslateGenerator"}


def test_more_training_learns_the_lessons(lessons: Path, tiny_mt5: Path, tmp_path: Path, quick: TrainSettings):
    longer = replace(quick, steps=80, checkpoint_every=40, learning_rate=1e-2)
    fitted = train(lessons, tiny_mt5, tmp_path / "out", longer).fitted
    assert fitted is not None
    losses = [point["loss"] for point in fitted.history if "loss" in point]
    assert losses[-1] < 0.5 * losses[0]


def test_bf16_learns_too(lessons: Path, tiny_mt5: Path, tmp_path: Path, quick: TrainSettings):
    from pyserini_xqg.train.precision import TrainingPrecision

    fitted = train(lessons, tiny_mt5, tmp_path / "out", replace(quick, precision=TrainingPrecision.BF16)).fitted
    assert fitted is not None
    held_out = [point["eval_loss"] for point in fitted.history if "eval_loss" in point]
    assert held_out[-1] < held_out[0] - 0.2


def test_an_encoder_is_refused(lessons: Path, tmp_path: Path, quick: TrainSettings):
    with pytest.raises(GeneratorError, match=r"of the architecture bert, an encoder, which writes nothing"):
        train(lessons, write_bert(tmp_path / "m"), tmp_path / "out", quick)
    assert not (tmp_path / "out").exists()


def test_languages_that_are_not_there(lessons: Path, tiny_mt5: Path, tmp_path: Path, quick: TrainSettings):
    with pytest.raises(UsageError, match="--train has no example in ar; it has them in en, es"):
        train(lessons, tiny_mt5, tmp_path / "out", quick, languages=("es", "ar"))
    dev = tmp_path / "dev.jsonl"
    dev.write_text(json.dumps({"passage": "x y", "language": "en", "query": "q"}) + "\n")
    with pytest.raises(UsageError, match="--dev has no example in es; it has them in en"):
        train(lessons, tiny_mt5, tmp_path / "out", quick, languages=("es",), held_out=[dev])


def test_a_language_without_held_out_examples_is_said(
    lessons: Path, tiny_mt5: Path, tmp_path: Path, quick: TrainSettings
):
    dev = tmp_path / "dev.jsonl"
    dev.write_text(json.dumps({"passage": "x y", "language": "en", "query": "q"}) + "\n")
    said: list[str] = []
    material = TrainingFiles([lessons], [dev])
    train_generator(
        material=material,
        model=str(tiny_mt5),
        output=tmp_path / "out",
        settings=replace(quick, steps=1),
        options=OPTIONS,
        encoder=None,
        say=said.append,
    )
    assert "none held out in es, of which nothing will be known" in said[0]


def test_an_output_that_holds_something_else(lessons: Path, tiny_mt5: Path, tmp_path: Path, quick: TrainSettings):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(OutputError, match="holds no generator trained by this stage"):
        train(lessons, tiny_mt5, tmp_path / "out", quick)


def test_a_full_disk_is_one_sentence_and_leaves_no_output(
    lessons: Path, tiny_mt5: Path, tmp_path: Path, quick: TrainSettings
):
    with mounted(tmp_path / "small", 900) as place:
        with pytest.raises(OutputError, match=r"could not be written"):
            train(lessons, tiny_mt5, place / "out", quick)
        gc.collect()  # the torn file is still open in the frames of the error
        assert not (place / "out").exists()
        assert last_whole(working_folder(place / "out")) is None
