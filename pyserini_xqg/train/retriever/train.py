"""The whole of ``train retriever``: read, divide, mine, train, export, and say how the result is used."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.lock import building
from pyserini_xqg.files.whole import remove_leftovers, replacing_folder
from pyserini_xqg.input.records import OnError
from pyserini_xqg.train import checkpoints
from pyserini_xqg.train.fit import FittedModel, check_installed
from pyserini_xqg.train.output import REPORT, is_there, material_record
from pyserini_xqg.train.precision import resolve
from pyserini_xqg.train.retriever.base import Base
from pyserini_xqg.train.retriever.data.material import Data, mined_file, read_data, with_negatives
from pyserini_xqg.train.retriever.data.mining import Mining
from pyserini_xqg.train.retriever.data.questions import DividedQuestions, LeftOutQueries, QueryOrigins
from pyserini_xqg.train.retriever.finish import CHECKPOINT, finish
from pyserini_xqg.train.retriever.fitting import BaseEncoding, fit_retriever
from pyserini_xqg.train.retriever.options import RetrieverOptions
from pyserini_xqg.train.retriever.report import write_report
from pyserini_xqg.train.settings import TrainSettings

_FORMAT = 1
MINED = "mined.jsonl"
"""In the report: hard negatives that were found, as a training file."""


@dataclass(frozen=True, slots=True)
class RetrieverRun:
    """How the work is done; none of it decides the weights.

    :param threads: of the base model's encoder; None for all cores.
    :param vectors: where the base model's embeddings are kept for other trainings; None to keep them only while this
        one lasts.
    :param say: told what begins, a line each.
    """

    say: Callable[[str], None]
    threads: int | None = None
    vectors: Path | None = None
    on_error: OnError = OnError.STOP


@dataclass(frozen=True, slots=True)
class TrainedRetriever:
    """What came out.

    :param fitted: None where the output was there already.
    """

    split: DividedQuestions
    left_out: LeftOutQueries
    fitted: FittedModel | None = None


def train_retriever(
    *,
    sources: QueryOrigins,
    base: Base,
    output: Path,
    settings: TrainSettings,
    options: RetrieverOptions,
    mining: Mining | None,
    run: RetrieverRun,
) -> TrainedRetriever:
    """Fine-tune an encoder. Run it again after a kill and it goes on from the last checkpoint, to the same weights.

    :param mining: how hard negatives are found; None to take those of the files.
    :raises InputError: with file and line, for bad training files.
    :raises EncoderError: the model is no encoder, is damaged, or does not belong to the passages' encoder.
    :raises TrainingError: the training cannot go on.
    :raises OutputError: ``output`` holds something else, or cannot be written.
    :raises SetupError: accelerate is missing, or Java and Pyserini where hard negatives are mined.
    """
    check_installed()
    settings = replace(settings, precision=resolve(settings.precision))
    left_out = LeftOutQueries()
    data = read_data(sources, options, settings.seed, run.on_error, left_out)
    record = _record(data, base, settings, options, mining)
    if is_there(output, record, "retriever"):
        return TrainedRetriever(data.split, left_out)
    work = checkpoints.working_folder(output)
    run.say(_described(data))
    with building(output):
        resume = checkpoints.prepare(work, record)
        encoder = Encoder(base.passages, threads=run.threads) if base.passages else None
        key = hashlib.sha256(json.dumps(record).encode()).hexdigest()[:16]
        data = with_negatives(data=data, mining=mining, options=options, encoder=encoder, work=work, key=key)
        fitted = fit_retriever(
            data=data,
            base=base,
            settings=settings,
            options=options,
            encoding=BaseEncoding(encoder, run.vectors or work),
            work=work,
            resume=resume,
            say=run.say,
        )
        remove_leftovers(output)
        place = work / CHECKPOINT
        if place.exists():
            shutil.rmtree(place)
        checkpoints.copy_model(fitted.best, place)
        run.say("exporting, and comparing the graph with the trained model")
        with replacing_folder(output) as partial:
            finish(place, partial, base, options)
            asked = material_record(
                train=sources.train,
                held_out=sources.held_out,
                share=sources.share,
                limit=sources.limit,
                languages=sources.languages,
            )
            write_report(partial, {**record, **asked}, data.split, fitted)
            if mining is not None:
                shutil.copyfile(mined_file(work, key), partial / REPORT / MINED)
        shutil.rmtree(work)
    return TrainedRetriever(data.split, left_out, fitted)


def _record(
    data: Data, base: Base, settings: TrainSettings, options: RetrieverOptions, mining: Mining | None
) -> dict[str, Any]:
    """Everything that decides the weights and the report."""
    record = {
        "format": _FORMAT,
        "model": base.checkpoint.source,
        "model_sha256": base.checkpoint.sha256(),
        "passages_by": base.fingerprint,
        "encoder": asdict(base.settings),
        "sources": {str(path): sha256(path) for path in data.files},
        "settings": asdict(settings),
        "options": asdict(options),
        "mining": asdict(mining) if mining else None,
        "train": dict(sorted(DividedQuestions.counts(data.split.train).items())),
        "held_out": dict(sorted(DividedQuestions.counts(data.split.held_out).items())),
        "passages": len(data.pool),
        "steps": settings.total_steps(len(data.split.train)),
    }
    as_read: dict[str, Any] = json.loads(json.dumps(record))  # as it will be read again: tuples become lists
    return as_read


def _described(data: Data) -> str:
    split = data.split
    counts = ", ".join(f"{code} {number:,}" for code, number in sorted(DividedQuestions.counts(split.train).items()))
    text = (
        f"{len(split.train):,} queries to learn from ({counts}) and {len(data.pool):,} passages; "
        f"{len(split.held_out):,} queries and {len(data.judged_pool):,} passages held out"
    )
    if split.unjudged():
        text += f"; none held out in {', '.join(split.unjudged())}, of which nothing will be known"
    return text
