"""The whole of ``train retriever``: read, divide, embed with the base model, train, export, and say how the result is used."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pyserini_xqg.collection import OnError
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.errors import InputError, Location, OutputError, UsageError
from pyserini_xqg.files import is_partial, read_json, remove_leftovers, replacing_folder, sha256
from pyserini_xqg.lock import building
from pyserini_xqg.train import checkpoints
from pyserini_xqg.train.fit import Fitted, Task, fit
from pyserini_xqg.train.precision import resolve
from pyserini_xqg.train.retriever import report
from pyserini_xqg.train.retriever.base import Base, encoder_settings
from pyserini_xqg.train.retriever.batches import Collator, EpochSampler, Frozen, Questions, check_negatives, pool_of
from pyserini_xqg.train.retriever.finish import CHECKPOINT, finish
from pyserini_xqg.train.retriever.judge import Judge
from pyserini_xqg.train.retriever.objective import BatchLoss
from pyserini_xqg.train.retriever.options import RetrieverOptions, Tower
from pyserini_xqg.train.retriever.questions import LeftOut, Passages, Question, Sources, Split, by_files, by_share
from pyserini_xqg.train.retriever.reading import Reader
from pyserini_xqg.train.retriever.tower import TokenizerFiles, TowerTokens, load_tower
from pyserini_xqg.train.retriever.typos import Typos
from pyserini_xqg.train.retriever.vectors import base_vectors
from pyserini_xqg.train.settings import TrainSettings

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Trained:
    """What came out.

    :param fitted: None where the output was there already.
    """

    split: Split
    left_out: LeftOut
    fitted: Fitted | None = None


@dataclass(frozen=True, slots=True)
class _Data:
    split: Split
    passages: Passages
    pool: np.ndarray
    judged_pool: np.ndarray
    files: list[Path]


@dataclass(frozen=True, slots=True)
class _Encoding:
    """How the base model's embeddings are made, and where they are kept."""

    threads: int | None
    folder: Path


def train_retriever(
    sources: Sources,
    base: Base,
    output: Path,
    settings: TrainSettings,
    options: RetrieverOptions,
    on_error: OnError,
    threads: int | None,
    vectors: Path | None,
    say: Callable[[str], None],
) -> Trained:
    """Fine-tune an encoder. Run it again after a kill and it goes on from the last checkpoint, to the same weights.

    :param threads: of the base model's encoder; None for all cores.
    :param vectors: where the base model's embeddings are kept for other trainings; None to keep them only while this one lasts.
    :param say: told what begins, a line each.
    :raises InputError: with file and line, for bad training files.
    :raises EncoderError: the model is no encoder, is damaged, or does not belong to the passages' encoder.
    :raises TrainingError: the training cannot go on.
    :raises OutputError: ``output`` holds something else, or cannot be written.
    """
    settings = replace(settings, precision=resolve(settings.precision))
    left_out = LeftOut()
    data = _read(sources, options, settings.seed, on_error, left_out)
    record = _record(data, base, settings, options)
    if _is_there(output, record):
        return Trained(data.split, left_out)
    work = checkpoints.working_folder(output)
    say(_described(data))
    with building(output):
        resume = checkpoints.prepare(work, record)
        fitted = _fit(data, base, settings, options, work, resume, _Encoding(threads, vectors or work), say)
        remove_leftovers(output)
        place = work / CHECKPOINT
        if place.exists():
            shutil.rmtree(place)
        checkpoints.copy_model(fitted.best, place)
        say("exporting, and comparing the graph with the trained model")
        with replacing_folder(output) as partial:
            finish(place, partial, base, options)
            report.write_report(partial, record, data.split, fitted, base, options)
        shutil.rmtree(work)
    return Trained(data.split, left_out, fitted)


def _read(sources: Sources, options: RetrieverOptions, seed: int, on_error: OnError, left_out: LeftOut) -> _Data:
    passages = Passages()
    reader = Reader(passages, sources.languages, options.candidates, on_error, left_out)
    labelled = options.objective.needs_labels
    found = reader.read(sources.train, labelled=labelled)
    _check(found, sources, options, left_out)
    if sources.held_out:
        split = by_files(found, reader.read(sources.held_out, labelled=labelled), passages, sources.limit, seed, left_out)
    else:
        split = by_share(found, passages, sources.share, sources.limit, seed, left_out)
    check_negatives(split.train, options)
    # Passages that no query names come from corpora of topics without labels; both sides may be compared with those.
    named = {row for question in (*split.train, *split.held_out) for row in (*question.positives, *question.negatives)}
    others = [row for row in range(len(passages.texts)) if row not in named] if not all(question.positives for question in found) else []
    return _Data(split, passages, pool_of(split.train, others), pool_of(split.held_out, others), reader.files)


def _check(found: list[Question], sources: Sources, options: RetrieverOptions, left_out: LeftOut) -> None:
    missing = [code for code in sources.languages if not any(question.code == code for question in found)]
    if missing:
        there = sorted({question.code for question in found} | left_out.other_languages.keys())
        raise UsageError(f"--train has no query to learn from in {', '.join(missing)}; it has them in {', '.join(there)}")
    if not found:
        raise InputError(
            Location(sources.train[0]),
            f"none of {left_out.unlabelled:,} queries has a passage that is known to answer it, and --objective {options.objective} learns from those; "
            "add qrels.LANG.txt, or train with --objective aligned, which needs none",
        )


def _record(data: _Data, base: Base, settings: TrainSettings, options: RetrieverOptions) -> dict[str, Any]:
    """Everything that decides the weights and the report."""
    return {
        "format": _FORMAT,
        "model": base.checkpoint.source,
        "model_sha256": base.checkpoint.sha256(),
        "passages_by": base.fingerprint,
        "encoder": asdict(base.settings),
        "sources": {str(path): sha256(path) for path in data.files},
        "settings": asdict(settings),
        "options": asdict(options),
        "train": dict(sorted(Split.counts(data.split.train).items())),
        "held_out": dict(sorted(Split.counts(data.split.held_out).items())),
        "passages": len(data.pool),
        "steps": settings.total_steps(len(data.split.train)),
    }


def _is_there(output: Path, record: dict[str, Any]) -> bool:
    """Whether the output is this very retriever, finished.

    :raises OutputError: it is something else.
    """
    if not output.exists() or (output.is_dir() and all(is_partial(path) for path in output.iterdir())):
        return False
    finished = output / report.FOLDER / report.RECORD
    if not finished.is_file():
        raise OutputError(f"{output} is there already and holds no retriever trained by this stage; choose another --output, or remove it")
    there = read_json(finished)
    differing = "; ".join(f"{name} was {there.get(name)!r}, is now {value!r}" for name, value in record.items() if there.get(name) != value)
    if differing:
        raise OutputError(f"{output} holds another retriever ({differing}); choose another --output, or remove it")
    return True


def _described(data: _Data) -> str:
    split = data.split
    counts = ", ".join(f"{code} {number:,}" for code, number in sorted(Split.counts(split.train).items()))
    text = (
        f"{len(split.train):,} queries to learn from ({counts}) and {len(data.pool):,} passages; "
        f"{len(split.held_out):,} queries and {len(data.judged_pool):,} passages held out"
    )
    if split.unjudged():
        text += f"; none held out in {', '.join(split.unjudged())}, of which nothing will be known"
    return text


def _fit(
    data: _Data,
    base: Base,
    settings: TrainSettings,
    options: RetrieverOptions,
    work: Path,
    resume: Path | None,
    encoding: _Encoding,
    say: Callable[[str], None],
) -> Fitted:
    train, held_out = data.split.train, data.split.held_out
    both = options.tower is Tower.BOTH
    of_train, of_held_out = _frozen(data, base, options, encoding)
    model = load_tower(base.checkpoint, options.freeze)
    tokens = TowerTokens(base.checkpoint, model.config.vocab_size, base.settings, model.config.pad_token_id or 0)
    loss = BatchLoss(options, base.settings)
    typos = Typos(options.probability, options.second_word, settings.seed)
    collator = Collator(train, data.passages.texts, data.pool, tokens, typos, options, of_train, trains_passages=both)
    judged = Collator(held_out, data.passages.texts, data.judged_pool, tokens, typos, options, of_held_out, trains_passages=both)
    judged.epoch = "held out"
    judge = Judge(
        held_out, data.passages.texts, data.judged_pool, judged, loss, tokens, base.settings, settings.batch_size, settings.seed,
        None if both else of_held_out.passages, of_held_out.queries,
    )  # fmt: skip
    steps = settings.total_steps(len(train))
    trained, whole = (sum(weights.numel() for weights in model.parameters() if weights.requires_grad or every) for every in (False, True))
    say(
        f"{base.checkpoint.source}: {trained:,} of {whole:,} parameters are trained, at {settings.precision} on "
        f"{'the GPU' if _on_gpu() else 'the CPU'}; {steps:,} steps of {settings.batch_size * settings.accumulate} queries, "
        f"{steps * settings.batch_size * settings.accumulate / len(train):.1f} times through all" + (f"; going on from {resume}" if resume else "")
    )
    lengths = [len(ids) for ids in tokens([question.text for question in train], Side.QUERY)]
    sampler = EpochSampler(lengths, settings.batch_size, settings.seed, collator)

    def describe(rows: Any) -> str:
        return ", ".join(f"{train[row].where} ({train[row].text[:40]!r})" for row in list(rows)[:3]) + (", …" if len(rows) > 3 else "")

    task = Task(model, TokenizerFiles(base.checkpoint.folder), Questions(len(train)), sampler, collator, judge, describe, loss)
    return fit(task, settings, steps, work, resume)


def _frozen(data: _Data, base: Base, options: RetrieverOptions, encoding: _Encoding) -> tuple[Frozen, Frozen]:
    """The base model's embeddings that training and judging need."""
    if options.tower is Tower.BOTH and not options.aligns:
        return Frozen(), Frozen()
    encoder = Encoder(base.folder(), threads=encoding.threads)
    passages = base_vectors(encoder, data.passages.texts, Side.PASSAGE, encoding.folder)

    def queries(questions: list[Question]) -> np.ndarray:
        return base_vectors(encoder, [question.text for question in questions], Side.QUERY, encoding.folder)

    return Frozen(passages, queries(data.split.train) if options.aligns else None), Frozen(passages, queries(data.split.held_out))


def _on_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


__all__ = ["Trained", "encoder_settings", "train_retriever"]
