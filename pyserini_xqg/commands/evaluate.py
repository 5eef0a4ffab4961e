"""``evaluate``: run files and judgments in, a table a measure out."""

from __future__ import annotations

import argparse
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.names import (
    ALLOWED,
    DEFAULT_ANSWER_MEASURES,
    DEFAULT_EVIDENCE_MEASURES,
    DEFAULT_MEASURES,
    Measure,
    parse_measures,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    parser.add_argument(
        "--runs",
        nargs="+",
        type=Path,
        required=True,
        metavar="PATH",
        help="run files NAME.LANG.txt, or folders of them; NAME is the system (run.LANG.txt: the folder's name)",
    )
    parser.add_argument("--qrels", type=Path, help="a qrels file, or a folder with qrels.LANG.txt")
    parser.add_argument("--answers", type=Path, help="for R@kt: a JSONL file with id, answers, lang, or a folder with answers.LANG.jsonl")
    parser.add_argument("--corpus", type=Path, help="for R@kt: the corpus that was searched")
    parser.add_argument("--evidence", type=Path, help="for LoCoMo@k: a JSONL file with id and evidence, or a folder with evidence.LANG.jsonl")
    parser.add_argument("--topics", type=Path, help="a topics file or a folder with topics.LANG.tsv, to check that topics and judgments fit")
    parser.add_argument(
        "--measures",
        nargs="+",
        metavar="MEASURE",
        help=f"{ALLOWED}; default {' '.join(DEFAULT_MEASURES)} with --qrels, {' '.join(DEFAULT_ANSWER_MEASURES)} with --answers alone, "
        f"{' '.join(DEFAULT_EVIDENCE_MEASURES)} with --evidence alone",
    )
    parser.add_argument("--baseline", metavar="NAME", help="the system to test the others against: paired t-test, Bonferroni and Holm")
    parser.add_argument("--families", action="store_true", help="also a column a language family")
    parser.add_argument("--groups", type=Path, metavar="FILE", help="also a column a group of queries: TSV, query id and group, as categories.tsv")
    parser.add_argument("--report", type=Path, metavar="FILE", help="also write the tables to FILE.md, every figure to FILE.csv or FILE.json")


def run(args: argparse.Namespace) -> int:
    """Score the runs, print the tables and write the report."""
    measures = _measures(args)
    from pyserini_xqg.collection import read_topics
    from pyserini_xqg.evaluate.notes import run_notes, topic_notes
    from pyserini_xqg.evaluate.places import find_runs
    from pyserini_xqg.evaluate.report import Evaluation, report_format, to_text, write_report
    from pyserini_xqg.evaluate.significance import compare
    from pyserini_xqg.evaluate.systems import score_systems

    if args.report is not None:
        report_format(args.report)
    runs = find_runs(args.runs)
    if args.baseline is not None and args.baseline not in runs:
        raise UsageError(f"--baseline {args.baseline}: there is no such system among the runs; there are {', '.join(runs)}")
    scores = score_systems(runs, measures, args.qrels, args.answers, args.corpus, args.evidence)
    comparisons = tuple(test for measure in measures for test in compare(scores, args.baseline, measure.name)) if args.baseline is not None else ()
    notes = run_notes(runs, scores, measures) + (topic_notes(args.topics, scores) if args.topics is not None else ())
    groups = {topic.qid: topic.text for topic in read_topics(args.groups)} if args.groups is not None else {}
    found = Evaluation(measures, scores, args.baseline, comparisons, notes, args.families, groups)
    if args.report is not None:
        write_report(args.report, found)
    print(to_text(found))
    if args.report is not None:
        print(f"\nreport: {args.report}")
    return 0


def _measures(args: argparse.Namespace) -> tuple[Measure, ...]:
    alone = {DEFAULT_ANSWER_MEASURES: args.answers, DEFAULT_EVIDENCE_MEASURES: args.evidence} if args.qrels is None else {}
    default = [name for names, place in alone.items() if place is not None for name in names] or DEFAULT_MEASURES
    return parse_measures(" ".join(args.measures).replace(",", " ").split() if args.measures is not None else default)
