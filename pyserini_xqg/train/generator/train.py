"""The whole of ``train generator``: read, divide, train, ask the best checkpoint for queries, and put checkpoint and
report together.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.errors import GeneratorError, UsageError
from pyserini_xqg.expand.models.gemma_wheel import GEMMA, gemma_checkpoint
from pyserini_xqg.expand.models.hardware import Hardware
from pyserini_xqg.expand.models.loading import read_config
from pyserini_xqg.expand.models.model_files import ModelFiles, find_model
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.request import GeneratorRequest, PromptChoice
from pyserini_xqg.expand.resolve import resolve_generator
from pyserini_xqg.files.lock import building
from pyserini_xqg.files.whole import remove_leftovers, replacing_folder
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.train import checkpoints
from pyserini_xqg.train.fit import FittedModel, check_installed, fit
from pyserini_xqg.train.generator import report
from pyserini_xqg.train.generator.causal import CausalLearner
from pyserini_xqg.train.generator.data.examples import LeftOutExamples, read_examples
from pyserini_xqg.train.generator.data.split import DividedExamples, by_files, by_share
from pyserini_xqg.train.generator.learner import Learner, Lesson
from pyserini_xqg.train.generator.options import GeneratorOptions, TrainingFiles
from pyserini_xqg.train.generator.output import make_record
from pyserini_xqg.train.generator.round_trip import RoundTrip, round_trip
from pyserini_xqg.train.generator.seq2seq import Seq2SeqLearner
from pyserini_xqg.train.output import is_there, material_record
from pyserini_xqg.train.precision import resolve
from pyserini_xqg.train.settings import TrainSettings

_MODEL = "model"


@dataclass(frozen=True, slots=True)
class TrainedGenerator:
    """What came out.

    :param made: whether anything was trained now; False where the output was there already.
    """

    split: DividedExamples
    left_out: LeftOutExamples
    made: bool
    fitted: FittedModel | None = None
    trip: RoundTrip | None = None


def train_generator(
    *,
    material: TrainingFiles,
    model: str,
    output: Path,
    settings: TrainSettings,
    options: GeneratorOptions,
    encoder: Callable[[], Encoder] | None,
    say: Callable[[str], None],
) -> TrainedGenerator:
    """Fine-tune a model. Run it again after a kill and it goes on from the last checkpoint, to the same weights.

    :param model: a checkpoint's folder or Hugging Face id, with an encoder or without, or ``gemma``.
    :param encoder: loads the encoder of the round trip when its turn has come; None to leave it out.
    :param say: told what begins, a line each.
    :raises InputError: with file and line, for bad training files.
    :raises GeneratorError: the model cannot be loaded or is of another kind.
    :raises TrainingError: the training cannot go on.
    :raises OutputError: ``output`` holds something else, or cannot be written.
    :raises SetupError: what training needs is not installed.
    """
    check_installed()
    settings = replace(settings, precision=resolve(settings.precision))
    files = gemma_checkpoint() if model == GEMMA else find_model(model)
    learner = _learner(files)
    options = learner.settle(options)
    left_out = LeftOutExamples()
    split, sources = _divide(material, options.kind, settings.seed, left_out)
    record = make_record(split, sources, files, settings, learner.record(options))
    if is_there(output, record, "generator"):
        return TrainedGenerator(split, left_out, made=False)
    work = checkpoints.working_folder(output)
    say(_described(split))
    with building(output):
        resume = checkpoints.prepare(work, record)
        lesson = learner.prepare(split, files, settings, options)
        steps = settings.total_steps(lesson.number)
        for remark in (*lesson.remarks, _planned(lesson, files, settings, steps, resume)):
            say(remark)
        fitted = fit(lesson.task, settings, steps, work, resume)
        # Under the output's own name, by which the engine of `expand` calls its conversion in the cache.
        place = work / _MODEL / output.name
        if place.exists():
            shutil.rmtree(place)
        learner.finish(fitted.best, files, options, place)
        trip = (
            _ask(split=split, place=place, options=options, seed=settings.seed, encoder=encoder, work=work, say=say)
            if encoder and options.number
            else None
        )
        remove_leftovers(output)
        with replacing_folder(output) as partial:
            shutil.copytree(place, partial, dirs_exist_ok=True)
            asked = material_record(
                train=material.train,
                held_out=material.held_out,
                share=material.share,
                limit=material.limit,
                languages=material.languages,
                corpus=material.corpus,
            )
            came_of = {"steps": steps, "remarks": list(lesson.remarks)}
            report.write_report(partial, {**record, **came_of, **asked}, split, fitted, trip)
        shutil.rmtree(work)
    return TrainedGenerator(split, left_out, True, fitted, trip)


def _divide(
    material: TrainingFiles, kind: TextKind, seed: int, left_out: LeftOutExamples
) -> tuple[DividedExamples, list[Path]]:
    examples, sources = read_examples(material.train, kind, material, left_out)
    missing = [code for code in material.languages if not any(example.code == code for example in examples)]
    if missing or not examples:
        there = sorted({example.code for example in examples} | left_out.other_languages.keys())
        raise UsageError(f"--train has no example in {', '.join(missing)}; it has them in {', '.join(there)}")
    if not material.held_out:
        return by_share(examples, material.share, material.limit, seed), sources
    judged, more = read_examples(material.held_out, kind, material, left_out)
    if not judged:
        raise UsageError(
            f"--dev has no example in {', '.join(material.languages)}; it has them in "
            f"{', '.join(sorted(left_out.other_languages))}"
        )
    return by_files(examples, judged, material.limit, seed), sources + more


def _described(split: DividedExamples) -> str:
    counts = ", ".join(f"{code} {number:,}" for code, number in sorted(split.counts(split.train).items()))
    text = f"{len(split.train):,} examples to learn from ({counts}), {len(split.held_out):,} held out"
    if split.unjudged():
        text += f"; none held out in {', '.join(split.unjudged())}, of which nothing will be known"
    return text


def _planned(lesson: Lesson, files: ModelFiles, settings: TrainSettings, steps: int, resume: Path | None) -> str:
    size, trained = lesson.parameters
    a_step = settings.batch_size * settings.accumulate
    return (
        f"{files.source}: {size / 1e6:,.1f} million parameters"
        + (f", {trained / 1e6:,.1f} million trained," if trained != size else "")
        + f" at {settings.precision} on {'the GPU' if _on_gpu() else 'the CPU'}, {steps:,} steps of {a_step} "
        f"{lesson.named}, {steps * a_step / lesson.number:.1f} times through all"
        + (f"; going on from {resume}" if resume else "")
    )


def _learner(files: ModelFiles) -> Learner:
    if files.gguf:
        raise GeneratorError(
            f"{files.source} is a GGUF file, which cannot be trained; give a checkpoint's folder or hub id"
        )
    config = read_config(files)
    if config.model_type in MODEL_FOR_MASKED_LM_MAPPING_NAMES and not config.is_encoder_decoder:
        raise GeneratorError(
            f"{files.source} is of the architecture {config.model_type}, an encoder, which writes nothing; give one "
            "with an encoder and a decoder such as google/mt5-base, or one without an encoder such as Gemma"
        )
    return Seq2SeqLearner() if config.is_encoder_decoder else CausalLearner()


def _on_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


def _ask(
    *,
    split: DividedExamples,
    place: Path,
    options: GeneratorOptions,
    seed: int,
    encoder: Callable[[], Encoder],
    work: Path,
    say: Callable[[str], None],
) -> RoundTrip:
    choice = PromptChoice(template=options.template, window=options.window)
    languages = split.languages()
    assert options.max_query_tokens is not None  # settled
    sampling = Sampling(top_k=1 if options.kind is TextKind.TRANSLATION else 10, max_tokens=options.max_query_tokens)
    generator = resolve_generator(
        GeneratorRequest(str(place), sampling, choice, Hardware(), languages=languages, kind=options.kind)
    )
    say(
        f"round trip: {options.number} a passage in each of {', '.join(languages)}, generated at {generator.arithmetic}"
    )
    return round_trip(
        held_out=split.held_out,
        languages=languages,
        kind=options.kind,
        generator=generator,
        encoder=encoder(),
        number=options.number,
        seed=seed,
        folder=work / "round-trip",
    )
