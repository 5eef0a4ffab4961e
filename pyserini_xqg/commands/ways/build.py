"""``pyserini-xqg build``: a corpus into an augmented index in one command."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyserini_xqg.build.build import Generation
    from pyserini_xqg.expand.expand_corpus import ExpandOptions
    from pyserini_xqg.expand.generator import Generator


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import flags, prior_flags
    from pyserini_xqg.commands.stages import index

    parser.add_argument(
        "--corpus", type=Path, required=True, metavar="FILE-OR-DIR", help="passages as JSONL, plain or .gz"
    )
    source = parser.add_mutually_exclusive_group()
    flags.add_generator(source, "what generates queries, as for `expand`")
    source.add_argument("--queries", type=Path, metavar="FILE-OR-DIR", help="queries that are there already")
    flags.add_encoder(parser)
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="the index; DIR.work beside it keeps what the stages leave",
    )
    parser.add_argument(
        "--generate",
        type=int,
        metavar="N",
        help="texts to generate a language and passage (default: as for `expand`)",
    )
    flags.add_sample(parser)
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the generated queries (default: 0)")
    parser.add_argument(
        "--passage-language",
        default="en",
        metavar="CODE",
        help="the passages' language, for copies of them (default: en)",
    )
    parser.add_argument(
        "--gloss",
        action=argparse.BooleanOptionalAction,
        help="gloss passages in those --languages that have a dictionary here, as `doctor` lists them (default: where "
        "languages are named, and neither --generator nor --queries is given)",
    )
    parser.add_argument("--no-filter", action="store_true", help="keep every query")
    parser.add_argument("--discard", action="store_true", help="remove DIR.work once the index is there")
    index.add_kind(parser)
    index.add_recipe(parser)
    prior_flags.add_prior(parser)
    flags.add_on_error(parser)


def run(args: argparse.Namespace) -> int:
    """Build, and say what the index is."""
    from pyserini_xqg.build.build import BuildOptions, build
    from pyserini_xqg.commands import flags, prior_flags
    from pyserini_xqg.commands.stages import index
    from pyserini_xqg.encode.encode_corpus import EncodeOptions
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.filter.settings import FilterSettings
    from pyserini_xqg.fusion.keep import Keep
    from pyserini_xqg.input.bank import EMBEDDED
    from pyserini_xqg.input.records import OnError
    from pyserini_xqg.languages import language, parse_languages

    languages = parse_languages(args.languages) if args.languages else None
    if args.sample is not None and not args.generator:
        raise UsageError("--sample chooses what --generator writes queries for; --queries are there already")
    queries = _generation(args) if args.generator else args.queries
    if queries is None and args.bank is None:
        args.bank = EMBEDDED
        flags.say(f"no --generator and no --queries: passages are drawn towards the questions of --bank {EMBEDDED}")
    glosses = None
    # Each language's glosses are encoded as often as the passages are: so many as are asked for, and not all there are.
    if args.gloss or (args.gloss is None and queries is None and languages):
        glosses = _glosses(args, languages)
    filtering = (
        None
        if args.no_filter
        else FilterSettings(languages=languages, passage_language=language(args.passage_language).code)
    )
    encoder = flags.load_encoder(args)
    given = prior_flags.read_given(args, encoder.config.fingerprint)
    options = BuildOptions(
        queries=queries,
        glosses=glosses,
        filtering=filtering,
        # First queries can only be told from others where the store keeps them apart.
        encoding=EncodeOptions(
            languages=languages if queries is not None else None,
            keep=Keep.LANGUAGES if args.queries_per_language is None else Keep.RANKS,
        ),
        recipe=index.recipe(args),
        index=index.kind_options(args),
        prior=lambda meta: given.sources(meta, languages or (), lambda _: encoder),
        discard=args.discard,
    )
    result = build(
        corpus=args.corpus,
        encoder=encoder,
        encoder_name=args.encoder,
        output=args.output,
        options=options,
        say=flags.say,
        on_error=OnError(args.on_error),
    )
    flags.report_skipped(result.skipped)
    index.report(args.output, args.type, result.index)
    if not args.discard:
        print(
            f"{result.working}: queries, what was dropped and why, the vector store (another --alpha or --fusion "
            "needs no new encoding)"
        )
    return 0


def _generation(args: argparse.Namespace) -> Generation:
    from pyserini_xqg.build.build import Generation
    from pyserini_xqg.commands import flags
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.expand.expand_corpus import ExpandOptions
    from pyserini_xqg.expand.kind import usual_number
    from pyserini_xqg.expand.resolve import usual_text
    from pyserini_xqg.languages import parse_languages

    if not args.languages:
        raise UsageError("--generator needs --languages, such as ar,ja")
    kind = usual_text(args.generator)
    options = ExpandOptions(
        parse_languages(args.languages),
        usual_number(kind) if args.generate is None else args.generate,
        args.seed,
        sample=flags.sample_of(args),
        kind=kind,
    )
    return Generation(lambda: _load(args, args.generator, options), options)


def _glosses(args: argparse.Namespace, languages: tuple[str, ...] | None) -> Generation | None:
    """Glosses in the languages that have a dictionary here; says which have none, and what would bring one."""
    from pyserini_xqg.build.build import Generation
    from pyserini_xqg.commands import flags
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.expand.dictionary.chosen import dictionaries_for, in_words
    from pyserini_xqg.expand.expand_corpus import ExpandOptions
    from pyserini_xqg.fusion.text_kind import TextKind
    from pyserini_xqg.languages import LANGUAGES, language

    source = language(args.passage_language).code
    found, lacking = {}, []
    for code in languages or LANGUAGES:
        if code != source:
            try:
                found[code] = in_words(dictionaries_for((), source, code))
            except UsageError:
                lacking.append(code)
    if found:
        said = "; ".join(f"{code}: {files}" for code, files in found.items())
        flags.say(f"glosses out of the dictionaries that are installed ({said})")
    if lacking and (languages or not found):
        flags.say(
            f"no dictionary for {', '.join(lacking)}: `pyserini-xqg doctor` says what brings one; until then these "
            "languages have the bank alone"
        )
    if not found:
        return None
    options = ExpandOptions(tuple(found), 1, args.seed, kind=TextKind.GLOSS)
    return Generation(lambda: _load(args, "dictionary", options), options)


def _load(args: argparse.Namespace, name: str, options: ExpandOptions) -> Generator:
    from pyserini_xqg.expand.models.hardware import Hardware
    from pyserini_xqg.expand.registry import kind_by_name
    from pyserini_xqg.expand.request import GeneratorRequest
    from pyserini_xqg.expand.resolve import resolve_generator
    from pyserini_xqg.languages import language

    return resolve_generator(
        GeneratorRequest(
            name,
            kind_by_name(name).usual_sampling(options.kind),
            hardware=Hardware(threads=args.threads),
            languages=options.languages,
            kind=options.kind,
            source=language(args.passage_language).code,
        )
    )
