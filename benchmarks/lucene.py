"""Vectors into Lucene: how fast, how large, how right; and what encoding a query in the JVM takes.

Ingestion: the fused vectors (mean, alpha 0.3, three languages) of a random float16 store into a flat index. Ours fuses
on the way in and writes nothing first; Anserini reads JSONL or Parquet, in as many files as there are threads, that
Python must write before. All sides run in one warm JVM with the same number of threads.
Inner product: vectors whose lengths vary, all inner products with the queries positive, or all negative; the share of
the ten exact best that a search finds. Stock is Anserini's own generator, which takes every vector as of length one.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from common import flags, head, say, table, work_folder
from engines import pyserini
from invented_store import random_store, store_of
from lucene_peers import Format, index_stock, search, write_vectors
from timing import Times, in_turns
from xquad_data import LANGUAGES, prepare_data, read_language

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.java import bridge
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.machine import available_cores
from pyserini_xqg.manifests.kinds import LUCENE_FLAT, LUCENE_HNSW, IndexKind
from pyserini_xqg.store.fused_store import FusedStore, complete
from pyserini_xqg.store.vector_store import VectorStore

_FUSED = ("ar", "de", "ja")
_TOP = 10
_SPREADS = (1.3, 2.2, 60.0)
"""Of the lengths before the shift, which brings them to 1.3, 2 and 4.9 times the mean, about."""
_SCALE = 10.0
_OURS = "ours"
_KINDS = (LUCENE_FLAT, LUCENE_HNSW)


def main() -> None:
    """Print the tables."""
    args = flags(__doc__).parse_args()
    head("Lucene: ingestion, inner products, queries", args)
    with work_folder(args) as work:
        for passages, dimension in ((2_000, 384), (1_000, 768)) if args.quick else ((100_000, 384), (50_000, 768)):
            _ingest(work, passages, dimension, 1 if args.quick else 2)
        _build_graphs(work, 2_000 if args.quick else 20_000)
        _inner_products(work, *((1_000, 10) if args.quick else (10_000, 100)))
        _queries(work, args)


def _ingest(work: Path, passages: int, dimension: int, rounds: int) -> None:
    threads = available_cores()
    store = random_store(
        work / f"unit-float16-{passages}x{dimension}-{len(_FUSED)}", passages, dimension, "float16", _FUSED
    )
    fused = complete(store, Recipe())
    written = {form: work / f"written-{form.name}" for form in Format}
    indexes = {name: work / f"lucene-{name}" for name in (_OURS, *(form.name for form in Format))}
    sides: dict[str, Callable[[], object]] = {_OURS: partial(_index_ours, fused, LUCENE_FLAT, indexes[_OURS])}
    for form in Format:
        sides[f"{form.name}, written"] = partial(write_vectors, form, fused, written[form], threads)
        sides[f"{form.name}, indexed"] = partial(
            index_stock, form, LUCENE_FLAT, written[form], indexes[form.name], threads
        )
    _warm_up(work, dimension)
    times = in_turns(sides, rounds)
    rows = [[_OURS, f"{passages / times[_OURS].best:,.0f}", "", "", "", f"{_size(indexes[_OURS]) / 1e6:,.0f}"]]
    for form in Format:
        indexed, both = (
            times[f"{form.name}, indexed"],
            _together(times[f"{form.name}, written"], times[f"{form.name}, indexed"]),
        )
        ratios = [times[_OURS].times_quicker(indexed), times[_OURS].times_quicker(both)]
        rows.append(
            [
                form.name,
                *(f"{passages / taken.best:,.0f}" for taken in (indexed, both)),
                *ratios,
                f"{_size(indexes[form.name]) / 1e6:,.0f}",
            ]
        )
    print(
        f"{passages:,} x {dimension} into a flat index, {threads} threads, {rounds} rounds in turns; passages a "
        "second.\n"
    )
    print(table(["", "indexed", "written and indexed", "ours is quicker by", "writing counted", "index, MB"], rows))
    print("Targets: 10 times JSONL with the writing, 2.5 times Parquet.")
    print(f"{_same_hits(indexes[_OURS], indexes[Format.JSONL.name], dimension)}\n", flush=True)
    for folder in (*written.values(), *indexes.values()):
        shutil.rmtree(folder)


def _warm_up(work: Path, dimension: int) -> None:
    """The JVM compiles what runs often; let that be done before anything is timed."""
    store = random_store(work / f"warm-{dimension}", 4_096, dimension, "float16", _FUSED)
    fused = complete(store, Recipe())
    for form in Format:
        write_vectors(form, fused, work / "warm-vectors", 1)
        index_stock(form, LUCENE_FLAT, work / "warm-vectors", work / "warm-index", 1)
    _index_ours(fused, LUCENE_FLAT, work / "warm-index")
    for name in ("warm-vectors", "warm-index"):
        shutil.rmtree(work / name)


def _index_ours(fused: FusedStore, kind: IndexKind, output: Path) -> None:
    shutil.rmtree(output, ignore_errors=True)
    options = IndexOptions(kind=kind, hnsw_m=16, ef_construction=100, threads=available_cores())
    build_index(fused.store, output, fused.recipe, options)


def _together(first: Times, second: Times) -> Times:
    return Times(tuple(map(sum, zip(first.seconds, second.seconds, strict=True))))


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _same_hits(ours: Path, theirs: Path, dimension: int) -> str:
    queries = np.random.default_rng(1).standard_normal((20, dimension)).astype(np.float32)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    mine, other = (search(LUCENE_FLAT, index, queries, _TOP) for index in (ours, theirs))
    # Every shard holds the same vectors, so that many scores tie and the docids say little.
    return f"The {_TOP} best scores of {len(queries)} queries are{
        '' if _scores(mine) == _scores(other) else ' NOT'
    } the same in both."


def _scores(found: list[list[tuple[str, float]]]) -> list[list[float]]:
    return [[score for _, score in hits] for hits in found]


def _build_graphs(work: Path, passages: int) -> None:
    threads, dimension = available_cores(), 384
    chance = np.random.default_rng(2)
    vectors = chance.standard_normal((passages, dimension), dtype=np.float32)
    store = store_of(work / f"graph-{passages}", vectors / np.linalg.norm(vectors, axis=1, keepdims=True), _FUSED[0])
    fused = complete(store, Recipe(alpha=0.0))
    write_vectors(Format.JSONL, fused, work / "graph-jsonl", threads)
    sides: dict[str, Callable[[], object]] = {
        _OURS: partial(_index_ours, fused, LUCENE_HNSW, work / "graph-ours"),
        "JSONL": partial(index_stock, Format.JSONL, LUCENE_HNSW, work / "graph-jsonl", work / "graph-stock", threads),
    }
    times = in_turns(sides, 1)
    print(f"{passages:,} x {dimension} into an HNSW graph (M 16, efConstruction 100), {threads} threads, one round.\n")
    rows = [
        [name, f"{taken.best:.1f}", f"{_size(work / folder) / 1e6:,.0f}"]
        for (name, taken), folder in zip(times.items(), ("graph-ours", "graph-stock"), strict=True)
    ]
    print(table(["", "seconds", "index, MB"], rows), flush=True)


def _inner_products(work: Path, passages: int, asked: int) -> None:
    cases = [
        (f"shifted-{spread}-{sign}", _shifted(passages, asked, spread, sign)) for spread in _SPREADS for sign in (1, -1)
    ]
    rows = []
    for name, (vectors, queries) in [*cases, ("away", _away(passages, asked))]:
        say(f"inner products: {name}")
        products = queries @ vectors.T
        exact = [{f"d{row}" for row in best} for best in np.argsort(-products, axis=1)[:, :_TOP]]
        lengths = np.linalg.norm(vectors, axis=1)
        store = store_of(work / f"lengths-{passages}-{name}", vectors, _FUSED[0])
        found = [_overlap(exact, index) for index in _four_indexes(work, store, queries)]
        what = f"{products.min():.1f} to {products.max():.1f}{', queries point away' if name == 'away' else ''}"
        rows.append([f"{lengths.max() / lengths.mean():.1f}", what, *(f"{share:.3f}" for share in found)])
    print(f"{passages:,} x 384, {asked} queries: the share of the {_TOP} exact best that is found.\n")
    print(
        table(["longest / mean", "inner products", "ours, flat", "ours, HNSW", "stock, flat", "stock, HNSW"], rows),
        flush=True,
    )


def _shifted(passages: int, asked: int, spread: float, sign: int) -> tuple[np.ndarray, np.ndarray]:
    """Random vectors of many lengths with one more coordinate, the same for all passages, that makes all inner products
    positive or negative.
    """
    chance = np.random.default_rng(3)
    directions = chance.standard_normal((passages + asked, 383))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    lengths = spread * chance.random(passages) ** (
        spread - 1
    )  # of mean 1 and at most `spread`: the mean of u^(s-1) is 1/s
    shift = 0.2 * spread  # more than any two random directions have in common
    vectors = np.column_stack([directions[:passages] * lengths[:, None], np.full(passages, shift)])
    queries = np.column_stack([0.6 * directions[passages:], np.full(asked, 0.8 * sign)])
    return (_SCALE * vectors).astype(np.float32), queries.astype(np.float32)


def _away(passages: int, asked: int) -> tuple[np.ndarray, np.ndarray]:
    """Passages that lean to one side and queries that lean to the other: the best are then the shortest, to which no
    graph of neighbours leads.
    """
    chance = np.random.default_rng(4)
    directions = chance.standard_normal((passages + asked, 384)) + chance.standard_normal(384)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    lengths = _SCALE * 2 * chance.random(passages)
    return (directions[:passages] * lengths[:, None]).astype(np.float32), -directions[passages:].astype(np.float32)


def _four_indexes(work: Path, store: VectorStore, queries: np.ndarray) -> list[list[set[str]]]:
    fused = complete(store, Recipe(alpha=0.0, normalize=False))
    found = []
    for kind in _KINDS:
        _index_ours(fused, kind, work / "lengths-index")
        found.append(_docids(kind, work / "lengths-index", queries))
    write_vectors(Format.JSONL, fused, work / "lengths-jsonl", available_cores())
    for kind in _KINDS:
        index_stock(Format.JSONL, kind, work / "lengths-jsonl", work / "lengths-index", available_cores())
        found.append(_docids(kind, work / "lengths-index", queries))
    return found


def _docids(kind: IndexKind, index: Path, queries: np.ndarray) -> list[set[str]]:
    return [{docid for docid, _ in hits} for hits in search(kind, index, queries, _TOP)]


def _overlap(exact: list[set[str]], found: list[set[str]]) -> float:
    return float(np.mean([len(best & there) / _TOP for best, there in zip(exact, found, strict=True)]))


def _queries(work: Path, args: argparse.Namespace) -> None:
    texts = [
        text for code in LANGUAGES for text in read_language(prepare_data(work), code).texts[: 1 if args.quick else 15]
    ]
    folder = resolve_encoder("e5-small", quantize=True)
    bridge.join()
    bridge.set_property(bridge.ENCODER_PROPERTY, str(folder))
    import_pyserini("pyserini.pyclass")
    from jnius import autoclass

    in_java, in_python, peer = (
        autoclass("io.anserini.encoder.dense.XqgEncoder")(),
        Encoder(folder, Precision.FP32),
        pyserini(),
    )
    sides: dict[str, Callable[[str], object]] = {
        "Pyserini, torch": peer.query,
        "ours, in the JVM": in_java.encode,
        "ours, in Python, fp32": partial(in_python.encode_one, side=Side.QUERY),
    }
    closest = min(float(np.dot(in_java.encode(text), peer.query(text))) for text in texts[:20])
    times = in_turns({name: partial(_each, encode, texts) for name, encode in sides.items()}, 1 if args.quick else 5)
    theirs = times["Pyserini, torch"]
    rows = [
        [name, f"{1e3 * taken.best / len(texts):.1f}", taken.times_quicker(theirs)] for name, taken in times.items()
    ]
    print(
        f"{len(texts)} queries, one after the other; the JVM's and Pyserini's embeddings have a cosine of at least "
        f"{closest:.6f}.\n"
    )
    print(table(["", "ms a query", "times quicker than Pyserini"], rows))


def _each(encode: Callable[[str], object], texts: list[str]) -> None:
    for text in texts:
        encode(text)


if __name__ == "__main__":
    main()
