"""A record of a training file, in the shape of DPR or of Tevatron, as a query with its passages.

DPR: ``{"question": …, "positive_ctxs": [{"title": …, "text": …, "passage_id": …}], "hard_negative_ctxs": […]}``.
Tevatron: ``{"query": …, "positive_passages": [{"docid": …, "title": …, "text": …}], "negative_passages": […]}``.
Either with ``"lang"`` or ``"language"``.
"""

from __future__ import annotations

from typing import Any

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.languages import language
from pyserini_xqg.train.retriever.data.questions import Passages, TrainingQuery

_QUERY = ("question", "query")
_LANGUAGE = ("lang", "language")
_POSITIVE = ("positive_ctxs", "positive_passages")
_NEGATIVE = ("hard_negative_ctxs", "negative_passages")
_ID = ("docid", "passage_id", "psg_id", "id", "_id")


def question_of(value: dict[str, Any], where: Location, passages: Passages, default: str | None) -> TrainingQuery:
    """Read one record.

    :param default: the language of records that name none.
    :raises InputError: it has no query, no language, no list of positive passages, or a passage without text.
    """
    text = _one(value, _QUERY)
    if not isinstance(text, str) or not text.strip():
        raise InputError(where, f"no query: expected a text under {_or(_QUERY)}")
    positives = tuple(dict.fromkeys(_rows(value, _POSITIVE, where, passages)))
    negatives = tuple(row for row in dict.fromkeys(_rows(value, _NEGATIVE, where, passages)) if row not in positives)
    return TrainingQuery(text.strip(), _code(value, where, default), positives, negatives, where)


def _code(value: dict[str, Any], where: Location, default: str | None) -> str:
    stated = _one(value, _LANGUAGE)
    if stated is None and default is not None:
        return default
    if not isinstance(stated, str):
        raise InputError(where, f"no language under {_or(_LANGUAGE)}; add it, or say by --languages which one it is")
    try:
        return language(stated).code
    except UsageError as error:
        raise InputError(where, str(error)) from error


def _rows(value: dict[str, Any], names: tuple[str, ...], where: Location, passages: Passages) -> list[int]:
    found = _one(value, names)
    if found is None and names is _NEGATIVE:
        return []
    if not isinstance(found, list):
        raise InputError(
            where,
            f"expected a list of passages under {_or(names)}, found "
            f"{type(found).__name__ if found is not None else 'none'}",
        )
    return [_row(passage, number, names, where, passages) for number, passage in enumerate(found)]


def _row(passage: Any, number: int, names: tuple[str, ...], where: Location, passages: Passages) -> int:
    text = passage.get("text") if isinstance(passage, dict) else passage
    title = passage.get("title") if isinstance(passage, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise InputError(where, f"passage {number} under {_or(names)} has no text")
    docid = _one(passage, _ID) if isinstance(passage, dict) else None
    whole = f"{title} {text}".strip() if isinstance(title, str) and title.strip() else text.strip()
    return passages.add(str(docid) if docid is not None else f"{where.path.name}:{where.line}#{number}", whole)


def _one(value: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((value[name] for name in names if value.get(name) is not None), None)


def _or(names: tuple[str, ...]) -> str:
    return " or ".join(repr(name) for name in names)
