"""The files of an index that FAISS searches: ``index`` and ``docid``, the name of each of its vectors."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import faiss

from pyserini_xqg.errors import UsageError
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.index.faiss_build import train
from pyserini_xqg.index.plan import IndexPlan
from pyserini_xqg.manifests.dense import Manifest
from pyserini_xqg.progress import Progress

DOCID = "docid"
INDEX = "index"


def refuse_quantize(index: Manifest) -> None:
    """See that nothing was asked for that only Lucene builds.

    :raises UsageError: it was.
    """
    if index.quantized:
        raise UsageError(
            "--quantize is for lucene-hnsw; with FAISS choose --type faiss:SQ8 or another string of its factory"
        )


def docid_file(folder: Path) -> TextIO:
    """The file of names, opened to be written, a line each."""
    return (folder / DOCID).open("w", encoding="utf-8", newline="\n")


def write_in_memory(index: faiss.Index, plan: IndexPlan, folder: Path, bar: Progress) -> dict[str, str]:
    """Train an empty index where it needs that, fill it, and write it with its names.

    :returns: the files' checksums.
    :raises UsageError: there are too few vectors to train it.
    """
    faiss.omp_set_num_threads(plan.index.threads)
    train(index, plan.blocks, plan.index.vectors)
    with docid_file(folder) as docids:
        for block in plan.blocks():
            index.add(block.vectors)
            docids.writelines(f"{name}\n" for name in block.names)
            bar.advance(len(block.names))
    # Through a stream of ours: where the last bytes do not fit, FAISS's own only says so on stderr, and leaves a file
    # cut short.
    with (folder / INDEX).open("wb") as stream:
        faiss.write_index(index, faiss.PyCallbackIOWriter(stream.write))  # type: ignore[attr-defined]
    return checksums(folder, DOCID, INDEX)


def checksums(folder: Path, *names: str) -> dict[str, str]:
    """File -> SHA-256."""
    return {name: sha256(folder / name) for name in names}
