"""Starting a Ray cluster of this machine, or joining one, and leaving it again whatever happens."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from pyserini_xqg.engines.fatal_signals import fatal_signals_kept
from pyserini_xqg.engines.ray_options import ClusterNode, RayOptions
from pyserini_xqg.errors import SetupError, UsageError
from pyserini_xqg.machine import available_cores

_ANSWER = 10.0
"""Seconds to wait for a cluster's head to take a connection."""
_LONGEST = 30
"""Characters of the folder for temporary files. Ray's sockets lie far below it, and no socket's path may be longer than
107.
"""


@contextmanager
def cluster(options: RayOptions) -> Iterator[Any]:
    """The module ``ray``, connected; disconnected at the end, and the cluster ended if it was started here.

    :raises SetupError: Ray is not installed, or the cluster cannot be joined or started.
    :raises UsageError: an address of a kind that cannot be.
    """
    address = _address(options)
    # Read when Ray is imported, and by what it starts. A setting that the user has made stays.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray reports its use over the network otherwise
    if address is None:
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))  # otherwise Ray keeps one in the home folder
        os.environ.setdefault(
            "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0"
        )  # what keeps it to the loopback address there does so on Linux too
    try:
        import ray
    except ImportError as error:
        raise SetupError("--engine ray needs Ray, which is not installed: pip install 'pyserini-xqg[ray]'") from error
    if address is None:
        with _own_cluster(ray, options):
            yield ray
        return
    if "://" in address:
        raise UsageError(
            f"the Ray address {address} is for clients outside of a cluster; run this command on a machine of the "
            "cluster, with --ray-address auto or host:port"
        )
    _knock(address)
    try:
        _connect(ray, f"the Ray cluster at {address} cannot be joined", address=address)
        yield ray
    finally:
        _leave(ray)


def _knock(address: str) -> None:
    """Ray would try for minutes, and complain all the while, where nobody listens."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), _ANSWER).close()
    except OSError as error:
        raise SetupError(
            f"the Ray cluster at {address} cannot be joined ({error.strerror or error}); see `ray status` on its head "
            "node"
        ) from error


def may_grow(options: RayOptions) -> bool:
    """Whether machines may join the cluster: not one that is started here, for this command alone."""
    return _address(options) is not None


def nodes(ray: Any) -> list[ClusterNode]:
    """The machines of the cluster."""
    alive = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    return [ClusterNode(resources.get("CPU", 0.0), resources.get("GPU", 0.0)) for resources in alive]


def _address(options: RayOptions) -> str | None:
    return options.address or os.environ.get("RAY_ADDRESS") or None


@contextmanager
def _own_cluster(ray: Any, options: RayOptions) -> Iterator[None]:
    """One that cannot be reached from outside this machine, and that leaves nothing behind."""
    temporary = tempfile.gettempdir()
    if len(temporary) > _LONGEST:
        raise SetupError(
            f"the folder for temporary files, {temporary}, has too long a name for Ray's sockets; set TMPDIR to a "
            "shorter one"
        )
    # Cores are only counted, so whoever asks for more workers than there are cores gets them.
    cores = max(available_cores(), (options.workers or 1) * (options.cpus or 1))
    with tempfile.TemporaryDirectory(prefix="xqg-", ignore_cleanup_errors=True) as folder:
        try:
            own = {"num_cpus": cores, "include_dashboard": False, "_temp_dir": folder}
            _connect(ray, "Ray cannot be started", address="local", **own)
            yield
        finally:
            _leave(ray)


def _leave(ray: Any) -> None:
    with fatal_signals_kept():
        ray.shutdown()


def _connect(ray: Any, problem: str, **settings: Any) -> None:
    try:
        with fatal_signals_kept():
            ray.init(logging_level=logging.ERROR, log_to_driver=False, **settings)
        with suppress(
            AttributeError
        ):  # there is no public way to keep news of dead workers from stdout; what matters of them we tell ourselves
            ray._private.worker._worker_logs_enabled = False
    except Exception as error:  # ConnectionError, RuntimeError, ValueError or Ray's own, by what is wrong
        reason = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise SetupError(f"{problem} ({reason}); it needs the Ray and the Python of this environment") from error
