"""Runs ``pyserini.search.faiss``, ``pyserini.search.hybrid`` and ``pyserini.search.lucene`` as they are, in a process
where our encoders and indexes are known.

The encoder of the queries may be left out: an index of ours knows it. Runs are written beside their place and renamed
into it.
"""

from __future__ import annotations

import argparse
import runpy
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path

from pyserini_xqg.encoder.folder import is_encoder_folder, read_config
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.files.whole import is_partial, replacing
from pyserini_xqg.fusion.registry import FUSIONS
from pyserini_xqg.input.topics import read_topics
from pyserini_xqg.java import bridge
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.languages import parse_languages
from pyserini_xqg.machine import available_cores
from pyserini_xqg.manifests.dense import read_manifest
from pyserini_xqg.manifests.sparse import read_sparse_manifest
from pyserini_xqg.search.commands.bm25_flags import settle_fields
from pyserini_xqg.search.commands.dense_flags import settle_dense
from pyserini_xqg.search.commands.flags import Flags
from pyserini_xqg.search.commands.hybrid_flags import HybridPlan, hybrid_help, settle_hybrid
from pyserini_xqg.search.commands.replacements import (
    encoder_class_allowed,
    lucene_searchers_replaced,
    replaced,
    searchers_replaced,
)
from pyserini_xqg.search.register import ENCODER_CLASS, register

_BATCH_SIZE = "64"
_TABLE_SUFFIXES = (".tsv", ".tsv.gz", ".txt", ".txt.gz")


class PyseriniCommand(StrEnum):
    """Pyserini's commands that take our indexes."""

    FAISS = "faiss"
    HYBRID = "hybrid"
    LUCENE = "lucene"


def own_flags(command: PyseriniCommand) -> argparse.ArgumentParser:
    """The few flags that are ours; all others are Pyserini's."""
    parser = argparse.ArgumentParser(
        add_help=False,
        allow_abbrev=False,
        epilog=hybrid_help() if command is PyseriniCommand.HYBRID else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if command is PyseriniCommand.LUCENE:
        return parser
    group = parser.add_argument_group("pyserini-xqg's own flags")
    group.add_argument(
        "--precision",
        choices=list(Precision),
        default=Precision.AUTO,
        type=Precision,
        help="arithmetic of the query encoder",
    )
    group.add_argument("--late-alpha", type=float, metavar="A", help="with a late index: alpha of this search")
    group.add_argument("--late-kappa", type=float, metavar="N", help="with a late index: kappa of this search")
    group.add_argument("--late-fusion", choices=list(FUSIONS), help="with a late index: fusion of this search")
    group.add_argument(
        "--late-languages", type=parse_languages, metavar="ar,ja,…", help="with a late index: languages of this search"
    )
    group.add_argument(
        "--late-normalize",
        action=argparse.BooleanOptionalAction,
        help="with a late index: whether vectors are normalised",
    )
    return parser


def _silent(line: str) -> None:
    """Say nothing."""


def run(
    command: PyseriniCommand,
    argv: Sequence[str],
    resolve_encoder: Callable[[str], Path],
    say: Callable[[str], None] = _silent,
) -> None:
    """Run one of Pyserini's commands with its own flags.

    :param resolve_encoder: turns an encoder's name into its folder.
    :param say: told what was chosen where the flags left it open, a line each.
    :raises InputError: with file and line, for bad topics.
    :raises UsageError: flags that do not go together.
    :raises StoreError: an index is damaged, or there is none.
    :raises SetupError: Java or Pyserini is missing or does not fit.
    """
    own, rest = own_flags(command).parse_known_args(list(argv))
    flags = Flags(rest)
    plan = settle_hybrid(flags, say) if command is PyseriniCommand.HYBRID else HybridPlan()
    flags.whole_number("--hits", 1)
    _check_topics(flags)
    _check_whole(flags)
    if command is not PyseriniCommand.LUCENE:
        _name_encoder(flags, resolve_encoder, say)
    encoder = _settle_lucene(flags, resolve_encoder, say) if command is PyseriniCommand.LUCENE else None
    if command is not PyseriniCommand.HYBRID:
        flags.default("--batch-size", _BATCH_SIZE)
        flags.default("--threads", str(available_cores()))
    with ExitStack() as stack:
        if command is PyseriniCommand.LUCENE:
            if encoder is not None:
                bridge.join()
                bridge.set_property(bridge.ENCODER_PROPERTY, str(encoder))
            import_pyserini("pyserini.search.lucene")
            stack.enter_context(lucene_searchers_replaced(dense=encoder is not None))
        else:
            import_pyserini("pyserini.search.faiss")
            register(own.precision)
            from pyserini_xqg.search.searchers.opened import LateChoice

            choice = LateChoice(
                alpha=own.late_alpha,
                fusion=own.late_fusion,
                languages=own.late_languages,
                normalize=own.late_normalize,
                kappa=own.late_kappa,
            )
            stack.enter_context(searchers_replaced(choice, plan))
            stack.enter_context(encoder_class_allowed())
        if (output := flags.get("--output")) is not None:
            flags.set("--output", str(stack.enter_context(replacing(Path(output)))))
        stack.enter_context(replaced(sys, "argv", [f"pyserini-xqg search {command}", *flags.argv]))
        warnings.filterwarnings("ignore", message=".*found in sys.modules.*", category=RuntimeWarning)
        try:
            runpy.run_module(f"pyserini.search.{command}", run_name="__main__", alter_sys=True)
        except SystemExit as stop:
            # Pyserini ends with success where it finds no index.
            if stop.code or {"-h", "--help"} & set(flags.argv):
                raise
            raise StoreError(
                f"{flags.get('--index')} is neither an index folder nor the name of one of Pyserini's prebuilt indexes"
            ) from stop


def _check_topics(flags: Flags) -> None:
    """Read a topics file once with our own reader, which names the line where Anserini's would cut or fail in
    silence.
    """
    topics = flags.get("--topics")
    if topics is not None and _is_table(topics):
        for _ in read_topics(Path(topics)):
            pass


def _check_whole(flags: Flags) -> None:
    """See that no index is what a killed run left behind: it may look whole."""
    for index in map(Path, flags.all_values("--index")):
        if is_partial(index.absolute()):
            raise StoreError(
                f"{index} is what a run that was stopped left behind, and not a whole index; build it again and "
                "search that"
            )


def _settle_lucene(flags: Flags, resolve_encoder: Callable[[str], Path], say: Callable[[str], None]) -> Path | None:
    """Say to Pyserini's command what an index of ours says of itself; other people's indexes are left to the flags.

    :returns: the folder of the queries' encoder, with a dense index of ours.
    """
    index = Path(flags.get("--index") or "")
    if (bm25 := read_sparse_manifest(index)) is not None:
        settle_fields(flags, bm25, say)
        return None
    dense = read_manifest(index)
    if dense is None:
        return None
    folder = settle_dense(flags, index, dense, resolve_encoder)
    _say_of_tower(folder, say)
    return folder


def _say_of_tower(folder: Path, say: Callable[[str], None]) -> None:
    """Say where queries and passages have different encoders."""
    passages = read_config(folder).passages
    if passages is not None:
        say(
            f"queries by {folder}, a query tower trained beside the passages of {passages.source}; the index stays as "
            "it is"
        )


def _is_table(topics: str | None) -> bool:
    return topics is not None and topics.endswith(_TABLE_SUFFIXES)


def _name_encoder(flags: Flags, resolve_encoder: Callable[[str], Path], say: Callable[[str], None]) -> None:
    """Give Pyserini the folder of the encoder and its class, where the encoder is ours."""
    index = flags.get("--index")  # in hybrid search the dense index comes first, as in Pyserini's own examples
    manifest = read_manifest(Path(index)) if index is not None else None
    encoder, chosen_class = flags.get("--encoder"), flags.get("--encoder-class")
    if chosen_class not in (None, ENCODER_CLASS) or flags.get("--encoded-queries") is not None:
        return
    if encoder is None:
        if manifest is None or index is None:
            if index is not None and _is_table(
                flags.get("--topics")
            ):  # for some named topics Pyserini has encoded queries
                there = "has no xqg.json" if Path(index).is_dir() else "is no folder here"
                raise UsageError(
                    f"{index} {there}, so that the queries' encoder is not known; give --encoder or --encoded-queries"
                )
            return
        flags.add_after(
            "--index", "--encoder", str(resolve_encoder(manifest.encoder)), "--encoder-class", ENCODER_CLASS
        )
        return
    if manifest is not None or chosen_class == ENCODER_CLASS or is_encoder_folder(Path(encoder)):
        folder = resolve_encoder(encoder)
        flags.set("--encoder", str(folder))
        _say_of_tower(folder, say)
        if chosen_class is None:
            flags.add_after("--encoder", "--encoder-class", ENCODER_CLASS)
