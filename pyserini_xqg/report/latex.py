"""A page's tables as LaTeX, in the manner of the package booktabs."""

from __future__ import annotations

import re

from pyserini_xqg.report.html.anchors import Anchors
from pyserini_xqg.report.latex_words import escape
from pyserini_xqg.report.model import Cell, Column, Page, Section, Table, Tone

_PREAMBLE = (
    r"% Needs \usepackage{booktabs,graphicx}; words in other scripts need XeLaTeX or LuaLaTeX and a font that has them."
)
_PAGE = 8
"""More columns than these do not fit the width of a page."""
_SIGN = re.compile(r"(?<![\w.])([+-])(?=\d)")
"""A sign before a figure; in LaTeX a bare ``-`` is a hyphen."""


def to_latex(page: Page) -> str:
    """All tables below one another, each a ``table`` with a caption and a label: a file for a paper's ``input``."""
    anchors = Anchors("table")
    blocks = [_PREAMBLE, *(block for section in page.sections for block in _section(section, anchors))]
    return "\n\n".join(blocks) + "\n"


def _section(section: Section, anchors: Anchors) -> list[str]:
    tables = [part for part in section.parts if isinstance(part, Table)]
    return (
        [f"% {' '.join(section.title.split())}", *(_table(table, anchors.name(table.title)) for table in tables)]
        if tables
        else []
    )


def _table(table: Table, name: str) -> str:
    wide = len(table.columns) > _PAGE
    caption = " ".join(_sentence(words) for words in (table.title, table.caption) if words)
    header = " & ".join(_words(column.title) for column in table.columns)
    rows = [
        " & ".join(_cell(column, cell) for column, cell in zip(table.columns, row, strict=True)) for row in table.rows
    ]
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            *([rf"\caption{{{caption}}}"] if caption else []),
            rf"\label{{tab:{name}}}",
            *([r"\resizebox{\textwidth}{!}{%"] if wide else []),
            rf"\begin{{tabular}}{{{''.join('r' if column.figures else 'l' for column in table.columns)}}}",
            r"\toprule",
            rf"{header} \\",
            r"\midrule",
            *(rf"{row} \\" for row in rows),
            r"\bottomrule",
            r"\end{tabular}" + "}" * wide,
            r"\end{table}",
        ]
    )


def _sentence(words: str) -> str:
    return _words(words if words.endswith((".", "!", "?")) else f"{words}.")


def _cell(column: Column, cell: Cell) -> str:
    words = _SIGN.sub(r"$\1$", _words(cell.text)) if column.figures else _words(cell.text)
    strong = rf"\textbf{{{words}}}" if cell.tone is Tone.BEST and words else words
    shown = rf"{strong}\textsuperscript{{{_words(cell.letters)}}}" if cell.letters else strong
    return f"{{{shown}}}" if shown.startswith("[") else shown  # behind \\ a bracket would be a length


def _words(words: str) -> str:
    return escape(" ".join(words.split()))
