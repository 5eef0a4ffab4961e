"""What Ray and its workers say, as sentences for the user."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from pyserini_xqg.engines.ray_worker import Introduction
from pyserini_xqg.errors import EngineError


def why(ray: Any, error: BaseException) -> str:
    """Why a worker failed, as the end of a sentence that goes "… because".

    :param ray: the module.
    :param error: what Ray raised.
    """
    known = ray.exceptions
    if isinstance(error, known.RayTaskError) and error.cause is not None:
        return f"the worker raised {type(error.cause).__name__}: {_first_line(error.cause)}"
    if isinstance(error, known.OutOfMemoryError):
        return "its machine ran out of memory"
    if isinstance(error, known.NodeDiedError) or "node has died" in str(error):
        return "its machine was lost"
    if isinstance(error, known.ActorDiedError) and "creation task" in str(error):
        return f"the worker could not begin: {str(error).strip().splitlines()[-1].strip()}"
    if isinstance(error, known.ActorDiedError):
        return "the worker died: it was killed, for instance for want of memory, or it crashed"
    return f"of {type(error).__name__}: {_first_line(error)}"


def check_alike(news: Introduction, about: Any) -> None:
    """See that a worker works with what this command and the other workers have.

    :param about: what those have; None where there are none yet.
    :raises EngineError: it does not.
    """
    if news.version != version("pyserini-xqg"):
        raise EngineError(
            f"the worker on {news.host} has pyserini-xqg {news.version}, this machine {version('pyserini-xqg')}; "
            "install the same one"
        )
    if about is None or news.about == about:
        return
    theirs, mine = asdict(about), asdict(news.about)
    differing = "; ".join(f"{name} {theirs[name]!r} and {mine[name]!r}" for name in mine if mine[name] != theirs[name])
    raise EngineError(
        f"the workers are not alike, so their results would not be ({differing}, the latter on {news.host}): give them "
        "the same files, and ask for what all their machines have with --precision"
    )


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "no message")
