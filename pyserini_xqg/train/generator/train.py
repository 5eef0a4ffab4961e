"""The whole of ``train generator``: read, divide, train, ask the best checkpoint for queries, and put checkpoint and
report together.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.errors import GeneratorError, UsageError
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.loading import Loaded, load, read_config
from pyserini_xqg.expand.models.model_files import ModelFiles, find_model
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.request import GeneratorRequest, PromptChoice
from pyserini_xqg.expand.resolve import resolve_generator
from pyserini_xqg.expand.wording.seq2seq_prompt import Seq2SeqPrompt
from pyserini_xqg.files.lock import building
from pyserini_xqg.files.whole import remove_leftovers, replacing_folder
from pyserini_xqg.train import checkpoints
from pyserini_xqg.train.batches import GroupedSampler
from pyserini_xqg.train.fit import FittedModel, Task, check_installed, fit
from pyserini_xqg.train.generator import report
from pyserini_xqg.train.generator.encoding import ExampleCollator, encode
from pyserini_xqg.train.generator.examples import LeftOutExamples, read_examples
from pyserini_xqg.train.generator.losses import held_out_loss
from pyserini_xqg.train.generator.options import GeneratorOptions, TrainingFiles
from pyserini_xqg.train.generator.output import make_record
from pyserini_xqg.train.generator.round_trip import RoundTrip, round_trip
from pyserini_xqg.train.generator.split import DividedExamples, by_files, by_share
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

    :param model: a sequence-to-sequence checkpoint's folder or Hugging Face id.
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
    files = find_model(model)
    _check_kind(files)
    left_out = LeftOutExamples()
    split, sources = _divide(material, settings.seed, left_out)
    record = make_record(split, sources, files, settings, options)
    if is_there(output, record, "generator"):
        return TrainedGenerator(split, left_out, made=False)
    work = checkpoints.working_folder(output)
    say(_described(split))
    with building(output):
        resume = checkpoints.prepare(work, record)
        fitted = _fit(split=split, files=files, settings=settings, options=options, work=work, resume=resume, say=say)
        # Under the output's own name, by which the engine of `expand` calls its conversion in the cache.
        place = work / _MODEL / output.name
        if place.exists():
            shutil.rmtree(place)
        checkpoints.copy_model(fitted.best, place)
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
            report.write_report(partial, {**record, **asked}, split, fitted, trip)
        shutil.rmtree(work)
    return TrainedGenerator(split, left_out, True, fitted, trip)


def _divide(material: TrainingFiles, seed: int, left_out: LeftOutExamples) -> tuple[DividedExamples, list[Path]]:
    examples, sources = read_examples(material.train, material.corpus, material.languages, material.on_error, left_out)
    missing = [code for code in material.languages if not any(example.code == code for example in examples)]
    if missing or not examples:
        there = sorted({example.code for example in examples} | left_out.other_languages.keys())
        raise UsageError(f"--train has no example in {', '.join(missing)}; it has them in {', '.join(there)}")
    if not material.held_out:
        return by_share(examples, material.share, material.limit, seed), sources
    judged, more = read_examples(material.held_out, material.corpus, material.languages, material.on_error, left_out)
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


def _fit(
    *,
    split: DividedExamples,
    files: ModelFiles,
    settings: TrainSettings,
    options: GeneratorOptions,
    work: Path,
    resume: Path | None,
    say: Callable[[str], None],
) -> FittedModel:
    loaded = _load(files)
    positions = getattr(loaded.model.config, "max_position_embeddings", None)
    prompt = Seq2SeqPrompt.of(options.template, loaded.tokenizer, positions, options.window, files.source)
    longest = min(options.max_query_tokens, positions or options.max_query_tokens)
    train = encode("reading training examples", split.train, prompt, longest)
    held_out = encode("reading held-out examples", split.held_out, prompt, longest)
    if train.cut_passages or train.cut_queries:
        say(
            f"cut to {prompt.window} tokens: {train.cut_passages:,} of {len(train):,} prompts (their passages' ends); "
            f"to {longest} tokens: {train.cut_queries:,} queries"
        )
    steps = settings.total_steps(len(train))
    size = sum(weights.numel() for weights in loaded.model.parameters())
    say(
        f"{files.source}: {size / 1e6:,.1f} million parameters at {settings.precision} on "
        f"{'the GPU' if _on_gpu() else 'the CPU'}, {steps:,} steps of {settings.batch_size * settings.accumulate} "
        f"examples, {steps * settings.batch_size * settings.accumulate / len(train):.1f} times through all"
        + (f"; going on from {resume}" if resume else "")
    )
    pad_id = loaded.model.config.pad_token_id
    collate = ExampleCollator(0 if pad_id is None else pad_id)
    sampler = GroupedSampler(train.lengths(), settings.batch_size, settings.seed)
    task = Task(
        loaded.model, loaded.tokenizer, train, sampler, collate, held_out_loss(held_out, collate), train.describe
    )
    return fit(task, settings, steps, work, resume)


def _check_kind(files: ModelFiles) -> None:
    if files.gguf:
        raise GeneratorError(
            f"{files.source} is a GGUF file, which cannot be trained; give a checkpoint's folder or hub id"
        )
    config = read_config(files)
    if not config.is_encoder_decoder:
        raise GeneratorError(
            f"{files.source} is of the architecture {config.model_type}, which has no encoder and decoder; this stage "
            "fine-tunes sequence-to-sequence models such as google/mt5-base (chat models work as they are: expand "
            "--prompt)"
        )


def _load(files: ModelFiles) -> Loaded:
    """The model in float32, on the CPU, where the loop takes it from.

    :raises GeneratorError: it cannot be loaded, or its parts do not fit.
    """
    loaded = load(files, "AutoModelForSeq2SeqLM", Hardware(ModelPrecision.FP32, device="cpu"))
    for name in ("decoder_start_token_id", "eos_token_id"):
        if getattr(loaded.model.config, name, None) is None:
            raise GeneratorError(f"{files.source} does not state {name} in its config.json; add it there")
    rows = loaded.model.get_input_embeddings().num_embeddings
    if len(loaded.tokenizer) > rows:
        raise GeneratorError(
            f"{files.source} has a tokenizer of {len(loaded.tokenizer):,} pieces and a model of {rows:,}; they are "
            "not of one make"
        )
    return loaded


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
    choice = PromptChoice(None, options.template, options.window)
    generator = resolve_generator(
        GeneratorRequest(str(place), Sampling(max_tokens=options.max_query_tokens), choice, Hardware())
    )
    say(
        f"round trip: {options.number} a passage in each of {', '.join(split.languages())}, generated at "
        f"{generator.arithmetic}"
    )
    return round_trip(
        held_out=split.held_out,
        languages=split.languages(),
        generator=generator,
        encoder=encoder(),
        number=options.number,
        seed=seed,
        folder=work / "round-trip",
    )
