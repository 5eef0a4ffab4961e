"""Run files from searchers in this process, without starting Pyserini's command for each."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from pyserini_xqg.files.whole import replacing
from pyserini_xqg.input.topics import Topic


class Searcher(Protocol):
    """What Pyserini's searchers have in common."""

    def batch_search(self, queries: list[str], qids: list[str], k: int, threads: int) -> dict[str, list[Any]]:
        """Hits with ``docid`` and ``score``, best first, by query id."""


def write_run(
    *, searcher: Searcher, topics: Iterable[Topic], hits: int, tag: str, run: str | Path, threads: int = 1
) -> None:
    """Search all topics at once and write a TREC run file as Pyserini writes it, whole or not at all."""
    asked = {topic.qid: topic.text for topic in topics}
    qids = list(asked)
    found = searcher.batch_search(list(asked.values()), qids, hits, threads)
    with replacing(Path(run)) as partial, partial.open("w", encoding="utf-8", newline="\n") as stream:
        for qid in qids:
            for rank, hit in enumerate(found[qid], 1):
                stream.write(f"{qid} Q0 {hit.docid} {rank} {hit.score:.6f} {tag}\n")
