"""The shapes that public training files have, told apart by the names of their fields. Pure.

- ``positive_ctxs``: DPR, as XOR-TyDi's retrieval files: ``question``, ``lang``, the first of the contexts.
- ``positive_passages``: Tevatron, as Mr. TyDi: ``query``, ``lang``, the first of the passages.
- ``question_lang``: AfriQA's gold passages: ``title``, ``context`` (null where there is none); the language is in the
  file's name.
- ``data`` with ``paragraphs``: XOR-TyDi's gold paragraphs, in SQuAD's format with ``lang`` at each question.
- else ``passage``, ``context``, ``contents`` or ``text``, before it a ``title``; ``query`` or ``question``, or
  ``translation``; ``language`` or ``lang``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.fusion.text_kind import TextKind

_TEXTS = ("passage", "context", "contents", "text")
_QUERIES = ("query", "question")
_LANGUAGES = ("language", "lang")
_AFRIQA = re.compile(r"\bafriqa\.([a-z]{3})\.[a-z]{2}\b")
_SECTION = re.compile(r"^(?:title:)?(.*?)_parentSection.*$", re.DOTALL)
"""What stands around a title in XOR-TyDi's gold paragraphs."""


class PassageQueryPair(NamedTuple):
    """A passage and a query, or a translation, in a language, by whatever code the file has."""

    passage: str
    code: str
    query: str


class NoPassage(Exception):  # noqa: N818  # it is no error: such questions are part of the data
    """The record is well made, and says that there is no passage."""


def pairs(record: Any, kind: TextKind, name: str, where: Location) -> list[PassageQueryPair]:
    """What there is to learn from one record.

    :param kind: what is learned to be written; translations come in the last shape alone.
    :param name: the file's name.
    :raises NoPassage: it states that it has none.
    :raises InputError: it is of no shape that is known.
    """
    if not isinstance(record, dict):
        raise InputError(where, f"expected a JSON object, found {type(record).__name__}")
    if kind is not TextKind.QUESTIONS:
        return [
            PassageQueryPair(_passage(record, _TEXTS, where), _code(record, where), _text(record, (str(kind),), where))
        ]
    for contexts in ("positive_ctxs", "positive_passages"):
        if contexts in record:
            return [_with_contexts(record, contexts, where)]
    if "question_lang" in record:
        if record.get("context") is None:
            raise NoPassage
        return [
            PassageQueryPair(
                _passage(record, ("context",), where),
                _afriqa_language(name, where),
                _text(record, ("question_lang",), where),
            )
        ]
    return [PassageQueryPair(_passage(record, _TEXTS, where), _code(record, where), _text(record, _QUERIES, where))]


def gold_paragraphs(value: dict[str, Any], where: Location) -> Iterator[PassageQueryPair]:
    """SQuAD's format with a language at each question.

    :raises InputError: it is not.
    """
    for place, article in enumerate(value["data"]):
        try:
            title = article["title"]
            within = _SECTION.match(title)
            title = (within[1] if within else title).replace("_", " ").strip()
            for paragraph in article["paragraphs"]:
                context = " ".join(paragraph["context"].split())
                for asked in paragraph["qas"]:
                    if not (context and asked["question"].strip() and isinstance(asked["lang"], str)):
                        raise TypeError
                    yield PassageQueryPair(f"{title} {context}".strip(), asked["lang"], asked["question"].strip())
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(
                where,
                f"data[{place}] is not in SQuAD's format with a 'lang' at each question (XQuAD has none: run "
                "`pyserini-xqg dataset xquad` first)",
            ) from error


def _with_contexts(record: dict[str, Any], contexts: str, where: Location) -> PassageQueryPair:
    given = record[contexts]
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise InputError(where, f"expected a list of objects as {contexts!r}, found {type(given).__name__}")
    if not given:
        raise NoPassage
    return PassageQueryPair(_passage(given[0], _TEXTS, where), _code(record, where), _text(record, _QUERIES, where))


def _passage(record: dict[str, Any], names: tuple[str, ...], where: Location) -> str:
    title = record.get("title") or ""
    if not isinstance(title, str):
        raise InputError(where, f"expected a string as 'title', found {type(title).__name__}")
    return f"{title.strip()} {_text(record, names, where)}".strip()


def _text(record: dict[str, Any], names: tuple[str, ...], where: Location) -> str:
    for name in names:
        if name in record:
            text = record[name]
            if not isinstance(text, str):
                raise InputError(where, f"expected a string as {name!r}, found {type(text).__name__}")
            if not text.strip():
                raise InputError(where, f"the {name!r} is empty")
            return " ".join(text.split())
    raise InputError(
        where, f"there is no {' or '.join(map(repr, names))} (found: {', '.join(map(repr, record)) or 'nothing'})"
    )


def _code(record: dict[str, Any], where: Location) -> str:
    if any(field in record for field in _LANGUAGES):
        return _text(record, _LANGUAGES, where)
    raise InputError(where, f"there is no {' or '.join(map(repr, _LANGUAGES))}, so the query's language is not known")


def _afriqa_language(name: str, where: Location) -> str:
    found = _AFRIQA.search(name)
    if found is None:
        raise InputError(
            where,
            "AfriQA states the language in the file's name, such as gold_span_passages.afriqa.ibo.en.train.json; "
            f"found {name}",
        )
    return found[1]
