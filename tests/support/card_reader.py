"""Cards as their readers see them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import yaml


def head_of(card: str) -> dict[str, Any]:
    """The front matter."""
    return yaml.safe_load(card.split("---\n")[1])


def commands(card: str, heading: str) -> list[list[str]]:
    """The commands below a heading, without the program's name."""
    section = card.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for block in re.findall(r"```bash\n(.*?)\n```", section, re.DOTALL) for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("pyserini-xqg ")]


def placed(words: list[str], places: dict[str, Path | str]) -> list[str]:
    """A command with real places where the card has names."""
    return [str(places.get(word, word)) for word in words]
