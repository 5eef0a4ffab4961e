"""What augmentation costs at query time: nothing for the mean, which is as large as the plain index; and what views
cost, and how to pay less.

Latency is that of one query after the other through Pyserini's FaissSearcher (its one thread, 100 hits) with our query
encoder, on an index of many passages (XQuAD's vectors, copied and moved a little at random, since only their number
matters for time). Every query goes to all indexes in turns; a second copy of the plain index among them shows what of a
ratio is noise. Quality is that of the same kinds of index on XQuAD's own 240 paragraphs: quantisers are trained there
on these few vectors (PQ needs 256 of them, so the mean cannot have it, and 1,680 views flatter it).
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from common import flags, head, say, table, work_folder
from crowd import crowd
from quality import MEASURES, Asked, System, encoded, index_name, score
from xquad_data import LANGUAGES, prepare_store, read_language

from pyserini_xqg.encoder.precision import Precision, resolve
from pyserini_xqg.encoder.pyserini_classes import OnnxQueryEncoder
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.machine import available_cores
from pyserini_xqg.manifests.kinds import FAISS_FACTORY
from pyserini_xqg.store.vector_store import VectorStore

_HITS = 100
_RESAMPLES = 10_000
_PLAIN = System("plain, flat", Recipe(alpha=0.0))


def _factory(name: str) -> IndexOptions:
    return IndexOptions(FAISS_FACTORY, name, threads=available_cores())


SYSTEMS = (
    _PLAIN,
    System("mean, flat", Recipe()),
    System("mean, SQ8", Recipe(), options=_factory("SQ8")),
    System("mean, PQ48np", Recipe(), options=_factory("PQ48np")),
    System("mean, PQ96np", Recipe(), options=_factory("PQ96np")),
    System("views, flat", Recipe("views")),
    System("views, SQ8", Recipe("views"), options=_factory("SQ8")),
    System("views, PQ48np", Recipe("views"), options=_factory("PQ48np")),
    System("views, PQ96np", Recipe("views"), options=_factory("PQ96np")),
)
_MEAN = "mean, flat"
_AGAIN = "plain, flat, a second copy"
_UNTRAINABLE = ("mean, PQ48np", "mean, PQ96np")
"""On XQuAD's 240 vectors."""


def main() -> None:
    """Print the tables."""
    args = flags(__doc__).parse_args()
    passages, asked, rounds = (2_000, 7, 2) if args.quick else (20_000, 105, 15)
    head("Query latency, plain against augmented, and what views cost", args)
    precision = resolve(Precision.AUTO)
    with work_folder(args) as work:
        small = prepare_store(work, precision)
        large = crowd(small, work / f"{small.folder.name}-crowd-{passages}", passages, LANGUAGES)
        encoder = OnnxQueryEncoder(resolve_encoder("e5-small"))
        topics = {code: read_language(work / "data", code) for code in LANGUAGES}
        queries = random.Random(1).sample([text for mine in topics.values() for text in mine.texts], asked)
        indexes = _indexes(large, work / "indexes")
        searchers = _searchers(indexes, encoder)
        print(
            f"{passages:,} passages x {large.meta.dimension}, {asked} queries in {len(LANGUAGES)} languages, {rounds} "
            f"rounds, {precision}.\n"
        )
        _print_latency(searchers, encoder, queries, rounds)
        search = {name: partial(_search, searchers[name]) for name in (system.name for system in SYSTEMS)}
        times = _measured(search, _vectors(encoder, queries), max(2, rounds // 4))
        sizes = {name: (index / "index").stat().st_size for name, index in indexes.items()}
        quality = _quality(small, encoded(encoder.encoder, topics), work / "indexes")
        _print_kinds(sizes, times, quality)


def _indexes(store: VectorStore, folder: Path) -> dict[str, Path]:
    """Each system's index, and a second copy of the plain one."""
    indexes = {}
    for system in SYSTEMS:
        say(f"building {system.name}")
        indexes[system.name] = folder / index_name(store, system)
        build_index(store, indexes[system.name], system.recipe, system.options)
    indexes[_AGAIN] = indexes[_PLAIN.name].with_name(f"{indexes[_PLAIN.name].name}-again")
    shutil.copytree(indexes[_PLAIN.name], indexes[_AGAIN], dirs_exist_ok=True)
    return indexes


def _searchers(indexes: Mapping[str, Path], encoder: OnnxQueryEncoder) -> dict[str, Any]:
    import_pyserini("pyserini.search.faiss")
    from pyserini_xqg.search.searchers.faiss import XqgFaissSearcher

    return {name: XqgFaissSearcher(str(index), encoder) for name, index in indexes.items()}


def _vectors(encoder: OnnxQueryEncoder, queries: list[str]) -> list[np.ndarray]:
    return [encoder.encode(query)[None] for query in queries]


def _search(searcher: Any, query: str | np.ndarray) -> None:
    """Search; a text is encoded first, a vector is not."""
    searcher.search(query, k=_HITS)


def _measured[Query](
    sides: Mapping[str, Callable[[Query], None]], queries: list[Query], rounds: int
) -> dict[str, np.ndarray]:
    """Seconds of each query's best round on each side; every query goes to all sides before the next, each round in
    another order.
    """
    seconds = {name: np.full((rounds, len(queries)), np.inf) for name in sides}
    order, chance = list(sides), random.Random(2)
    for turn in range(rounds):
        say(f"searching, round {turn + 1} of {rounds}")
        for number, query in enumerate(queries):
            chance.shuffle(order)
            for name in order:
                started = time.perf_counter()
                sides[name](query)
                seconds[name][turn, number] = time.perf_counter() - started
    return {name: taken.min(axis=0) for name, taken in seconds.items()}


def _print_latency(searchers: Mapping[str, Any], encoder: OnnxQueryEncoder, queries: list[str], rounds: int) -> None:
    sides = {name: partial(_search, searchers[name]) for name in (_PLAIN.name, _AGAIN, _MEAN)}
    whole = _measured(sides, queries, rounds)
    search = _measured(sides, _vectors(encoder, queries), rounds)
    rows = []
    for what, times in (("encode and search", whole), ("search only", search)):
        plain = times[_PLAIN.name]
        for name, taken in times.items():
            ratio, low, high = _ratio(taken, plain)
            quarter, middle, rest = 1e3 * np.percentile(taken, [25, 50, 75])
            rows.append(
                [
                    f"{what}: {name}",
                    f"{middle:.2f} ({quarter:.2f}–{rest:.2f})",
                    f"**{ratio:.3f}**",
                    f"{low:.3f}–{high:.3f}",
                ]
            )
    print(table(["", "ms a query, median (middle half)", "ratio to plain", "95% interval (queries resampled)"], rows))


def _ratio(ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float, float]:
    """Ratio of the total times, and its interval when queries are resampled in pairs."""
    drawn = np.random.default_rng(0).integers(len(ours), size=(_RESAMPLES, len(ours)))
    low, high = np.percentile(ours[drawn].sum(axis=1) / theirs[drawn].sum(axis=1), [2.5, 97.5])
    return float(ours.sum() / theirs.sum()), float(low), float(high)


def _quality(store: VectorStore, asked: Asked, folder: Path) -> dict[str, list[float]]:
    """Each system's macro scores on XQuAD."""
    scores = {}
    for system in SYSTEMS:
        if system.name not in _UNTRAINABLE:
            say(f"scoring {system.name}")
            found = score(store, system, {"clean": asked}, folder)["clean"]
            scores[system.name] = [float(found[measure].mean()) for measure in MEASURES]
    return scores


def _print_kinds(sizes: Mapping[str, int], times: Mapping[str, np.ndarray], quality: Mapping[str, list[float]]) -> None:
    rows = []
    for name, taken in times.items():
        best = quality.get(f"{name.partition(',')[0]}, flat", [])
        scores = [
            f"{100 * value:.1f} ({100 * (value - flat):+.1f})"
            for value, flat in zip(quality.get(name, []), best, strict=False)
        ]
        size = f"{sizes[name] / 2**20:.1f} ({sizes[name] / sizes[_MEAN]:.2f})"
        speed = f"{1e3 * np.median(taken):.2f} ({taken.sum() / times[_MEAN].sum():.2f})"
        rows.append([name, size, speed, *(scores or ["–"] * len(MEASURES))])
    header = [
        "",
        "MiB (to the mean, flat)",
        "search, ms a query (to the mean, flat)",
        *(f"{measure} (less the flat one)" for measure in MEASURES),
    ]
    print(table(header, rows))


if __name__ == "__main__":
    main()
