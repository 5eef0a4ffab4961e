"""Three ways together: BM25 on passages, BM25 on generated queries, dense with views of them; a language at a time,
alone and fused.

On XQuAD (English paragraphs, questions in seven languages; the even-numbered questions' human translations stand for
generated queries, the odd-numbered ones are asked) and on the embedded collection (eight languages). Weights are tuned
on MRR@10 by five-fold cross-validation, one set for all languages: a question and its translations are judged with
weights that were chosen without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from bootstrap import interval
from common import flags, head, say, stage, table, work_folder
from xquad_data import LANGUAGES, prepare_data, prepare_store

from pyserini_xqg.demo.collection import LANGUAGES as DEMO_LANGUAGES
from pyserini_xqg.demo.collection import write_collection
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision, resolve
from pyserini_xqg.evaluate.inputs.judgments import Judgments, read_judgments
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_rankings
from pyserini_xqg.evaluate.scoring.measures.registry import Measure, parse_measures
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.index.sparse import SparseOptions, build_sparse_index
from pyserini_xqg.input.topics import Topic, read_topics
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.manifests.sparse import CONTENTS, field_of
from pyserini_xqg.runs.rank_fusion.method import RankFusionMethod
from pyserini_xqg.runs.rank_fusion.registry import METHODS
from pyserini_xqg.runs.rankings import Rankings, read_rankings
from pyserini_xqg.search.run_topics import Searcher, write_run
from pyserini_xqg.store.vector_store import VectorStore
from pyserini_xqg.tune.pool import make_pool, score_topics
from pyserini_xqg.tune.weights import Tuning, at_points, held_out_points, make_folds, simplex, tune_weights

MEASURES = parse_measures(["R@1", "MRR@10"])
TUNED = MEASURES[1]
_HITS = 100
_FOLDS = 5
_STEP = 0.1

PASSAGES, QUERIES_OWN, QUERIES_ALL = "BM25 on passages", "BM25 on its language's queries", "BM25 on all queries"
BOTH_OWN, BOTH_ALL = "BM25 on passages + its language's queries", "BM25 on passages + all queries"
DENSE, VIEWS = "dense", "dense + xQG (views)"
SHOWN = (PASSAGES, BOTH_OWN, BOTH_ALL, DENSE, VIEWS)
"""The single systems; the two of queries alone are there to be fused."""
WAYS = {"all queries": (PASSAGES, QUERIES_ALL, VIEWS), "its language's queries": (PASSAGES, QUERIES_OWN, VIEWS)}

type Scores = dict[str, np.ndarray]
"""Measure -> float ``[languages, topics]``."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection with topics in several languages, the same questions in the same order in each.

    :param data: the folder with corpus, queries, topics and qrels.
    """

    name: str
    data: Path
    store: VectorStore
    languages: tuple[str, ...]
    folder: Path
    most: int | None

    def topics(self, code: str) -> list[Topic]:
        """The topics of one language."""
        return list(read_topics(self.data / f"topics.{code}.tsv"))[: self.most]

    def judgments(self, code: str) -> Judgments:
        """What is relevant to :meth:`topics`."""
        judged = read_judgments(self.data / f"qrels.{code}.txt")
        return {topic.qid: judged[topic.qid] for topic in self.topics(code)}


def main() -> None:
    """Print the tables."""
    args = flags(__doc__).parse_args()
    precision = resolve(Precision.AUTO)
    head("Three ways together", args)
    import_pyserini("pyserini.search.faiss")
    encoder = Encoder(resolve_encoder("e5-small"), precision)
    with work_folder(args) as work:
        for collection in _collections(work, precision, 40 if args.quick else None):
            _report(collection, encoder)


def _collections(work: Path, precision: Precision, most: int | None) -> Iterator[Collection]:
    yield Collection(
        "XQuAD", prepare_data(work), prepare_store(work, precision), LANGUAGES, work / "three-ways" / "xquad", most
    )
    demo = work / "three-ways" / "demo"
    write_collection(demo / "data")
    files = (
        "--corpus",
        demo / "data" / "corpus.jsonl",
        "--queries",
        demo / "data" / "queries.jsonl",
        "--output",
        demo / f"store-{precision}",
    )
    stage("encode", *files, "--encoder", "e5-small", "--precision", precision)
    yield Collection(
        "Embedded collection", demo / "data", VectorStore(demo / f"store-{precision}"), DEMO_LANGUAGES, demo, most
    )


class _By:
    """A searcher with what stays the same in every call, seen as a plain one."""

    def __init__(self, search: Callable[[list[str], list[str], int, int], dict[str, list[Any]]]) -> None:
        self._search = search

    def batch_search(self, queries: list[str], qids: list[str], k: int, threads: int) -> dict[str, list[Any]]:
        return self._search(queries, qids, k, threads)


def _searchers(collection: Collection, encoder: Encoder) -> Callable[[str, Sequence[Topic]], dict[str, Searcher]]:
    """Build the indexes; gives a language's searchers by system."""
    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher
    from pyserini_xqg.search.searchers.faiss import XqgFaissSearcher

    folder, data, codes = collection.folder / "indexes", collection.data, collection.languages
    build_index(collection.store, folder / "dense", Recipe(alpha=0.0, languages=codes), IndexOptions())
    build_index(collection.store, folder / "views", Recipe("views", languages=codes), IndexOptions())
    build_sparse_index(
        corpus=data / "corpus.jsonl",
        queries=data / "queries.jsonl",
        output=folder / "bm25",
        options=SparseOptions(languages=codes),
        threads=2,
    )
    bm25 = XqgLuceneSearcher(str(folder / "bm25"))
    dense = {DENSE: XqgFaissSearcher(str(folder / "dense"), None), VIEWS: XqgFaissSearcher(str(folder / "views"), None)}
    every = {field_of(code): 1.0 for code in codes}

    def sparse(fields: dict[str, float]) -> Searcher:
        return _By(lambda queries, qids, k, threads: bm25.batch_search(queries, qids, k, threads, fields=fields))

    def by_vectors(name: str, vectors: np.ndarray) -> Searcher:
        return _By(lambda queries, qids, k, threads: dense[name].batch_search(vectors, qids, k, threads))

    def of_language(code: str, topics: Sequence[Topic]) -> dict[str, Searcher]:
        vectors = encoder.encode([topic.text for topic in topics], Side.QUERY)
        own = {field_of(code): 1.0}
        fields = {PASSAGES: {}, QUERIES_OWN: own, QUERIES_ALL: every, BOTH_OWN: own, BOTH_ALL: every}
        with_passages = {PASSAGES, BOTH_OWN, BOTH_ALL}
        words = {
            name: sparse(({CONTENTS: 1.0} if name in with_passages else {}) | chosen) for name, chosen in fields.items()
        }
        return words | {name: by_vectors(name, vectors) for name in dense}

    return of_language


def _runs(collection: Collection, encoder: Encoder) -> dict[str, dict[str, Rankings]]:
    """System -> language -> rankings, read back from the run files that were written."""
    searchers = _searchers(collection, encoder)
    found: dict[str, dict[str, Rankings]] = {}
    for code in collection.languages:
        say(f"{collection.name}: searching in {code}")
        topics = collection.topics(code)
        for number, (name, searcher) in enumerate(searchers(code, topics).items()):
            run = collection.folder / "runs" / f"{number}.{code}.txt"
            write_run(searcher=searcher, topics=topics, hits=_HITS, tag="three-ways", run=run)
            found.setdefault(name, {})[code] = read_rankings(run)
    return found


def _report(collection: Collection, encoder: Encoder) -> None:
    runs = _runs(collection, encoder)
    judgments = {code: collection.judgments(code) for code in collection.languages}
    scores = {name: _single(runs[name], judgments) for name in SHOWN}
    notes = []
    for which, ways in WAYS.items():
        rankings = {code: [runs[name][code] for name in ways] for code in collection.languages}
        for name, method in METHODS.items():
            fused, note = _fused(rankings, judgments, method)
            scores |= {f"three fused, {name}, {which}: {kind}": found for kind, found in fused.items()}
            notes.append(f"{name}, {which}: {note}")
    size = (
        f"{collection.store.meta.passages} passages, {len(collection.languages)} languages with "
        f"{len(judgments[collection.languages[0]])} topics each"
    )
    print(f"### {collection.name}: {size}\n")
    for measure in MEASURES:
        rows = [_row(name, found[measure.name].mean(axis=1)) for name, found in scores.items()]
        print(table([measure.name, *collection.languages, "mean"], rows))
    print("".join(f"- weights of passages, queries, dense by {note}\n" for note in notes))
    _gains(collection, scores, judgments)


def _single(runs: Mapping[str, Rankings], judgments: Mapping[str, Judgments]) -> Scores:
    found = {code: score_rankings(runs[code], judged, MEASURES) for code, judged in judgments.items()}
    return {
        measure.name: np.array(
            [[found[code].per_query[measure.name][qid] for qid in judgments[code]] for code in found]
        )
        for measure in MEASURES
    }


def _fused(
    rankings: Mapping[str, Sequence[Rankings]], judgments: Mapping[str, Judgments], method: RankFusionMethod
) -> tuple[dict[str, Scores], str]:
    """Scores with all weights alike and with tuned ones, and which weights were tuned."""
    pools = {code: make_pool(found, judgments[code], method) for code, found in rankings.items()}
    grid = simplex(3, _STEP)
    tunings: dict[Measure, Tuning] = {measure: tune_weights(pools, measure, grid) for measure in MEASURES}
    chosen = tunings[TUNED]
    points = held_out_points(chosen, make_folds(chosen.topics, _FOLDS, 0))
    alike, best = np.full(3, 1 / 3), grid[chosen.best()]
    equal = {
        measure.name: np.array([score_topics(pool, pool.ranks(alike), measure) for pool in pools.values()])
        for measure in MEASURES
    }
    tuned = {
        measure.name: np.array([at_points(tunings[measure].scores[code], points[code]) for code in pools])
        for measure in MEASURES
    }
    inside = np.mean([found.mean() for found in (chosen.scores[code][chosen.best()] for code in pools)])
    used = sorted({tuple(grid[point].round(2).tolist()) for found in points.values() for point in found})
    note = (
        f"{best.round(2).tolist()}; in the folds {', '.join(map(str, map(list, used)))}; MRR@10 on the topics "
        f"they were chosen on {_percent(inside)}"
    )
    return {"all alike": equal, "tuned, held out": tuned}, note


def _gains(collection: Collection, scores: dict[str, Scores], judgments: Mapping[str, Judgments]) -> None:
    """The fused runs against the best single one, and BM25 with generated queries against BM25 without."""
    groups = [next(iter(documents)) for documents in judgments[collection.languages[0]].values()]
    single = max(SHOWN, key=lambda name: float(scores[name][TUNED.name].mean()))
    pairs = [(BOTH_OWN, PASSAGES), (BOTH_ALL, PASSAGES), *((name, single) for name in scores if name not in SHOWN)]
    rows = []
    for better, baseline in pairs:
        cells, lost = [f"{better}, over {baseline}"], list[str]()
        for measure in MEASURES:
            differences = scores[better][measure.name] - scores[baseline][measure.name]
            low, high = interval(differences, groups)
            cells.append(f"{100 * differences.mean():+.1f} ({100 * low:+.1f} to {100 * high:+.1f})")
            losers = [
                code for code, gain in zip(collection.languages, differences.mean(axis=1), strict=True) if gain < 0
            ]
            lost += [f"{measure.name}: {' '.join(losers)}"] if losers else []
        rows.append([*cells, "; ".join(lost) or "none"])
    print(
        table(
            [
                "gain in points, 95% interval (passages resampled)",
                *(measure.name for measure in MEASURES),
                "languages that lose",
            ],
            rows,
        )
    )


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"


def _row(name: str, values: np.ndarray) -> list[str]:
    return [name, *map(_percent, values.tolist()), f"**{_percent(float(values.mean()))}**"]


if __name__ == "__main__":
    main()
