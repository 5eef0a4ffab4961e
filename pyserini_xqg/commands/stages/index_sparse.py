"""``pyserini-xqg index-sparse``: corpus and generated queries into a BM25 index with a field a language."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import flags

    flags.add_corpus(parser, "indexed")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="the index")
    parser.add_argument("--language", default="en", metavar="CODE", help="the passages' language (default: en)")
    parser.add_argument(
        "--languages", metavar="ar,ja,…", help="only these languages' queries (default: all that are there)"
    )
    parser.add_argument(
        "--queries-per-language", type=int, metavar="N", help="only the first N queries of each language (default: all)"
    )
    parser.add_argument(
        "--threads",
        type=int,
        metavar="N",
        help="Lucene's threads (default: all cores); they change nothing that a search finds",
    )
    parser.add_argument("--store-positions", action="store_true", help="for phrase queries")
    parser.add_argument("--store-docvectors", action="store_true", help="for --rm3 and --rocchio")
    parser.add_argument("--store-raw", action="store_true", help="keep each passage and its queries as JSON")
    flags.add_on_error(parser)


def run(args: argparse.Namespace) -> int:
    """Build the index, and say what is in it."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.fusion.text_kind import languages_of
    from pyserini_xqg.index.sparse import SparseOptions, build_sparse_index
    from pyserini_xqg.input.records import OnError
    from pyserini_xqg.languages import FALLBACK_ANALYZER, analyzer_for, parse_languages
    from pyserini_xqg.machine import available_cores

    options = SparseOptions(
        language=args.language,
        languages=parse_languages(args.languages) if args.languages else None,
        queries_per_language=args.queries_per_language,
        store_positions=args.store_positions,
        store_docvectors=args.store_docvectors,
        store_raw=args.store_raw,
    )
    threads = available_cores() if args.threads is None else args.threads
    result = build_sparse_index(
        corpus=args.corpus,
        queries=args.queries,
        output=args.output,
        options=options,
        threads=threads,
        on_error=OnError(args.on_error),
    )
    flags.report_skipped(result.skipped)
    manifest = result.manifest
    state = "built" if result.made else "was there already, the very same"
    print(f"{args.output} {state}: BM25, {manifest.passages:,} passages, {result.bytes / 2**20:,.1f} MiB")
    print(f"fields {', '.join(manifest.fields)}; passages without queries: {result.passages_without_queries:,}")
    codes = (manifest.language, *languages_of(manifest.languages))
    without = [code for code in codes if analyzer_for(code) == FALLBACK_ANALYZER]
    if without:
        print(
            f"no analyzer of its own has {', '.join(dict.fromkeys(without))}: words by Unicode's rules, in lower "
            "case, without stemming"
        )
    print(
        f"next: pyserini-xqg search lucene --index {args.output} --topics TOPICS.tsv --language LANG --output RUN.txt"
    )
    return 0
