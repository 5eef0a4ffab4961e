"""Tables in LaTeX, for a paper to input."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pyserini_xqg.evaluate.output.tables import BONFERRONI_MARK, HOLM_MARK, MARKS
from pyserini_xqg.evaluate.statistics.letters import SUPERSCRIPTS
from pyserini_xqg.report.latex_words import escape

_PAGE = 8
"""More columns than these do not fit the width of a page."""
_SIGN = re.compile(r"(?<![\w.])([+-])(?=\d)")
"""A sign before a figure; in LaTeX a bare ``-`` is a hyphen."""
_RAISED = {
    HOLM_MARK: r"\dagger",
    BONFERRONI_MARK: r"\ddagger",
    **{raised: letter for letter, raised in SUPERSCRIPTS.items()},
}


def latex_table(
    title: str, label: str, header: Sequence[str], words: int, blocks: Sequence[Sequence[Sequence[str]]]
) -> str:
    """A ``table`` in the manner of the package booktabs, shrunk to the page where it is wide (by the package graphicx).

    :param words: how many columns at the left hold words; the others hold figures.
    :param blocks: rows, set apart from the next block.
    """
    wide = len(header) > _PAGE
    body = "\n\\addlinespace\n".join("\n".join(_row(row, words) for row in block) for block in blocks)
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{_words(title)}}}",
            rf"\label{{{label}}}",
            *([r"\resizebox{\textwidth}{!}{%"] if wide else []),
            rf"\begin{{tabular}}{{{'l' * words}{'r' * (len(header) - words)}}}",
            r"\toprule",
            _row(header, len(header)),
            r"\midrule",
            body,
            r"\bottomrule",
            r"\end{tabular}" + "}" * wide,
            r"\end{table}",
        ]
    )


def _row(cells: Sequence[str], words: int) -> str:
    return " & ".join([*map(_words, cells[:words]), *map(_figure, cells[words:])]) + r" \\"


def _figure(cell: str) -> str:
    marks = MARKS.search(cell)
    raised = (
        "".join(f"{_RAISED[mark]} " if mark in {HOLM_MARK, BONFERRONI_MARK} else _RAISED[mark] for mark in marks[0])
        if marks
        else ""
    )
    figure = _SIGN.sub(r"$\1$", _words(MARKS.sub("", cell)))
    return f"{figure}$^{{{raised.strip()}}}$" if raised else figure


def _words(text: str) -> str:
    return "".join(f"$^{{{_RAISED[letter]}}}$" if letter in _RAISED else escape(letter) for letter in text)
