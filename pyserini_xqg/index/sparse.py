"""A BM25 index of passages and their generated queries, a field a language, by Anserini's own indexer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import OutputError, UsageError
from pyserini_xqg.files.text import write_text
from pyserini_xqg.files.whole import replacing_folder
from pyserini_xqg.index.cards.sparse import sparse_card
from pyserini_xqg.index.output import claimed, size
from pyserini_xqg.input.passages import Passage
from pyserini_xqg.input.queries import PassageQueries
from pyserini_xqg.input.records import OnError, Skipped
from pyserini_xqg.input.survey import Survey
from pyserini_xqg.java import bridge
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.languages import language
from pyserini_xqg.manifests.sparse import SparseManifest, fields_of, key_of, read_sparse_manifest, write_sparse_manifest
from pyserini_xqg.progress import progress
from pyserini_xqg.report.cards.markdown import CARD

GENERATOR = "XqgDocumentGenerator"
_BATCH = 1000
_BUFFER_MIB = 16, 256
"""Least and most of Lucene's buffer, where Anserini's default of 4 GiB is more than most JVMs have."""


@dataclass(frozen=True, slots=True)
class SparseOptions:
    """What decides what is in the index, beside the input.

    :param language: the passages' language; it decides how ``contents`` is analysed.
    :param languages: keep only these languages' queries; None for all that are there.
    :param queries_per_language: keep only the first so many of each; None for all.
    :param store_positions: for phrase queries.
    :param store_docvectors: for RM3 and Rocchio.
    :param store_raw: the passage and its queries as JSON.
    """

    language: str = "en"
    languages: tuple[str, ...] | None = None
    queries_per_language: int | None = None
    store_positions: bool = False
    store_docvectors: bool = False
    store_raw: bool = False

    @property
    def stored(self) -> tuple[str, ...]:
        """Anserini's flags for what is stored."""
        flags = {
            "-storePositions": self.store_positions,
            "-storeDocvectors": self.store_docvectors,
            "-storeRaw": self.store_raw,
        }
        return tuple(flag for flag, wanted in flags.items() if wanted)


@dataclass(frozen=True, slots=True)
class SparseResult:
    """What was done."""

    manifest: SparseManifest
    made: bool
    """False where the very same index was there already."""
    bytes: int
    passages_without_queries: int
    skipped: Skipped


def build_sparse_index(
    *,
    corpus: Path,
    queries: Path | None,
    output: Path,
    options: SparseOptions = SparseOptions(),
    threads: int = 1,
    on_error: OnError = OnError.STOP,
) -> SparseResult:
    """Index a corpus and its generated queries into a Lucene folder with ``xqg.json`` and a card; whole or absent, and
    streamed.

    :param threads: Lucene's threads; they never change what a search finds.
    :raises InputError: with file and line, for bad input, before anything is indexed.
    :raises UsageError: an unknown language, or a number below 1.
    :raises OutputError: ``output`` holds something else, another process builds it, or the disk is full.
    :raises SetupError: Java, Pyserini or the bridge is missing or does not fit.
    """
    if options.queries_per_language is not None and options.queries_per_language < 1:
        raise UsageError(f"--queries-per-language is {options.queries_per_language}; it must be at least 1")
    if threads < 1:
        raise UsageError(f"--threads is {threads}; it must be at least 1")
    survey = Survey(corpus, queries, options.languages, on_error)
    manifest = _manifest(survey, options)
    without = survey.passages - survey.passages_with_queries
    with claimed(output, manifest, read_sparse_manifest) as there:
        if there is not None:
            return SparseResult(there, False, size(output), without, survey.skipped)
        with replacing_folder(output) as partial:
            write_sparse_manifest(partial, manifest)  # first of all: the bridge reads the analyzers there
            manifest = replace(manifest, checksums={"documents": _index(survey, manifest, partial, threads)})
            write_sparse_manifest(partial, manifest)
            write_text(partial / CARD, sparse_card(manifest))
    return SparseResult(manifest, True, size(output), without, survey.skipped)


def _manifest(survey: Survey, options: SparseOptions) -> SparseManifest:
    code = language(options.language).code
    return SparseManifest(
        fields=fields_of(code, survey.columns),
        language=code,
        languages=survey.columns,
        queries_per_language=options.queries_per_language,
        passages=survey.passages,
        inputs=survey.inputs_hash(),
        stored=options.stored,
        sources=survey.sources(),
    )


def _index(survey: Survey, manifest: SparseManifest, folder: Path, threads: int) -> str:
    """Index everything, and give the SHA-256 of all documents, a line each."""
    digest = hashlib.sha256()
    with (
        _indexer(folder, manifest.stored, threads) as indexer,
        progress("indexing", "passages", manifest.passages) as bar,
    ):
        for passages, queries in survey.windows(_BATCH):
            documents = [
                _document(passage, record, manifest.queries_per_language)
                for passage, record in zip(passages, queries, strict=True)
            ]
            if indexer.addRawDocuments(documents) != len(documents):
                raise _cannot_index(folder, _refusal(indexer, documents))
            digest.update("".join(f"{document}\n" for document in documents).encode())
            bar.advance(len(passages))
    _check(folder, manifest.passages)
    return digest.hexdigest()


def _document(passage: Passage, record: PassageQueries | None, most: int | None) -> str:
    """In ASCII: the way from Python's strings to Java's spoils characters beyond the first 65,536, and JSON can spell
    them.
    """
    queries = {key_of(name): list(texts[:most]) for name, texts in record.queries.items() if texts} if record else {}
    return json.dumps({"id": passage.docid, "contents": passage.contents, "queries": queries})


@contextmanager
def _indexer(folder: Path, stored: Sequence[str], threads: int) -> Iterator[Any]:
    """Anserini's indexer behind Pyserini's; what it holds is on disk when the block ends well."""
    bridge.join()
    import_pyserini("pyserini.index.lucene")
    from jnius import JavaException, autoclass
    from pyserini.index.lucene import LuceneIndexer

    # Anserini announces itself and its settings on the console.
    autoclass("org.apache.logging.log4j.core.config.Configurator").setRootLevel(
        autoclass("org.apache.logging.log4j.Level").ERROR
    )
    least, most = _BUFFER_MIB
    buffer = max(least, min(most, autoclass("java.lang.Runtime").getRuntime().maxMemory() // 2**20 // 8))
    flags = ["-index", str(folder), "-generator", GENERATOR, "-memoryBuffer", str(buffer), *stored]
    try:
        indexer = LuceneIndexer(args=flags, threads=threads)
        try:
            yield indexer.object
        finally:
            indexer.close()
    except JavaException as error:
        raise _cannot_index(folder, _root(error)) from error


def _refusal(indexer: Any, documents: Sequence[str]) -> str:
    """Why a batch was not taken whole: Anserini counts and says no more, but a document on its own brings the exception
    to light.
    """
    from jnius import JavaException

    for document in documents:
        try:
            if not indexer.addRawDocument(document):
                return f"the document {json.loads(document)['id']!r} was refused"
        except JavaException as error:
            return _root(error)
    return "documents were refused, and taken when they were offered again"


def _root(error: Any) -> str:
    """What a Java exception was caused by in the first place: the last line of its trace that follows a "Caused
    by:".
    """
    trace = list(map(str, error.stacktrace or ()))
    causes = [cause for before, cause in pairwise(trace) if before == "Caused by:"]
    return (causes or [error.innermessage or str(error)])[-1].removeprefix("java.io.IOException: ")


def _check(folder: Path, passages: int) -> None:
    """Anserini's ``close`` keeps to itself what went wrong while writing."""
    from jnius import JavaException
    from pyserini.index.lucene import LuceneIndexReader

    try:
        reader = LuceneIndexReader(str(folder))
        there = reader.stats()["documents"]
        reader.reader.close()
    except JavaException as error:
        raise _cannot_index(folder, f"Lucene did not finish it: {_root(error)}") from error
    if there != passages:
        raise _cannot_index(folder, f"{there:,} of {passages:,} passages are in it")


def _cannot_index(folder: Path, reason: str) -> OutputError:
    remedy = "free some space or choose another --output"
    if "OutOfMemoryError" in reason:
        remedy = "give Java more memory (set JAVA_TOOL_OPTIONS=-Xmx2g, for instance)"
    return OutputError(
        f"the index could not be written in {folder.parent} ({reason}); nothing was changed there, so {remedy} and "
        "run the same command again"
    )
