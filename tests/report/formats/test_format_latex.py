from __future__ import annotations

import re

import pytest
from sample_page import sample

from pyserini_xqg.report.findings import Findings, Lines, Paragraph
from pyserini_xqg.report.formats.latex import SPECIAL, escape, findings_latex, latex_table, to_latex
from pyserini_xqg.report.marks import Mark
from pyserini_xqg.report.model import Cell, Column, Page, Section, Table, Tone, table_of


def latex(*tables: Table) -> str:
    return to_latex(Page("T", "", (Section("S", tables),)))


def test_a_table():
    columns = (Column("System", figures=False), Column("R@1"), Column("Gain"))
    rows = (
        (Cell("a  plain"), Cell("60.1"), Cell("–")),
        (Cell("b  x_QG & more"), Cell("62.0", 62, Tone.BEST, "a"), Cell("−1.9")),
    )
    assert latex(Table("Scores", columns, rows, "In percent")).split("% S\n\n")[1] == "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            r"\caption{Scores. In percent.}",
            r"\label{tab:scores}",
            r"\begin{tabular}{lrr}",
            r"\toprule",
            r"System & R@1 & Gain \\",
            r"\midrule",
            r"a plain & 60.1 & -- \\",
            r"b x\_QG \& more & \textbf{62.0}\textsuperscript{a} & $-$1.9 \\",
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (
            r"50% & $x_1$ {#} ~ ^ \end{table}",
            r"50\% \& \$x\_1\$ \{\#\} \textasciitilde{} \textasciicircum{} \textbackslash{}end\{table\}",
        ),
        ("[2] up", "{[2] up}"),
        ("+1.5 to -2", "$+$1.5 to $-$2"),
        ("two\n\nlines", "two lines"),
    ],
)
def test_words_are_words(text: str, written: str):
    assert f"\n{written} \\\\\n" in latex(Table("t", (Column("c"),), ((Cell(text),),)))


def test_a_wide_table_is_shrunk_and_labels_differ():
    columns = tuple(Column(str(n)) for n in range(9))
    table = Table("Wide", columns, (tuple(Cell("1") for _ in columns),))
    text = latex(table, table)
    assert text.count(r"\resizebox{\textwidth}{!}{%") == text.count(r"\end{tabular}}") == 2
    assert re.findall(r"\\label\{(.*?)\}", text) == ["tab:wide", "tab:wide-2"]


def test_the_samples_braces_and_environments_are_balanced():
    text = re.sub(r"\\[\\{}%]", "", to_latex(sample()))
    assert text.count("{") == text.count("}") and text.count(r"\begin") == text.count(r"\end") == 4


def test_every_special_character_is_a_word():
    assert (
        escape(r"\a{b}_c^d~e & 5% $ #")
        == r"\textbackslash{}a\{b\}\_c\textasciicircum{}d\textasciitilde{}e \& 5\% \$ \#"
    )
    assert escape("Δ – −1 † ‡") == r"$\Delta$ -- $-$1 $^{\dagger}$ $^{\ddagger}$"


@pytest.mark.parametrize("words", ["plain words", "ድሬዳዋ", "日本語", ""])
def test_other_words_stay(words: str):
    assert escape(words) == words and not set(words) & set(SPECIAL)


def test_a_table_by_itself_has_blocks_and_marks_in_exponents():
    first = [["a x", Cell("+1.0", mark=Mark.BONFERRONI, letters="ab")], ["b y†", Cell("2.0", mark=Mark.HOLM)]]
    text = latex_table(table_of("All of it", ["system", "Δ"], 1, [first, [["c", Cell("3.0", letters="a")]]]), "tab:1")
    assert "\\caption{All of it}\n\\label{tab:1}\n\\begin{tabular}{lr}\n\\toprule\nsystem & $\\Delta$ \\\\\n" in text
    assert (
        "\\midrule\na x & $+$1.0$^{\\ddagger ab}$ \\\\\nb y$^{\\dagger}$ & 2.0$^{\\dagger}$ \\\\\n\\addlinespace\n"
        "c & 3.0$^{a}$ \\\\\n\\bottomrule" in text
    )


def test_marks_on_a_page():
    row = (Cell("x"), Cell("1.0", letters="a", mark=Mark.HOLM))
    assert r"x & 1.0$^{\dagger}$\textsuperscript{a} \\" in latex(Table("t", (Column("s"), Column("n")), (row,)))


def test_findings_are_comments_then_tables():
    table = table_of("T", ["x"], 1, [[["a"]]])
    words = (Paragraph("How."), Paragraph("Notes:", ("b",)))
    text = findings_latex(Findings("mine", (table, table), words, lambda: Lines((), []), dict))
    assert text.startswith("% \\usepackage{booktabs,graphicx}\n\n% How.\n\n% Notes:\n%   b\n\n\\begin{table}")
    assert r"\label{tab:mine-1}" in text and r"\label{tab:mine-2}" in text
