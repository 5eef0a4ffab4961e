"""``pyserini-xqg lexicon``: word translations with probabilities, out of parallel text or public tables."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyserini_xqg.lexicon.making.from_pairs import PairFigures
    from pyserini_xqg.lexicon.making.make import MadeTable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import ADVANCED
    from pyserini_xqg.lexicon.align.choices import Combination
    from pyserini_xqg.lexicon.align.segmenter import Segmenter
    from pyserini_xqg.lexicon.making.settings import LexiconSettings
    from pyserini_xqg.lexicon.parallel.registry import accepted

    usual = LexiconSettings()
    parser.add_argument(
        "--input",
        nargs="+",
        type=Path,
        required=True,
        metavar="PATH",
        help=f"parallel text, files or folders: {accepted()}; or public tables of probabilities, ….en-de.json or "
        ".json.gz".replace("%", "%%"),
    )
    parser.add_argument("--languages", required=True, metavar="de,ru,…", help="the languages to translate into")
    parser.add_argument(
        "--source-language", default="en", metavar="CODE", help="the language to translate from (default: en)"
    )
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="SOURCE-TARGET.tsv for each language (good for --dictionary), and lexicon.json",
    )
    parser.add_argument(
        "--least-probability",
        type=float,
        default=usual.pruning.least,
        metavar="P",
        help=f"leave out less likely translations (default: {usual.pruning.least:g})",
    )
    parser.add_argument(
        "--most-translations",
        type=int,
        default=usual.pruning.most,
        metavar="N",
        help=f"keep so many of a word at most (default: {usual.pruning.most})",
    )
    learning = parser.add_argument_group(f"learning {ADVANCED}", "How tables are made from parallel text.")
    learning.add_argument(
        "--iterations",
        type=int,
        default=usual.iterations,
        metavar="N",
        help=f"of IBM model 1 (default: {usual.iterations})",
    )
    learning.add_argument(
        "--combination",
        choices=list(Combination),
        help="of the two directions (default: the one that finds held-out sentences best)",
    )
    learning.add_argument(
        "--segmenter",
        choices=list(Segmenter),
        help="of languages without spaces: icu needs the package icu4py (default: icu where it is installed, else "
        "bigrams)",
    )
    learning.add_argument(
        "--seed", type=int, default=usual.seed, metavar="N", help="of the choice of held-out pairs (default: 0)"
    )


def run(args: argparse.Namespace) -> int:
    """Make the tables, and say what each is worth."""
    from pyserini_xqg.languages import language, parse_languages
    from pyserini_xqg.lexicon.align.choices import Combination, Pruning
    from pyserini_xqg.lexicon.align.segmenter import Segmenter
    from pyserini_xqg.lexicon.making.make import make_lexicon
    from pyserini_xqg.lexicon.making.settings import LexiconSettings

    settings = LexiconSettings(
        pruning=Pruning(args.least_probability, args.most_translations),
        iterations=args.iterations,
        seed=args.seed,
        segmenter=Segmenter(args.segmenter) if args.segmenter else None,
        combination=Combination(args.combination) if args.combination else None,
    )
    made = make_lexicon(
        places=args.input,
        source=language(args.source_language).code,
        targets=parse_languages(args.languages),
        output=args.output,
        settings=settings,
    )
    for table in made:
        _tell(table)
    print(
        f"next: pyserini-xqg expand --corpus CORPUS --languages {args.languages} --generator dictionary "
        f"--dictionary {args.output} --output GLOSSES"
    )
    return 0


def _tell(table: MadeTable) -> None:
    record = table.record
    state = "" if table.fresh else " (there already, the very same)"
    print(f"{table.path}{state}: {record.size.words:,} words, {record.size.translations:,} translations")
    if record.figures is not None:
        _tell_figures(record.figures)


def _tell_figures(figures: PairFigures) -> None:
    print(
        f"  learned from {figures.learned_from:,} sentence pairs: {figures.source_words:,} different words "
        f"and {figures.target_words:,} of the other language"
    )
    for reason, number in figures.left_out.items():
        print(f"  {number:,} pairs left out: {reason}")
    for name, quality in figures.quality.items():
        chosen = " (taken)" if name == figures.combination else ""
        print(
            f"  {name}{chosen}, on {figures.held_out:,} held-out pairs: finds the sentence at {quality.found:.3f} MRR, "
            f"has {quality.covered:.1%} of its content words, perplexity {quality.perplexity:,.0f}"
        )
