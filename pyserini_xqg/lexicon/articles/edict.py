"""EDICT's lines: ``漢字;感じ [かんじ] /(n) (1) Chinese character/(2) feeling/EntL1234X/``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyserini_xqg.lexicon.articles.wording import without_brackets

_LINE = re.compile(r"(?P<written>[^/[]+?)\s*(?:\[(?P<read>[^]]*)\]\s*)?/(?P<glosses>.*)/\s*$")
_NO_GLOSS = re.compile(r"\(P\)$|EntL\w+$|\(?See ")


@dataclass(frozen=True, slots=True)
class EdictLine:
    """A line, taken apart.

    :param headwords: as written, then as read aloud.
    :param glosses: in order; brackets still in them.
    """

    headwords: tuple[str, ...]
    glosses: tuple[str, ...]


def parse(line: str) -> EdictLine | None:
    """The parts of a line; None of one that is of another form."""
    found = _LINE.match(line)
    if found is None:
        return None
    written, read, glosses = found["written"], found["read"] or "", found["glosses"]
    words = (without_brackets(word).strip() for word in (*written.split(";"), *read.split(";")))
    return EdictLine(
        tuple(dict.fromkeys(word for word in words if word)),
        tuple(gloss for gloss in glosses.split("/") if gloss and not _NO_GLOSS.match(gloss)),
    )
