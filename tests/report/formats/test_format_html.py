from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from html.parser import HTMLParser

from sample_page import HOSTILE, sample

from pyserini_xqg.report.html.page import to_html
from pyserini_xqg.report.model import Cell, Column, Commands, CopiedCommand, Drawing, Page, Prose, Section, Table, Tone

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg"><defs><path id="m"/></defs><g clip-path="url(#m)"><use '
    'href="#m"/></g></svg>'
)


class Reader(HTMLParser):
    """What a browser would find: ids, links within the page, and whether each element is closed."""

    VOID = frozenset({"meta", "link", "br", "hr", "img", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.attributes: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.attributes += found.values()
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [value or "" for name in ("href", "aria-labelledby") if (value := found.get(name)) is not None]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def page(*parts, title: str = "Title") -> Page:
    return Page(title, "Summary", (Section("Section", parts),))


def test_every_element_is_closed_every_id_is_one_and_every_link_leads_somewhere():
    found = Reader(to_html(sample()))
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)


def test_the_same_page_is_the_same_bytes():
    assert to_html(sample()) == to_html(sample())


def test_nothing_leads_out_of_the_file():
    found = re.sub(r"<style>.*?</style>|<script>.*?</script>", "", to_html(sample()), flags=re.DOTALL)
    assert not re.search(r"https?:|\bsrc=|@import|<link|style=|\son\w+=", found.replace(HOSTILE, ""))


def test_the_policy_names_the_style_and_the_script_that_are_there():
    text = to_html(sample())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy and policy[1].startswith("default-src 'none'; ") and "unsafe" not in policy[1]
    for tag in ("style", "script"):
        inside = re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert inside
        assert f"{tag}-src 'sha256-{b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()}'" in policy[1]


def test_words_are_escaped_wherever_they_stand():
    column = Column(HOSTILE, note=HOSTILE)
    table = Table(HOSTILE, (column,), ((Cell(HOSTILE, letters=HOSTILE, note=HOSTILE),),), HOSTILE)
    commands = Commands(HOSTILE, (CopiedCommand(HOSTILE, HOSTILE),))
    parts = (table, commands, Drawing(HOSTILE, SVG, HOSTILE), Prose(HOSTILE))
    text = to_html(Page(HOSTILE, HOSTILE, (Section(HOSTILE, parts),), ((HOSTILE, HOSTILE),)))
    assert "<script>alert" not in text and text.count("</style>") == 1
    found = Reader(text)
    assert found.open == [] and sum(HOSTILE in words for words in found.words) == 20
    assert found.attributes.count(HOSTILE) == 3


def test_what_html_cannot_hold_is_replaced():
    assert "a\ufffdb\ufffd" in to_html(page(Prose("a\x00b\ud800")))
    to_html(page(Prose("a\ud800"))).encode("utf-8")


def test_titles_alike_or_without_latin_letters_get_names_of_their_own():
    sections = tuple(Section(title, (Prose("x"),)) for title in ("Scores", "Scores", "العربية", "日本語", "_content"))
    found = Reader(to_html(Page("T", "", sections)))
    assert [name for name in found.ids if name != "_content"] == ["scores", "scores-2", "part", "part-2", "content"]


def test_ids_of_drawings_do_not_meet_and_still_link():
    drawing = Drawing("Curve", SVG, "A curve.")
    text = to_html(page(drawing, drawing))
    for name in ("curve_m", "curve-2_m"):
        assert text.count(f'id="{name}"') == text.count(f'href="#{name}"') == text.count(f"url(#{name})") == 1
    assert text.count('role="img" aria-label="A curve."') == 2


def test_cells_say_what_they_sort_by():
    columns = (Column("system", figures=False), Column("score"))
    shown = [
        Cell("1,234.5"),
        Cell("−3.5"),
        Cell("45%"),
        Cell("x", 0.25),
        Cell("–"),
        Cell("n/a", float("nan")),
        Cell("∞", float("inf")),
        Cell("+2 pts"),
    ]
    rows = tuple((Cell("7 words"), cell) for cell in shown)
    text = to_html(page(Table("t", columns, rows)))
    assert re.findall(r'<td class="figures"(?: data-value="([^"]*)")?', text) == [
        "1234.5",
        "-3.5",
        "45.0",
        "0.25",
        "",
        "",
        "Infinity",
        "2.0",
    ]
    assert '<th scope="row" class="words"><span>7 words' in text


def test_tones_letters_and_notes():
    columns = (Column("system", figures=False), Column("score", note="in percent"))
    rows = ((Cell("a"), Cell("61.5", 61.5, Tone.BEST, "bc", "of 190 queries")), (Cell("b"), Cell("60", 60)))
    text = to_html(page(Table("t", columns, rows)))
    assert (
        '<td class="figures best noted" data-value="61.5" title="of 190 queries"><span>61.5</span><sup '
        'class="room-2">bc</sup>' in text
    )
    assert '<span>60</span><sup class="room-2"></sup>' in text  # figures stay below one another
    assert (
        text.count('<span class="unseen"> (of 190 queries)</span>')
        == text.count('<span class="unseen"> (in percent)</span>')
        == 1
    )


def test_paragraphs():
    assert "<p>one\nstill one</p>\n<p>two</p>" in to_html(page(Prose("\n\none\nstill one\n  \n\ntwo\n")))


def test_an_empty_page_is_a_page():
    found = Reader(to_html(Page("T", "", ())))
    assert found.open == []
    assert Reader(to_html(page(Table("", (Column("a"),), ())))).open == []
