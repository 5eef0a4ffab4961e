"""``pyserini-xqg export``: a Hugging Face encoder becomes an encoder folder, checked against the original."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.encoder.folder import INT8_MODEL, MODEL, EncoderConfig, Pooling

if TYPE_CHECKING:
    from pyserini_xqg.export.settings import Wishes

_MIB = 1 << 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    parser.add_argument(
        "--model",
        required=True,
        metavar="ID|DIR|e5-small",
        help="Hugging Face id, checkpoint folder, or the embedded encoder",
    )
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="the encoder folder to make")
    parser.add_argument(
        "--pooling",
        choices=[pooling.value for pooling in Pooling],
        help="default: what the checkpoint states, else cls",
    )
    parser.add_argument(
        "--normalize",
        action=argparse.BooleanOptionalAction,
        help="unit length; default: what the checkpoint states, else not",
    )
    parser.add_argument(
        "--query-prefix",
        metavar="TEXT",
        help="put before every query as it stands; default: what the checkpoint states",
    )
    parser.add_argument("--passage-prefix", metavar="TEXT", help="put before every passage as it stands")
    parser.add_argument(
        "--query-max-length", type=int, metavar="TOKENS", help="longest query; default 64 (e5-small: 128)"
    )
    parser.add_argument(
        "--passage-max-length", type=int, metavar="TOKENS", help="longest passage; default 256 (e5-small: 512)"
    )
    parser.add_argument(
        "--quantize", choices=["int8"], help=f"make {INT8_MODEL} as well, one scale a channel, and report what it costs"
    )


def run(args: argparse.Namespace) -> int:
    """Choose the settings, say why, export, and print what came out."""
    from pyserini_xqg.export.checkpoint import Checkpoint, find_checkpoint, token_limit
    from pyserini_xqg.export.embedded.checkpoints import EMBEDDED, EMBEDDED_SETTINGS, e5_checkpoint
    from pyserini_xqg.export.exporter import export_encoder
    from pyserini_xqg.export.settings import DEFAULT_LENGTHS, Lengths, choose_settings

    embedded = args.model == EMBEDDED
    checkpoint = Checkpoint(e5_checkpoint(), EMBEDDED) if embedded else find_checkpoint(args.model)
    lengths = (
        Lengths(EMBEDDED_SETTINGS.query_max_length, EMBEDDED_SETTINGS.passage_max_length)
        if embedded
        else DEFAULT_LENGTHS
    )
    choice = choose_settings(checkpoint.folder, checkpoint.source, _wishes(args), token_limit(checkpoint), lengths)
    print(f"{args.model} -> {args.output}")
    for reason in choice.reasons:
        print(f"  {reason}")
    config = export_encoder(checkpoint, args.output, choice.settings)
    print(_summary(args.output, config))
    return 0


def _wishes(args: argparse.Namespace) -> Wishes:
    from pyserini_xqg.export.settings import Wishes

    return Wishes(
        pooling=Pooling(args.pooling) if args.pooling else None,
        normalize=args.normalize,
        query_prefix=args.query_prefix,
        passage_prefix=args.passage_prefix,
        query_max_length=args.query_max_length,
        passage_max_length=args.passage_max_length,
        quantize=args.quantize is not None,
    )


def _summary(folder: Path, config: EncoderConfig) -> str:
    parity, lines = config.parity, [f"{folder} holds an encoder of {config.dimension} dimensions"]
    lines.append(f"  {MODEL}: {_size(folder, MODEL)} MiB")
    lines.append(
        f"  the same as the original to {parity.max_abs_difference:.1e} on {parity.texts} texts in {parity.scripts} "
        "scripts, alone and in batches"
    )
    if config.quantization:
        cost = config.quantization
        lines.append(f"  {INT8_MODEL}: {_size(folder, INT8_MODEL)} MiB")
        lines.append(
            f"  against fp32 its cosine is {cost.mean_cosine:.4f} on average and {cost.min_cosine:.4f} at worst, "
            f"and {cost.top10_overlap:.0%} of each text's ten nearest stay"
        )
    return "\n".join(lines)


def _size(folder: Path, name: str) -> str:
    """MiB of a graph and of the weights beside it."""
    return f"{sum(file.stat().st_size for file in folder.glob(f'{name}*')) / _MIB:,.1f}"
