"""``pyserini-xqg encode``: passages, or an index's vectors, and their queries into a vector store."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.commands.stages import engine_flags

    passages = parser.add_mutually_exclusive_group(required=True)
    flags.add_passages(passages, required=False)
    passages.add_argument(
        "--vectors",
        type=Path,
        metavar="DIR",
        help="an index folder, FAISS's or a dense Lucene one: its vectors and docids are taken, no passage is encoded",
    )
    flags.add_queries(parser, "encoded")
    flags.add_encoder(parser)
    parser.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="the vector store; an unfinished one is gone on with"
    )
    parser.add_argument(
        "--languages", metavar="ar,ja,…", help="keep only these languages' queries (default: all that are there)"
    )
    parser.add_argument(
        "--keep",
        choices=["languages", "total", "ranks"],
        default="languages",
        help="a sum a language (default), one total, or every query by its rank (for --queries-per-language)",
    )
    parser.add_argument("--dtype", choices=["float16", "float32"], default="float16", help="on disk (default: float16)")
    parser.add_argument(
        "--queries-as",
        choices=["query", "passage"],
        default="query",
        help="prefix and length limit of generated queries (default: query)",
    )
    engine_flags.add_shards(parser, "store")
    parser.add_argument(
        "--shard-size", type=int, default=4096, metavar="PASSAGES", help="passages a shard on disk (default: 4096)"
    )
    flags.add_on_error(parser)
    engine_flags.add_engine(parser)


def run(args: argparse.Namespace) -> int:
    """Encode, and say what was made."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.commands.stages import engine_flags
    from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode_by
    from pyserini_xqg.encoder.folder import Side
    from pyserini_xqg.engines.jobs import ShardJob
    from pyserini_xqg.engines.open_crew import open_crew
    from pyserini_xqg.fusion.keep import Keep
    from pyserini_xqg.fusion.text_kind import in_words
    from pyserini_xqg.input.records import OnError
    from pyserini_xqg.languages import parse_languages

    job = ShardJob(args.shard_id, args.shard_num)
    options = EncodeOptions(
        languages=parse_languages(args.languages) if args.languages else None,
        keep=Keep(args.keep),
        dtype=args.dtype,
        shard_size=args.shard_size,
        queries_as=Side(args.queries_as),
    )
    ray, on_error = engine_flags.ray_options(args), OnError(args.on_error)
    with open_crew(flags.encoder_recipe(args), ray) as crew:
        result = encode_by(
            corpus=args.corpus,
            vectors=args.vectors,
            queries=args.queries,
            crew=crew,
            encoder_name=args.encoder,
            output=args.output,
            options=options,
            job=job,
            on_error=on_error,
        )
    meta = result.meta
    flags.report_skipped(result.skipped)
    print(
        f"{args.output}: {meta.passages:,} passages x {meta.dimension}, {result.queries:,} "
        f"{in_words(meta.languages) or 'queries in no language'}"
    )
    print(
        f"encoder {meta.encoder} at {meta.precision}, kept as {meta.dtype}; shards made now {result.made}, there "
        f"before {result.found}, of {meta.shards}"
    )
    if result.vectors:
        print(f"the passages' vectors are those of {args.vectors} ({result.vectors}); no passage was encoded")
    if result.passages_without_queries and args.queries:
        print(
            f"{result.passages_without_queries:,} passages have no queries; `index` draws them towards what is "
            "expected of them"
        )
    if result.missing:
        print(engine_flags.left(result.missing, meta.shards, "shards"))
    else:
        bank = "" if meta.languages else "--bank embedded --languages ar,ja,… "
        print(f"next: pyserini-xqg index --store {args.output} {bank}--output INDEX")
    return 0
