"""The generated queries of a few passages: their texts out of a queries file, their vectors out of the store or
embedded again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.text_side import side_of
from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.text_kind import kind_of
from pyserini_xqg.input.queries import PassageQueries, read_queries
from pyserini_xqg.inspection.scan import Stored
from pyserini_xqg.store.meta import StoreMeta


@dataclass(frozen=True, slots=True)
class GeneratedQuery:
    """A generated query of a passage.

    :param column: the row of its language among the recipe's languages; 0 where the store keeps one sum over all.
    :param rank: its place among the queries of its language, from 1.
    :param text: empty where no queries file is known.
    :param vector: float32 ``[dimension]``.
    """

    column: int
    language: str
    rank: int
    text: str
    vector: np.ndarray


def generated_queries(
    meta: StoreMeta, recipe: Recipe, stored: Mapping[str, Stored], queries: Path | None, encoder: Encoder
) -> dict[str, tuple[GeneratedQuery, ...]]:
    """The queries of each of these passages that the recipe takes; none where the store keeps sums and no queries file
    is known.

    :param queries: the queries file or folder that the store was encoded from.
    :param encoder: embeds the texts again where the store does not keep their vectors.
    :raises InputError: the file lacks one of the passages, or holds another number of queries of it than the store.
    :raises UsageError: the texts would have to be embedded again, and the encoder is not the one that embedded them.
    """
    texts = _read_texts(meta, stored, queries) if queries is not None else {}
    if meta.keep is Keep.RANKS:
        return {docid: tuple(_kept(recipe, own, texts.get(docid, {}))) for docid, own in stored.items()}
    if queries is None:
        return {docid: () for docid in stored}
    if encoder.config.fingerprint != meta.fingerprint:
        raise UsageError(
            f"{encoder.folder} embeds questions only, and the store keeps no single query's vector: leave out "
            f"--queries to see each language's share, or give --encoder {meta.encoder}"
        )
    return _embedded(meta, recipe, texts, encoder)


def _read_texts(
    meta: StoreMeta, stored: Mapping[str, Stored], queries: Path
) -> dict[str, Mapping[str, tuple[str, ...]]]:
    wanted = {docid for docid, own in stored.items() if sum(own.numbers)}
    found: dict[str, Mapping[str, tuple[str, ...]]] = {}
    if wanted:
        for record in read_queries(queries):
            if record.docid in wanted:
                _check_numbers(meta, record, stored[record.docid].numbers)
                found[record.docid] = record.queries
                if len(found) == len(wanted):
                    break
    if missing := sorted(wanted - found.keys()):
        raise InputError(
            Location(queries),
            f"holds no queries of {missing[0]!r}, and the store does; give the queries that it was encoded from",
        )
    return found


def _check_numbers(meta: StoreMeta, record: PassageQueries, expected: Sequence[int]) -> None:
    numbers = {code: len(record.queries.get(code, ())) for code in meta.languages}
    if meta.keep is Keep.TOTAL:
        numbers = {"all languages": sum(numbers.values())}
    for (code, number), there in zip(numbers.items(), expected, strict=True):
        if number != there:
            problem = f"passage {record.docid!r} has {number} queries in {code}, in the store it has {there}"
            raise InputError(record.where, f"{problem}; give the queries that the store was encoded from")


def _kept(recipe: Recipe, own: Stored, texts: Mapping[str, tuple[str, ...]]) -> list[GeneratedQuery]:
    return [
        GeneratedQuery(column, code, rank + 1, texts[code][rank] if texts else "", vector)
        for column, (code, vectors) in enumerate(zip(recipe.languages, own.queries or (), strict=True))
        for rank, vector in enumerate(vectors)
    ]


def _embedded(
    meta: StoreMeta, recipe: Recipe, texts: Mapping[str, Mapping[str, tuple[str, ...]]], encoder: Encoder
) -> dict[str, tuple[GeneratedQuery, ...]]:
    sides = {name: side_of(kind_of(name), Side(meta.queries_as)) for name in recipe.languages}
    vectors: dict[Side, dict[str, np.ndarray]] = {}
    for side in Side:
        words = list(
            dict.fromkeys(
                text
                for own in texts.values()
                for name in recipe.languages
                if sides[name] is side
                for text in own.get(name, ())
            )
        )
        vectors[side] = dict(zip(words, encoder.encode(words, side), strict=True)) if words else {}
    return {
        docid: tuple(
            GeneratedQuery(0 if meta.keep is Keep.TOTAL else column, code, rank + 1, text, vectors[sides[code]][text])
            for column, code in enumerate(recipe.languages)
            for rank, text in enumerate(own.get(code, ()))
        )
        for docid, own in texts.items()
    }
