"""Flags that both trainings have, with the defaults of each, and what they turn into."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyserini_xqg.train.settings import TrainSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingDefaults:
    """What holds where nothing is said, and how it is explained.

    :param learned: the plural of what is learned from.
    :param mark: behind the defaults that are a paper's.
    :param batch_note: more about a batch's size, after its default.
    :param accumulate_note: what a batch is, before the default.
    :param accumulate_end: more about it, after the default.
    :param seeded: what is drawn from the seed.
    :param threads_note: what else cores do.
    :param precision: what it is of, and its default.
    """

    learned: str
    dev_limit: int
    steps: int
    batch_size: int
    accumulate: int
    learning_rate: str
    warmup: int
    seeded: str
    precision: str
    mark: str = ""
    batch_note: str = ""
    accumulate_note: str = "batches a step"
    accumulate_end: str = ""
    threads_note: str = "cores to use"


def add_train(group: argparse._ActionsContainer, shapes: str) -> None:
    """Add ``--train``.

    :param shapes: what its files may be.
    """
    group.add_argument("--train", type=Path, nargs="+", required=True, metavar="FILE-OR-DIR", help=shapes)


def add_held_out(group: argparse._ActionsContainer, defaults: TrainingDefaults) -> None:
    """Add ``--dev`` and ``--dev-share``."""
    held_out = group.add_mutually_exclusive_group()
    held_out.add_argument(
        "--dev",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE-OR-DIR",
        help=f"held-out {defaults.learned}, in the same shapes",
    )
    held_out.add_argument(
        "--dev-share",
        type=float,
        default=0.05,
        metavar="SHARE",
        help="else hold out this share of the passages (default: 0.05)",
    )


def add_dev_limit(group: argparse._ActionsContainer, defaults: TrainingDefaults) -> None:
    """Add ``--dev-limit``."""
    whole = ", in whole passages" if defaults.learned == "examples" else ""
    group.add_argument(
        "--dev-limit",
        type=int,
        default=defaults.dev_limit,
        metavar="N",
        help=f"held-out {defaults.learned} at most{whole} (default: {defaults.dev_limit})",
    )


def add_length(group: argparse._ActionsContainer, defaults: TrainingDefaults) -> None:
    """Add ``--steps`` and ``--epochs``."""
    length = group.add_mutually_exclusive_group()
    length.add_argument(
        "--steps", type=int, metavar="N", help=f"changes of the weights (default: {defaults.steps}{defaults.mark})"
    )
    length.add_argument("--epochs", type=float, metavar="N", help=f"instead, times through all {defaults.learned}")


def add_steps(group: argparse._ActionsContainer, defaults: TrainingDefaults) -> None:
    """Add what a step is and how far it goes."""
    mark = defaults.mark
    group.add_argument(
        "--batch-size",
        type=int,
        default=defaults.batch_size,
        metavar="N",
        help=f"{defaults.learned} worked on together (default: {defaults.batch_size}{defaults.batch_note})",
    )
    group.add_argument(
        "--accumulate",
        type=int,
        default=defaults.accumulate,
        metavar="N",
        help=f"{defaults.accumulate_note} (default: {defaults.accumulate}{defaults.accumulate_end})",
    )
    group.add_argument(
        "--learning-rate",
        type=float,
        default=float(defaults.learning_rate),
        metavar="X",
        help=f"AdamW's, falling linearly to 0 (default: {defaults.learning_rate}{mark})",
    )
    group.add_argument(
        "--warmup",
        type=int,
        default=defaults.warmup,
        metavar="STEPS",
        help=f"steps in which it rises first (default: {defaults.warmup}{mark})",
    )
    group.add_argument(
        "--checkpoint-every",
        type=int,
        default=100,
        metavar="STEPS",
        help=f"and judge the held-out {defaults.learned} (default: 100{mark})",
    )
    group.add_argument(
        "--seed", type=int, default=0, metavar="S", help=f"of the order, dropout, {defaults.seeded} (default: 0)"
    )
    group.add_argument("--precision", choices=["auto", "fp32", "bf16", "fp16"], default="auto", help=defaults.precision)
    group.add_argument("--threads", type=int, metavar="N", help=f"{defaults.threads_note} (default: all)")


def train_settings(args: argparse.Namespace, defaults: TrainingDefaults) -> TrainSettings:
    """What the flags of steps turn into.

    :raises UsageError: a number that cannot be.
    """
    from pyserini_xqg.train.precision import TrainingPrecision
    from pyserini_xqg.train.settings import TrainSettings

    return TrainSettings(
        learning_rate=args.learning_rate,
        batch_size=args.batch_size,
        accumulate=args.accumulate,
        checkpoint_every=args.checkpoint_every,
        steps=defaults.steps if args.steps is None and args.epochs is None else args.steps,
        epochs=args.epochs,
        warmup=args.warmup,
        seed=args.seed,
        precision=TrainingPrecision(args.precision),
        threads=args.threads,
    )


def check_dev_limit(args: argparse.Namespace) -> None:
    """See that something is held out.

    :raises UsageError: nothing would be.
    """
    from pyserini_xqg.errors import UsageError

    if args.dev_limit < 1:
        raise UsageError(f"--dev-limit is {args.dev_limit}; it must be at least 1")


def report_left_out(
    *, learned: str, other_languages: Mapping[str, int], shared: int, unused: int, dev_limit: int
) -> None:
    """Say what of the files was not used.

    :param learned: the plural of what is learned from.
    :param other_languages: language to how many.
    :param shared: those whose passages are held out.
    :param unused: held-out ones above ``--dev-limit``.
    """
    if other_languages:
        counts = ", ".join(f"{code} {number:,}" for code, number in sorted(other_languages.items()))
        print(f"other languages were left out: {counts}")
    if shared:
        print(f"{shared:,} training {learned} were left out: their passages are held out")
    if unused:
        print(f"{unused:,} held-out {learned} were not used (--dev-limit {dev_limit})")
