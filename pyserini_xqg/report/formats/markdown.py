"""Pages, findings and tables as Markdown, in the dialect of GitHub and of Hugging Face's cards."""

from __future__ import annotations

import re
from collections.abc import Callable

from pyserini_xqg.report.findings import Findings, Paragraph
from pyserini_xqg.report.marks import raised
from pyserini_xqg.report.model import Cell, Commands, Drawing, Page, Part, Prose, Table, Tone
from pyserini_xqg.report.report_format import ReportFormat

_MEANT = re.compile(r"[\\`*_{}\[\]<>|~$&#]")
_LINE_START = re.compile(r"^(\s*)([+\-=]|\d+[.)])(?=\s|[=-]|$)", re.MULTILINE)
_FENCE = re.compile(r"`{3,}")


def to_markdown(page: Page) -> str:
    """The whole file. A drawing is told in words, since a Markdown file holds none."""
    blocks = [f"# {_line(page.title)}", _text(page.summary)]
    for section in page.sections:
        blocks += [f"## {_line(section.title)}", *(_part(part) for part in section.parts)]
    if page.facts:
        blocks.append("\n".join(f"- {_text(name)}: {_line(value)}" for name, value in page.facts))
    return "\n\n".join(block for block in blocks if block) + "\n"


def findings_markdown(found: Findings) -> str:
    """The tables, then the paragraphs."""
    return "\n\n".join([*map(grid, found.tables), *map(_paragraph, found.paragraphs)]) + "\n"


def _paragraph(shown: Paragraph) -> str:
    items = "\n".join(f"- {item}" for item in shown.items)
    return f"{shown.words}\n\n{items}" if items else shown.words


def grid(table: Table) -> str:
    """A table without its title; its words are Markdown already, and only ``|`` is escaped."""
    return _grid(table, _escape_bar, lambda cell: _escape_bar(f"{cell.text}{cell.mark}{raised(cell.letters)}"))


def _escape_bar(words: str) -> str:
    return words.replace("|", "\\|")


def _grid(table: Table, title: Callable[[str], str], words: Callable[[Cell], str]) -> str:
    lines = [
        [title(column.title) for column in table.columns],
        ["---:" if column.figures else "---" for column in table.columns],
        *([words(cell) for cell in row] for row in table.rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _part(part: Part) -> str:
    match part:
        case Table():
            return _table(part)
        case Commands():
            return _commands(part)
        case Drawing():
            return f"**{_line(part.title)}.** {_line(part.alternative)}"
        case Prose():
            return _text(part.text)


def _table(table: Table) -> str:
    title = f"### {_line(table.title)}" if table.title else ""
    return "\n\n".join(block for block in (title, _text(table.caption), _grid(table, _line, _cell)) if block)


def _cell(cell: Cell) -> str:
    words = _line(cell.text)
    strong = f"**{words}**" if cell.tone is Tone.BEST and words else words
    return f"{strong}<sup>{_line(cell.raised)}</sup>" if cell.raised else strong


def _commands(commands: Commands) -> str:
    return "\n\n".join(
        [
            f"### {_line(commands.title)}",
            *(f"{_text(command.label)}\n\n{_fenced(command.line)}" for command in commands.commands),
        ]
    )


def _fenced(line: str) -> str:
    longest = max(map(len, _FENCE.findall(line)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}sh\n{line}\n{fence}"


def _line(words: str) -> str:
    """Words on one line, with everything escaped that Markdown would take for a mark inside of one."""
    return _MEANT.sub(r"\\\g<0>", " ".join(words.split()))


def _text(words: str) -> str:
    """Paragraphs, with everything escaped that Markdown would take for a mark there, at the beginning of a line too."""
    lines = "\n".join(_line(line) for line in words.strip().splitlines())
    return _LINE_START.sub(_escape_start, lines)


def _escape_start(found: re.Match[str]) -> str:
    mark = found[2]
    return f"{found[1]}{mark[:-1]}\\{mark[-1]}"


FORMAT = ReportFormat("Markdown", 2, ".md", page=to_markdown, findings=findings_markdown)
