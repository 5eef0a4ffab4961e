"""What a stage found, before it is text, Markdown, LaTeX, CSV or JSON. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyserini_xqg.report.model import Table


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words below the tables.

    :param items: a list below the words; empty for none.
    """

    words: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """Figures for further work, unrounded.

    :param rows: each as long as ``header``.
    """

    header: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a stage found; each format shows what it has room for.

    :param name: the stage's; labels in LaTeX begin with it.
    :param tables: for readers.
    :param paragraphs: how to read the tables, and what else is to be said.
    :param lines: every figure as a line; made only for the formats that hold it.
    :param value: everything as JSON has it; made only for the formats that hold it.
    """

    name: str
    tables: tuple[Table, ...]
    paragraphs: tuple[Paragraph, ...]
    lines: Callable[[], Lines]
    value: Callable[[], Mapping[str, Any]]
