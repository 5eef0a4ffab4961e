"""What a Ray cluster is asked for: how many workers, with how much of a machine each. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyserini_xqg.errors import EngineError, UsageError

_CPUS = 4
"""Cores a worker where nobody says: loading a model a core would cost more memory than it wins speed."""


@dataclass(frozen=True, slots=True)
class RayOptions:
    """What the user wants.

    :param address: ``host:port`` of a cluster, or ``auto`` for the one that this machine belongs to; None for
        ``RAY_ADDRESS``, and where that is not set for a cluster of this machine alone, started here.
    :param workers: None for as many as fit.
    :param cpus: cores a worker; None for 4, or fewer where that many workers would not fit otherwise.
    :param gpus: GPUs a worker, also parts of one; None for one where the work can use one and the cluster has any.
    :raises UsageError: a number that cannot be.
    """

    address: str | None = None
    workers: int | None = None
    cpus: int | None = None
    gpus: float | None = None

    def __post_init__(self) -> None:
        for flag, value in (("--ray-workers", self.workers), ("--ray-cpus", self.cpus)):
            if value is not None and value < 1:
                raise UsageError(f"{flag} is {value}; it must be at least 1")
        if self.gpus is not None and (self.gpus < 0 or (self.gpus > 1 and self.gpus != int(self.gpus))):
            raise UsageError(f"--ray-gpus is {self.gpus:g}; it must be a part of one, such as 0.5, or a whole number")


@dataclass(frozen=True, slots=True)
class ClusterNode:
    """What one machine of the cluster has."""

    cpus: float
    gpus: float = 0.0


@dataclass(frozen=True, slots=True)
class Size:
    """What is asked for: so many workers with so much each."""

    workers: int
    cpus: int
    gpus: float

    def __str__(self) -> str:
        gpus = f" and {self.gpus:g} GPU{'s' if self.gpus > 1 else ''}" if self.gpus else ""
        return f"{self.cpus} core{'s' if self.cpus > 1 else ''}{gpus}"


def choose_size(options: RayOptions, nodes: Sequence[ClusterNode], *, wants_gpu: bool, may_grow: bool) -> Size:
    """Decide what to ask for.

    :param nodes: the cluster's machines, at least one.
    :param wants_gpu: whether the work uses a GPU where there is one.
    :param may_grow: whether machines may join later, so that a worker that fits nowhere now is asked for all the same.
    :raises EngineError: a worker fits on no machine.
    """
    gpus = options.gpus if options.gpus is not None else float(wants_gpu and any(node.gpus >= 1 for node in nodes))
    able = [node for node in nodes if node.gpus >= gpus] or list(nodes)
    cpus = options.cpus or max(1, min(_CPUS, _share(able, options.workers, gpus)))
    fitting = sum(_fitting(node, cpus, gpus) for node in nodes)
    size = Size(options.workers or max(1, fitting), cpus, gpus)
    if not fitting and not may_grow:
        largest = max(nodes, key=lambda node: (node.gpus, node.cpus))
        raise EngineError(
            f"a worker with {size} fits on no machine of the Ray cluster, the largest of which has {largest.cpus:g} "
            f"cores and {largest.gpus:g} GPUs; ask for less with --ray-cpus and --ray-gpus"
        )
    return size


def _share(nodes: Sequence[ClusterNode], workers: int | None, gpus: float) -> int:
    """Cores that a worker can have, so that as many as are wanted, or as there are GPUs for, fit."""
    if workers is not None:
        return int(sum(node.cpus for node in nodes) // workers)
    return int(min(node.cpus // max(1, node.gpus // gpus) if gpus else node.cpus for node in nodes))


def _fitting(node: ClusterNode, cpus: int, gpus: float) -> int:
    by_cpu = int(node.cpus // cpus)
    return min(by_cpu, int(node.gpus / gpus + 1e-9)) if gpus else by_cpu
