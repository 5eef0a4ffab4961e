"""``pyserini-xqg expand``: passages into queries, translations or glosses in other languages."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.expand.kind import usual_number
from pyserini_xqg.expand.option import GeneratorOption
from pyserini_xqg.expand.registry import kind_by_name
from pyserini_xqg.fusion.text_kind import TextKind

if TYPE_CHECKING:
    from pyserini_xqg.expand.expand_corpus import ExpandResult
    from pyserini_xqg.expand.folder import ExpandTally
    from pyserini_xqg.expand.request import GeneratorRequest
    from pyserini_xqg.expand.sample import PassageSample
    from pyserini_xqg.expand.servers.budget import CostEstimate
    from pyserini_xqg.input.passages import Passage


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.commands.stages import engine_flags, expand_flags

    first = parser.add_argument_group("what to generate", "What most runs need, in this order.")
    first.add_argument("--corpus", type=Path, metavar="FILE-OR-DIR", help="passages as JSONL, plain or .gz")
    first.add_argument("--languages", metavar="ar,ja,…", help="the languages to generate queries in")
    source = first.add_mutually_exclusive_group(required=True)
    flags.add_generator(source, "what writes the queries")
    source.add_argument(
        "--import",
        dest="imported",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="take published queries (docid, generated_queries) or, with --kind translation, translations (TSV, or "
        "JSONL as a corpus) instead",
    )
    first.add_argument(
        "--kind",
        type=TextKind,
        choices=list(TextKind),
        metavar="KIND",
        help=f"what to write of a passage: {', '.join(TextKind)} (default: what the generator writes)",
    )
    first.add_argument(
        "--queries-per-language",
        type=int,
        metavar="N",
        help="texts a language and passage (default: 5; translations: 1; readings of a gloss: 4)",
    )
    first.add_argument(
        "--queries",
        type=Path,
        metavar="FILE-OR-DIR",
        help="other texts of the passages, such as their questions, to keep beside the new ones",
    )
    first.add_argument(
        "--passage-language",
        default="en",
        metavar="LANG",
        help="the language that the passages are in, for translations and glosses (default: en)",
    )
    flags.add_sample(first)
    first.add_argument(
        "--output", type=Path, metavar="DIR", help="a folder of queries; an unfinished one is gone on with"
    )
    expand_flags.add_generator_options(parser)
    rest = parser.add_argument_group(
        "files, parts and errors (advanced)", "What the output is divided into, who makes which part, and bad input."
    )
    rest.add_argument(
        "--seed", type=int, default=0, metavar="S", help="the same seed gives the same queries (default: 0)"
    )
    engine_flags.add_shards(rest, "queries")
    rest.add_argument(
        "--shard-size", type=int, default=1024, metavar="PASSAGES", help="passages a file (default: 1024)"
    )
    rest.add_argument(
        "--chunk-size",
        type=int,
        default=32,
        metavar="PASSAGES",
        help="passages that are worked on together (default: 32)",
    )
    flags.add_on_error(rest)
    engine_flags.add_engine(parser)


def run(args: argparse.Namespace) -> int:
    """Expand, and say what was made and what was dropped."""
    from pyserini_xqg.errors import UsageError

    if args.imported:
        if args.engine != "local":
            raise UsageError("--import generates nothing, so there is no work for --engine ray; leave that out")
        if args.sample is not None:
            raise UsageError("--import generates nothing, so there is nothing for --sample to choose; leave that out")
        return _import(args)
    return _generate(args)


def _generate(args: argparse.Namespace) -> int:
    from pyserini_xqg.commands import flags
    from pyserini_xqg.commands.stages import engine_flags, expand_flags
    from pyserini_xqg.engines.jobs import ShardJob
    from pyserini_xqg.engines.open_crew import open_crew
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.expand.expand_corpus import ExpandOptions, expand_by
    from pyserini_xqg.expand.recipe import GeneratorRecipe
    from pyserini_xqg.expand.resolve import usual_text
    from pyserini_xqg.input.records import OnError
    from pyserini_xqg.languages import parse_languages

    for flag in ("corpus", "languages") if args.estimate else ("corpus", "languages", "output"):
        if getattr(args, flag) is None:
            raise UsageError(f"--{flag} is needed")
    job = ShardJob(args.shard_id, args.shard_num)
    ray, kind = engine_flags.ray_options(args), kind_by_name(args.generator)
    wanted = args.kind or usual_text(args.generator)
    options = ExpandOptions(
        languages=parse_languages(args.languages),
        number=usual_number(wanted) if args.queries_per_language is None else args.queries_per_language,
        seed=args.seed,
        chunk_size=args.chunk_size,
        group_size=args.shard_size,
        sample=flags.sample_of(args),
        kind=wanted,
    )
    if ray is not None and kind.elsewhere:
        raise UsageError(kind.elsewhere)
    request = expand_flags.request_of(args, wanted)
    if args.estimate or kind.elsewhere:
        print(
            f"{args.generator}: {_estimate(args, request, options.sample)}",
            file=sys.stderr if not args.estimate else sys.stdout,
            flush=True,
        )
        if args.estimate:
            return 0
    on_error = OnError(args.on_error)
    with open_crew(GeneratorRecipe(request), ray) as crew:
        result = expand_by(
            corpus=args.corpus,
            crew=crew,
            output=args.output,
            options=options,
            beside=args.queries,
            job=job,
            on_error=on_error,
        )
    _report(args, result)
    return 0


def _report(args: argparse.Namespace, result: ExpandResult) -> None:
    from pyserini_xqg.commands import flags
    from pyserini_xqg.commands.stages import engine_flags

    flags.report_skipped(result.skipped)
    settings = result.settings
    files = f"files made now {result.made}, there before {result.found}, of {settings.groups}"
    print(
        f"{args.output}: {_total(result.tally):,} {_KEYS[settings.kind]} for {result.tally.passages:,} passages in "
        f"{', '.join(settings.languages)}; {files}"
    )
    if GeneratorOption.DICTIONARY in kind_by_name(args.generator).options:
        _say_dictionaries(args, settings.languages)
    print(f"generator {settings.generator} at {settings.arithmetic}, seed {settings.seed}; {_losses(result.tally)}")
    if settings.corpus_passages is not None:
        print(
            f"queries for {result.tally.passages:,} of {settings.corpus_passages:,} passages (--sample "
            f"{settings.sample}); `index` predicts the others' where that does better"
        )
    if result.missing:
        print(engine_flags.left(result.missing, settings.groups, "files"))
    else:
        print(f"next: pyserini-xqg {_next_stage(args, settings.kind)}")


def _next_stage(args: argparse.Namespace, kind: str) -> str:
    """The filter has little to say of glosses."""
    files = f"--queries {args.output} --corpus {args.corpus} --encoder e5-small --output"
    return f"encode {files} STORE" if kind == TextKind.GLOSS else f"filter {files} FILTERED"


_KEYS = {str(kind): kind.key for kind in TextKind}


def _say_dictionaries(args: argparse.Namespace, languages: tuple[str, ...]) -> None:
    from pyserini_xqg.expand.dictionary.chosen import dictionaries_for, in_words
    from pyserini_xqg.languages import language

    source = language(args.passage_language).code
    for code in languages:
        print(f"{code}: {in_words(dictionaries_for(args.dictionary, source, code))}")


def _total(tally: ExpandTally) -> int:
    return sum(tally.queries.values())


def _losses(tally: ExpandTally) -> str:
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in sorted(tally.by_reason().items()))
    parts = [f"dropped answers: {reasons or 'none'}"]
    if tally.repaired:
        repairs = ", ".join(f"{what} {count:,}" for what, count in sorted(tally.repaired.items()))
        parts.append(f"taken out of answers: {repairs}")
    if tally.unfinished:
        parts.append(f"texts that break off at --max-tokens-per-query: {tally.unfinished:,} (kept)")
    if tally.cut:
        parts.append(f"passages cut to fit the window: {tally.cut:,} (counted a language)")
    if tally.short:
        parts.append(f"passages with fewer texts than asked for: {tally.short:,} (counted a language)")
    return "; ".join(parts)


def _estimate(args: argparse.Namespace, request: GeneratorRequest, sample: PassageSample | None) -> CostEstimate:
    from pyserini_xqg.expand.sample import choose_passages
    from pyserini_xqg.expand.servers.budget import estimate
    from pyserini_xqg.input.passages import read_passages
    from pyserini_xqg.input.records import OnError
    from pyserini_xqg.languages import parse_languages

    prompt = request.choice.chat(request.kind)

    def read() -> Iterator[Passage]:
        return read_passages(args.corpus, OnError(args.on_error))

    wanted = read()
    if sample is not None:
        chosen = choose_passages(sample, args.seed, lambda: (passage.docid for passage in read()))
        wanted = (passage for passage in wanted if chosen.holds(passage.docid))
    return estimate(
        (passage.contents for passage in wanted),
        parse_languages(args.languages),
        usual_number(request.kind) if args.queries_per_language is None else args.queries_per_language,
        request.sampling.max_tokens,
        prompt.text,
    )


def _import(args: argparse.Namespace) -> int:
    from pyserini_xqg.commands import flags
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.expand.importing import import_queries
    from pyserini_xqg.input.records import OnError
    from pyserini_xqg.languages import parse_languages

    if args.output is None:
        raise UsageError("--output is needed")
    languages = parse_languages(args.languages) if args.languages else None
    kind = args.kind or TextKind.QUESTIONS
    result = import_queries(
        places=args.imported,
        output=args.output,
        corpus=args.corpus,
        languages=languages,
        kind=kind,
        beside=args.queries,
        on_error=OnError(args.on_error),
    )
    flags.report_skipped(result.skipped)
    print(
        f"{args.output}: {result.queries:,} {kind.key} for {result.passages:,} passages in "
        f"{', '.join(result.languages)}"
    )
    if result.empty:
        print(f"left out {result.empty:,} empty {kind.key}")
    if args.corpus is not None:
        print(f"{result.without:,} passages of {args.corpus} have no {kind.key}")
    return 0
