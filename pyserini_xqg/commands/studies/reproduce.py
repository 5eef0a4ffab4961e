"""``reproduce NAME``: a matrix of conditions whose scores are checked, or a whole experiment, from the public data to
tables and plots.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.commands.studies.reproduce_flags import MOST_JOBS, add_data, data_folder, jobs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyserini_xqg.reproduce.experiments.backbone import Retriever
    from pyserini_xqg.reproduce.steps.how import ExperimentOptions
    from pyserini_xqg.reproduce.steps.step import Step
    from pyserini_xqg.reproduce.typos.plan import TyposOptions

_EXPERIMENTS = {
    "typos": "what training against misspellings does to a retriever, across languages and on LoCoMo, with and "
    "without xQG",
    "paraphrase": "what generated queries do for robustness against rewordings and adversarial paraphrases, by "
    "language family",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the matrices and the experiments, each with its own flags."""
    from pyserini_xqg.commands.studies import reproduce_matrix

    parser.add_argument("--list", action="store_true", help="name the matrices and the experiments, and stop")
    names = parser.add_subparsers(
        dest="name",
        metavar="NAME",
        help=f"a matrix: {', '.join(reproduce_matrix.NAMES)}; or an experiment: {', '.join(_EXPERIMENTS)}; NAME "
        "--help tells its flags",
    )
    reproduce_matrix.add_arguments(names)
    typos = names.add_parser("typos", description=_EXPERIMENTS["typos"], allow_abbrev=False)
    _add_first(typos)
    sizes = typos.add_argument_group("trainings (advanced)", "Which trainings, how many and how long.")
    sizes.add_argument(
        "--models",
        nargs="+",
        default=[],
        metavar="TRAINING",
        help="only these trainings, beside the base (default: all)",
    )
    sizes.add_argument(
        "--seeds",
        type=int,
        metavar="N",
        help="trainings of each of the best two and their baseline (default: 1; with --full 3)",
    )
    sizes.add_argument("--steps", type=int, default=200, metavar="N", help="of each training (default: 200)")
    sizes.add_argument(
        "--typo-seeds", type=int, default=3, metavar="N", help="misspellings of each question (default: 3)"
    )
    _add_rest(typos)
    paraphrase = names.add_parser("paraphrase", description=_EXPERIMENTS["paraphrase"], allow_abbrev=False)
    _add_first(paraphrase)
    sizes = paraphrase.add_argument_group(
        "attacks and generated queries (advanced)", "How hard the attacks try, and what writes queries for AfriQA."
    )
    sizes.add_argument(
        "--budget", type=int, default=40, metavar="N", help="variants that an attack may try, a question (default: 40)"
    )
    sizes.add_argument(
        "--questions",
        type=int,
        default=60,
        metavar="N",
        help="of each of AfriQA's languages, the first so many (default: 60)",
    )
    sizes.add_argument(
        "--generator", default="smollm2", metavar="NAME", help="writes queries for AfriQA's passages (default: smollm2)"
    )
    sizes.add_argument(
        "--query-languages", default="en", metavar="sw,yo,…", help="what it writes (default: en, all that smollm2 can)"
    )
    sizes.add_argument(
        "--queries-per-language",
        type=int,
        default=2,
        metavar="N",
        help="of its queries, a passage and language (default: 2)",
    )
    _add_rest(paraphrase)


def _add_first(parser: argparse.ArgumentParser) -> None:
    from pyserini_xqg.reproduce.experiments.backbone import FULL

    first = parser.add_argument_group("what to run", "What most runs need, in this order.")
    add_data(first, "xquad, afriqa, locomo")
    retriever = first.add_mutually_exclusive_group()
    retriever.add_argument("--model", default="e5-small", metavar="NAME", help="the retriever (default: e5-small)")
    retriever.add_argument(
        "--backbone",
        metavar="NAME",
        help="instead, train a retriever first from this pretrained model, such as mBERT or XLM-R",
    )
    retriever.add_argument(
        "--full",
        action="store_true",
        help=f"for a GPU: once with each of {' and '.join(FULL.values())} as the backbone, in folders of their own",
    )
    first.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="everything goes there; the same command goes on where it stopped",
    )
    first.add_argument("--dry-run", action="store_true", help="print the commands of all steps, and stop")


def _add_rest(parser: argparse.ArgumentParser) -> None:
    rest = parser.add_argument_group(
        "data and work (advanced)", "What a backbone learns from, queries of one's own, and how the work is done."
    )
    rest.add_argument(
        "--backbone-data",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE-OR-DIR",
        help="more for the backbone to learn from",
    )
    rest.add_argument("--backbone-epochs", type=float, default=40, metavar="N", help="of that training (default: 40)")
    rest.add_argument(
        "--queries",
        nargs="+",
        default=[],
        metavar="SET=FILE",
        help="generated queries of a test set's passages, such as locomo=queries.jsonl",
    )
    rest.add_argument(
        "--precision",
        choices=["auto", "fp32", "bf16", "int8"],
        default="auto",
        help="the encoder's arithmetic (default: auto)",
    )
    rest.add_argument("--resamples", type=int, default=2000, metavar="N", help="of the bootstrap (default: 2000)")
    rest.add_argument(
        "--jobs",
        type=int,
        metavar="N",
        help=f"steps side by side (default: a step a core, {MOST_JOBS} at most; on a GPU take 1)",
    )


def run(args: argparse.Namespace) -> int:
    """Run the experiment and print its tables."""
    from pyserini_xqg.commands.studies import reproduce_matrix
    from pyserini_xqg.errors import UsageError

    if args.name is None and args.list:
        everything = {**reproduce_matrix.NAMES, **_EXPERIMENTS}
        width = max(map(len, everything))
        print("\n".join(f"{name:{width}}  {what}" for name, what in everything.items()))
        return 0
    if args.name is None:
        raise UsageError(
            f"name a matrix ({', '.join(reproduce_matrix.NAMES)}) or an experiment ({', '.join(_EXPERIMENTS)})"
        )
    if args.name in reproduce_matrix.NAMES:
        return reproduce_matrix.run(args)
    if args.resamples < 100:
        raise UsageError(f"--resamples {args.resamples}: a 95% interval needs 100 or more")
    experiment = _typos if args.name == "typos" else _paraphrase
    for retriever, place in _retrievers(args):
        experiment(args, retriever, place)
    return 0


def _retrievers(args: argparse.Namespace) -> list[tuple[Retriever, Path]]:
    """What the experiment is about, and the folder of each."""
    from pyserini_xqg.reproduce.experiments.backbone import FULL, Retriever

    data = tuple(args.backbone_data)
    if args.full:
        return [
            (Retriever(model, True, data, args.backbone_epochs), args.output / name) for name, model in FULL.items()
        ]
    if args.backbone is not None:
        return [(Retriever(args.backbone, True, data, args.backbone_epochs), args.output)]
    return [(Retriever(args.model, data=data), args.output)]


def _typos(args: argparse.Namespace, retriever: Retriever, place: Path) -> None:
    from pyserini_xqg.reproduce.typos.plan import plan

    options = _typos_options(args, retriever, place)
    found = plan(options)
    if _told(found.steps, found.not_run, args):
        return
    from pyserini_xqg.report.formats.text import aligned
    from pyserini_xqg.reproduce.typos.run import run_typos
    from pyserini_xqg.reproduce.typos.texts import table

    for one in run_typos(found, options, args.resamples, _how(args)):
        print(f"\n{one.material.name}, nDCG@10\n{aligned(table(one, 'nDCG@10'))}")
    print(
        f"\nreport: {place / 'report'}: typos.md, typos.csv, plots/, and a robustness report for each test set and "
        "augmentation"
    )


def _paraphrase(args: argparse.Namespace, retriever: Retriever, place: Path) -> None:
    from pyserini_xqg.reproduce.paraphrase.plan import ParaphraseOptions, plan

    options = ParaphraseOptions(
        source=data_folder(args),
        place=place,
        retriever=retriever,
        budget=args.budget,
        questions=args.questions,
        generator=args.generator,
        languages=args.query_languages,
        number=args.queries_per_language,
        queries=_queries(args.queries),
        precision=args.precision,
    )
    found = plan(options)
    if _told(found.steps, found.not_run, args):
        return
    from pyserini_xqg.report.formats.text import aligned
    from pyserini_xqg.reproduce.paraphrase.run import run_paraphrase
    from pyserini_xqg.reproduce.paraphrase.texts import table

    for one in run_paraphrase(found, options, args.resamples, _how(args)):
        print(f"\n{one.attack.name}, nDCG@10\n{aligned(table(one, 'nDCG@10'))}")
    print(f"\nreport: {place / 'report'}: paraphrase.md, and a robustness report with plots for each test set")


def _told(steps: Sequence[Step], not_run: Mapping[str, str], args: argparse.Namespace) -> bool:
    """Say what is not run; print the commands where nothing but that was asked for."""
    for why in not_run.values():
        print(f"not run: {why}", file=sys.stderr)
    if args.dry_run:
        print("\n".join(step.command for step in steps))
    return bool(args.dry_run)


def _how(args: argparse.Namespace) -> ExperimentOptions:
    from pyserini_xqg.commands import flags
    from pyserini_xqg.reproduce.steps.how import ExperimentOptions

    return ExperimentOptions(jobs(args), flags.say)


def _typos_options(args: argparse.Namespace, retriever: Retriever, place: Path) -> TyposOptions:
    from pyserini_xqg.reproduce.typos.plan import TyposOptions

    return TyposOptions(
        source=data_folder(args),
        place=place,
        retriever=retriever,
        models=tuple(dict.fromkeys(args.models)),
        seeds=args.seeds if args.seeds is not None else 3 if args.full else 1,
        steps=args.steps,
        typo_seeds=args.typo_seeds,
        queries=_queries(args.queries),
        precision=args.precision,
    )


def _queries(given: list[str]) -> dict[str, Path]:
    from pyserini_xqg.errors import UsageError

    found: dict[str, Path] = {}
    for word in given:
        name, equals, place = word.partition("=")
        if not equals or not name or not place:
            raise UsageError(f"--queries {word}: expected SET=FILE, such as locomo={place or name or 'queries.jsonl'}")
        if not Path(place).exists():
            raise UsageError(f"--queries {word}: there is no {place}; make it with `pyserini-xqg expand`")
        found[name] = Path(place)
    return found
