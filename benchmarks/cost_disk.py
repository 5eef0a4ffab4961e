"""The formulas for disk beside what the real stages leave, at two sizes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from common import say, table
from disk_model import Plan, index_bytes, queries_bytes, store_bytes
from tiny_encoder import tiny_encoder, words

from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.store.vector_store import VectorStore

_CODES = ("ar", "ja", "ru")
_QUERIES = 2


def print_disk_checks(place: Path, quick: bool) -> None:
    """Encode and index corpora of random words with a tiny encoder, and compare every size."""
    encoder = Encoder(tiny_encoder(place))
    rows = []
    for passages in (200, 400) if quick else (1_000, 10_000):
        say(f"disk: {passages:,} passages")
        folder = place / f"disk-{passages}"
        plan = _write(folder, passages, encoder.dimension)
        pairs = {"queries as `expand` writes them": (queries_bytes(plan), _size(folder / "queries.jsonl"))}
        for keep in Keep:
            encode(
                corpus=folder / "corpus.jsonl",
                queries=folder / "queries.jsonl",
                encoder=encoder,
                encoder_name="tiny",
                output=folder / keep,
                options=EncodeOptions(keep=keep),
            )
            pairs[f"store, `--keep {keep}`, float16"] = store_bytes(plan, keep), _size(folder / keep)
        for fusion in ("mean", "views"):
            build_index(VectorStore(folder / Keep.LANGUAGES), folder / fusion, Recipe(fusion), IndexOptions())
            pairs[f"index, {fusion}, float32"] = index_bytes(plan, fusion == "views"), _size(folder / fusion)
        rows += [
            [name, f"{passages:,}", f"{formula:,.0f}", f"{real:,}", f"{100 * (formula / real - 1):+.2f}%"]
            for name, (formula, real) in pairs.items()
        ]
    print(
        f"### Disk: the formulas beside real folders ({len(_CODES)} languages, {_QUERIES} queries each, "
        f"{encoder.dimension} dimensions)\n"
    )
    print(table(["", "passages", "formula, bytes", "on disk", "error"], rows), flush=True)


def _write(folder: Path, passages: int, dimension: int) -> Plan:
    folder.mkdir(parents=True)
    chance = np.random.default_rng(passages)
    sizes: dict[str, int] = {"docid": 0, "query": 0}
    with (folder / "corpus.jsonl").open("w") as corpus, (folder / "queries.jsonl").open("w") as queries:
        for number in range(passages):
            drawn = chance.integers(500, size=40).tolist()
            texts = [words(drawn[5 * place : 5 * place + 5]) for place in range(len(_CODES) * _QUERIES)]
            by_language = {code: texts[_QUERIES * place : _QUERIES * (place + 1)] for place, code in enumerate(_CODES)}
            corpus.write(json.dumps({"id": f"d{number}", "contents": words(drawn)}) + "\n")
            queries.write(json.dumps({"id": f"d{number}", "queries": by_language}) + "\n")
            sizes["docid"] += len(f"d{number}")
            sizes["query"] += sum(map(len, texts))
    number = passages * len(_CODES) * _QUERIES
    return Plan(passages, len(_CODES), _QUERIES, dimension, sizes["docid"] / passages, sizes["query"] / number)


def _size(place: Path) -> int:
    return (
        place.stat().st_size
        if place.is_file()
        else sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    )
