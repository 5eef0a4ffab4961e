"""CIRAL (Adeyemi et al. 2024, "CIRAL: A Test Collection for CLIR Evaluations in African Languages", SIGIR 2024).

English questions about passages of news in Hausa, Somali, Swahili and Yoruba, a corpus a language. LANG in the files'
names is the language of the passages; the questions are English, and in the passages' language where the native topics
are there.
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
from pyserini_xqg.errors import UsageError

PUBLICATION = Publication(
    name="ciral",
    title="CIRAL, English questions about passages in African languages",
    address="https://huggingface.co/datasets/CIRAL/ciral and https://huggingface.co/datasets/CIRAL/ciral-corpus",
    version="v1.0",
    licence="Apache 2.0",
    pattern="*ciral-v1.0-*.tsv",
    sha256={},
)
_NAMES = {"ha": "hausa", "so": "somali", "sw": "swahili", "yo": "yoruba"}


class CiralSplit(StrEnum):
    """A part of CIRAL."""

    DEV = "dev"
    """Ten topics a language."""
    TEST_A = "test-a"
    """80 to 100 topics a language."""
    TEST_B = "test-b"
    """113 to 554 topics a language."""


@dataclass(frozen=True, slots=True)
class CiralOptions:
    """What can be chosen.

    :param pools: the judgments of the shared task's pools, about five times as many; of ``test-a`` alone.
    :param languages: of the passages; none for all whose topics are there.
    """

    split: CiralSplit = field(default=CiralSplit.TEST_A, metadata=about("the part", "SPLIT"))
    pools: bool = field(default=False, metadata=about("with test-a, the judgments of the pools"))
    languages: tuple[str, ...] = field(
        default=(), metadata=about("languages of the passages; all that are there by default", "LANG")
    )


def build(place: Path, folder: Path, options: CiralOptions) -> DatasetRecord:
    """Write corpus, topics and qrels a language into ``folder``; ``topics-native.LANG.tsv`` where the questions in the
    passages' language are there.

    :param place: a folder with ``topics.ciral-v1.0-LANG-SPLIT.tsv``, ``qrels.…`` and ``hausa_passages.jsonl``, …
        anywhere inside.
    :raises InputError: a file is missing, there twice, or malformed.
    :raises UsageError: pools of another part than ``test-a``, or a language that CIRAL has not.
    """
    if options.pools and options.split is not CiralSplit.TEST_A:
        raise UsageError(f"--pools: only test-a was judged from pools, not {options.split}")
    files = TrecFiles(
        publication=PUBLICATION,
        names=_NAMES,
        topics=f"topics.ciral-v1.0-{{code}}-{options.split}.tsv",
        qrels=f"qrels.ciral-v1.0-{{code}}-{options.split}{'-pools' if options.pools else ''}.tsv",
        corpus="{name}_passages.jsonl*",
        variants={"topics-native": f"topics.ciral-v1.0-{{code}}-{options.split}-native.tsv"},
    )
    return build_collection(place, folder, files, options.languages, asdict(options))


register(Dataset(PUBLICATION, CiralOptions, build, NUMBER_SIGNS))
