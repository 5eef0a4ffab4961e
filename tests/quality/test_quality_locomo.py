"""BM25 on real conversations: LoCoMo's questions among the turns of their own conversation, by the commands that its
users run.

The figures are those of an independent prototype (another BM25 over the same turns: speaker, text, image caption).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pyserini_xqg.commands import main
from pyserini_xqg.index.sparse import build_sparse_index
from pyserini_xqg.input.topics import read_topics
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.search.run_topics import write_run

pytestmark = pytest.mark.slow

PROTOTYPE = {"R@5": 0.514, "R@10": 0.598, "nDCG@10": 0.462}
RECALL = {"LoCoMo@5": 0.517, "LoCoMo@10": 0.598}
"""The prototype's R@k, with 4 of 1,986 questions more that score 1."""
LEEWAY = 0.006


def test_each_conversation_for_itself(data_dir: Path, tmp_path: Path):
    locomo, run = tmp_path / "locomo", tmp_path / "bm25.en.txt"
    assert main(["dataset", "locomo", "--input", str(data_dir / "locomo"), "--output", str(locomo)]) == 0
    import_pyserini("pyserini.search.lucene")
    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher

    parts = []
    for conversation in sorted(locomo.glob("conv-*")):
        index = tmp_path / "bm25" / conversation.name
        build_sparse_index(corpus=conversation / "corpus.jsonl", queries=None, output=index)
        write_run(
            searcher=XqgLuceneSearcher(str(index)),
            topics=list(read_topics(conversation / "topics.en.tsv")),
            hits=50,
            tag="bm25",
            run=tmp_path / "part",
        )
        parts.append((tmp_path / "part").read_text())
    run.write_text("".join(parts))
    flags = [
        "--qrels",
        str(locomo),
        "--evidence",
        str(locomo),
        "--groups",
        str(locomo / "categories.tsv"),
        "--report",
        str(tmp_path / "scores.json"),
    ]
    assert main(["evaluate", "--runs", str(run), *flags, "--measures", *PROTOTYPE, *RECALL]) == 0
    found = json.loads((tmp_path / "scores.json").read_text())["systems"]["bm25"]
    mean = found["languages"]["en"]["mean"]
    assert mean == pytest.approx(PROTOTYPE | RECALL, abs=LEEWAY)
    assert len(found["languages"]["en"]["per_query"]["R@5"]) == 1982
    assert len(found["languages"]["en"]["per_query"]["LoCoMo@5"]) == 1986
    by_category = found["averages"]["LoCoMo@5"]
    assert set(by_category) == {"single-hop", "multi-hop", "temporal", "open-domain", "adversarial"}
    assert (
        by_category["multi-hop"] < 0.3 < 0.5 < by_category["single-hop"]
    )  # as in the paper, several turns are hard to find together
