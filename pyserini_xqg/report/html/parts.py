"""The parts of a page as HTML, everything escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from pyserini_xqg.report.anchors import Anchors
from pyserini_xqg.report.model import Cell, Column, Commands, CopiedCommand, Drawing, Part, Prose, Table, Tone
from pyserini_xqg.report.plots.svg import described
from pyserini_xqg.report.sorting import sort_value

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_PARAGRAPHS = re.compile(r"\n\s*\n")
_TALL = 40
"""Rows: a table of more scrolls in a box of its own, below its header."""
_WIDEST = 8
"""The style sheet keeps room for so many letters."""


def text(words: str) -> str:
    """Words as they stand, for an element or an attribute; what HTML cannot hold becomes U+FFFD."""
    return html.escape(_CONTROL.sub("\ufffd", words))


def part_html(part: Part, anchors: Anchors) -> str:
    """A part of a section."""
    match part:
        case Table():
            return _table(part, anchors)
        case Commands():
            return _commands(part)
        case Drawing():
            return _drawing(part, anchors)
        case Prose():
            return paragraphs(part.text)


def paragraphs(words: str) -> str:
    """Paragraphs, which empty lines keep apart."""
    return "\n".join(f"<p>{text(piece.strip())}</p>" for piece in _PARAGRAPHS.split(words) if piece.strip())


def _table(table: Table, anchors: Anchors) -> str:
    name = anchors.name(table.title)
    widths = [max((len(row[place].raised) for row in table.rows), default=0) for place in range(len(table.columns))]
    header = "".join(_header(column, width) for column, width in zip(table.columns, widths, strict=True))
    rows = "\n".join(_row(table.columns, row, widths) for row in table.rows)
    title = f'<h3 id="{name}">{text(table.title)}</h3>\n' if table.title else ""
    caption = f'<p class="caption">{text(table.caption)}</p>\n' if table.caption else ""
    tall = " tall" if len(table.rows) > _TALL else ""
    named = f'aria-labelledby="{name}"' if table.title else 'aria-label="Table"'
    return (
        f'<div class="table">\n{title}{caption}<div class="scroll{tall}" role="region" tabindex="0" {named}>\n'
        f"<table>\n<thead><tr>{header}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>\n</div>"
    )


def _row(columns: Sequence[Column], row: Sequence[Cell], widths: Sequence[int]) -> str:
    cells = (
        _cell(place, column, cell, width)
        for place, (column, cell, width) in enumerate(zip(columns, row, widths, strict=True))
    )
    return f"<tr>{''.join(cells)}</tr>"


def _header(column: Column, width: int) -> str:
    kind = "figures" if column.figures else "words"
    room = (
        f'<span class="room room-{min(width, _WIDEST)}"></span>' if width else ""
    )  # the title stands over the figures, not over their letters
    button = f'<button type="button">{text(column.title)}{room}{_heard(column.note)}</button>'
    return f'<th scope="col" class="{kind}" aria-sort="none"{_hover(column.note)}>{button}</th>'


def _cell(place: int, column: Column, cell: Cell, width: int) -> str:
    names = [
        "figures" if column.figures else "words",
        *([] if cell.tone is Tone.PLAIN else [cell.tone.value]),
        *(["noted"] if cell.note else []),
    ]
    value = sort_value(column, cell)
    sorted_by = "" if value is None else f' data-value="{_figure(value)}"'
    raised = f'<sup class="room-{min(width, _WIDEST)}">{text(cell.raised)}</sup>' if width else ""
    tag, scope = ("th", ' scope="row"') if place == 0 else ("td", "")
    return (
        f'<{tag}{scope} class="{" ".join(names)}"{sorted_by}{_hover(cell.note)}>'
        f"<span>{text(cell.text)}</span>{raised}{_heard(cell.note)}</{tag}>"
    )


def _figure(value: float) -> str:
    return repr(value).replace("inf", "Infinity")  # as JavaScript spells it


def _hover(note: str) -> str:
    return f' title="{text(note)}"' if note else ""


def _heard(note: str) -> str:
    return f'<span class="unseen"> ({text(note)})</span>' if note else ""


def _commands(commands: Commands) -> str:
    items = "\n".join(_command(command) for command in commands.commands)
    return f'<details class="commands">\n<summary>{text(commands.title)}</summary>\n<ul>\n{items}\n</ul>\n</details>'


def _command(command: CopiedCommand) -> str:
    return (
        f'<li><p class="label">{text(command.label)}</p><div '
        f'class="command"><pre><code>{text(command.line)}</code></pre>'
        '<button type="button" class="copy">Copy<span class="unseen"> the command: '
        f"{text(command.label)}</span></button></div></li>"
    )


def _drawing(drawing: Drawing, anchors: Anchors) -> str:
    name = anchors.name(drawing.title)
    return (
        f'<figure class="drawing" aria-labelledby="{name}">\n<figcaption><h3 '
        f'id="{name}">{text(drawing.title)}</h3></figcaption>\n'
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{name}">'
        f"{described(drawing.svg, f'{name}_', drawing.alternative)}</div>\n</figure>"
    )
