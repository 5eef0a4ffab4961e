"""What a report's format is to those who write reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyserini_xqg.report.findings import Findings
from pyserini_xqg.report.model import Page


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A form that reports can be written in. What it cannot write is None, and is refused.

    :param name: as people call it.
    :param place: where it stands where formats are listed; no two stand at the same.
    :param suffix: what its files' names end in, with the dot; empty for one that is only printed.
    :param page: writes a whole page.
    :param findings: writes what a stage found.
    :param every_figure: whether findings are every figure, unrounded, for further work, instead of tables for readers.
    """

    name: str
    place: int
    suffix: str
    page: Callable[[Page], str] | None = None
    findings: Callable[[Findings], str] | None = None
    every_figure: bool = False
