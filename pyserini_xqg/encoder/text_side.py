"""Which side of an encoder a kind of text is for."""

from __future__ import annotations

from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.fusion.text_kind import TextKind


def side_of(kind: TextKind, questions: Side = Side.QUERY) -> Side:
    """A question gets what queries get; a translation or a gloss stands for the passage, and gets what passages get.

    :param questions: the side that questions are encoded on.
    """
    return questions if kind is TextKind.QUESTIONS else Side.PASSAGE
