"""XQuAD as the benchmarks use it: the data, a store that keeps every query by its rank, and the topics with their
paragraphs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from common import data_dir, say, stage

from pyserini_xqg.input.qrels import read_qrels
from pyserini_xqg.input.topics import read_topics
from pyserini_xqg.store.vector_store import VectorStore

LANGUAGES = ("ar", "de", "el", "es", "hi", "ru", "zh")
"""Those of the data besides English, whose paragraphs are the corpus."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The odd-numbered questions of one language.

    :param paragraphs: the docid of the paragraph that each was asked about.
    """

    qids: list[str]
    texts: list[str]
    paragraphs: list[str]


def prepare_data(work: Path) -> Path:
    """Corpus, even-numbered questions as queries, odd-numbered ones as topics; made where they are not there yet."""
    data = work / "data"
    if not (data / "dataset.json").is_file():
        stage("dataset", "xquad", "--input", data_dir() / "xquad", "--output", data, "--oracle-queries")
    return data


def prepare_store(work: Path, precision: str) -> VectorStore:
    """The store with every query by its rank; encoding goes on where an earlier run stopped."""
    data = prepare_data(work)
    say(f"encoding XQuAD at {precision}")
    output = work / f"store-{precision}"
    files = ("--corpus", data / "corpus.jsonl", "--queries", data / "queries.jsonl", "--output", output)
    stage(
        "encode",
        *files,
        "--encoder",
        "e5-small",
        "--precision",
        precision,
        "--keep",
        "ranks",
        "--languages",
        ",".join(LANGUAGES),
    )
    return VectorStore(output)


def read_language(data: Path, code: str) -> Topics:
    """The topics of one language."""
    topics = list(read_topics(data / f"topics.{code}.tsv"))
    paragraph = {judgment.qid: judgment.docid for judgment in read_qrels(data / f"qrels.{code}.txt")}
    return Topics(
        [topic.qid for topic in topics], [topic.text for topic in topics], [paragraph[topic.qid] for topic in topics]
    )
