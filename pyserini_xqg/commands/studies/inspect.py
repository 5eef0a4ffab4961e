"""``pyserini-xqg inspect``: one question, with and without xQG, and what each hit's score is made of."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyserini_xqg.inspection.hits import InspectedQuestion


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import flags

    parser.add_argument(
        "--index", type=Path, required=True, metavar="DIR", help="the index with xQG, of any kind that `index` builds"
    )
    parser.add_argument(
        "--plain-index",
        type=Path,
        metavar="DIR",
        help="the index to compare with (default: the store's passages at alpha 0, searched exactly)",
    )
    parser.add_argument(
        "--store",
        type=Path,
        metavar="DIR",
        help="where the store of --index lies now (default: where it lay, as the index remembers)",
    )
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--query", metavar="TEXT", help="the question")
    asked.add_argument("--topics", type=Path, metavar="FILE", help="a topics file, whose topic --qid is the question")
    parser.add_argument("--qid", metavar="ID", help="the question's id among topics and qrels")
    parser.add_argument("--qrels", type=Path, metavar="FILE", help="marks the passages that are relevant for --qid")
    parser.add_argument(
        "--language", metavar="CODE", help="the question's language, to show (default: what topics.LANG.tsv says)"
    )
    parser.add_argument("--hits", type=int, default=5, metavar="N", help="passages shown on each side (default: 5)")
    parser.add_argument(
        "--generated",
        type=int,
        default=5,
        metavar="N",
        help="generated queries below each hit; a report has all (default: 5)",
    )
    parser.add_argument(
        "--queries",
        type=Path,
        metavar="FILE-OR-DIR",
        help="the store's generated queries, for their texts (default: as it remembers)",
    )
    parser.add_argument(
        "--corpus",
        type=Path,
        metavar="FILE-OR-DIR",
        help="the store's passages, for their texts (default: as it remembers)",
    )
    parser.add_argument("--no-texts", action="store_true", help="read neither: a long file is read up to the last hit")
    parser.add_argument("--report", type=Path, metavar="FILE", help="also write a page: .html, .md, .csv or .tex")
    flags.add_encoder(parser, required=False)


def run(args: argparse.Namespace) -> int:
    """Look into the question and show what was found."""
    import shutil

    from pyserini_xqg.commands import flags
    from pyserini_xqg.inspection.inspect_query import InspectedIndex, inspect
    from pyserini_xqg.inspection.page import as_page
    from pyserini_xqg.inspection.source import Texts, open_for_inspection, open_store, remembered_texts
    from pyserini_xqg.inspection.texts import as_text
    from pyserini_xqg.report.write import check_form, write_page

    if args.report is not None:
        check_form(args.report)
    question = _question(args)
    index = open_for_inspection(args.index)
    store = open_store(index, args.store)
    plain = open_for_inspection(args.plain_index) if args.plain_index is not None else None
    args.encoder = args.encoder or index.manifest.encoder
    known = Texts(None, None) if args.no_texts else remembered_texts(store)
    material = InspectedIndex(index, store, plain, args.queries or known.queries, args.corpus or known.corpus)
    inspection = inspect(material, flags.load_encoder(args), question, args.hits)
    print(as_text(inspection, shutil.get_terminal_size((100, 24)).columns, args.generated))
    if args.report is not None:
        write_page(args.report, as_page(inspection))
        print(f"written: {args.report}")
    return 0


def _question(args: argparse.Namespace) -> InspectedQuestion:
    from pyserini_xqg.errors import InputError, Location, UsageError
    from pyserini_xqg.evaluate.inputs.judgments import read_judgments
    from pyserini_xqg.evaluate.inputs.places import ALL, system_and_language
    from pyserini_xqg.input.topics import read_topics
    from pyserini_xqg.inspection.hits import InspectedQuestion
    from pyserini_xqg.languages import language

    if (args.topics is not None or args.qrels is not None) and args.qid is None:
        raise UsageError(
            f"{'--topics' if args.topics is not None else '--qrels'} needs --qid, the id of the question in that file"
        )
    code = language(args.language).code if args.language else ""
    relevant = None
    if args.qrels is not None:
        judged = read_judgments(args.qrels)
        if args.qid not in judged:
            raise InputError(
                Location(args.qrels),
                f"judges no passage for topic {args.qid!r}; give the qrels that go with the topics",
            )
        relevant = frozenset(docid for docid, grade in judged[args.qid].items() if grade > 0)
    if args.topics is None:
        return InspectedQuestion(args.query, args.qid or "", code, relevant)
    text = next((topic.text for topic in read_topics(args.topics) if topic.qid == args.qid), None)
    if text is None:
        raise InputError(Location(args.topics), f"holds no topic {args.qid!r}; give the --qid of one of its lines")
    told = system_and_language(args.topics)[1]
    return InspectedQuestion(text, args.qid, code or ("" if told == ALL else told), relevant)
