"""Keywords instead of a sentence, as people type who talk to a search engine."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import regex

from pyserini_xqg.java.stop_words import folded
from pyserini_xqg.perturb.edits.pieces import is_unspaced, pieces_of, with_pieces

_SPACES = regex.compile(r"\s+")
_BEFORE_SIGN = regex.compile(r"\s+(?=[?!.,;:؟،。？！、](?:\s|$))")


def without_stop_words(text: str, code: str, stops: AbstractSet[str]) -> str | None:
    """The text without its stop words; None where it has none, or nothing else."""
    pieces = pieces_of(text, code, stops)
    kept = ["" if folded(piece.text) in stops else piece.text for piece in pieces]
    if all(kept) or not any(kept):
        return None
    return _BEFORE_SIGN.sub("", _SPACES.sub(" ", with_pieces(text, pieces, kept))).strip()


def keywords(text: str, code: str, stops: AbstractSet[str]) -> str | None:
    """Nothing but the text's words, each once, without stop words; None where that is the text itself, or nothing."""
    words = [piece.text for piece in pieces_of(text, code, stops) if folded(piece.text) not in stops]
    found = " ".join({folded(word): word for word in reversed(words)}[key] for key in dict.fromkeys(map(folded, words)))
    return found if found and found != text and not (is_unspaced(code) and found == text.strip()) else None
