"""Tables as LaTeX, in the manner of the package booktabs: a page's, those of findings, or one by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pyserini_xqg.report.anchors import Anchors
from pyserini_xqg.report.findings import Findings
from pyserini_xqg.report.formats.text import paragraph
from pyserini_xqg.report.marks import RAISED, Mark
from pyserini_xqg.report.model import Cell, Column, Page, Section, Table, Tone
from pyserini_xqg.report.report_format import ReportFormat

PACKAGES = r"% \usepackage{booktabs,graphicx}"
"""What a paper that inputs tables needs; graphicx shrinks the wide ones."""
_PREAMBLE = (
    r"% Needs \usepackage{booktabs,graphicx}; words in other scripts need XeLaTeX or LuaLaTeX and a font that has them."
)
_PAGE = 8
"""More columns than these do not fit the width of a page."""
_SIGN = re.compile(r"(?<![\w.])([+-])(?=\d)")
"""A sign before a figure; in LaTeX a bare ``-`` is a hyphen."""
_MARKS = {Mark.HOLM: r"\dagger", Mark.BONFERRONI: r"\ddagger"}
SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    "–": "--",
    "−": "$-$",
    "Δ": r"$\Delta$",
    **{mark.value: f"$^{{{command}}}$" for mark, command in _MARKS.items()},
    **{high: f"$^{{{letter}}}$" for letter, high in RAISED.items()},
}
"""What LaTeX would take for a command, or what its usual fonts lack, and how it is written there."""


def escape(text: str) -> str:
    """Text as words: nothing in it is a command."""
    return "".join(SPECIAL.get(letter, letter) for letter in text)


def to_latex(page: Page) -> str:
    """All tables below one another, each a ``table`` with a caption and a label: a file for a paper's ``input``."""
    anchors = Anchors("table")
    blocks = [_PREAMBLE, *(block for section in page.sections for block in _section(section, anchors))]
    return "\n\n".join(blocks) + "\n"


def _section(section: Section, anchors: Anchors) -> list[str]:
    tables = [part for part in section.parts if isinstance(part, Table)]
    return (
        [f"% {' '.join(section.title.split())}", *(_of_page(table, anchors.name(table.title)) for table in tables)]
        if tables
        else []
    )


def _of_page(table: Table, name: str) -> str:
    caption = " ".join(_sentence(words) for words in (table.title, table.caption) if words)
    return _table(table, caption, f"tab:{name}", _upright)


def _sentence(words: str) -> str:
    return _words(words if words.endswith((".", "!", "?")) else f"{words}.")


def findings_latex(found: Findings) -> str:
    """The paragraphs as comments, then the tables."""
    comments = ["\n".join(f"% {line}" for line in paragraph(shown).splitlines()) for shown in found.paragraphs]
    tables = [latex_table(table, f"tab:{found.name}-{number}") for number, table in enumerate(found.tables, 1)]
    return "\n\n".join([PACKAGES, *comments, *tables]) + "\n"


def latex_table(table: Table, label: str) -> str:
    """A ``table`` whose caption is its title, shrunk to the page where it is wide; its blocks are set apart."""
    return _table(table, _words(table.title), label, _mathematical)


def _table(table: Table, caption: str, label: str, raised: Callable[[Cell], str]) -> str:
    wide = len(table.columns) > _PAGE
    blocks = ["\n".join(_row(table.columns, row, raised) for row in block) for block in table.blocks]
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            *([rf"\caption{{{caption}}}"] if caption else []),
            rf"\label{{{label}}}",
            *([r"\resizebox{\textwidth}{!}{%"] if wide else []),
            rf"\begin{{tabular}}{{{''.join('r' if column.figures else 'l' for column in table.columns)}}}",
            r"\toprule",
            rf"{' & '.join(_words(column.title) for column in table.columns)} \\",
            r"\midrule",
            *(["\n\\addlinespace\n".join(blocks)] if table.rows else []),
            r"\bottomrule",
            r"\end{tabular}" + "}" * wide,
            r"\end{table}",
        ]
    )


def _row(columns: Sequence[Column], row: Sequence[Cell], raised: Callable[[Cell], str]) -> str:
    cells = " & ".join(_cell(column, cell, raised) for column, cell in zip(columns, row, strict=True))
    return rf"{cells} \\"


def _cell(column: Column, cell: Cell, raised: Callable[[Cell], str]) -> str:
    words = _SIGN.sub(r"$\1$", _words(cell.text)) if column.figures else _words(cell.text)
    strong = rf"\textbf{{{words}}}" if cell.tone is Tone.BEST and words else words
    shown = f"{strong}{raised(cell)}"
    return f"{{{shown}}}" if shown.startswith("[") else shown  # behind \\ a bracket would be a length


def _upright(cell: Cell) -> str:
    mark = f"$^{{{_MARKS[cell.mark]}}}$" if cell.mark else ""
    return mark + (rf"\textsuperscript{{{_words(cell.letters)}}}" if cell.letters else "")


def _mathematical(cell: Cell) -> str:
    """Marks and letters in one exponent, the letters slanted as in a formula."""
    inside = " ".join(part for part in (_MARKS.get(cell.mark, ""), _words(cell.letters)) if part)
    return f"$^{{{inside}}}$" if inside else ""


def _words(words: str) -> str:
    return escape(" ".join(words.split()))


FORMAT = ReportFormat("LaTeX", 4, ".tex", page=to_latex, findings=findings_latex)
