"""LoCoMo: its questions among the turns of their own conversation, and of all ten; BM25, dense (multilingual-e5-small),
hybrid.

Beside the recall that the paper gives for its own retriever, a category of questions at a time. The turns' queries are
LoCoMo's observations, which its authors had a model write of them; with ``--queries FILE`` others (JSONL with the
docids of ``dataset locomo --scope global``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from common import data_dir, flags, head, say, stage, table, work_folder
from locomo_published import CATEGORIES, PAPER, PROTOTYPE

from pyserini_xqg.datasets.locomo.build import PUBLICATION
from pyserini_xqg.datasets.locomo.options import TurnText
from pyserini_xqg.datasets.source import source_files
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision, resolve
from pyserini_xqg.evaluate.inputs.judgments import Judgments, read_judgments
from pyserini_xqg.evaluate.scoring.measures.locomo_recall import EVIDENCE, Evidence, read_evidence, score_evidence
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_rankings
from pyserini_xqg.evaluate.scoring.measures.registry import Measure, parse_measures
from pyserini_xqg.evaluate.scoring.scores import RunScores, group_means, merge
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.sparse import SparseOptions, build_sparse_index
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.queries import read_queries
from pyserini_xqg.input.topics import Topic, read_topics
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.runs.rank_fusion.fuse import RankFusion, fuse_rankings
from pyserini_xqg.runs.rank_fusion.interpolation import Interpolation
from pyserini_xqg.runs.rank_fusion.rrf import ReciprocalRanks
from pyserini_xqg.runs.rankings import Rankings
from pyserini_xqg.search.searchers.late import LateIndex

STANDARD = parse_measures(["R@5", "R@10", "nDCG@10"])
RECALL = parse_measures(EVIDENCE.defaults)
_HITS = 100
_OWN, _ALL = "own conversation", "all conversations"
_ALONE = "dense, text alone"
_WITH_QUERIES = "dense with queries"


@dataclass(frozen=True, slots=True)
class Locomo:
    """LoCoMo in both scopes.

    :param own: a folder a conversation with its own corpus.
    :param everywhere: one corpus.
    :param docids: those of the one corpus, in its order.
    """

    own: Path
    everywhere: Path
    topics: list[Topic]
    docids: list[str]
    judgments: Judgments
    evidence: Evidence
    categories: dict[str, str]


def main() -> None:
    """Print the tables."""
    parser = flags(__doc__)
    parser.add_argument(
        "--queries", type=Path, metavar="FILE", help="generated queries of the turns (default: LoCoMo's observations)"
    )
    args = parser.parse_args()
    head("LoCoMo", args)
    import_pyserini("pyserini.search.lucene")
    with work_folder(args) as work:
        place = work / ("locomo-quick" if args.quick else "locomo")
        locomo = _read(place, quick=args.quick)
        queries = args.queries or locomo.everywhere / "queries.jsonl"
        runs = _runs(locomo, place, queries)
        scores = {
            scope: {name: _scored(locomo, rankings) for name, rankings in systems.items()}
            for scope, systems in runs.items()
        }
    print(f"{len(locomo.judgments):,} questions with evidence of {len(locomo.topics):,}, {len(locomo.docids):,} turns.")
    held = sum(1 for _ in read_queries(queries))
    print(
        f"Queries of the turns: {'observations' if args.queries is None else args.queries.name}, of {held:,} turns; "
        "the others keep their own vector.\n"
    )
    _overall(scores)
    _by_category(locomo, scores[_OWN])
    _recalls(locomo, scores[_OWN])


def _read(folder: Path, *, quick: bool) -> Locomo:
    """Both scopes, made where they are not there yet."""
    source = _source(folder, quick=quick)
    for scope, output in (("conversation", folder / "own"), ("global", folder / "all")):
        stage("dataset", "locomo", "--input", source, "--output", output, "--scope", scope, "--observation-queries")
    stage(
        "dataset",
        "locomo",
        "--input",
        source,
        "--output",
        folder / "alone",
        "--scope",
        "global",
        "--turn-text",
        TurnText.TEXT,
    )
    everywhere = folder / "all"
    return Locomo(
        own=folder / "own",
        everywhere=everywhere,
        topics=list(read_topics(everywhere / "topics.en.tsv")),
        docids=[passage.docid for passage in read_passages(everywhere / "corpus.jsonl")],
        judgments=read_judgments(everywhere / "qrels.en.txt"),
        evidence=read_evidence(everywhere)["en"],
        categories={topic.qid: topic.text for topic in read_topics(everywhere / "categories.tsv")},
    )


def _source(folder: Path, *, quick: bool) -> Path:
    """The published files; ``quick`` takes the two shortest conversations out of them."""
    place = data_dir() / "locomo"
    if not quick:
        return place
    few = folder / "two-conversations"
    few.mkdir(parents=True, exist_ok=True)
    for file in source_files(place, PUBLICATION):
        if file.name in {"26.json", "30.json"}:
            (few / file.name).write_bytes(file.data)
    return few


def _runs(locomo: Locomo, work: Path, queries: Path) -> dict[str, dict[str, Rankings]]:
    """Scope -> system -> rankings."""
    precision = resolve(Precision.AUTO)
    found: dict[str, dict[str, Rankings]] = {
        _OWN: {"BM25": _bm25_own(locomo, work)},
        _ALL: {"BM25": _bm25(locomo.topics, locomo.everywhere, work)},
    }
    vectors = Encoder(resolve_encoder("e5-small"), precision).encode(
        [topic.text for topic in locomo.topics], Side.QUERY
    )
    for name, store, recipe in _dense_systems(locomo, work, precision, queries):
        scores, passages = LateIndex(store, recipe).search(vectors, len(locomo.docids))
        found[_OWN][name] = _rankings(locomo, scores, passages, own=True)
        found[_ALL][name] = _rankings(locomo, scores, passages, own=False)
    for systems in found.values():
        alone = systems.pop(_ALONE)
        for partner in ("dense", _WITH_QUERIES):
            both = [systems["BM25"], systems[partner]]
            systems[f"hybrid: BM25 + {partner}, interpolated"] = fuse_rankings(both, RankFusion(Interpolation()), _HITS)
            systems[f"hybrid: BM25 + {partner}, reciprocal ranks"] = fuse_rankings(
                both, RankFusion(ReciprocalRanks()), _HITS
            )
        systems[_ALONE] = alone
    return found


def _bm25_own(locomo: Locomo, work: Path) -> Rankings:
    """Each conversation's questions in an index of that conversation alone, so that the statistics are its own."""
    found: Rankings = {}
    for conversation in sorted(locomo.own.glob("conv-*")):
        found |= _bm25(list(read_topics(conversation / "topics.en.tsv")), conversation, work)
    return found


def _bm25(topics: Sequence[Topic], data: Path, work: Path) -> Rankings:
    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher

    index = work / "bm25" / data.name
    build_sparse_index(corpus=data / "corpus.jsonl", queries=None, output=index, options=SparseOptions())
    hits = XqgLuceneSearcher(str(index)).batch_search(
        [topic.text for topic in topics], [topic.qid for topic in topics], k=_HITS
    )
    return {qid: {hit.docid: float(hit.score) for hit in some} for qid, some in hits.items()}


def _dense_systems(locomo: Locomo, work: Path, precision: Precision, queries: Path) -> list[tuple[str, Path, Recipe]]:
    store, plain = _store(locomo.everywhere, work, precision, queries), Recipe(alpha=0.0)
    return [
        ("dense", store, plain),
        (_ALONE, _store(work / "alone", work, precision, None), plain),
        (_WITH_QUERIES, store, Recipe()),
    ]


def _store(data: Path, work: Path, precision: Precision, queries: Path | None) -> Path:
    say(f"encoding {data.name} at {precision}")
    output = work / f"store-{data.name}-{precision}{'-queries' if queries is not None else ''}"
    extra = ("--queries", queries) if queries is not None else ()
    stage(
        "encode",
        "--corpus",
        data / "corpus.jsonl",
        *extra,
        "--encoder",
        "e5-small",
        "--precision",
        precision,
        "--output",
        output,
    )
    return output


def _rankings(locomo: Locomo, scores: np.ndarray, passages: np.ndarray, *, own: bool) -> Rankings:
    """The best turns of each question; of its own conversation alone when asked, which is exact, since all turns were
    ranked.
    """
    conversations = np.array([docid.rpartition("-")[0] for docid in locomo.docids])
    found: Rankings = {}
    for topic, row, numbers in zip(locomo.topics, scores, passages, strict=True):
        kept = (
            np.flatnonzero(conversations[numbers] == topic.qid.rpartition("-")[0])[:_HITS] if own else np.arange(_HITS)
        )
        found[topic.qid] = {locomo.docids[numbers[place]]: float(row[place]) for place in kept}
    return found


def _scored(locomo: Locomo, rankings: Rankings) -> RunScores:
    return merge(
        score_rankings(rankings, locomo.judgments, STANDARD), score_evidence(rankings, locomo.evidence, RECALL)
    )


def _overall(scores: Mapping[str, Mapping[str, RunScores]]) -> None:
    print("### All questions with evidence, and the prototype's figures\n")
    rows = []
    for scope, systems in scores.items():
        for name, found in systems.items():
            theirs = PROTOTYPE.get((scope == _OWN, name))
            rows.append(
                [
                    f"{name}, {scope}",
                    *(_percent(found.mean(measure.name)) for measure in STANDARD),
                    *(map(_percent, theirs) if theirs else "–––"),
                ]
            )
    print(
        table(
            ["", *(measure.name for measure in STANDARD), *(f"prototype's {measure.name}" for measure in STANDARD)],
            rows,
        )
    )


def _by_category(locomo: Locomo, systems: Mapping[str, RunScores]) -> None:
    print("### By category, own conversation\n")
    for measure in STANDARD:
        rows = [[name, *_columns(locomo, found, measure)] for name, found in systems.items()]
        print(table([measure.name, *CATEGORIES, "all"], rows))


def _recalls(locomo: Locomo, systems: Mapping[str, RunScores]) -> None:
    print(
        "### The paper's recall (1 for a question without evidence), own conversation, beside the paper's own "
        "retriever\n"
    )
    for measure in RECALL:
        rows = [["the paper's retriever", *(f"{score:.1f}" for score in PAPER[measure.cutoff or 0])]]
        rows += [[name, *_columns(locomo, found, measure)] for name, found in systems.items()]
        print(table([f"recall at {measure.cutoff}", *CATEGORIES, "all"], rows))


def _columns(locomo: Locomo, found: RunScores, measure: Measure) -> list[str]:
    means = group_means({"en": found}, measure.name, locomo.categories)
    return [_percent(means[category]) for category in CATEGORIES] + [_percent(found.mean(measure.name))]


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"


if __name__ == "__main__":
    main()
