"""TREC run files, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.files.whole import replacing
from pyserini_xqg.runs.rankings import Rankings


def write_rankings(rankings: Rankings, output: Path, tag: str) -> None:
    """Write a TREC run file, whole or not at all. Nine digits tell apart whatever trec_eval does, which six decimals do
    not for reciprocal ranks.
    """
    with replacing(output) as partial, partial.open("w", encoding="utf-8", newline="\n") as stream:
        for qid, documents in rankings.items():
            for rank, (docid, score) in enumerate(documents.items(), 1):
                stream.write(f"{qid} Q0 {docid} {rank} {score:.9g} {tag}\n")
