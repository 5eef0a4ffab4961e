"""Run files from searchers in this process, without starting Pyserini's command for each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from pyserini_xqg.files.whole import replacing
from pyserini_xqg.input.topics import Topic


class Searcher(Protocol):
    """What Pyserini's searchers have in common."""

    def batch_search(self, queries: list[str], qids: list[str], k: int, threads: int) -> dict[str, list[Any]]:
        """Hits with ``docid`` and ``score``, best first, by query id."""


def write_run(*, searcher: Searcher, topics: Sequence[Topic], hits: int, tag: str, run: Path, threads: int = 1) -> None:
    """Search all topics at once and write a TREC run file as Pyserini writes it, whole or not at all."""
    qids = [topic.qid for topic in topics]
    found = searcher.batch_search([topic.text for topic in topics], qids, hits, threads)
    with replacing(run) as partial, partial.open("w", encoding="utf-8", newline="\n") as stream:
        for qid in qids:
            for rank, hit in enumerate(found[qid], 1):
                stream.write(f"{qid} Q0 {hit.docid} {rank} {hit.score:.6f} {tag}\n")
