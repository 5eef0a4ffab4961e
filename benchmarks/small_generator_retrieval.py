"""Whether a generator's queries help to find passages that it never saw: XQuAD's held-out English paragraphs, all human
questions as topics.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from bootstrap import interval
from common import say, stage, table
from small_generator_data import LANGUAGES, Paragraph, pieces, xquad

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_rankings
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.store.vector_store import VectorStore

_MEASURES = ("R@1", "MRR@10")
_NUMBER = 2
_BETWEEN = "--"
_PLAIN = "no augmentation"
_RECIPES = {
    "mean α 0.1": Recipe(alpha=0.1),
    "mean": Recipe(),
    "views α 0.1": Recipe("views", alpha=0.1),
    "views": Recipe("views"),
}
Scores = dict[str, np.ndarray]
"""Measure -> float ``[languages, topics]``."""


def print_retrieval(work: Path, model: Path, window: int, longest: int, *, quick: bool) -> None:
    """Generate, filter, encode, index, search, and print the tables."""
    paragraphs = xquad(held_out=True)
    corpus = _write(
        work / "corpus.jsonl", [{"id": one.docid, "contents": " ".join(one.sentences["en"])} for one in paragraphs]
    )
    queries = _generate(work, model, paragraphs, window, longest)
    filtered = work / "filtered"
    stage("filter", "--queries", queries, "--corpus", corpus, "--encoder", "e5-small", "--output", filtered)
    sets = {
        "as generated": queries,
        "filtered": filtered,
        "control: those of another paragraph": _of_others(queries, work / "others.jsonl"),
    }
    encoder = Encoder(resolve_encoder("e5-small"), Precision.AUTO)
    docids = [one.docid for one in paragraphs for _ in one.questions["en"]]
    vectors = {
        code: encoder.encode([text for one in paragraphs for text, _ in one.questions[code]], Side.QUERY)
        for code in LANGUAGES
    }
    scores: dict[str, Scores] = {}
    for name, place in sets.items():
        store = work / f"store-{place.stem}"
        stage("encode", "--corpus", corpus, "--queries", place, "--encoder", "e5-small", "--output", store)
        recipes = {_PLAIN: Recipe(alpha=0.0)} if not scores else {}
        recipes |= {f"{recipe}, {name}": _RECIPES[recipe] for recipe in (list(_RECIPES)[:1] if quick else _RECIPES)}
        for title, recipe in recipes.items():
            say(f"searching: {title}")
            scores[title] = _score(
                VectorStore(store), recipe, work / "indexes" / f"{place.stem}-{len(scores)}", vectors, docids
            )
    _print_counts(queries, filtered)
    _print_scores(scores, docids)


def _write(path: Path, records: Sequence[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return path


def _generate(work: Path, model: Path, paragraphs: Sequence[Paragraph], window: int, longest: int) -> Path:
    """Write queries for each part of each paragraph, and put a paragraph's together."""
    parts = [
        {"id": f"{one.docid}{_BETWEEN}{place}", "contents": text}
        for one in paragraphs
        for place, text in enumerate(pieces(one.sentences["en"]))
    ]
    corpus, output = _write(work / "parts.jsonl", parts), work / "parts-queries"
    words = (
        "--languages",
        ",".join(LANGUAGES),
        "--queries-per-language",
        _NUMBER,
        "--window",
        window,
        "--max-tokens-per-query",
        longest,
    )
    stage("expand", "--corpus", corpus, "--generator", model, "--output", output, *words, "--threads", 1)
    whole: dict[str, dict[str, list[str]]] = {one.docid: {} for one in paragraphs}
    for file in sorted(output.glob("queries-*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            for code, texts in record["queries"].items():
                whole[record["id"].rpartition(_BETWEEN)[0]].setdefault(code, []).extend(texts)
    return _write(work / "generated.jsonl", [{"id": docid, "queries": queries} for docid, queries in whole.items()])


def _of_others(queries: Path, path: Path) -> Path:
    """Each paragraph with the queries of another one: whatever this gains is not what the queries say of their
    passage.
    """
    records = [json.loads(line) for line in queries.read_text(encoding="utf-8").splitlines()]
    order = list(range(len(records)))
    random.Random(0).shuffle(order)
    following = {order[place]: order[(place + 1) % len(order)] for place in range(len(order))}
    return _write(
        path,
        [{"id": record["id"], "queries": records[following[place]]["queries"]} for place, record in enumerate(records)],
    )


def _score(
    store: VectorStore, recipe: Recipe, index: Path, vectors: dict[str, np.ndarray], docids: Sequence[str]
) -> Scores:
    import_pyserini("pyserini.search.faiss")
    from pyserini_xqg.search.searchers.faiss import XqgFaissSearcher

    build_index(store, index, recipe, IndexOptions())
    searcher = XqgFaissSearcher(str(index), None)
    qids = [str(number) for number in range(len(docids))]
    judgments = {qid: {docid: 1} for qid, docid in zip(qids, docids, strict=True)}
    found: dict[str, list[list[float]]] = {measure: [] for measure in _MEASURES}
    for asked in vectors.values():
        hits = searcher.batch_search(asked, qids, k=10)
        rankings = {qid: {hit.docid: float(hit.score) for hit in mine} for qid, mine in hits.items()}
        scored = score_rankings(rankings, judgments, parse_measures(_MEASURES))
        for measure in _MEASURES:
            found[measure].append([scored.per_query[measure][qid] for qid in qids])
    return {measure: np.array(rows) for measure, rows in found.items()}


def _print_counts(queries: Path, filtered: Path) -> None:
    before, after = _counts([queries]), _counts(sorted(filtered.glob("*.jsonl")))
    rows = [
        [
            code,
            str(before.get(code, 0)),
            str(after.get(code, 0)),
            f"{after.get(code, 0) / max(1, before.get(code, 0)):.0%}",
        ]
        for code in LANGUAGES
    ]
    print(
        "### What `filter` keeps of the queries for the held-out "
        f"paragraphs\n\n{table(['', 'generated', 'kept', 'share'], rows)}"
    )


def _counts(files: Sequence[Path]) -> dict[str, int]:
    found: dict[str, int] = {}
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            for code, texts in json.loads(line)["queries"].items():
                found[code] = found.get(code, 0) + len(texts)
    return found


def _print_scores(scores: dict[str, Scores], docids: Sequence[str]) -> None:
    plain = scores[_PLAIN]
    for measure in _MEASURES:
        rows = []
        for name, found in scores.items():
            difference = "–"
            if name != _PLAIN:
                low, high = interval(found[measure] - plain[measure], docids)
                difference = (
                    f"{100 * (found[measure] - plain[measure]).mean():+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"
                )
            macro = f"**{100 * found[measure].mean():.1f}**"
            rows.append([name, *(f"{100 * value:.1f}" for value in found[measure].mean(axis=1)), macro, difference])
        title = (
            f"### {measure} of {len(docids)} questions a language among {len(set(docids))} held-out English paragraphs"
        )
        print(f"{title}; difference from no augmentation with its 95% interval, paragraphs resampled\n")
        print(table([measure, *LANGUAGES, "macro", "difference"], rows))
