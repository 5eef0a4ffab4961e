"""The command line of ``search hybrid``: Pyserini's parts, a few flags more in two of them, and what they come to."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from pyserini_xqg.errors import UsageError
from pyserini_xqg.machine import available_cores
from pyserini_xqg.manifests.sparse import CONTENTS, read_sparse_manifest
from pyserini_xqg.runs.rank_fusion.fuse import RankFusion
from pyserini_xqg.runs.rank_fusion.method import MethodSetting, RankFusionMethod
from pyserini_xqg.runs.rank_fusion.registry import METHODS, all_settings, make_method, whose
from pyserini_xqg.search.commands.bm25_flags import settle_fields
from pyserini_xqg.search.commands.flags import Flags
from pyserini_xqg.search.searchers.fields import as_words, parse_fields

PARTS = ("dense", "sparse", "fusion", "run")
_PYSERINIS = ("--alpha", "--normalization", "--weight-on-dense")
_PATHS = ("--index", "--encoder", "--encoded-queries", "--topics", "--output")
_BATCH_SIZE = "64"


@dataclass(frozen=True, slots=True)
class HybridPlan:
    """How hits are fused.

    :param fusion: None for Pyserini's own interpolation with ``--alpha``.
    :param fields: the fields and weights of each BM25 ranking; none where the index says which.
    """

    fusion: RankFusion | None = None
    fields: tuple[dict[str, float], ...] = ({},)


def hybrid_help() -> str:
    """What ``--help`` says of our flags in Pyserini's parts."""
    *others, last = (method.by_default for method in METHODS.values())
    rows = [
        (
            "sparse",
            "--fields contents=1.0 xqg_ar=0.5",
            "the fields of a BM25 index (default: all of them); --language ar: those of one language",
        ),
        ("fusion", f"--method {'|'.join(METHODS)}", f"instead of --alpha: {', '.join(others)}, or {last}"),
        (
            "",
            "--weights D S",
            "of dense and sparse (default: alike); with three, D P Q, BM25 on passages and BM25 on",
        ),
        ("", "", "generated queries are two rankings"),
        *(("", f"{setting.flag} {setting.metavar or ''}", setting.words) for _, setting in _settings()),
    ]
    lines = (f"  {part:<6} {flag:<34} {words}\n" for part, flag, words in rows)
    return f"pyserini-xqg's own flags in Pyserini's parts:\n{''.join(lines)}"


def settle_hybrid(flags: Flags, say: Callable[[str], None]) -> HybridPlan:
    """Take our flags out of the command line, put its parts into Pyserini's order, and check what Pyserini would
    stumble over.

    :param say: told which fields were taken where none were named.
    :raises UsageError: a part is missing or flags do not go together.
    :raises StoreError: the BM25 index is damaged.
    """
    if {"-h", "--help"} & set(flags.argv):
        return HybridPlan()
    before, parts = _split(flags.argv)
    missing = [part for part in PARTS if part not in parts]
    if missing:
        raise UsageError(
            "search hybrid has four parts, dense … sparse … fusion … run …, as Pyserini's; missing: "
            f"{', '.join(missing)}"
        )
    for part in ("fusion", "run"):
        parts[part].whole_number("--hits", 1)
    own, parts["fusion"].argv = _own_parser().parse_known_args(parts["fusion"].argv)
    fields = _settle_sparse(parts["sparse"], say)
    plan = _plan(own, parts["fusion"], fields)
    parts["run"].default("--batch-size", _BATCH_SIZE)
    parts["run"].default("--threads", str(available_cores()))
    flags.argv = [*before, *(word for part in PARTS for word in (part, *parts[part].argv))]
    return plan


def _split(argv: Sequence[str]) -> tuple[list[str], dict[str, Flags]]:
    """What stands before the first part, and the parts. A folder that is called as a part is written so that Pyserini
    takes it for one.
    """
    before: list[str] = []
    words = before
    found: dict[str, list[str]] = {}
    for place, word in enumerate(argv):
        if word in PARTS and place and argv[place - 1] in _PATHS:
            words.append(f"./{word}")
        elif word in PARTS:
            if word in found:
                raise UsageError(f"the part {word!r} is there twice")
            words = found[word] = []
        else:
            words.append(word)
    return before, {part: Flags(rest) for part, rest in found.items()}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"fusion: {message}")


def _own_parser() -> argparse.ArgumentParser:
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--method", choices=list(METHODS))
    parser.add_argument("--weights", nargs="+", type=float, default=())
    for _, setting in _settings():
        parser.add_argument(
            setting.flag, type=str if setting.choices else setting.kind, choices=setting.choices or None
        )
    return parser


def _settings() -> list[tuple[RankFusionMethod, MethodSetting]]:
    return [(method, setting) for method, setting in all_settings() if setting.in_hybrid]


def _settle_sparse(flags: Flags, say: Callable[[str], None]) -> dict[str, float]:
    manifest = read_sparse_manifest(Path(flags.get("--index") or ""))
    if manifest is not None:
        settle_fields(flags, manifest, say)
    return parse_fields(flags.values("--fields"))


def _plan(own: argparse.Namespace, theirs: Flags, fields: dict[str, float]) -> HybridPlan:
    weights = tuple(own.weights)
    typed = {setting.flag: getattr(own, setting.destination) for _, setting in _settings()}
    given = {flag: value for flag, value in typed.items() if value is not None}
    if own.method is None and not weights:
        for owner, setting in _settings():
            if setting.flag in given:
                raise UsageError(whose(owner, setting))
        return HybridPlan(None, (fields,))
    for flag in filter(theirs.has, _PYSERINIS):
        raise UsageError(
            f"{flag} belongs to Pyserini's own interpolation, --method and --weights to ours; give one or the other"
        )
    fusion = RankFusion(make_method(own.method or "interpolation", given), weights)
    if len(weights) not in (0, 2, 3):
        raise UsageError(
            f"--weights has {len(weights)}; give two (dense, sparse) or three (dense, BM25 on passages, BM25 on "
            "generated queries)"
        )
    return HybridPlan(fusion, _apart(fields) if len(weights) == 3 else (fields,))


def _apart(fields: dict[str, float]) -> tuple[dict[str, float], ...]:
    passages = {name: weight for name, weight in fields.items() if name == CONTENTS}
    queries = {name: weight for name, weight in fields.items() if name != CONTENTS}
    if not passages or not queries:
        found = " ".join(as_words(fields)) or "none"
        raise UsageError(
            f"three weights need the field {CONTENTS} and fields of generated queries to search apart; the fields "
            f"are: {found}"
        )
    return passages, queries
