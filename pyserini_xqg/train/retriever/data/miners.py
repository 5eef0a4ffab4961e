"""Finds hard negatives: passages that BM25 or the base model rank high for a query, and that nobody judged relevant to
it.

The passages of all training files are indexed once under the working folder, by the project's own stages, and searched
with Pyserini's searchers. What was found is written as a training file that can be read again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pyserini_xqg.encode.encode_corpus import encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.files.text import numbered_lines
from pyserini_xqg.files.whole import replacing
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.progress import progress
from pyserini_xqg.store.vector_store import VectorStore
from pyserini_xqg.train.retriever.data.mining import MinedHit, Miner, Mining, chosen
from pyserini_xqg.train.retriever.data.questions import Passages, TrainingQuery

_BATCH = 256


def mined(
    *,
    questions: Sequence[TrainingQuery],
    passages: Passages,
    corpora: Sequence[Path],
    mining: Mining,
    encoder: Encoder | None,
    work: Path,
    file: Path,
) -> list[TrainingQuery]:
    """Give each query hard negatives, beside those that it has.

    :param passages: gets the texts of the negatives.
    :param corpora: more passages to search in.
    :param encoder: the base model's, for :attr:`Miner.DENSE`.
    :param work: a folder for the indexes; what is there already is used again.
    :param file: written: a line a query, in Tevatron's shape. Where it is there already it is read instead.
    :raises SetupError: Java or Pyserini is missing or does not fit.
    """
    if not file.is_file():
        corpus = work / "corpus.jsonl"
        numbers = _write_corpus(passages, corpora, corpus)
        found = {
            miner: _search(miner=miner, questions=questions, corpus=corpus, mining=mining, encoder=encoder, work=work)
            for miner in sorted(mining.miners)
        }
        relevant = [{numbers[passages.texts[row]] for row in question.positives} for question in questions]
        kept = {
            miner: [chosen(hits, own, mining) for hits, own in zip(all_hits, relevant, strict=True)]
            for miner, all_hits in found.items()
        }
        _write(questions, passages, kept, corpus, file)
    return _read(questions, passages, file)


def _write_corpus(passages: Passages, corpora: Sequence[Path], corpus: Path) -> dict[str, int]:
    """Number all passages, each text once, in one file; give the numbers of those that queries name."""
    seen: set[bytes] = set()
    numbers: dict[str, int] = {}

    def texts() -> Iterable[tuple[str, str]]:
        yield from zip(passages.docids, passages.texts, strict=True)
        for place in corpora:
            yield from ((passage.docid, passage.contents) for passage in read_passages(place))

    with replacing(corpus) as partial, partial.open("w", encoding="utf-8") as stream:
        for docid, text in texts():
            digest = _digest(text)
            if digest in seen:
                continue
            if len(seen) < len(passages.texts):
                numbers[text] = len(seen)
            stream.write(
                json.dumps({"id": str(len(seen)), "contents": text, "docid": docid}, ensure_ascii=False) + "\n"
            )
            seen.add(digest)
    return numbers


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _search(
    *,
    miner: Miner,
    questions: Sequence[TrainingQuery],
    corpus: Path,
    mining: Mining,
    encoder: Encoder | None,
    work: Path,
) -> list[list[MinedHit]]:
    searcher = _bm25(corpus, mining, work) if miner is Miner.BM25 else _dense(corpus, encoder, work)
    found: list[list[MinedHit]] = []
    with progress(f"mining with {miner}", "queries", len(questions)) as bar:
        for start in range(0, len(questions), _BATCH):
            texts = [question.text for question in questions[start : start + _BATCH]]
            names = [str(number) for number in range(len(texts))]
            answers = searcher.batch_search(texts, names, mining.depth, 1)
            # A query that BM25 finds no word of has no answer.
            found += [[MinedHit(int(hit.docid), float(hit.score)) for hit in answers.get(name, [])] for name in names]
            bar.advance(len(texts))
    return found


def _bm25(corpus: Path, mining: Mining, work: Path) -> Any:
    from pyserini_xqg.index.sparse import SparseOptions, build_sparse_index

    build_sparse_index(
        corpus=corpus, queries=None, output=work / Miner.BM25, options=SparseOptions(language=mining.language)
    )
    import_pyserini("pyserini.search.lucene")
    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher

    return XqgLuceneSearcher(str(work / Miner.BM25))


def _dense(corpus: Path, encoder: Encoder | None, work: Path) -> Any:
    assert encoder is not None
    encode(corpus=corpus, queries=None, encoder=encoder, encoder_name=str(encoder.folder), output=work / "store")
    recipe = Recipe(alpha=0.0, normalize=encoder.config.normalize)
    build_index(VectorStore(work / "store"), work / Miner.DENSE, recipe, IndexOptions())
    import_pyserini("pyserini.search.faiss")
    from pyserini_xqg.encoder.pyserini_classes import OnnxQueryEncoder
    from pyserini_xqg.search.searchers.faiss import XqgFaissSearcher

    return XqgFaissSearcher(str(work / Miner.DENSE), OnnxQueryEncoder.of(encoder))


def _write(
    questions: Sequence[TrainingQuery],
    passages: Passages,
    kept: dict[Miner, list[list[MinedHit]]],
    corpus: Path,
    file: Path,
) -> None:
    wanted = {hit.number for lists in kept.values() for hits in lists for hit in hits}
    records = {number - 1: json.loads(line) for number, line in numbered_lines(corpus) if number - 1 in wanted}
    with replacing(file) as partial, partial.open("w", encoding="utf-8") as stream:
        for place, question in enumerate(questions):
            negatives: dict[int, dict[str, Any]] = {}
            for miner, lists in kept.items():
                for hit in lists[place]:
                    passage = {
                        "docid": records[hit.number]["docid"],
                        "text": records[hit.number]["contents"],
                        "by": str(miner),
                        "score": round(hit.score, 6),
                    }
                    negatives.setdefault(hit.number, passage)
            positives = [{"docid": passages.docids[row], "text": passages.texts[row]} for row in question.positives]
            record = {
                "query": question.text,
                "lang": question.code,
                "positive_passages": positives,
                "negative_passages": list(negatives.values()),
            }
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def _read(questions: Sequence[TrainingQuery], passages: Passages, file: Path) -> list[TrainingQuery]:
    """Add what a file of :func:`_write` holds, which is in the queries' order."""
    found = []
    for question, (_, line) in zip(questions, numbered_lines(file), strict=True):
        rows = [passages.add(passage["docid"], passage["text"]) for passage in json.loads(line)["negative_passages"]]
        found.append(replace(question, negatives=tuple(dict.fromkeys((*question.negatives, *rows)))))
    return found
