"""BM25 indexes of small collections, and Lucene asked directly what is in them."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from tiny_corpus import write_jsonl

DEMO = Path(str(files("pyserini_xqg") / "resources" / "demo"))
LANGUAGES = ("ar", "bn", "fi", "ja", "ko", "ru", "sw", "te")
LUCENE = "org.apache.lucene.analysis"
ANALYZERS = {
    "ar": f"{LUCENE}.ar.ArabicAnalyzer",
    "bn": f"{LUCENE}.bn.BengaliAnalyzer",
    "fi": f"{LUCENE}.fi.FinnishAnalyzer",
    "ja": f"{LUCENE}.ja.JapaneseAnalyzer",
    "ko": f"{LUCENE}.ko.KoreanAnalyzer",
    "ru": f"{LUCENE}.ru.RussianAnalyzer",
    "sw": f"{LUCENE}.standard.StandardAnalyzer",
    "te": f"{LUCENE}.te.TeluguAnalyzer",
    "el": f"{LUCENE}.el.GreekAnalyzer",
    "ro": f"{LUCENE}.ro.RomanianAnalyzer",
    "ta": f"{LUCENE}.ta.TamilAnalyzer",
    "th": f"{LUCENE}.th.ThaiAnalyzer",
    "zh": f"{LUCENE}.cjk.CJKAnalyzer",
    "de": f"{LUCENE}.de.GermanAnalyzer",
    "he": f"{LUCENE}.standard.StandardAnalyzer",
}
"""The class that each language must be analysed with, written down from Lucene's documentation."""


def build(
    folder: Path, corpus: list[dict[str, Any]], queries: list[dict[str, Any]] | None, threads: int = 1, **options: Any
) -> Path:
    """Index these records into ``folder/index``."""
    from pyserini_xqg.index.sparse import SparseOptions, build_sparse_index

    write_jsonl(folder / "corpus.jsonl", corpus)
    place = None if queries is None else write_jsonl(folder / "queries.jsonl", queries)
    build_sparse_index(
        corpus=folder / "corpus.jsonl",
        queries=place,
        output=folder / "index",
        options=SparseOptions(**options),
        threads=threads,
    )
    return folder / "index"


def build_demo(folder: Path, threads: int = 2, **options: Any) -> Path:
    """Index the embedded collection."""
    return build(folder, records(DEMO / "corpus.jsonl"), records(DEMO / "queries.jsonl"), threads, **options)


def records(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def terms(index: Path, field: str) -> dict[str, tuple[int, int]]:
    """Term -> document frequency and total frequency, as Lucene's own reader tells them."""
    from jnius import autoclass, cast

    directory = autoclass("org.apache.lucene.store.FSDirectory").open(autoclass("java.nio.file.Paths").get(str(index)))
    reader = autoclass("org.apache.lucene.index.DirectoryReader").open(
        cast("org.apache.lucene.store.Directory", directory)
    )
    try:
        found = autoclass("org.apache.lucene.index.MultiTerms").getTerms(
            cast("org.apache.lucene.index.IndexReader", reader), field
        )
        if found is None:
            return {}
        walk, all_terms = found.iterator(), {}
        while walk.next() is not None:
            all_terms[walk.term().utf8ToString()] = (walk.docFreq(), walk.totalTermFreq())
        return all_terms
    finally:
        reader.close()


def analyze(class_name: str, text: str) -> list[str]:
    """What a Lucene analyzer, made here by its class name, makes of a text."""
    from jnius import autoclass

    analyzer = autoclass(class_name)()
    return [str(token) for token in autoclass("io.anserini.analysis.AnalyzerUtils").analyze(analyzer, text).toArray()]


def analyze_english(text: str) -> list[str]:
    """What Anserini's English default makes of a text."""
    from pyserini.analysis import Analyzer, get_lucene_analyzer

    return Analyzer(get_lucene_analyzer()).analyze(text)
