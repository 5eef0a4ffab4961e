"""``dataset NAME``: a public data set -> corpus, topics, qrels."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from pyserini_xqg.datasets.options import Flag, flags_of, from_flags
from pyserini_xqg.datasets.output import DatasetRecord, write_dataset
from pyserini_xqg.datasets.registry import DATASETS, Installed
from pyserini_xqg.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the data sets, each with its own flags."""
    names = parser.add_subparsers(
        dest="name", metavar="NAME", required=True, help=f"one of {', '.join(DATASETS)}; NAME --help tells its flags"
    )
    for name, dataset in DATASETS.items():
        own = names.add_parser(
            name,
            description=dataset.publication.title,
            epilog=f"{dataset.publication}\n\n{dataset.advice}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        _add_places(own, dataset.installed)
        for flag in flags_of(dataset.options):
            _add(own, flag)


def _add_places(parser: argparse.ArgumentParser, installed: Installed[Any] | None) -> None:
    if installed is None:
        parser.add_argument(
            "--input",
            type=Path,
            required=True,
            metavar="PATH",
            help="the published files: a folder, a file, a .zip or a .tar.gz",
        )
    else:
        parser.add_argument(
            "--input",
            "--source",
            type=Path,
            default=installed.place,
            metavar="PATH",
            help=f"a folder with the packages unpacked; default {installed.place}, where they are installed",
        )
        parser.add_argument(
            "--install", action="store_true", help="print the command that installs the packages, and do nothing else"
        )
    parser.add_argument(
        "--output",
        type=Path,
        required=installed is None,
        metavar="DIR",
        help="a folder that is empty or not there yet",
    )


def _add(parser: argparse.ArgumentParser, flag: Flag) -> None:
    if flag.default is False:
        parser.add_argument(flag.words, action="store_true", help=flag.help)
        return
    several = isinstance(flag.default, tuple)
    told = f"{flag.help} (one of {', '.join(flag.choices)})" if flag.choices else flag.help
    parser.add_argument(
        flag.words,
        nargs="+" if several else None,
        metavar=flag.metavar,
        choices=flag.choices or None,
        help=told if several or not flag.default else f"{told}; default {flag.default}",
    )


def run(args: argparse.Namespace) -> int:
    """Convert the data set and print what came out."""
    dataset = DATASETS[args.name]
    options = from_flags(dataset.options, vars(args))
    if dataset.installed is not None and args.install:
        print(dataset.installed.line(options))
        return 0
    if args.output is None:
        raise UsageError("--output DIR: name a folder for the data set, or print with --install how to get its files")
    found, written = write_dataset(args.output, lambda folder: dataset.build(args.input, folder, options))
    print(
        f"{args.output}: {_described(found)}"
        if written
        else f"{args.output}: there already, unchanged; {_described(found)}"
    )
    if dataset.advice:
        print(dataset.advice)
    return 0


def _described(found: DatasetRecord) -> str:
    lines = [f"{found.title} ({found.version}, {found.licence})"]
    lines += [f"  {name}: {counts}" for name, counts in _by_kind(found).items()]
    lines += [f"  {remark.what}: {_counts(remark.counts)}" for remark in found.remarks]
    lines += [
        f"  {source.file} is not the published file: its SHA-256 is {source.sha256}"
        for source in found.sources
        if source.as_published is False
    ]
    return "\n".join(lines)


def _by_kind(found: DatasetRecord) -> dict[str, str]:
    """One line for all files that differ in language or folder alone: ``topics.LANG.tsv: ar 510, de 510``."""
    kinds: dict[str, dict[str, int]] = {}
    for name, count in found.counts.items():
        path = PurePosixPath(name)
        stem, *code, suffix = path.name.split(".")
        inside = "" if path.parent == PurePosixPath() else "*/"
        which = " ".join(filter(None, (path.parent.as_posix() if inside else "", "".join(code))))
        kinds.setdefault(inside + ".".join((stem, *("LANG" for _ in code), suffix)), {})[which] = count
    return {kind: _counts(counts) for kind, counts in kinds.items()}


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{code} {count:,}".strip() for code, count in counts.items())
