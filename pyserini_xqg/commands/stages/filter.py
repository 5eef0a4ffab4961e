"""``pyserini-xqg filter``: generated queries without those that are not worth encoding."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyserini_xqg.filter.reasons import DropReason
    from pyserini_xqg.filter.settings import Cut


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import flags

    first = parser.add_argument_group("what to filter", "What most runs need, in this order.")
    first.add_argument(
        "--queries", type=Path, required=True, metavar="FILE-OR-DIR", help="generated queries as JSONL, plain or .gz"
    )
    first.add_argument(
        "--corpus", type=Path, required=True, metavar="FILE-OR-DIR", help="the passages they were generated for"
    )
    flags.add_encoder_name(first, required=False)
    first.add_argument(
        "--languages", metavar="ar,ja,…", help="keep only these languages' queries (default: all that are there)"
    )
    first.add_argument(
        "--skip",
        default="",
        metavar="CHECK,…",
        help="leave out checks: control, no-letters, short, repetition, script, language, copy, duplicate, "
        "near-duplicate, common, inconsistent",
    )
    first.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="the queries that stay (good for --queries) and a report",
    )
    checks = parser.add_argument_group("limits (advanced)", "From where on a query goes, a limit a check.")
    checks.add_argument(
        "--passage-language",
        default="en",
        metavar="CODE",
        help="the passages' language, for copies of them (default: en)",
    )
    checks.add_argument(
        "--min-length",
        type=int,
        default=4,
        metavar="N",
        help="letters and digits, ideographs counted twice (default: 4)",
    )
    checks.add_argument(
        "--min-distinct",
        type=float,
        default=0.4,
        metavar="SHARE",
        help="distinct words in a longer query (default: 0.4)",
    )
    checks.add_argument(
        "--min-script",
        type=float,
        default=0.25,
        metavar="SHARE",
        help="letters in the language's script (default: 0.25)",
    )
    checks.add_argument(
        "--min-language",
        type=float,
        default=0.05,
        metavar="P",
        help="the detector's probability of the language (default: 0.05)",
    )
    checks.add_argument(
        "--max-copied",
        type=float,
        default=0.8,
        metavar="SHARE",
        help="from here on it is a copy of its passage (default: 0.8)",
    )
    checks.add_argument(
        "--max-overlap", type=float, default=0.7, metavar="SHARE", help="from here on a near duplicate (default: 0.7)"
    )
    checks.add_argument(
        "--max-passages",
        type=int,
        default=10,
        metavar="N",
        help="passages with the same query, above which it goes (default: 10)",
    )
    checks.add_argument(
        "--max-length-ratio",
        type=float,
        default=4.0,
        metavar="RATIO",
        help="how many times as long as its passage, or as short, a translation may be (default: 4)",
    )
    checks.add_argument(
        "--consistency",
        choices=["zscore", "cosine"],
        default="zscore",
        help="deviations above the query's cosines with other passages (default), or the cosine itself",
    )
    cut = checks.add_mutually_exclusive_group()
    cut.add_argument(
        "--min-consistency",
        metavar="X,ar=Y,…",
        help="threshold, and others for single languages (default with zscore: 1.0; cosine has none)",
    )
    cut.add_argument(
        "--drop-lowest", type=float, metavar="PERCENT", help="instead, this percentage of each language's queries"
    )
    work = parser.add_argument_group(
        "arithmetic and errors (advanced)", "How the encoder runs, what is kept of it, and bad input."
    )
    flags.add_encoder_use(work)
    work.add_argument(
        "--scores",
        type=Path,
        metavar="DIR",
        help="keep what was measured here; with other thresholds nothing is encoded again",
    )
    flags.add_on_error(work)


def run(args: argparse.Namespace) -> int:
    """Filter, and say how many went for what."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.filter.filter_queries import ConsistencyEncoder, filter_queries
    from pyserini_xqg.filter.output import COUNTS, DROPPED
    from pyserini_xqg.filter.reasons import DropReason
    from pyserini_xqg.filter.settings import Consistency, FilterSettings
    from pyserini_xqg.input.records import OnError
    from pyserini_xqg.languages import language, parse_languages

    settings = FilterSettings(
        languages=parse_languages(args.languages) if args.languages else None,
        passage_language=language(args.passage_language).code,
        skip=_skipped(args.skip),
        min_length=args.min_length,
        min_distinct=args.min_distinct,
        min_script=args.min_script,
        min_language=args.min_language,
        max_copied=args.max_copied,
        max_overlap=args.max_overlap,
        max_passages=args.max_passages,
        max_length_ratio=args.max_length_ratio,
        consistency=Consistency(args.consistency),
        cut=_cut(args),
    )
    judges = settings.checks(DropReason.INCONSISTENT)
    if judges and args.encoder is None:
        raise UsageError("consistency needs an --encoder, such as e5-small; give one, or --skip inconsistent")
    judge = ConsistencyEncoder(flags.load_encoder(args), args.encoder) if judges else None
    result = filter_queries(
        corpus=args.corpus,
        queries=args.queries,
        judge=judge,
        output=args.output,
        settings=settings,
        scores=args.scores,
        on_error=OnError(args.on_error),
    )
    flags.report_skipped(result.skipped)
    tally = result.tally
    if tally is None:
        print(f"{args.output} was there already, the very same")
        return 0
    print(tally.as_text())
    print(
        f"{args.output}: {tally.kept:,} of {tally.queries:,} queries stay; why each other went is in "
        f"{args.output / DROPPED}"
    )
    print(f"this table: {args.output / COUNTS}")
    if result.passages_left_bare:
        print(
            f"{result.passages_left_bare:,} passages have no query left; `index` draws them towards what is expected "
            "of them"
        )
    if tally.untold:
        told = ", ".join(f"{code} {number:,}" for code, number in tally.untold.items())
        print(f"no detector for these languages, only their script was checked: {told} queries")
    if tally.unscored:
        print(
            f"{tally.unscored:,} queries were not checked for consistency: there are too few other passages, or they "
            "are all alike"
        )
    print(
        f"next: pyserini-xqg encode --corpus {args.corpus} --queries {args.output} --encoder "
        f"{args.encoder or 'ENCODER'} --output STORE"
    )
    return 0


def _skipped(names: str) -> frozenset[DropReason]:
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.filter.reasons import DropReason

    asked = [name.strip() for name in names.split(",") if name.strip()]
    if unknown := [name for name in asked if name not in list(DropReason)]:
        raise UsageError(f"--skip {names}: there is no check {unknown[0]!r}; checks are {', '.join(DropReason)}")
    return frozenset(map(DropReason, asked))


def _cut(args: argparse.Namespace) -> Cut:
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.filter.reasons import DropReason
    from pyserini_xqg.filter.settings import Cut
    from pyserini_xqg.languages import language

    if args.drop_lowest is not None:
        return Cut(lowest=args.drop_lowest)
    if args.min_consistency is None:
        if args.consistency == "cosine" and DropReason.INCONSISTENT not in _skipped(args.skip):
            raise UsageError(
                "--consistency cosine has no threshold that fits all encoders; give --min-consistency or --drop-lowest"
            )
        return Cut()
    threshold, by_language = Cut().threshold, dict[str, float]()
    try:
        for part in args.min_consistency.split(","):
            code, equals, number = part.rpartition("=")
            if equals:
                by_language[language(code.strip()).code] = float(number)
            else:
                threshold = float(number)
    except ValueError as error:
        raise UsageError(
            f"--min-consistency {args.min_consistency}: expected a number and LANG=NUMBER, divided by commas"
        ) from error
    return Cut(threshold, by_language)
