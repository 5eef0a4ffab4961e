"""What a page shows, and a table by itself, before it is HTML, Markdown, CSV, LaTeX or text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, pairwise

from pyserini_xqg.report.marks import Mark


class Tone(StrEnum):
    """How a cell is coloured; the words of the cell say the same, for readers who see no colours."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    QUIET = "quiet"
    """Of less importance than its neighbours."""
    BEST = "best"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    :param text: what is shown.
    :param value: what its column is sorted by; without one, its text. Cells that hold no figure, such as a dash, come
        last in either direction.
    :param letters: superscript letters behind the text: the rows that this one is significantly better than.
    :param note: shown on hovering and to screen readers; empty for none.
    :param mark: whether a figure differs significantly from the baseline's; it stands before the letters.
    """

    text: str
    value: float | None = None
    tone: Tone = Tone.PLAIN
    letters: str = ""
    note: str = ""
    mark: Mark = Mark.NONE

    @property
    def raised(self) -> str:
        """What stands raised behind the text: the mark, then the letters, each as it is typed."""
        return f"{self.mark}{self.letters}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; figures stand at the right and sort by value, words at the left and sort by text."""

    title: str
    figures: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; on an HTML page its columns sort at a click or by keyboard.

    :param rows: each as long as ``columns``.
    :param caption: one line below the title; empty for none.
    :param breaks: numbers of rows, rising, before which a new block begins; set apart where the format can.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    breaks: tuple[int, ...] = ()

    @property
    def blocks(self) -> list[tuple[tuple[Cell, ...], ...]]:
        """The rows, block by block."""
        return [self.rows[start:end] for start, end in pairwise([0, *self.breaks, len(self.rows)])]


def table_of(title: str, header: Iterable[str], words: int, blocks: Sequence[Sequence[Iterable[Cell | str]]]) -> Table:
    """A table of blocks of rows, whose cells may be given as their bare text.

    :param header: the columns' titles.
    :param words: how many columns at the left hold words; the others hold figures.
    """
    return Table(
        title,
        tuple(Column(name, figures=place >= words) for place, name in enumerate(header)),
        tuple(
            tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row) for block in blocks for row in block
        ),
        breaks=tuple(accumulate(map(len, blocks[:-1]))),
    )


@dataclass(frozen=True, slots=True)
class CopiedCommand:
    """A command line with a button that copies it.

    :param label: what it makes.
    """

    label: str
    line: str


@dataclass(frozen=True, slots=True)
class Commands:
    """Command lines, folded away under their title until opened."""

    title: str
    commands: tuple[CopiedCommand, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A plot, as an ``<svg>`` element whose colours follow the page's (light or dark).

    :param alternative: what it shows, in a sentence, for readers who do not see it.
    """

    title: str
    svg: str
    alternative: str


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs of plain text, kept apart by empty lines."""

    text: str


type Part = Table | Commands | Drawing | Prose


@dataclass(frozen=True, slots=True)
class Section:
    """A section, with an entry in the page's contents."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page.

    :param summary: a sentence or two below the title.
    :param facts: name and value, such as the machine and the versions; shown small at the foot.
    """

    title: str
    summary: str
    sections: tuple[Section, ...]
    facts: tuple[tuple[str, str], ...] = ()
