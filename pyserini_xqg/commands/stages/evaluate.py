"""``evaluate``: run files and judgments in, a table a measure out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.names import (
    ALLOWED,
    DEFAULT_ANSWER_MEASURES,
    DEFAULT_EVIDENCE_MEASURES,
    DEFAULT_MEASURES,
    Measure,
    parse_measures,
)

if TYPE_CHECKING:
    from pyserini_xqg.evaluate.output.report import Format
    from pyserini_xqg.evaluate.scoring.systems import Scores
    from pyserini_xqg.evaluate.statistics.compute import Wanted
    from pyserini_xqg.evaluate.statistics.paired import Clusters


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    _add_scored(parser.add_argument_group("what to score", "What most tables need, in this order."))
    _add_statistics(parser.add_argument_group("statistics (advanced)", "Which differences are more than chance."))
    _add_columns(parser.add_argument_group("columns (advanced)", "Scores of more than a language."))


def _add_scored(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--runs",
        nargs="+",
        type=Path,
        required=True,
        metavar="PATH",
        help="run files NAME.LANG.txt, or folders of them; NAME is the system (run.LANG.txt: the folder's name)",
    )
    parser.add_argument("--qrels", type=Path, help="a qrels file, or a folder with qrels.LANG.txt")
    parser.add_argument(
        "--answers",
        type=Path,
        help="for R@kt: a JSONL file with id, answers, lang, or a folder with answers.LANG.jsonl",
    )
    parser.add_argument("--corpus", type=Path, help="for R@kt: the corpus that was searched")
    parser.add_argument(
        "--evidence",
        type=Path,
        help="for LoCoMo@k: a JSONL file with id and evidence, or a folder with evidence.LANG.jsonl",
    )
    parser.add_argument(
        "--topics",
        type=Path,
        help="a topics file or a folder with topics.LANG.tsv, to check that topics and judgments fit",
    )
    parser.add_argument(
        "--measures",
        nargs="+",
        metavar="MEASURE",
        help=f"{ALLOWED}; default {' '.join(DEFAULT_MEASURES)} with --qrels, {' '.join(DEFAULT_ANSWER_MEASURES)} with "
        "--answers alone, "
        f"{' '.join(DEFAULT_EVIDENCE_MEASURES)} with --evidence alone",
    )
    parser.add_argument(
        "--baseline", metavar="NAME", help="the system to test the others against: paired t-test, Bonferroni and Holm"
    )
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="also write the tables to FILE.md or FILE.tex, every figure to FILE.csv or FILE.json",
    )


def _add_statistics(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--test",
        choices=["t", "randomisation"],
        help="which paired test marks and letters go by (default t); .csv and .json reports have both",
    )
    group.add_argument(
        "--letters",
        action="store_true",
        help="test every system against every other; raised letters name those that a score is better than",
    )
    group.add_argument(
        "--intervals",
        action="store_true",
        help="a second table a measure: 95%% bootstrap intervals of scores and of differences from --baseline, macro "
        "and micro tested, too; then power",
    )
    group.add_argument(
        "--clusters",
        choices=["queries", "passages"],
        default="queries",
        help="what chance draws whole, in tests and intervals: query ids with their translations (default), or "
        "relevant passages with all their queries",
    )
    group.add_argument(
        "--resamples", type=int, metavar="N", help="default 100000 for the randomisation test, 10000 for intervals"
    )
    group.add_argument("--seed", type=int, default=0, help="of the randomisation test and of the intervals; default 0")


def _add_columns(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--families", action="store_true", help="also a column a language family")
    group.add_argument(
        "--groups",
        type=Path,
        metavar="FILE",
        help="also a column a group of queries: TSV, query id and group, as categories.tsv",
    )


def run(args: argparse.Namespace) -> int:
    """Score the runs, print the tables and write the report."""
    measures = _measures(args)
    _check(args)
    from pyserini_xqg.evaluate.evaluation import Evaluation
    from pyserini_xqg.evaluate.inputs.places import find_runs
    from pyserini_xqg.evaluate.notes import run_notes, topic_notes
    from pyserini_xqg.evaluate.output.report import report_format, to_text, write_report
    from pyserini_xqg.evaluate.scoring.systems import score_systems
    from pyserini_xqg.evaluate.statistics.compute import add_statistics
    from pyserini_xqg.input.topics import read_topics

    wanted = _wanted(args, report_format(args.report) if args.report is not None else None)
    runs = find_runs(args.runs)
    if args.baseline is not None and args.baseline not in runs:
        raise UsageError(
            f"--baseline {args.baseline}: there is no such system among the runs; there are {', '.join(runs)}"
        )
    scores = score_systems(
        runs=runs, measures=measures, qrels=args.qrels, answers=args.answers, corpus=args.corpus, evidence=args.evidence
    )
    notes = run_notes(runs, scores, measures) + (topic_notes(args.topics, scores) if args.topics is not None else ())
    groups = {topic.qid: topic.text for topic in read_topics(args.groups)} if args.groups is not None else {}
    plain = Evaluation(measures, scores, args.baseline, notes=notes, families=args.families, groups=groups)
    found = add_statistics(plain, wanted, _clusters(args.qrels, scores) if args.clusters == "passages" else None)
    if args.report is not None:
        write_report(args.report, found)
    print(to_text(found))
    if args.report is not None:
        print(f"\nreport: {args.report}")
    return 0


def _check(args: argparse.Namespace) -> None:
    if args.test is not None and args.baseline is None and not args.letters:
        raise UsageError(f"--test {args.test}: nothing is tested; give --baseline or --letters, too")
    if args.clusters == "passages" and args.qrels is None:
        raise UsageError("--clusters passages: the relevant passages are in the qrels, so give --qrels")
    if args.resamples is not None and args.resamples < 100:
        raise UsageError(f"--resamples {args.resamples}: must be 100 or more")
    if args.seed < 0:
        raise UsageError(f"--seed {args.seed}: must be 0 or more")


def _wanted(args: argparse.Namespace, report: Format | None) -> Wanted:
    from pyserini_xqg.evaluate.output.report import Format
    from pyserini_xqg.evaluate.statistics import intervals, randomisation
    from pyserini_xqg.evaluate.statistics.compute import Wanted
    from pyserini_xqg.evaluate.statistics.randomisation import Draws
    from pyserini_xqg.evaluate.statistics.significance import PairedTest

    test = PairedTest(args.test or PairedTest.T)
    everything = report in {Format.CSV, Format.JSON}
    draw = test is PairedTest.RANDOMISATION or everything
    return Wanted(
        test=test,
        randomisation=Draws(args.resamples or randomisation.RESAMPLES, args.seed) if draw else None,
        letters=args.letters,
        intervals=Draws(args.resamples or intervals.RESAMPLES, args.seed) if args.intervals else None,
        power=args.intervals or everything,
    )


def _clusters(qrels: Path, scores: Scores) -> Clusters:
    """The queries of each relevant passage; those that only other measures than the qrels' count are by themselves."""
    from pyserini_xqg.evaluate.inputs.judgments import read_judgments
    from pyserini_xqg.evaluate.inputs.places import files_for
    from pyserini_xqg.robustness.comparison.clusters import Resample, clusters_of

    scored = {code: found.per_query for languages in scores.values() for code, found in languages.items()}
    judged = {code: read_judgments(path) for code, path in files_for(qrels, tuple(sorted(scored)), "qrels").items()}
    unjudged = {
        code: {qid: dict[str, int]() for mine in per_query.values() for qid in mine}
        for code, per_query in scored.items()
    }
    return clusters_of({code: unjudged[code] | judged[code] for code in judged}, Resample.PASSAGES)


def _measures(args: argparse.Namespace) -> tuple[Measure, ...]:
    alone = (
        {DEFAULT_ANSWER_MEASURES: args.answers, DEFAULT_EVIDENCE_MEASURES: args.evidence} if args.qrels is None else {}
    )
    default = [name for names, place in alone.items() if place is not None for name in names] or DEFAULT_MEASURES
    return parse_measures(" ".join(args.measures).replace(",", " ").split() if args.measures is not None else default)
