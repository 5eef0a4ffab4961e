"""The flags by which stages choose who does their work."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyserini_xqg.engines.ray_options import RayOptions

_RAY = ("ray_address", "ray_workers", "ray_cpus", "ray_gpus")


def add_shards(parser: argparse._ActionsContainer, made: str) -> None:
    """Add ``--shard-id`` and ``--shard-num``.

    :param made: what any number of parts makes alike.
    """
    parser.add_argument("--shard-id", type=int, default=0, metavar="I", help="this process's part, counted from 0")
    parser.add_argument(
        "--shard-num", type=int, default=1, metavar="N", help=f"number of parts; any number makes the same {made}"
    )


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Add ``--engine`` and what goes with it."""
    group = parser.add_argument_group("engine (advanced)", "Who does the work.")
    group.add_argument(
        "--engine",
        choices=["local", "ray"],
        default="local",
        help="this process (default), or workers of a Ray cluster; the same bytes",
    )
    group.add_argument(
        "--ray-address",
        metavar="HOST:PORT",
        help="the cluster, or auto for this machine's (default: RAY_ADDRESS, else a cluster of this machine alone, "
        "started for this command)",
    )
    group.add_argument(
        "--ray-workers", type=int, metavar="N", help="workers, each with a model of its own (default: as many as fit)"
    )
    group.add_argument(
        "--ray-cpus", type=int, metavar="N", help="cores a worker (default: 4, or fewer so that all workers fit)"
    )
    group.add_argument(
        "--ray-gpus",
        type=float,
        metavar="G",
        help="GPUs a worker, such as 1 or 0.5 (default: 1 where they are used and there are any)",
    )


def ray_options(args: argparse.Namespace) -> RayOptions | None:
    """What is asked of a Ray cluster; None for the engine ``local``.

    :raises UsageError: a number that cannot be, or a flag for Ray without it.
    """
    from pyserini_xqg.engines.ray_options import RayOptions
    from pyserini_xqg.errors import UsageError

    if args.engine == "ray":
        return RayOptions(args.ray_address, args.ray_workers, args.ray_cpus, args.ray_gpus)
    for name in _RAY:
        if getattr(args, name) is not None:
            raise UsageError(f"--{name.replace('_', '-')} is for --engine ray")
    return None


def left(missing: Sequence[int], number: int, what: str) -> str:
    """The line that says what other processes have still to make.

    :param number: how many there will be in all.
    :param what: the plural of what they are.
    """
    from pyserini_xqg.errors import listed

    return (
        f"{number - len(missing):,} of {number:,} {what} there; missing: {listed(missing)} (other parts' work: run "
        "each --shard-id, or the same command without --shard-id and --shard-num, which makes all that is missing)"
    )
