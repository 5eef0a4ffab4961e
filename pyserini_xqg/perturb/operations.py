"""What can be done to a query, after the taxonomy of Penha, Câmara and Hauff 2022 ("Evaluating the Robustness of
Retrieval Pipelines with Query Variation Generators", ECIR; arXiv 2111.13057), without its first class, generalisation
and specialisation, which changes what is asked.
"""

from __future__ import annotations

from enum import StrEnum


class OperationKind(StrEnum):
    """A class of variations: what they share, and what a report groups by."""

    MISSPELLING = "misspelling"
    """One word is misspelled."""
    NATURALITY = "naturality"
    """Keywords instead of a sentence."""
    ORDER = "order"
    """The same words in another order."""
    SCRIPT = "script"
    """The same words in other letters."""
    PARAPHRASE = "paraphrase"
    """The same question in other words."""


class Operation(StrEnum):
    """One way to vary a query."""

    SWAP = "swap"
    """Two neighbouring letters change places (SwapNeighbor)."""
    DELETE = "delete"
    """A letter is left out (RandDelete)."""
    INSERT = "insert"
    """A letter is added (RandInsert); in a script that is not typed by letters the one before it once more."""
    KEYBOARD = "keyboard"
    """A letter becomes one that a slipping finger hits (SwapAdjacent)."""
    REPLACE = "replace"
    """A letter becomes any other (RandSub)."""
    DIACRITICS = "diacritics"
    """A word without its accents, tone marks or special letters."""
    STOP_WORDS = "stop-words"
    """Stop words are left out."""
    KEYWORDS = "keywords"
    """Stop words, signs, and repeated words are left out; nothing but words is left."""
    SHUFFLE = "shuffle"
    """All words in any order."""
    EXCHANGE = "exchange"
    """Two neighbouring words change places."""
    PLAIN = "plain"
    """All words without accents, tone marks or special letters."""
    ROMANISE = "romanise"
    """Written in Latin letters."""
    WIDTH = "width"
    """Full-width letters and digits for ordinary ones; half-width kana for ordinary ones."""
    FILE = "file"
    """Somebody else's wording, from a file."""
    GENERATED = "generated"
    """A language model's wording."""
    ROUND_TRIP = "round-trip"
    """Translated and translated back."""


OPERATIONS: dict[OperationKind, tuple[Operation, ...]] = {
    OperationKind.MISSPELLING: (
        Operation.SWAP,
        Operation.DELETE,
        Operation.INSERT,
        Operation.KEYBOARD,
        Operation.REPLACE,
        Operation.DIACRITICS,
    ),
    OperationKind.NATURALITY: (Operation.STOP_WORDS, Operation.KEYWORDS),
    OperationKind.ORDER: (Operation.EXCHANGE, Operation.SHUFFLE),
    OperationKind.SCRIPT: (Operation.PLAIN, Operation.ROMANISE, Operation.WIDTH),
    OperationKind.PARAPHRASE: (Operation.FILE, Operation.GENERATED, Operation.ROUND_TRIP),
}
"""What belongs to each kind."""
TYPOS = (Operation.SWAP, Operation.DELETE, Operation.INSERT, Operation.KEYBOARD, Operation.REPLACE)
"""The five of Zhuang and Zuccon 2021 ("Dealing with Typos for BERT-based Passage Retrieval and Ranking", EMNLP), the
default of misspellings.
"""
KIND_OF = {operation: kind for kind, operations in OPERATIONS.items() for operation in operations}
"""The kind that an operation belongs to."""
