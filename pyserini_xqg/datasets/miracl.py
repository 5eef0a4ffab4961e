"""MIRACL (Zhang et al. 2023, "MIRACL: A Multilingual Retrieval Dataset Covering 18 Diverse Languages", TACL 11).

Questions about Wikipedia passages of their own language, a corpus a language.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from pyserini_xqg.datasets.options import about
from pyserini_xqg.datasets.output import DatasetRecord
from pyserini_xqg.datasets.registry import Dataset, register
from pyserini_xqg.datasets.source import Publication
from pyserini_xqg.datasets.trec import NUMBER_SIGNS, TrecFiles, build_collection

PUBLICATION = Publication(
    name="miracl",
    title="MIRACL, questions about Wikipedia in their own language",
    address="https://huggingface.co/datasets/miracl/miracl and https://huggingface.co/datasets/miracl/miracl-corpus",
    version="v1.0",
    licence="Apache 2.0",
    pattern="*miracl-v1.0-*.tsv",
    sha256={},
)
_LANGUAGES = [
    "ar",
    "bn",
    "de",
    "en",
    "es",
    "fa",
    "fi",
    "fr",
    "hi",
    "id",
    "ja",
    "ko",
    "ru",
    "sw",
    "te",
    "th",
    "yo",
    "zh",
]


class MiraclSplit(StrEnum):
    """A part of MIRACL."""

    TRAIN = "train"
    DEV = "dev"
    TEST_A = "test-a"
    """Its judgments are not public."""
    TEST_B = "test-b"
    """Its judgments are not public."""


@dataclass(frozen=True, slots=True)
class MiraclOptions:
    """What can be chosen.

    :param languages: none for all whose topics are there.
    """

    split: MiraclSplit = field(
        default=MiraclSplit.DEV, metadata=about("the part; of test-a and test-b there are no public judgments", "SPLIT")
    )
    languages: tuple[str, ...] = field(default=(), metadata=about("all that are there by default", "LANG"))


def build(place: Path, folder: Path, options: MiraclOptions) -> DatasetRecord:
    """Write corpus, topics and qrels a language into ``folder``.

    :param place: a folder with ``topics.miracl-v1.0-LANG-SPLIT.tsv``, ``qrels.…`` and
        ``miracl-corpus-v1.0-LANG/docs-N.jsonl.gz`` anywhere inside.
    :raises InputError: a file is missing, there twice, or malformed.
    :raises UsageError: a language that MIRACL has not.
    """
    judged = options.split in {MiraclSplit.TRAIN, MiraclSplit.DEV}
    files = TrecFiles(
        publication=PUBLICATION,
        names={code: code for code in _LANGUAGES},
        topics=f"topics.miracl-v1.0-{{code}}-{options.split}.tsv",
        qrels=f"qrels.miracl-v1.0-{{code}}-{options.split}.tsv" if judged else None,
        corpus="miracl-corpus-v1.0-{code}/docs-*.jsonl*",
    )
    return build_collection(place, folder, files, options.languages, asdict(options))


register(Dataset(PUBLICATION, MiraclOptions, build, NUMBER_SIGNS))
