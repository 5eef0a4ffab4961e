"""All that can be made of a query without chance: what an attack chooses from."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Set as AbstractSet

from pyserini_xqg.errors import UsageError
from pyserini_xqg.languages import language as known_language
from pyserini_xqg.perturb.edits.edits import every_edit
from pyserini_xqg.perturb.edits.misspell import Change, Misspeller
from pyserini_xqg.perturb.edits.words import replaced
from pyserini_xqg.perturb.operations import KIND_OF, OPERATIONS, Operation, OperationKind
from pyserini_xqg.perturb.rules import every_outcome
from pyserini_xqg.perturb.stop_words import stop_words
from pyserini_xqg.perturb.variant import Variant


def candidates(
    text: str, language: str, kinds: Collection[OperationKind | Operation], stops: AbstractSet[str] | None = None
) -> list[Variant]:
    """Every variant of a query by one edit of one word, one exchange of neighbouring words, or one rule; each text
    once, in a fixed order.

    Shuffles are too many to list, and paraphrases come from elsewhere: add them to these.

    :param language: a language code.
    :param kinds: kinds, or single operations.
    :param stops: words that stay, as :func:`stop_words.folded` gives them; None for Lucene's list.
    :raises UsageError: the language is unknown, or a kind is.
    """
    code = known_language(language).code
    stopped = stop_words(code) if stops is None else stops
    found: dict[str, Variant] = {}
    for operation in _operations(kinds):
        made = (
            _misspelled(text, code, operation, stopped)
            if KIND_OF[operation] is OperationKind.MISSPELLING
            else _ruled(text, code, operation, stopped)
        )
        for variant in made:
            found.setdefault(variant.text, variant)
    found.pop(text, None)
    return list(found.values())


def _operations(kinds: Collection[OperationKind | Operation]) -> list[Operation]:
    found: list[Operation] = []
    for kind in kinds:
        if kind not in OPERATIONS and kind not in KIND_OF:
            raise UsageError(f"{kind}: expected one of {', '.join([*OPERATIONS, *KIND_OF])}")
        found.extend(OPERATIONS[OperationKind(kind)] if kind in OPERATIONS else [Operation(kind)])
    return list(dict.fromkeys(found))


def _misspelled(text: str, code: str, operation: Operation, stops: AbstractSet[str]) -> list[Variant]:
    return [
        Variant(replaced(text, [(word, after)]), operation, (Change(word.index, word.text, after, (operation,)),))
        for word in Misspeller(code, stops).eligible(text)
        for after in every_edit(word, code, operation)
    ]


def _ruled(text: str, code: str, operation: Operation, stops: AbstractSet[str]) -> list[Variant]:
    return [Variant(outcome, operation) for outcome in every_outcome(text, code, operation, stops)]
