from __future__ import annotations

import html
import re

import pytest
from markdown_it import MarkdownIt
from sample_page import HOSTILE, sample

from pyserini_xqg.report.findings import Findings, Lines, Paragraph
from pyserini_xqg.report.formats.markdown import findings_markdown, grid, to_markdown
from pyserini_xqg.report.marks import Mark
from pyserini_xqg.report.model import (
    Cell,
    Column,
    Commands,
    CopiedCommand,
    Drawing,
    Page,
    Prose,
    Section,
    Table,
    Tone,
    table_of,
)

TRICKY = [
    HOSTILE,
    "*a* _b_ **c** `d` ~~e~~ a|b \\| [x](y) <b> &amp; $x$",
    "# no heading",
    "C #",
    "- no list",
    "+ none",
    "1. none",
    "12) none",
    "> no quotation",
    "---",
    "===",
    "a\n===",
    "a\n---",
    "a\n1. b",
    "-3.5 points",
    "https_is_not_emphasis and C:\\path\\*",
    "| a |",
    "~~~",
    "    four spaces",
]


def render(page: Page) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(to_markdown(page))


def words(rendered: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", rendered)).split())


def page(*parts) -> Page:
    return Page("Title", "", (Section("Section", parts),))


@pytest.mark.parametrize("tricky", TRICKY)
def test_words_are_read_as_they_stand(tricky: str):
    one_line = " ".join(tricky.split())
    rendered = render(page(Prose(tricky)))
    assert (
        re.search(r"<h2>Section</h2>\s*<p>[^\x00]*</p>\s*$", rendered)
        and rendered.count("<p>") == 1
        and "<em>" not in rendered
    )
    assert words(rendered) == f"Title Section {one_line}"
    table = render(page(Table("", (Column(tricky),), ((Cell(tricky),),))))
    assert re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", table) and words(table) == f"Title Section {one_line} {one_line}"
    title = render(Page(tricky, "", (Section(tricky, ()),), ((tricky, tricky),)))
    assert words(title) == f"{one_line} {one_line} {one_line}: {one_line}"


def test_tables():
    columns = (Column("system", figures=False), Column("R@1"))
    table = Table(
        "Scores",
        columns,
        ((Cell("plain"), Cell("60.1")), (Cell("xQG"), Cell("62.0", 62, Tone.BEST, "a"))),
        "In percent.",
    )
    assert to_markdown(page(table)) == (
        "# Title\n\n## Section\n\n### Scores\n\nIn percent.\n\n| system | R@1 |\n| --- | ---: |\n| plain | 60.1 |\n| "
        "xQG | **62.0**<sup>a</sup> |\n"
    )


def test_a_command_is_copied_as_it_stands():
    line = "echo '<b>' | tee *_x_* ```"
    rendered = render(page(Commands("Commands", (CopiedCommand("prints", line),))))
    found = re.search(r"<code[^>]*>(.*?)</code>", rendered, re.DOTALL)
    assert found and html.unescape(found[1]).strip() == line


def test_a_drawing_is_told_in_words():
    assert "**Curve.** It rises." in to_markdown(page(Drawing("Curve", "<svg/>", "It rises.")))


def test_the_sample_has_all_its_tables_and_commands():
    rendered = render(sample())
    assert (
        rendered.count("<table>") == 2
        and rendered.count("<pre>") == 2
        and rendered.count("<h2>") == len(sample().sections)
    )


def test_a_table_by_itself_is_markdown_already_with_its_marks():
    table = table_of("unseen", ["a|b", "*n*"], 1, [[["`x|y`", Cell("1.0", mark=Mark.HOLM, letters="ab")]]])
    assert grid(table) == "| a\\|b | *n* |\n| --- | ---: |\n| `x\\|y` | 1.0†ᵃᵇ |"


def test_marks_on_a_page_are_raised():
    columns = (Column("system", figures=False), Column("R@1"))
    row = (Cell("x"), Cell("1.0", mark=Mark.HOLM, letters="a"))
    assert "| x | 1.0<sup>†a</sup> |" in to_markdown(page(Table("t", columns, (row,))))


def test_findings_are_tables_then_paragraphs():
    table = table_of("t", ["x"], 1, [[["a"]]])
    words = (Paragraph("How."), Paragraph("Notes:", ("b", "c")))
    found = Findings("mine", (table,), words, lambda: Lines((), []), dict)
    assert findings_markdown(found) == "| x |\n| --- |\n| a |\n\nHow.\n\nNotes:\n\n- b\n- c\n"
