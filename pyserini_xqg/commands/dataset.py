"""``dataset NAME``: a public data set -> corpus, topics, qrels."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from pyserini_xqg.datasets.output import Manifest, write_dataset
from pyserini_xqg.datasets.registry import DATASETS, loader


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "\n\n".join(f"{name}: {dataset.publication}" for name, dataset in DATASETS.items())
    parser.add_argument("name", choices=DATASETS, metavar="NAME", help=f"one of {', '.join(DATASETS)}")
    parser.add_argument("--input", type=Path, required=True, metavar="PATH", help="the published files: a folder, a file, a .zip or a .tar.gz")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="a folder that is empty or not there yet")
    parser.add_argument(
        "--oracle-queries",
        action="store_true",
        help="write half of the translated questions as queries.jsonl, as if generated, and leave the other half as topics",
    )


def run(args: argparse.Namespace) -> int:
    """Convert the data set and print what came out."""
    build = loader(args.name, oracle_queries=args.oracle_queries)
    found, written = write_dataset(args.output, partial(build, args.input))
    print(f"{args.output}: {_described(found)}" if written else f"{args.output}: there already, unchanged; {_described(found)}")
    if DATASETS[args.name].advice:
        print(DATASETS[args.name].advice)
    return 0


def _described(found: Manifest) -> str:
    lines = [f"{found.title} ({found.version}, {found.licence})"]
    lines += [f"  {name}: {counts}" for name, counts in _by_kind(found).items()]
    lines += [f"  {remark.what}: {_counts(remark.counts)}" for remark in found.remarks]
    lines += [
        f"  {source.file} is not the published file: its SHA-256 is {source.sha256}" for source in found.sources if source.as_published is False
    ]
    return "\n".join(lines)


def _by_kind(found: Manifest) -> dict[str, str]:
    """One line for all files that differ in the language alone: ``topics.LANG.tsv: ar 510, de 510``."""
    kinds: dict[str, dict[str, int]] = {}
    for name, count in found.counts.items():
        stem, *code, suffix = name.split(".")
        kinds.setdefault(".".join((stem, *("LANG" for _ in code), suffix)), {})["".join(code)] = count
    return {kind: _counts(counts) for kind, counts in kinds.items()}


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{code} {count:,}".strip() for code, count in counts.items())
