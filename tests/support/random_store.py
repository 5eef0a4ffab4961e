"""Vector stores of random vectors, and what the formulae of fusion make of them, one loop after another in float64."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pyserini_xqg.fusion.expected.prior import QueryPrior
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.store.fused_store import Allowed, FusedStore, complete
from pyserini_xqg.store.meta import StoreMeta, prepare_store
from pyserini_xqg.store.shard import ShardContents, write_shard
from pyserini_xqg.store.vector_store import VectorStore

LANGUAGES = ("ar", "ja", "ru")


@dataclass(frozen=True)
class RandomStore:
    """A store on disk and the vectors that went into it.

    :param queries: language -> a list a passage -> its queries' vectors, float32 ``[queries, dimension]``.
    """

    folder: Path
    docids: list[str]
    passages: np.ndarray
    queries: dict[str, list[np.ndarray]]


def random_store(
    folder: Path,
    *,
    passages: int = 21,
    dimension: int = 16,
    languages: Sequence[str] = LANGUAGES,
    keep: Keep = Keep.RANKS,
    dtype: str = "float32",
    number: int | Sequence[int] | None = None,
    most: int = 4,
    shard_size: int = 8,
    seed: int = 0,
    docids: Sequence[str] | None = None,
    fingerprint: str = "f" * 64,
    predictable: bool = False,
) -> RandomStore:
    """Write a store. Unless ``number`` says how many queries each passage has in each language, they have 0 to
    ``most``; the third has none.

    :param predictable: whether queries follow from their passage by a linear map, but for noise.
    """
    random = np.random.default_rng(seed)
    names = list(docids) if docids is not None else [f"d{row}" for row in range(passages)]
    vectors = random.standard_normal((passages, dimension), dtype=np.float32).astype(dtype).astype(np.float32)
    centres = vectors[:, ::-1] * 3 if predictable else np.zeros_like(vectors)
    queries: dict[str, list[np.ndarray]] = {}
    for code in languages:
        numbers = [
            (number if isinstance(number, int) else number[row])
            if number is not None
            else 0
            if row == 2
            else int(random.integers(0, most + 1))
            for row in range(passages)
        ]
        queries[code] = [
            (random.standard_normal((count, dimension), dtype=np.float32) + about).astype(dtype).astype(np.float32)
            for count, about in zip(numbers, centres, strict=True)
        ]
    return store_of(
        folder,
        names,
        vectors,
        queries,
        keep=keep,
        dtype=dtype,
        shard_size=shard_size,
        seed=seed,
        fingerprint=fingerprint,
    )


def store_of(
    folder: Path,
    docids: list[str],
    passages: np.ndarray,
    queries: dict[str, list[np.ndarray]],
    *,
    keep: Keep = Keep.RANKS,
    dtype: str = "float32",
    shard_size: int = 8,
    seed: int = 0,
    fingerprint: str = "f" * 64,
) -> RandomStore:
    """Write a store of these vectors.

    :param seed: which input it claims to be of.
    """
    ranks = max((len(own) for by_passage in queries.values() for own in by_passage), default=0)
    meta = StoreMeta(
        encoder="random",
        fingerprint=fingerprint,
        precision="fp32",
        dimension=passages.shape[1],
        dtype=dtype,
        languages=tuple(sorted(queries)),
        keep=keep,
        ranks=ranks if keep is Keep.RANKS else 0,
        passages=len(passages),
        shard_size=shard_size,
        inputs=f"{seed:064x}",
        queries_as="query",
    )
    prepare_store(folder, meta)
    for shard in range(meta.shards):
        rows = range(shard * shard_size, min((shard + 1) * shard_size, len(passages)))
        write_shard(folder, shard, _contents(meta, rows, docids, passages, queries))
    return RandomStore(folder, docids, passages, queries)


def related_store(
    folder: Path,
    *,
    passages: int = 400,
    dimension: int = 12,
    languages: Sequence[str] = ("ar", "ja"),
    related: bool = True,
    noise: float = 0.3,
    dtype: str = "float32",
    seed: int = 3,
    **written: Any,
) -> RandomStore:
    """Write a store of vectors of length one, whose every third passage has no queries, and others none to three.

    :param related: whether a passage's queries are a linear map of it, and some noise, or noise alone.
    :param noise: of each of a query's values.
    :param written: how the store is written; see :func:`store_of`.
    """
    random = np.random.default_rng(seed)
    turned = np.linalg.qr(random.standard_normal((dimension, dimension)))[0]
    centred = random.standard_normal((passages, dimension))
    vectors = _unit(random.standard_normal(dimension) * 2 + centred).astype(dtype).astype(np.float32)
    queries: dict[str, list[np.ndarray]] = {}
    for code in languages:
        centre, own = random.standard_normal(dimension) * 3, []
        for row in range(passages):
            number = 0 if row % 3 == 2 else int(random.integers(0, 4))
            asked = centred[row] @ turned if related else np.zeros(dimension)
            made = _unit(centre + asked + noise * random.standard_normal((number, dimension)))
            own.append(made.astype(dtype).astype(np.float32))
        queries[code] = own
    names = [f"d{row}" for row in range(passages)]
    how = {"keep": Keep.LANGUAGES, "shard_size": 64, **written}
    return store_of(folder, names, vectors, queries, dtype=dtype, seed=seed, **how)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _contents(
    meta: StoreMeta, rows: range, names: list[str], vectors: np.ndarray, queries: dict[str, list[np.ndarray]]
) -> ShardContents:
    counts = np.array([[len(queries[code][row]) for code in meta.languages] for row in rows], dtype=np.int32).reshape(
        len(rows), -1
    )
    sums = {
        code: np.array([queries[code][row].sum(axis=0) for row in rows], dtype=np.float32) for code in meta.languages
    }
    match meta.keep:
        case Keep.TOTAL:
            matrices = {"sum": np.sum(list(sums.values()), axis=0)}
            counts = counts.sum(axis=1, keepdims=True, dtype=np.int32)
        case Keep.LANGUAGES:
            matrices = {f"sum.{code}": matrix for code, matrix in sums.items()}
        case Keep.RANKS:
            matrices = {
                f"query.{code}.{rank}": _rank(queries[code], rows, rank, meta.dimension)
                for code in meta.languages
                for rank in range(meta.ranks)
            }
    return ShardContents(
        docids=[names[row] for row in rows],
        passages=vectors[rows.start : rows.stop].astype(meta.dtype),
        counts=counts,
        matrices={stem: matrix.astype(meta.dtype) for stem, matrix in matrices.items()},
    )


def _rank(by_passage: list[np.ndarray], rows: range, rank: int, dimension: int) -> np.ndarray:
    return np.array(
        [by_passage[row][rank] if rank < len(by_passage[row]) else np.zeros(dimension, np.float32) for row in rows]
    )


def naive(store: RandomStore, recipe: Recipe, prior: QueryPrior | None = None) -> tuple[list[str], np.ndarray]:
    """The names and vectors of the index that a recipe makes, straight from the formulae.

    :param recipe: a complete one, where its kappa is not 0.
    :param prior: what is expected of the passages' queries, where its kappa is not 0.
    """
    assert prior is not None or recipe.kappa == 0 or recipe.fusion == "sum", "what is expected must be said"
    languages = recipe.languages or tuple(sorted(store.queries))
    names: list[str] = []
    vectors: list[np.ndarray] = []
    for row, docid in enumerate(store.docids):
        passage = store.passages[row].astype(np.float64)
        own = {
            code: [vector.astype(np.float64) for vector in store.queries[code][row][: recipe.queries_per_language]]
            if code in store.queries
            else []
            for code in languages
        }
        if prior is not None and any(recipe.kappas):
            for name, vector in _drawn_to_expected(docid, passage, own, recipe, prior):
                names.append(name)
                vectors.append(_length_one(vector, recipe.normalize))
            continue
        together = [vector for code in languages for vector in own[code]]
        if recipe.fusion == "views":
            for code in languages:
                if own[code]:
                    names.append(f"{docid}#{code}")
                    vectors.append(_length_one(_to_mean(passage, own[code], recipe.alpha), recipe.normalize))
            if recipe.plain_view or not together:
                names.append(docid)
                vectors.append(_length_one(passage, recipe.normalize))
            continue
        names.append(docid)
        if recipe.fusion == "sum":
            fused = (1 - recipe.alpha) * passage
            for vector in together:
                fused = fused + recipe.alpha * vector
        else:
            fused = _to_mean(passage, together, recipe.alpha) if together else passage
        vectors.append(_length_one(fused, recipe.normalize))
    return names, np.array(vectors)


def _drawn_to_expected(
    docid: str, passage: np.ndarray, own: dict[str, list[np.ndarray]], recipe: Recipe, prior: QueryPrior
) -> list[tuple[str, np.ndarray]]:
    if prior.languages == ("",):
        own = {"": [vector for vectors in own.values() for vector in vectors]}
    means = {}
    for (code, vectors), kappa in zip(own.items(), recipe.kappas, strict=True):
        expected = prior.intercepts[prior.languages.index(code)].astype(np.float64)
        if prior.slope is not None:
            expected = expected + passage @ prior.slope.astype(np.float64)
        total = kappa * expected
        for vector in vectors:
            total = total + vector
        if len(vectors) + kappa > 0:
            means[code] = total / (len(vectors) + kappa)
    alpha = recipe.alpha
    if recipe.fusion == "views":
        views = [(f"{docid}#{code}", (1 - alpha) * passage + alpha * mean) for code, mean in means.items()]
        return [*views, (docid, (1 - alpha) * passage + alpha * prior.mean_passage.astype(np.float64))]
    return [(docid, _to_mean(passage, list(means.values()), alpha))]


def _to_mean(passage: np.ndarray, vectors: list[np.ndarray], alpha: float) -> np.ndarray:
    total = np.zeros_like(passage)
    for vector in vectors:
        total = total + vector
    return (1 - alpha) * passage + alpha * total / len(vectors)


def completed(store: RandomStore, recipe: Recipe) -> FusedStore:
    """The store and a recipe as an index is made of them, whatever the numbers of queries."""
    return complete(VectorStore(store.folder), recipe, allowed=Allowed(unequal=True, none=True))


def _length_one(vector: np.ndarray, normalize: bool) -> np.ndarray:
    length = np.sqrt((vector * vector).sum())
    return vector / length if normalize and length > 0 else vector


def best_of_views(
    names: Sequence[str], vectors: np.ndarray, query: np.ndarray, delimiter: str = "#"
) -> list[tuple[str, float]]:
    """Passages by their best view, best first, ties in the order of the index."""
    best: dict[str, float] = {}
    for name, score in zip(names, vectors @ query, strict=True):
        docid = name.split(delimiter)[0]
        best[docid] = max(best.get(docid, -np.inf), float(score))
    return sorted(best.items(), key=lambda entry: -entry[1])
