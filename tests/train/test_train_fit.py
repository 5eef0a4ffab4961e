"""A loss that is no number, really provoked; checkpoints of another training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from pyserini_xqg.errors import OutputError, TrainingError, UsageError
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.loading import load
from pyserini_xqg.expand.models.model_files import find_model
from pyserini_xqg.expand.wording.seq2seq_prompt import Seq2SeqPrompt
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.train import checkpoints
from pyserini_xqg.train.batches import GroupedSampler
from pyserini_xqg.train.fit import Task, fit
from pyserini_xqg.train.generator.data.encoding import IGNORED, ExampleCollator, Tokens, encode
from pyserini_xqg.train.generator.data.examples import LeftOutExamples, read_examples
from pyserini_xqg.train.generator.losses import held_out_loss
from pyserini_xqg.train.generator.options import TrainingFiles
from pyserini_xqg.train.settings import TrainSettings


def task(lessons: Path, model: Path, batch_size: int, *, bad: int | None = None) -> Task:
    """A training on the lessons; ``bad`` has nothing to write, so that the mean over its tokens is 0 / 0."""
    loaded = load(find_model(str(model)), "AutoModelForSeq2SeqLM", Hardware(ModelPrecision.FP32, device="cpu"))
    prompt = Seq2SeqPrompt.of(None, loaded.tokenizer, None, 48, "tiny")
    examples, _ = read_examples([lessons], TextKind.QUESTIONS, TrainingFiles([lessons]), LeftOutExamples())
    encoded = encode("reading", examples, prompt, 24)
    judged = encode("reading", examples[:4], prompt, 24)
    if bad is not None:
        encoded.tokens = [
            Tokens(one.prompt, np.array([IGNORED], np.int32)) if row == bad else one
            for row, one in enumerate(encoded.tokens)
        ]
    sampler = GroupedSampler(encoded.lengths(), batch_size, 0)
    collate = ExampleCollator(1)
    return Task(
        loaded.model, loaded.tokenizer, encoded, sampler, collate, held_out_loss(judged, collate), encoded.describe
    )


def test_a_batch_without_a_loss_stops_and_is_named(lessons: Path, tiny_mt5: Path, tmp_path: Path, quick: TrainSettings):
    settings = replace(quick, batch_size=1, accumulate=1, checkpoint_every=2, steps=24)
    order = list(task(lessons, tiny_mt5, 1).sampler)
    work = tmp_path / "work"
    assert checkpoints.prepare(work, {"a": 1}) is None
    with pytest.raises(TrainingError) as caught:
        fit(task(lessons, tiny_mt5, 1, bad=order[6]), settings, 24, work, None)
    text = str(caught.value)
    assert "the loss is nan at step 7, in a batch of 1 examples" in text
    assert f"lessons.jsonl:{order[6] + 1};" in text
    assert f"the last good checkpoint is {work / 'checkpoint-6'}" in text
    weights = load_file(work / "checkpoint-6" / "model.safetensors")
    assert all(torch.isfinite(tensor).all() for tensor in weights.values())
    assert checkpoints.prepare(work, {"a": 1}) == work / "checkpoint-6"
    fitted = fit(task(lessons, tiny_mt5, 1), settings, 24, work, work / "checkpoint-6")
    assert [point["step"] for point in fitted.history if "eval_loss" in point] == list(range(0, 25, 2)), (
        "with better data it goes on from there"
    )


def test_a_rate_that_destroys_the_model_stops(lessons: Path, tiny_mt5: Path, tmp_path: Path, quick: TrainSettings):
    checkpoints.prepare(tmp_path / "work", {})
    settings = replace(quick, learning_rate=1e30, steps=24, checkpoint_every=24)
    with pytest.raises(
        TrainingError,
        match=r"(loss|gradient|held-out).* (nan|inf).*no checkpoint had been written yet.*lower --learning-rate",
    ):
        fit(task(lessons, tiny_mt5, 4), settings, 24, tmp_path / "work", None)


def test_checkpoints_of_another_training_are_refused(tmp_path: Path):
    work = tmp_path / "out.work"
    assert checkpoints.prepare(work, {"rate": 1}) is None
    assert checkpoints.prepare(work, {"rate": 2}) is None, "nothing was done yet"
    (work / "checkpoint-3").mkdir()
    assert checkpoints.prepare(work, {"rate": 2}) is None, "a half one is removed"
    (work / "checkpoint-3").mkdir()
    checkpoints.mark_whole(work / "checkpoint-3")
    assert checkpoints.prepare(work, {"rate": 2}) == work / "checkpoint-3"
    with pytest.raises(OutputError, match=r"checkpoints of another training \(rate was 2, is now 1\)"):
        checkpoints.prepare(work, {"rate": 1})
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").touch()
    with pytest.raises(OutputError, match="holds no training of ours"):
        checkpoints.prepare(tmp_path / "other", {})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"steps": None}, "either --steps or --epochs"),
        ({"epochs": 2.0}, "either --steps or --epochs"),
        ({"steps": 0}, "--steps is 0"),
        ({"batch_size": 0}, "--batch-size is 0"),
        ({"learning_rate": 0.0}, "--learning-rate is 0"),
        ({"learning_rate": float("nan")}, "--learning-rate is nan"),
        ({"warmup": -1}, "--warmup is -1"),
        ({"seed": -1}, "--seed is -1"),
        ({"steps": None, "epochs": 0.0}, "--epochs is 0"),
    ],
)
def test_settings_that_cannot_be(quick: TrainSettings, changed: dict[str, float | None], words: str):
    with pytest.raises(UsageError, match=words):
        replace(quick, **changed)  # type: ignore[arg-type]


def test_epochs_become_steps(quick: TrainSettings):
    assert replace(quick, steps=None, epochs=1.5).total_steps(80) == 15
    assert replace(quick, steps=None, epochs=0.001).total_steps(80) == 1
