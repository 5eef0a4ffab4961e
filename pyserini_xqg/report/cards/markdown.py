"""The pieces of Markdown that cards are put together from."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from pyserini_xqg.report.formats.markdown import grid
from pyserini_xqg.report.model import table_of

CARD = "README.md"
"""The name under which people, and the Hugging Face hub, look for a card."""


def front_matter(fields: Mapping[str, str | Sequence[str]]) -> str:
    """The head between dashes that the Hugging Face hub reads; a field without a value is left out."""
    lines = []
    for name, value in fields.items():
        if isinstance(value, str):
            lines += [f"{name}: {_scalar(value)}"] if value else []
        elif value:
            lines += [f"{name}:", *(f"- {_scalar(entry)}" for entry in value)]
    return "\n".join(["---", *lines, "---"])


def _scalar(text: str) -> str:
    # YAML takes "no", the code of Norwegian, for false where it stands bare.
    return (
        text
        if text.replace("-", "").isalnum() and text.lower() not in ("no", "yes", "on", "off", "y", "n")
        else json.dumps(text, ensure_ascii=False)
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of words, each cell on one line; what is Markdown in it stays so."""
    flat = [[" ".join(cell.split()) for cell in row] for row in rows]
    return grid(table_of("", [" ".join(title.split()) for title in header], len(header), [flat]))


def facts(rows: Sequence[tuple[str, str]]) -> str:
    """A table of two columns without a head of its own; a fact without a value is left out."""
    return table(("", ""), [row for row in rows if row[1]])


def code(text: str) -> str:
    """Text in the letters of a program, whatever characters it holds."""
    fence = "`" * (
        1 + max((len(run) for run in "".join(letter if letter == "`" else " " for letter in text).split()), default=0)
    )
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{padding}{text}{padding}{fence}" if text else "none"


def shell(commands: Sequence[Sequence[str]]) -> str:
    """Commands as a block that can be copied."""
    return block("bash", "\n".join(map(shlex.join, commands)))


def block(language: str, text: str) -> str:
    """A block of a program's text."""
    return f"```{language}\n{text}\n```"


def page(head: str, *parts: str) -> str:
    """A whole card."""
    return "\n\n".join([head, *(part for part in parts if part)]) + "\n"


def name_of(place: str) -> str:
    """How a file, a folder or a model is called where the card may be read on another machine: a path's last part,
    anything else as it is.
    """
    return Path(place).name if place.startswith(("/", "~", ".")) else place
