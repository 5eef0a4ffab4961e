"""The documentation's pages, and what a reader who follows one types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_FENCE = re.compile(r"^```(\w*)$")
# With these a failure names the page's line, and a failing command in a loop or function ends the page.
_BEFORE = "set -eE -o pipefail; set -T; trap 'XQG_DOCS_LINE=$LINENO' DEBUG; export XQG_DOCS_LINE; unset HISTFILE"
PYTHON_BLOCK = "python-block"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    :param line: of its first line of text, counted from 1.
    :param kind: what stands behind the fence, such as ``bash``; empty where nothing does.
    """

    line: int
    kind: str
    lines: tuple[str, ...]


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    kind: str | None = None
    held: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        fence = _FENCE.match(line)
        if kind is None and fence:
            kind, held = fence[1], []
        elif kind is not None and line == "```":
            yield Block(number - len(held), kind, tuple(held))
            kind = None
        elif kind is not None:
            held.append(line)
    assert kind is None, f"{page}: a block is not closed"


def script(page: Path) -> str:
    """The page's bash blocks as one bash script whose lines are numbered as the page's; a Python block is one
    command.
    """
    lines = [""] * len(page.read_text(encoding="utf-8").splitlines())
    for block in blocks(page):
        if block.kind == "bash":
            lines[block.line - 1 : block.line - 1 + len(block.lines)] = block.lines
        elif block.kind == "python":
            lines[block.line - 1] = f"{PYTHON_BLOCK} {block.line}"
    return "\n".join([_BEFORE, *lines[1:], ""])


def python_block(page: Path, line: int) -> str:
    """The Python block that begins there, its lines numbered as the page's."""
    (found,) = (block for block in blocks(page) if block.line == line)
    return "\n" * (line - 1) + "\n".join(found.lines) + "\n"
