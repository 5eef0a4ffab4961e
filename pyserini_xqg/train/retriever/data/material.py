"""From the files that were named to queries and passages, those to learn from and those to judge by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.input.records import OnError
from pyserini_xqg.train.retriever.data.batches import check_negatives, pool_of
from pyserini_xqg.train.retriever.data.miners import mined
from pyserini_xqg.train.retriever.data.mining import Mining
from pyserini_xqg.train.retriever.data.questions import (
    DividedQuestions,
    LeftOutQueries,
    Passages,
    QueryOrigins,
    TrainingQuery,
    by_files,
    by_share,
)
from pyserini_xqg.train.retriever.data.reading import Reader
from pyserini_xqg.train.retriever.options import RetrieverOptions


@dataclass(frozen=True, slots=True)
class Data:
    """What is learned from and judged by.

    :param others: rows of passages that no query names, which both sides are compared with: a corpus that came with
        topics and without labels.
    :param files: all files that were read.
    :param corpora: those of them that hold passages alone.
    """

    split: DividedQuestions
    passages: Passages
    others: list[int]
    files: list[Path]
    corpora: list[Path]

    @property
    def pool(self) -> np.ndarray:
        """Rows of the passages that training queries are compared with, ascending."""
        return pool_of(self.split.train, self.others)

    @property
    def judged_pool(self) -> np.ndarray:
        """Rows of the passages that held-out queries are ranked among, ascending."""
        return pool_of(self.split.held_out, self.others)


def read_data(
    sources: QueryOrigins, options: RetrieverOptions, seed: int, on_error: OnError, left_out: LeftOutQueries
) -> Data:
    """Read and divide.

    :raises InputError: with file and line, for a bad record; or no query has what the objective learns from.
    :raises UsageError: nothing is left on one side, or a language is not there.
    """
    passages = Passages()
    reader = Reader(passages, sources.languages, options.candidates, on_error, left_out)
    labelled = options.objective.needs_labels
    found = reader.read(sources.train, labelled=labelled)
    _check(found, sources, options, left_out)
    if sources.held_out:
        split = by_files(
            train=found,
            held_out=reader.read(sources.held_out, labelled=labelled),
            passages=passages,
            limit=sources.limit,
            seed=seed,
            left_out=left_out,
        )
    else:
        split = by_share(
            questions=found, passages=passages, share=sources.share, limit=sources.limit, seed=seed, left_out=left_out
        )
    if not split.held_out:
        raise UsageError("--dev holds no query to judge by: none in these languages, or none with a known passage")
    named = {row for question in found for row in (*question.positives, *question.negatives)}
    unlabelled = any(not question.positives for question in found)
    # What is held out by --dev was read last and is named there.
    named |= {row for question in split.held_out for row in (*question.positives, *question.negatives)}
    others = [row for row in range(len(passages.texts)) if row not in named] if unlabelled else []
    return Data(split, passages, others, reader.files, list(reader.corpora))


def with_negatives(
    *, data: Data, mining: Mining | None, options: RetrieverOptions, encoder: Encoder | None, work: Path, key: str
) -> Data:
    """Find hard negatives where that was asked for; see that they are there where they were asked for.

    :param key: tells this training from others: what was found is kept under it in ``work``.
    :raises InputError: with file and line, for a query without any, where they were asked for.
    """
    if mining is not None:
        train = mined(
            questions=data.split.train,
            passages=data.passages,
            corpora=data.corpora,
            mining=mining,
            encoder=encoder,
            work=work / f"mining-{key}",
            file=mined_file(work, key),
        )
        # A held-out passage is learned from neither as an answer nor as none.
        held_out = {row for question in data.split.held_out for row in question.positives}
        train = [
            replace(question, negatives=tuple(row for row in question.negatives if row not in held_out))
            for question in train
        ]
        data = replace(data, split=DividedQuestions(train, data.split.held_out))
    check_negatives(data.split.train, options)
    return data


def mined_file(work: Path, key: str) -> Path:
    """Where found hard negatives are kept."""
    return work / f"mined-{key}.jsonl"


def _check(
    found: list[TrainingQuery], sources: QueryOrigins, options: RetrieverOptions, left_out: LeftOutQueries
) -> None:
    missing = [code for code in sources.languages if not any(question.code == code for question in found)]
    if missing:
        there = sorted({question.code for question in found} | left_out.other_languages.keys())
        raise UsageError(
            f"--train has no query to learn from in {', '.join(missing)}; it has them in {', '.join(there)}"
        )
    if not found:
        raise InputError(
            Location(sources.train[0]),
            f"none of {left_out.unlabelled:,} queries has a passage that is known to answer it, and --objective "
            f"{options.objective} learns from those; add qrels.LANG.txt, or train with --objective aligned, which "
            "needs none",
        )
