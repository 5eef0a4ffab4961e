"""``pyserini-xqg expand``: passages into queries in other languages."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyserini_xqg.expand.expand_corpus import ExpandResult
    from pyserini_xqg.expand.folder import ExpandTally
    from pyserini_xqg.expand.generator import Generator
    from pyserini_xqg.expand.models.sampling import Sampling
    from pyserini_xqg.expand.recipe import GeneratorRecipe
    from pyserini_xqg.expand.resolve import PromptChoice
    from pyserini_xqg.expand.servers.budget import CostEstimate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.commands.stages import engine_flags

    parser.add_argument("--corpus", type=Path, metavar="FILE-OR-DIR", help="passages as JSONL, plain or .gz")
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="a folder of queries; an unfinished one is gone on with"
    )
    parser.add_argument("--languages", metavar="ar,ja,…", help="the languages to generate queries in")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--generator",
        metavar="NAME",
        help="a checkpoint's folder or hub id (seq2seq or chat model), a GGUF file, smollm2, or the address of a "
        "server (http://…)",
    )
    source.add_argument(
        "--import",
        dest="imported",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="take published queries (docid, generated_queries) instead",
    )
    parser.add_argument(
        "--queries-per-language", type=int, default=5, metavar="N", help="queries a language and passage (default: 5)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="the same seed gives the same queries (default: 0)"
    )
    engine_flags.add_shards(parser, "queries")
    parser.add_argument(
        "--shard-size", type=int, default=1024, metavar="PASSAGES", help="passages a file (default: 1024)"
    )
    parser.add_argument(
        "--chunk-size",
        type=int,
        default=32,
        metavar="PASSAGES",
        help="passages that are worked on together (default: 32)",
    )
    flags.add_on_error(parser)
    engine_flags.add_engine(parser)
    _add_sampling(parser.add_argument_group("sampling"))
    _add_model(parser.add_argument_group("models"))
    _add_server(parser.add_argument_group("servers"))


def _add_sampling(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--top-k",
        type=int,
        metavar="K",
        help="choose among the K most probable tokens (default: 10, the paper's; 0: all)",
    )
    group.add_argument(
        "--top-p",
        type=float,
        default=1.0,
        metavar="P",
        help="choose among the most probable tokens that hold P (default: 1)",
    )
    group.add_argument("--temperature", type=float, default=1.0, metavar="T", help="divides the logits (default: 1)")
    group.add_argument(
        "--max-tokens-per-query", type=int, default=64, metavar="N", help="the longest query (default: 64)"
    )
    group.add_argument(
        "--prompt",
        type=Path,
        metavar="FILE",
        help="a few-shot prompt for chat models, TOML or JSON (default: the built-in one)",
    )
    group.add_argument(
        "--template",
        metavar="TEXT",
        help="a seq2seq model's prompt with {language} and {passage} (default: the paper's)",
    )
    group.add_argument(
        "--window", type=int, metavar="TOKENS", help="the longest prompt; longer passages are cut and counted"
    )


def _add_model(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--precision",
        choices=["auto", "fp32", "bf16", "int8"],
        default="auto",
        help="arithmetic (default: the fastest there is)",
    )
    group.add_argument("--device", metavar="NAME", help="such as cuda:1 (default: the first GPU, else the CPU)")
    group.add_argument("--threads", type=int, metavar="N", help="cores to use (default: all)")
    group.add_argument("--batch-tokens", type=int, metavar="N", help="tokens of prompts in a batch (default: 2048)")


def _add_server(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--server-model", metavar="NAME", help="the model at the server (default: the only one it has)")
    group.add_argument(
        "--api-key-env",
        default="PYSERINI_XQG_API_KEY",
        metavar="VARIABLE",
        help="the environment variable that holds the key (default: PYSERINI_XQG_API_KEY)",
    )
    group.add_argument("--concurrency", type=int, default=8, metavar="N", help="requests at a time (default: 8)")
    group.add_argument(
        "--timeout", type=float, default=120.0, metavar="SECONDS", help="to wait for an answer (default: 120)"
    )
    group.add_argument(
        "--retries", type=int, default=6, metavar="N", help="of a request that failed for the time being (default: 6)"
    )
    group.add_argument(
        "--max-requests", type=int, metavar="N", help="stop before sending more; the same command goes on"
    )
    group.add_argument("--max-tokens", type=int, metavar="N", help="stop before prompts and answers together take more")
    group.add_argument(
        "--estimate", action="store_true", help="say how many requests and tokens it will take, and stop"
    )


def run(args: argparse.Namespace) -> int:
    """Expand, and say what was made and what was dropped."""
    from pyserini_xqg.errors import UsageError

    if args.imported:
        if args.engine != "local":
            raise UsageError("--import generates nothing, so there is no work for --engine ray; leave that out")
        return _import(args)
    return _generate(args)


def _generate(args: argparse.Namespace) -> int:
    from pyserini_xqg.commands.stages import engine_flags
    from pyserini_xqg.engines.jobs import ShardJob
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.expand.expand_corpus import ExpandOptions, expand, expand_by
    from pyserini_xqg.expand.models.sampling import Sampling
    from pyserini_xqg.expand.resolve import PromptChoice, is_server
    from pyserini_xqg.input.records import OnError
    from pyserini_xqg.languages import parse_languages

    for flag in ("corpus", "languages") if args.estimate else ("corpus", "languages", "output"):
        if getattr(args, flag) is None:
            raise UsageError(f"--{flag} is needed")
    job = ShardJob(args.shard_id, args.shard_num)
    options = ExpandOptions(
        parse_languages(args.languages), args.queries_per_language, args.seed, args.chunk_size, args.shard_size
    )
    ray, served = engine_flags.ray_options(args), is_server(args.generator)
    if ray is not None and served:
        raise UsageError(
            "a server does the work itself, so --engine ray would add nothing; leave it out and raise --concurrency "
            "instead"
        )
    top_k = args.top_k if args.top_k is not None else (0 if served else 10)  # top-k is no part of OpenAI's protocol
    sampling = Sampling(top_k, args.top_p, args.temperature, args.max_tokens_per_query)
    choice = PromptChoice(args.prompt, args.template, args.window)
    if args.estimate or served:
        print(
            f"{args.generator}: {_estimate(args, sampling, choice)}",
            file=sys.stderr if not args.estimate else sys.stdout,
            flush=True,
        )
        if args.estimate:
            return 0
    on_error = OnError(args.on_error)
    if ray is not None:
        from pyserini_xqg.engines.ray_crew import ray_crew

        with ray_crew(ray, _recipe(args, sampling, choice)) as crew:
            result = expand_by(
                corpus=args.corpus, crew=crew, output=args.output, options=options, job=job, on_error=on_error
            )
    else:
        generator = _server(args, sampling, choice) if served else _recipe(args, sampling, choice).open()
        result = expand(
            corpus=args.corpus, generator=generator, output=args.output, options=options, job=job, on_error=on_error
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
        f"{args.output}: {_total(result.tally):,} queries for {result.tally.passages:,} passages in "
        f"{', '.join(settings.languages)}; {files}"
    )
    print(f"generator {settings.generator} at {settings.arithmetic}, seed {settings.seed}; {_losses(result.tally)}")
    if result.missing:
        print(engine_flags.left(result.missing, settings.groups, "files"))
    else:
        print(
            f"next: pyserini-xqg filter --queries {args.output} --corpus {args.corpus} --encoder e5-small --output "
            "FILTERED"
        )


def _total(tally: ExpandTally) -> int:
    return sum(tally.queries.values())


def _losses(tally: ExpandTally) -> str:
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in sorted(tally.by_reason().items()))
    parts = [f"dropped answers: {reasons or 'none'}"]
    if tally.repaired:
        parts.append(f"control characters taken out of {tally.repaired:,} queries")
    if tally.unfinished:
        parts.append(f"queries that break off at --max-tokens-per-query: {tally.unfinished:,} (kept)")
    if tally.cut:
        parts.append(f"passages cut to fit the window: {tally.cut:,} (counted a language)")
    if tally.short:
        parts.append(f"passages with fewer queries than asked for: {tally.short:,} (counted a language)")
    return "; ".join(parts)


def _estimate(args: argparse.Namespace, sampling: Sampling, choice: PromptChoice) -> CostEstimate:
    from pyserini_xqg.expand.servers.budget import estimate
    from pyserini_xqg.input.passages import read_passages
    from pyserini_xqg.input.records import OnError
    from pyserini_xqg.languages import parse_languages

    prompt = choice.chat()
    passages = (passage.contents for passage in read_passages(args.corpus, OnError(args.on_error)))
    return estimate(
        passages, parse_languages(args.languages), args.queries_per_language, sampling.max_tokens, prompt.text
    )


def _recipe(args: argparse.Namespace, sampling: Sampling, choice: PromptChoice) -> GeneratorRecipe:
    from pyserini_xqg.expand.models.loading import Hardware, ModelPrecision
    from pyserini_xqg.expand.recipe import GeneratorRecipe

    batches = {} if args.batch_tokens is None else {"token_budget": args.batch_tokens}
    return GeneratorRecipe(
        args.generator, sampling, Hardware(ModelPrecision(args.precision), args.device, args.threads, **batches), choice
    )


def _server(args: argparse.Namespace, sampling: Sampling, choice: PromptChoice) -> Generator:
    from pyserini_xqg.expand.resolve import resolve_server
    from pyserini_xqg.expand.servers.server import ServerOptions

    options = ServerOptions(
        model=args.server_model,
        key_variable=args.api_key_env,
        concurrency=args.concurrency,
        timeout=args.timeout,
        retries=args.retries,
        give_up=args.on_error == "skip",
        max_requests=args.max_requests,
        max_tokens=args.max_tokens,
    )
    return resolve_server(args.generator, sampling, choice, options)


def _import(args: argparse.Namespace) -> int:
    from pyserini_xqg.commands import flags
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.expand.importing import import_queries
    from pyserini_xqg.input.records import OnError
    from pyserini_xqg.languages import parse_languages

    if args.output is None:
        raise UsageError("--output is needed")
    languages = parse_languages(args.languages) if args.languages else None
    result = import_queries(args.imported, args.output, args.corpus, languages, OnError(args.on_error))
    flags.report_skipped(result.skipped)
    print(
        f"{args.output}: {result.queries:,} queries for {result.passages:,} passages in {', '.join(result.languages)}"
    )
    if result.empty:
        print(f"left out {result.empty:,} empty queries")
    if args.corpus is not None:
        print(f"{result.without:,} passages of {args.corpus} have no queries")
    return 0
