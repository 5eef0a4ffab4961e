"""XOR-TyDi QA as the retrieval task of its paper (Asai et al. 2021, "XOR QA: Cross-lingual Open-Retrieval Question
Answering").

Questions of the training or development part, the English Wikipedia passages of 1 February 2019, and the training
examples in DPR's manner. ``xor-retrieve`` takes the development questions alone; here come the passages, and what a
retriever is trained on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from pyserini_xqg.datasets import xor_retrieve
from pyserini_xqg.datasets.dpr import Examples
from pyserini_xqg.datasets.options import about
from pyserini_xqg.datasets.output import DatasetRecord, Remark, WrittenFiles, manifest
from pyserini_xqg.datasets.registry import Dataset, register
from pyserini_xqg.datasets.source import LargeFile, Publication, only
from pyserini_xqg.errors import InputError, Location

PUBLICATION = Publication(
    name="xor-tydi",
    title="XOR-TyDi QA, questions, Wikipedia passages and training examples",
    address="https://github.com/AkariAsai/XORQA",
    version="v1.1",
    licence="CC BY-SA 4.0",
    pattern="xor_*_retrieve_eng_span*.jsonl",
    sha256=dict(xor_retrieve.PUBLICATION.sha256),
)
TRAINING = "training.jsonl"
"""The training examples: a question, passages that answer it, passages that do not."""
_PASSAGES = "*w100.tsv*"


class XorTydiSplit(StrEnum):
    """A part of XOR-TyDi QA."""

    TRAIN = "train"
    DEV = "dev"


@dataclass(frozen=True, slots=True)
class XorTydiOptions:
    """What can be chosen."""

    split: XorTydiSplit = field(default=XorTydiSplit.DEV, metadata=about("the part", "SPLIT"))


_EXAMPLES = {
    XorTydiSplit.TRAIN: ("dpr_train_data.json*", "xor-t2e-100w.jsonl*"),
    XorTydiSplit.DEV: ("dpr_dev_data.json*",),
}


def build(place: Path, folder: Path, options: XorTydiOptions) -> DatasetRecord:
    """Write ``topics.LANG.tsv``, ``answers.LANG.jsonl``, ``corpus.jsonl`` and ``training.jsonl`` into ``folder``.

    :param place: a folder with ``xor_SPLIT_retrieve_eng_span_v1_1.jsonl`` and, where they are to be had,
        ``enwiki_20190201_w100.tsv`` and ``dpr_SPLIT_data.json`` or ``xor-t2e-100w.jsonl.gz``.
    :raises InputError: the questions are missing, a file is there twice, or one is malformed.
    """
    if not place.is_dir():
        raise InputError(Location(place), f"is no folder; give one with the published files. {PUBLICATION}")
    wanted = f"xor_{options.split}_retrieve_eng_span*.jsonl"
    questions_file = _one(place, wanted)
    if questions_file is None:
        raise InputError(Location(place), f"holds no file named {wanted}. {PUBLICATION}")
    questions = xor_retrieve.read_questions(questions_file.json_lines())
    written = WrittenFiles(folder)
    remark = xor_retrieve.write_questions(questions, written)
    used, remarks = [questions_file], [remark]
    passages, examples_file = _one(place, _PASSAGES), _one(place, *_EXAMPLES[options.split])
    if passages is not None:
        used.append(passages)
        written.jsonl("corpus.jsonl", _passages(passages))
    if examples_file is not None:
        used.append(examples_file)
        examples = Examples(questions)
        written.jsonl(TRAINING, examples.read(examples_file))
        remarks += examples.remarks()
    remarks.append(Remark(f"no passages here ({_PASSAGES}), so no corpus", {"en": passages is None}))
    remarks.append(
        Remark(
            f"no training examples here ({' or '.join(_EXAMPLES[options.split])})",
            {options.split: examples_file is None},
        )
    )
    return manifest(
        publication=PUBLICATION, files=used, options=asdict(options), counts=written.counts, remarks=remarks
    )


def _one(place: Path, *patterns: str) -> LargeFile | None:
    found = sorted(path for pattern in patterns for path in place.rglob(pattern) if path.is_file())
    return only([LargeFile(path) for path in found], place)


def _passages(file: LargeFile) -> Iterator[dict[str, str]]:
    """DPR's passages: id, text and title, a line each, quoted as in CSV; the line with the columns' names may be
    missing.
    """
    for where, line in file.lines():
        columns = next(csv.reader([line], delimiter="\t"), [])
        if where.line == 1 and columns[:2] == ["id", "text"]:
            continue
        if len(columns) != 3 or not columns[1].strip() or columns[0].split() != [columns[0]]:
            raise InputError(
                where, f"expected three columns 'id<TAB>text<TAB>title', found {len(columns)} or an empty one"
            )
        docid, text, title = columns
        yield {"id": docid, **({"title": title} if title.strip() else {}), "text": text}


register(Dataset(PUBLICATION, XorTydiOptions, build))
