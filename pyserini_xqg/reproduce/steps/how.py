"""How an experiment's work is done. Nothing here decides a figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExperimentOptions:
    """Beside what is asked.

    :param jobs: steps side by side.
    :param say: told what begins and ends, a line each.
    """

    jobs: int
    say: Callable[[str], None]
