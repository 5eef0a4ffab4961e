"""The sets of coverage.py: passages, topics in several languages, and every query by its rank, made by the commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from common import data_dir, say, stage

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.input.qrels import read_qrels
from pyserini_xqg.input.topics import read_topics
from pyserini_xqg.store.vector_store import VectorStore

type Reciprocal = Callable[[np.ndarray], np.ndarray]
"""Ranks to scores in percent."""


def first(ranks: np.ndarray) -> np.ndarray:
    """R@1."""
    return 100.0 * (ranks == 1)


def reciprocal(ranks: np.ndarray) -> np.ndarray:
    """MRR."""
    return 100.0 / ranks


def reciprocal_at_10(ranks: np.ndarray) -> np.ndarray:
    """MRR@10."""
    return np.where(ranks <= 10, 100.0 / ranks, 0.0)


@dataclass(frozen=True, slots=True)
class AskedIn:
    """One language's topics.

    :param vectors: float32 ``[topics, dimension]``.
    :param relevant: of each the rows of its passages.
    """

    vectors: np.ndarray
    relevant: tuple[tuple[int, ...], ...]

    @property
    def groups(self) -> np.ndarray:
        """The passage that stands for each topic when passages are drawn anew, int ``[topics]``."""
        return np.array([rows[0] for rows in self.relevant])


@dataclass(frozen=True, slots=True)
class CoverageSet:
    """A set.

    :param store: keeps every query by its rank.
    :param asked: language -> its topics; averages are over these.
    :param home: topics in the passages' own language; None where there are none.
    :param languages: those of the queries that are used.
    :param measure: how a rank counts, and what that is called.
    """

    name: str
    store: VectorStore
    asked: Mapping[str, AskedIn]
    home: AskedIn | None
    languages: tuple[str, ...]
    measure: tuple[str, Reciprocal]
    passages: np.ndarray = field(repr=False)
    ranks: Mapping[str, np.ndarray] = field(repr=False)

    def has(self, code: str) -> np.ndarray:
        """Whether a passage has a query of this rank, bool ``[ranks, passages]``."""
        return np.linalg.norm(self.ranks[code].astype(np.float32), axis=2) > 0.1


def opened(
    name: str,
    *,
    data: Path,
    store: Path,
    encoder: Encoder,
    asked: Sequence[str],
    home: str | None,
    languages: Sequence[str],
    measure: tuple[str, Reciprocal],
) -> CoverageSet:
    """Read a set whose store is there.

    :param data: ``topics.LANG.tsv`` and ``qrels.LANG.txt``.
    """
    opened_store = VectorStore(store)
    shards = list(opened_store.shards())
    docids = [docid for shard in shards for docid in shard.docids()]
    rows = {docid: row for row, docid in enumerate(docids)}
    ranks = {
        code: np.concatenate([np.stack(shard.query_matrices((code,))[0]) for shard in shards], axis=1)
        for code in opened_store.meta.languages
    }
    topics = {code: _asked(data, code, rows, encoder) for code in (*asked, *([home] if home else []))}
    return CoverageSet(
        name,
        opened_store,
        {code: topics[code] for code in asked},
        topics[home] if home else None,
        tuple(languages),
        measure,
        np.concatenate([np.asarray(shard.passages()) for shard in shards]).astype(np.float32),
        ranks,
    )


def _asked(data: Path, code: str, rows: Mapping[str, int], encoder: Encoder) -> AskedIn:
    relevant: dict[str, list[int]] = {}
    for judgment in read_qrels(data / f"qrels.{code}.txt"):
        if judgment.docid in rows:
            relevant.setdefault(judgment.qid, []).append(rows[judgment.docid])
    topics = [topic for topic in read_topics(data / f"topics.{code}.tsv") if topic.qid in relevant]
    vectors = encoder.encode([topic.text for topic in topics], Side.QUERY)
    return AskedIn(vectors, tuple(tuple(relevant[topic.qid]) for topic in topics))


def encode(data: Path, store: Path) -> None:
    """The store of a set's folder; goes on where an earlier run stopped."""
    say(f"encoding {data}")
    files = ("--corpus", data / "corpus.jsonl", "--queries", data / "queries.jsonl", "--output", store)
    stage("encode", *files, "--encoder", "e5-small", "--keep", "ranks")


def prepare_afriqa(work: Path) -> Path:
    """AfriQA's English passages; as queries what was asked in its train and dev parts (and people's translations, as
    English ones); as topics the test questions about passages that were asked nothing there.
    """
    target = work / "afriqa"
    if (target / "queries.jsonl").is_file():
        return target
    parts = {}
    for part in ("test", "train", "dev"):
        parts[part] = work / f"afriqa-{part}"
        rest = ("--corpus-splits", "train", "dev") if part == "test" else ()
        words = ("--input", data_dir() / "afriqa", "--output", parts[part], "--split", part, "--with-titles", *rest)
        stage("dataset", "afriqa", *words)
    target.mkdir()
    lines = [line for line in _lines(parts["test"] / "corpus.jsonl") if json.loads(line)["id"].startswith("en-")]
    (target / "corpus.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    english = {json.loads(line)["id"] for line in lines}
    queries: dict[str, dict[str, list[str]]] = {}
    for part in ("train", "dev"):
        for path in sorted(parts[part].glob("topics.*.tsv")):
            code = path.name.split(".")[1]
            about = {judgment.qid: judgment.docid for judgment in read_qrels(parts[part] / f"qrels.{code}.txt")}
            for place, language in ((path, code), (path.with_name(f"topics-translated.{code}.tsv"), "en")):
                for topic in read_topics(place):
                    if about[topic.qid] in english:
                        own = queries.setdefault(about[topic.qid], {}).setdefault(language, [])
                        own += [topic.text] if topic.text not in own else []
    for path in sorted(parts["test"].glob("topics.*.tsv")):
        code = path.name.split(".")[1]
        about = {judgment.qid: judgment.docid for judgment in read_qrels(parts["test"] / f"qrels.{code}.txt")}
        kept = [t for t in read_topics(path) if about[t.qid] in english and about[t.qid] not in queries]
        _write(target / f"topics.{code}.tsv", (f"{topic.qid}\t{topic.text}" for topic in kept))
        _write(target / f"qrels.{code}.txt", (f"{topic.qid} 0 {about[topic.qid]} 1" for topic in kept))
    records = (json.dumps({"id": docid, "queries": own}, ensure_ascii=False) for docid, own in queries.items())
    _write(target / "queries.jsonl", records)
    return target


def prepare_help(work: Path, made: Path) -> Path:
    """LibreOffice's help, as ``dataset libreoffice-help`` makes it: topics of the test half; as queries the dev half's
    translated titles, and as English ones every page's own.
    """
    target = work / "help"
    if (target / "queries.jsonl").is_file():
        return target
    target.mkdir()
    (target / "corpus.jsonl").write_bytes((made / "corpus.jsonl").read_bytes())
    for path in (*made.glob("test/topics.*.tsv"), *made.glob("test/qrels.*.txt")):
        (target / path.name).write_bytes(path.read_bytes())
    records = {own["id"]: own["queries"] for own in map(json.loads, _lines(made / "english-titles.jsonl"))}
    for own in map(json.loads, _lines(made / "dev" / "queries.jsonl")):
        records[own["id"]] = {**own["queries"], "en": records[own["id"]]["en"]}
    lines = (json.dumps({"id": docid, "queries": own}, ensure_ascii=False) for docid, own in records.items())
    _write(target / "queries.jsonl", lines)
    return target


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
