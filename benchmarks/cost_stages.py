"""Runs of single stages at several sizes on one core, timed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import torch
from common import say
from cost_fit import Observation
from invented_store import random_store
from xquad_data import LANGUAGES, prepare_data

from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.expand.expand_corpus import CHUNK_SIZE
from pyserini_xqg.expand.generator import Unit
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.request import GeneratorRequest
from pyserini_xqg.expand.resolve import resolve_generator
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.filter.filter_queries import ConsistencyEncoder, filter_queries
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.languages import language

_QUERIES = 5
_LONGEST = 32
SHAPES = ((30, 7), (120, 2), (240, 0), (60, 7), (240, 3), (240, 7))
"""Paragraphs and languages of a run."""


def _timed(work: Callable[[int], object], rounds: int = 1) -> float:
    """Seconds of the quickest round; each is told its number."""
    taken = []
    for number in range(rounds):
        started = time.perf_counter()
        work(number)
        taken.append(time.perf_counter() - started)
    return min(taken)


def measure_expand(work: Path, quick: bool) -> list[Observation]:
    """SmolLM2 on so many paragraphs; loading it is not counted."""
    texts = [passage.contents for passage in read_passages(prepare_data(work) / "corpus.jsonl")]
    generator = resolve_generator(
        GeneratorRequest(
            "smollm2", Sampling(max_tokens=_LONGEST), hardware=Hardware(ModelPrecision.BF16, device="cpu", threads=1)
        )
    )
    generator.generate(Unit(texts[:1], language("en"), _QUERIES, 0))
    found = []
    for number in (1, 2) if quick else (8, 16, 24, 32):
        say(f"expand: {number} passages")
        spread = texts[:: len(texts) // number][:number]
        units = [
            Unit(spread[start : start + CHUNK_SIZE], language("en"), _QUERIES, start)
            for start in range(0, number, CHUNK_SIZE)
        ]
        seconds = _timed(lambda _, units=units: [generator.generate(unit) for unit in units])
        found.append(Observation({"queries": number * _QUERIES}, seconds))
    return found


def measure_encode(work: Path, place: Path, quick: bool) -> list[Observation]:
    """Corpora of so many paragraphs, with the questions of so many languages."""
    encoder = Encoder(resolve_encoder("e5-small"), threads=1)
    return _measure(work, place, SHAPES[:2] if quick else SHAPES, "encode", partial(_encode, encoder))


def _measure(
    work: Path,
    place: Path,
    shapes: Sequence[tuple[int, int]],
    what: str,
    run: Callable[[Path, Path, Path, int], None],
) -> list[Observation]:
    """Time a stage on corpora of these shapes.

    :param run: the stage; told the corpus, the queries, where to write, and the number of the round.
    """
    found = []
    for passages, languages in shapes:
        corpus, queries, number = _part(work, place, passages, languages)
        say(f"{what}: {passages} passages, {number} queries")
        timed = _timed(partial(run, corpus, queries, place / f"{what}-{passages}-{languages}"))
        found.append(Observation({"passages": passages, "queries": number}, timed))
    return found


def _encode(encoder: Encoder, corpus: Path, queries: Path, output: Path, number: int) -> None:
    encode(
        corpus=corpus,
        queries=queries,
        encoder=encoder,
        encoder_name="e5-small",
        output=output.with_name(f"{output.name}-{number}"),
        options=EncodeOptions(),
    )


def measure_filter(work: Path, place: Path, quick: bool) -> list[Observation]:
    """The same corpora and questions."""
    judge = ConsistencyEncoder(Encoder(resolve_encoder("e5-small"), threads=1), "e5-small")
    shapes = [shape for shape in SHAPES if shape[1]][: 2 if quick else -1]
    return _measure(work, place, shapes, "filter", partial(_filter, judge))


def _filter(judge: ConsistencyEncoder, corpus: Path, queries: Path, output: Path, number: int) -> None:
    filter_queries(corpus=corpus, queries=queries, judge=judge, output=output.with_name(f"{output.name}-{number}"))


def measure_index(place: Path, quick: bool, views: bool) -> list[Observation]:
    """Random stores of 384 dimensions in float16."""
    recipe, options = Recipe("views" if views else "mean"), IndexOptions(fusing_threads=1)
    found = []
    for passages, languages in (
        ((1_000, 1), (2_000, 2)) if quick else ((20_000, 3), (40_000, 7), (80_000, 3), (80_000, 7))
    ):
        store = random_store(place / f"random-{passages}-{languages}", passages, 384, "float16", LANGUAGES[:languages])
        say(f"index: {passages} passages, {languages} languages, {'views' if views else 'mean'}")
        outputs = place / f"index-{passages}-{languages}-{'views' if views else 'mean'}"
        seconds = _timed(
            lambda number, store=store, outputs=outputs: build_index(store, outputs / str(number), recipe, options), 3
        )
        found.append(Observation({"passages × (1 + languages)": passages * (1 + languages)}, seconds))
    return found


def _part(work: Path, place: Path, passages: int, languages: int) -> tuple[Path, Path, int]:
    """XQuAD cut down; and how many queries that leaves."""
    data, chosen = prepare_data(work), LANGUAGES[:languages]
    folder = place / f"part-{passages}-{languages}"
    folder.mkdir(parents=True, exist_ok=True)
    lines = (data / "corpus.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    ids = {json.loads(line)["id"] for line in lines[: 240 // passages * passages : 240 // passages]}
    records = [json.loads(line) for line in (data / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    kept = [
        {"id": record["id"], "queries": {code: record["queries"][code] for code in chosen}}
        for record in records
        if record["id"] in ids
    ]
    (folder / "corpus.jsonl").write_text(
        "".join(line for line in lines if json.loads(line)["id"] in ids), encoding="utf-8"
    )
    (folder / "queries.jsonl").write_text(
        "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in kept), encoding="utf-8"
    )
    number = sum(len(texts) for record in kept for texts in record["queries"].values())
    return folder / "corpus.jsonl", folder / "queries.jsonl", number


torch.set_num_threads(1)
