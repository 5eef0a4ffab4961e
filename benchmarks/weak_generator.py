"""What a weak, English-only generator is worth: SmolLM2-135M's queries for English passages, and questions that people
asked.

The model writes English queries for each of XQuAD's 240 paragraphs and of the embedded collection's 66 passages: five
in this process, and two behind a server on loopback, asked over OpenAI's protocol. Everything then goes through the
real stages: filter, encode, index, search. The questions are people's: XQuAD's odd-numbered ones in English and seven
other languages, the embedded collection's in eight. Generating takes long (half an hour a source on a core) and is kept
in --work.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from common import flags, head, say, stage, table, work_folder
from served_model import serving
from weak_scores import Systems, bm25_scores, dense_scores, print_scores
from xquad_data import LANGUAGES, prepare_data

from pyserini_xqg.demo.collection import LANGUAGES as DEMO_LANGUAGES
from pyserini_xqg.demo.collection import write_collection
from pyserini_xqg.filter.output import COUNTS
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.queries import read_queries
from pyserini_xqg.java.jvm import import_pyserini

_NUMBER = {"process": 5, "server": 2}
_TOP_K = 10
_LONGEST = 64
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Collection:
    """Passages in English and what people ask.

    :param data: the folder with corpus, topics and qrels.
    :param folder: for what is made of it.
    """

    name: str
    data: Path
    languages: tuple[str, ...]
    folder: Path


def main() -> None:
    """Print the tables."""
    parser = flags(__doc__)
    parser.add_argument(
        "--sources", nargs="+", choices=["process", "server"], default=["process", "server"], help="leave one out"
    )
    args = parser.parse_args()
    head("A weak generator: help or harm", args)
    import_pyserini("pyserini.search.faiss")
    with work_folder(args) as work:
        collections = list(_collections(work))
        made = {
            (collection.name, source): _generate(collection, source, work, args.quick)
            for source in args.sources
            for collection in collections
        }
        for collection in collections:
            _report(collection, {source: made[collection.name, source] for source in args.sources})


def _collections(work: Path) -> Iterator[Collection]:
    demo = work / "weak-generator" / "embedded" / "data"
    write_collection(demo)
    yield Collection("XQuAD", prepare_data(work), ("en", *LANGUAGES), work / "weak-generator" / "xquad")
    yield Collection("Embedded collection", demo, DEMO_LANGUAGES, demo.parent)


def _report(collection: Collection, made: dict[str, Path]) -> None:
    print(f"### {collection.name}\n")
    kept = {source: _filter(collection, queries) for source, queries in made.items()}
    for queries in made.values():
        _print_samples(collection, queries)
    _print_counts({source: (queries, kept[source]) for source, queries in made.items()})
    dense, bm25 = Systems(), Systems()
    for source in made:
        for name, queries in ((source, made[source]), (f"{source}, filtered", kept[source])):
            say(f"{collection.name}: {name}")
            dense.add(name, dense_scores(collection, queries))
            bm25.add(name, bm25_scores(collection, queries))
    print_scores(collection, dense, "Dense (e5-small)")
    print_scores(collection, bm25, "BM25")


def _generate(collection: Collection, source: str, work: Path, quick: bool) -> Path:
    output = collection.folder / f"queries-{source}{'-quick' * quick}"
    if (output / "queries-00000.jsonl").is_file():
        return output
    corpus, number = collection.data / "corpus.jsonl", _NUMBER[source]
    if quick:
        corpus, number = output.with_suffix(".jsonl"), 2
        lines = (collection.data / "corpus.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        corpus.parent.mkdir(parents=True, exist_ok=True)
        corpus.write_text("".join(lines[:2]), encoding="utf-8")
    words = ("--corpus", corpus, "--languages", "en", "--output", output, "--queries-per-language", str(number))
    words = (*words, "--max-tokens-per-query", str(_LONGEST))
    say(f"{collection.name}: generating, {source}")
    if source == "process":
        stage("expand", *words, "--generator", "smollm2", "--top-k", str(_TOP_K), "--precision", "bf16")
        return output
    with serving(_TOP_K, _LONGEST) as address:
        stage("expand", *words, "--generator", address, "--concurrency", "2", "--timeout", "600", "--chunk-size", "4")
    return output


def _filter(collection: Collection, queries: Path) -> Path:
    output = queries.with_name(queries.name.replace("queries", "kept"))
    stage(
        "filter",
        "--corpus",
        collection.data / "corpus.jsonl",
        "--queries",
        queries,
        "--encoder",
        "e5-small",
        "--output",
        output,
    )
    return output


def _print_samples(collection: Collection, queries: Path) -> None:
    records = [record for record in read_queries(queries) if record.queries]
    passages = {passage.docid: passage.contents for passage in read_passages(collection.data / "corpus.jsonl")}
    for record in random.Random(3).sample(records, min(_SHOWN, len(records))):
        print(f"- “{' '.join(passages[record.docid].split())[:100].strip()} …”: {' / '.join(record.queries['en'][:3])}")
    print()


def _print_counts(found: dict[str, tuple[Path, Path]]) -> None:
    """What came, what `expand` dropped, and what `filter` did."""
    rows = []
    for source, (queries, kept) in found.items():
        tallies = [json.loads(path.read_text())["tally"] for path in sorted((queries / "groups").glob("*.json"))]
        dropped = {reason: number for tally in tallies for reason, number in tally["dropped"].get("en", {}).items()}
        with (kept / COUNTS).open(encoding="utf-8", newline="") as stream:
            counts = next(row for row in csv.DictReader(stream) if row["language"] == "en")
        went = {
            name.removeprefix("dropped_"): int(number)
            for name, number in counts.items()
            if name.startswith("dropped_") and int(number)
        }
        came, unfinished = (
            sum(tally["queries"]["en"] for tally in tallies),
            sum(tally["unfinished"] for tally in tallies),
        )
        rows.append(
            [source, f"{came:,}", _listed(dropped), f"{unfinished:,}", f"{int(counts['kept']):,}", _listed(went)]
        )
    print(
        table(
            [
                "",
                "queries that came",
                "dropped by `expand`",
                "of them unfinished",
                "kept by `filter`",
                "dropped by `filter`",
            ],
            rows,
        )
    )


def _listed(counts: dict[str, int]) -> str:
    return (
        ", ".join(f"{name} {number:,}" for name, number in sorted(counts.items(), key=lambda item: -item[1])) or "none"
    )


if __name__ == "__main__":
    main()
