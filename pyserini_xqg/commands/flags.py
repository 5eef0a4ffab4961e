"""Flags that several stages share, and what they turn into."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyserini_xqg.encode.recipe import EncoderRecipe
    from pyserini_xqg.encoder.encoder import Encoder
    from pyserini_xqg.expand.sample import PassageSample
    from pyserini_xqg.input.records import Skipped


def add_encoder(parser: argparse._ActionsContainer, *, required: bool = True) -> None:
    """Add ``--encoder`` and how it runs."""
    add_encoder_name(parser, required=required)
    add_encoder_use(parser)


def add_encoder_name(parser: argparse._ActionsContainer, *, required: bool = True, why: str = "") -> None:
    """Add ``--encoder``.

    :param why: what it is for, where that does not go without saying.
    """
    accepted = "an encoder folder, a checkpoint folder or hub id (exported on the way), or e5-small"
    parser.add_argument(
        "--encoder", required=required, metavar="NAME-OR-DIR", help=f"{why}: {accepted}" if why else accepted
    )


def add_encoder_use(parser: argparse._ActionsContainer) -> None:
    """Add how an encoder runs."""
    parser.add_argument(
        "--precision",
        choices=["auto", "fp32", "bf16", "int8"],
        default="auto",
        help="arithmetic (default: auto, the fastest that keeps retrieval as it is here)",
    )
    parser.add_argument("--threads", type=int, metavar="N", help="cores to use (default: all)")
    parser.add_argument(
        "--provider",
        metavar="NAME",
        help="an ONNX Runtime execution provider, such as CUDAExecutionProvider (default: the CPU)",
    )


def encoder_recipe(args: argparse.Namespace) -> EncoderRecipe:
    """How to get the encoder that the flags ask for."""
    from functools import partial

    from pyserini_xqg.encode.recipe import EncoderRecipe
    from pyserini_xqg.encoder.precision import Precision
    from pyserini_xqg.export.resolve import resolve_for

    precision = Precision(args.precision)
    find = partial(resolve_for, args.encoder, precision, args.provider)
    return EncoderRecipe(find, precision, args.threads, args.provider)


def load_encoder(args: argparse.Namespace) -> Encoder:
    """The encoder that the flags ask for."""
    from pyserini_xqg.export.resolve import load_encoder as load

    return load(args.encoder, args.precision, args.threads, args.provider)


def add_generator(group: argparse._ActionsContainer, what: str) -> None:
    """Add ``--generator``.

    :param what: what it does here, before what it may be.
    """
    from pyserini_xqg.expand.registry import accepted

    group.add_argument("--generator", metavar="NAME", help=f"{what}: {accepted()}".replace("%", "%%"))


def add_sample(group: argparse._ActionsContainer) -> None:
    """Add ``--sample``."""
    group.add_argument(
        "--sample",
        metavar="N",
        help="generate for N passages only, or for a share such as 10%%, drawn by --seed; `index` predicts the others' "
        "queries (default: all)",
    )


def sample_of(args: argparse.Namespace) -> PassageSample | None:
    """What :func:`add_sample`'s flag says."""
    from pyserini_xqg.expand.sample import parse_sample

    return None if args.sample is None else parse_sample(args.sample)


def add_corpus(parser: argparse._ActionsContainer, without_queries: str) -> None:
    """Add ``--corpus`` and ``--queries``.

    :param without_queries: what happens where there are none, in words.
    """
    add_passages(parser)
    add_queries(parser, without_queries)


def add_passages(parser: argparse._ActionsContainer, *, required: bool = True) -> None:
    """Add ``--corpus``."""
    parser.add_argument(
        "--corpus", type=Path, required=required, metavar="FILE-OR-DIR", help="passages as JSONL, plain or .gz"
    )


def add_queries(parser: argparse._ActionsContainer, without: str) -> None:
    """Add ``--queries``.

    :param without: as in :func:`add_corpus`.
    """
    parser.add_argument(
        "--queries",
        type=Path,
        metavar="FILE-OR-DIR",
        help=f"generated queries as JSONL; without them only passages are {without}",
    )


def add_chosen_vectors(parser: argparse._ActionsContainer, *, normalize: bool | None) -> None:
    """Add which of a store's queries count, and whether vectors are normalised.

    :param normalize: what stands for a flag that is not given.
    """
    parser.add_argument(
        "--normalize",
        action=argparse.BooleanOptionalAction,
        default=normalize,
        help="divide each vector by its length (default: yes)",
    )
    parser.add_argument(
        "--languages", metavar="ar,ja,…", help="only these languages' queries (default: all in the store)"
    )
    parser.add_argument(
        "--queries-per-language",
        type=int,
        metavar="N",
        help="only the first N queries of each language (store: --keep ranks)",
    )
    parser.add_argument("--plain-view", action="store_true", help="with views: the plain passage is one more view")


def add_kappa(parser: argparse._ActionsContainer) -> None:
    """Add ``--kappa``."""
    from pyserini_xqg.fusion.recipe import Recipe

    parser.add_argument(
        "--kappa",
        type=_kappa,
        metavar="N",
        help="how many queries the expected one counts for beside a passage's own: a number, 0 for none, or moments, "
        f"which is what the variances in the store say, by language (default: {Recipe().kappa:g})",
    )


def add_weights(parser: argparse._ActionsContainer) -> None:
    """Add ``--weights``."""
    from pyserini_xqg.fusion.text_kind import TextKind

    usual = ",".join(f"{kind}={kind.weight:g}" for kind in TextKind)
    parser.add_argument(
        "--weights",
        metavar="KIND=W,…",
        help="what a passage's mean question, its translation and its gloss weigh beside each other in a language, "
        f"where there are several; 0 leaves a kind out (default: {usual})",
    )


def _kappa(text: str) -> float | str:
    return text if text == "moments" else float(text)


def kappa_of(args: argparse.Namespace, usual: float | None) -> float | None:
    """What :func:`add_kappa`'s flag says.

    :param usual: where it was not given.
    """
    return usual if args.kappa is None else None if args.kappa == "moments" else args.kappa


def add_dev_set(parser: argparse._ActionsContainer, *, required: bool = True) -> None:
    """Add the topics that something is tuned on, and what is to be high.

    :param required: whether it cannot be tuned without them.
    """
    otherwise = "" if required else "; without topics and qrels the store's own queries ask"
    parser.add_argument(
        "--topics",
        type=Path,
        required=required,
        metavar="FILE-OR-DIR",
        help=f"a topics file, or a folder of topics.LANG.tsv{otherwise}",
    )
    parser.add_argument(
        "--qrels",
        type=Path,
        required=required,
        metavar="FILE-OR-DIR",
        help="a qrels file, or a folder of qrels.LANG.txt",
    )
    parser.add_argument(
        "--topic-languages", metavar="ar,ja,…", help="tune on these of the folder's topics only (default: all)"
    )
    parser.add_argument("--metric", default="MRR@10", help="what is to be high (default: MRR@10)")


def add_on_error(parser: argparse._ActionsContainer) -> None:
    """Add ``--on-error``."""
    parser.add_argument(
        "--on-error",
        choices=["stop", "skip"],
        default="stop",
        help="at a bad record: stop and name it (default), or leave it out and count it",
    )


def say(text: str) -> None:
    """Tell a line of what begins, beside what is printed as the result."""
    print(text, file=sys.stderr, flush=True)


def report_skipped(skipped: Skipped) -> None:
    """Say which records were left out."""
    if not skipped.count:
        return
    print(f"left out {skipped.count:,} bad records:", file=sys.stderr)
    for example in skipped.examples:
        print(f"  {example}", file=sys.stderr)
    if skipped.count > len(skipped.examples):
        print(f"  … and {skipped.count - len(skipped.examples):,} more", file=sys.stderr)
