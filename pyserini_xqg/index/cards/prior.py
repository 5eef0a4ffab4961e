"""What an index's passages were drawn towards, in words: for its card and the terminal."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.fusion.expected.prior_record import LEARNED, PriorRecord
from pyserini_xqg.fusion.text_kind import is_other, kind_of
from pyserini_xqg.manifests.dense import Manifest


def coverage(manifest: Manifest) -> str:
    """How many passages have queries of their own, by language, and what becomes of the others."""
    record = manifest.prior
    if record is None:
        return ""
    having = list(zip(record.languages, record.passages, record.queries, strict=True))
    lacking = [passages for _, passages, _ in having if passages < manifest.passages]
    if not any(queries for _, _, queries in having):
        return "no passage has queries of its own; all are drawn towards what is expected of them"
    if not lacking:
        return "every passage has queries of its own in every language"
    said = ", ".join(
        f"{_named(code)} {passages:,} ({queries:,} {kind_of(code).key})" if queries else f"{_named(code)} none"
        for code, passages, queries in having
    )
    return (
        f"of {manifest.passages:,} passages have queries of their own: {said}; the others are drawn towards what is "
        "expected of them"
    )


def _named(column: str) -> str:
    return column.replace(".", " ") or "in all"


def expected_of(manifest: Manifest) -> str:
    """What is expected of a passage's queries, and what that was made of."""
    record = manifest.prior
    if record is None:
        return ""
    sources = [
        *(
            ["the store's texts" if any(map(is_other, record.languages)) else "the store's queries"]
            if any(record.queries)
            else []
        ),
        *_bank(record),
    ]
    made = f"each language's mean query ({' and '.join(sources)})"
    if record.slope == LEARNED:
        learned = f"a linear map, learned from {record.learned_from:,} passages with queries,"
        return f"{made}, moved by what {learned} predicts{_held_out(record)}"
    if record.slope:
        return f"{made}, moved by what the linear map of {Path(record.slope).name} predicts"
    return made + (f"; a linear map did not do better{_held_out(record)}" if record.held_out is not None else "")


def _bank(record: PriorRecord) -> list[str]:
    if not record.bank:
        return []
    numbers = sorted({number for number in record.bank_texts if number})
    if not numbers:
        return []
    several = f"{numbers[0]:,}" + (f" to {numbers[-1]:,}" if len(numbers) > 1 else "")
    return [f"the bank {Path(record.bank).name}, {several} {record.bank_kind} a language"]


def _held_out(record: PriorRecord) -> str:
    scores = record.held_out
    if scores is None:
        return ""
    return (
        f" (passages held out, MRR of their own mean queries: as they are {100 * scores.plain:.1f}, by the mean query "
        f"{100 * scores.mean:.1f}, predicted {100 * scores.predicted:.1f}, ± {100 * scores.error:.1f})"
    )
