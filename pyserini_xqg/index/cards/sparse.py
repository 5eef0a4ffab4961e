"""The card of a BM25 index."""

from __future__ import annotations

from pyserini_xqg.fusion.text_kind import in_words, language_of, languages_of
from pyserini_xqg.index.cards.commands import sparse_command
from pyserini_xqg.languages import language
from pyserini_xqg.manifests.sparse import CONTENTS, SparseManifest, field_of
from pyserini_xqg.report.cards.inputs import NO_LICENCE_OF_DATA, names_of, source_facts
from pyserini_xqg.report.cards.licences import UNKNOWN
from pyserini_xqg.report.cards.markdown import block, code, facts, front_matter, page, shell, table


def sparse_card(manifest: SparseManifest) -> str:
    """What ``README.md`` says of a BM25 index."""
    codes = list(dict.fromkeys([manifest.language, *languages_of(manifest.languages)]))
    augmented = f"with generated {in_words(manifest.languages)}" if manifest.languages else "without generated queries"
    tags = ["pyserini", "pyserini-xqg", "bm25", "lucene"]
    head = front_matter({"license": UNKNOWN, "language": codes, "library_name": "pyserini", "tags": tags})
    return page(
        head,
        f"# {manifest.passages:,} passages, {augmented}",
        "A BM25 index for Pyserini, made by `pyserini-xqg`: the passages in one field, the queries that a model (or "
        "people) wrote for them in one field a language, translations and glosses in fields of their own, each "
        "analysed by its language's own Lucene analyzer.",
        table(("field", "language", "analyzer"), _fields(manifest)),
        facts(
            [
                (
                    "queries a language",
                    "all" if manifest.queries_per_language is None else f"the first {manifest.queries_per_language}",
                ),
                ("stored besides", ", ".join(map(code, manifest.stored))),
            ]
        ),
        "## What it was made from",
        facts([*source_facts(manifest.sources), ("both together", f"SHA-256 {code(manifest.inputs)}")]),
        "## How it is searched",
        shell(
            [
                [
                    "pyserini-xqg",
                    "search",
                    "lucene",
                    "--index",
                    "INDEX",
                    "--topics",
                    "TOPICS.tsv",
                    "--language",
                    codes[-1],
                    "--output",
                    "RUN.txt",
                ]
            ]
        ),
        "From Python, with Pyserini's own searcher:",
        block("python", _python(manifest)),
        "## How it is built again",
        "`xqg.json` remembers everything. This checks every input by its hash and says whether the same documents "
        "were indexed:",
        shell([["pyserini-xqg", "rebuild", "--from", "xqg.json", "--output", "AGAIN"]]),
        "The same in one step:",
        shell([sparse_command(manifest, *names_of(manifest.sources), "INDEX")]),
        facts([(code(name), f"SHA-256 {code(digest)}") for name, digest in manifest.checksums.items()])
        if manifest.checksums
        else "",
        "## Licence",
        NO_LICENCE_OF_DATA,
    )


def _fields(manifest: SparseManifest) -> list[tuple[str, str, str]]:
    codes = {CONTENTS: manifest.language, **{field_of(its): language_of(its) for its in manifest.languages}}
    return [(code(name), language(codes[name]).name, code(analyzer)) for name, analyzer in manifest.fields.items()]


def _python(manifest: SparseManifest) -> str:
    weights = {CONTENTS: 1.0, **{field_of(its): 1.0 for its in manifest.languages[:1]}}
    searched = ", ".join(f'"{name}": {weight}' for name, weight in weights.items())
    return (
        "import pyserini_xqg\nfrom pyserini.search.lucene import LuceneSearcher\n\n"
        f'hits = LuceneSearcher("INDEX").search("…", fields={{{searched}}}, '
        'query_generator=pyserini_xqg.query_generator("INDEX"))'
    )
