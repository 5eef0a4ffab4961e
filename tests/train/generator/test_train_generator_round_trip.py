"""The round trip's figures against a count by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.errors import Location
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.request import GeneratorRequest
from pyserini_xqg.expand.resolve import resolve_generator
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.train.fit import FittedModel
from pyserini_xqg.train.generator.data.examples import TrainingExample
from pyserini_xqg.train.generator.data.split import DividedExamples
from pyserini_xqg.train.generator.report import as_text, lines
from pyserini_xqg.train.generator.round_trip import RoundTrip, RoundTripScore, round_trip

PLACES = ["Lima", "Oslo", "Cairo", "Quito", "Delhi", "Tokyo", "Paris", "Accra", "Seoul", "Hanoi", "Sofia", "Minsk"]
HERE = Location(Path("x"))
TEXTS = [f"The river runs for {number} miles through {place}." for number, place in enumerate(PLACES)]
HELD_OUT = [
    TrainingExample(text, "en", f"Where is the river of {place}?", HERE)
    for text, place in zip(TEXTS, PLACES, strict=True)
]


def expected(queries: list[tuple[int, str]], encoder: Encoder) -> tuple[float, float]:
    passages = encoder.encode(TEXTS, Side.PASSAGE)
    products = encoder.encode([text for _, text in queries], Side.QUERY) @ passages.T
    ranks = np.array(
        [1 + int((products[place] > products[place, row]).sum()) for place, (row, _) in enumerate(queries)]
    )
    return float((ranks == 1).mean()), float(np.where(ranks <= 10, 1 / ranks, 0).mean())


def test_it_counts_what_a_count_by_hand_counts(tiny_mt5: Path, encoder: Callable[[], Encoder], tmp_path: Path):
    generator = resolve_generator(
        GeneratorRequest(str(tiny_mt5), Sampling(max_tokens=12), hardware=Hardware(ModelPrecision.FP32, device="cpu"))
    )
    loaded = encoder()
    trip = round_trip(
        held_out=HELD_OUT,
        languages=("en", "sw"),
        kind=TextKind.QUESTIONS,
        generator=generator,
        encoder=loaded,
        number=2,
        seed=0,
        folder=tmp_path,
    )
    assert trip.passages == len(PLACES)
    human = [(row, example.query) for row, example in enumerate(HELD_OUT)]
    assert (trip.human["en"].scores["R@1"], trip.human["en"].scores["MRR@10"]) == pytest.approx(expected(human, loaded))
    assert set(trip.human) == {"en"}, "nobody asked in Swahili"
    records = [json.loads(line) for line in (tmp_path / "queries" / "queries-00000.jsonl").read_text().splitlines()]
    for code in ("en", "sw"):
        written = [(row, text) for row, record in enumerate(records) for text in record["queries"].get(code, [])]
        assert trip.generated[code].queries == len(written) > len(PLACES)
        assert tuple(trip.generated[code].scores.values()) == pytest.approx(expected(written, loaded))
    assert next(sample["human"] for sample in trip.samples if sample["language"] == "en") == [HELD_OUT[0].query]
    assert all(sample["generated"] for sample in trip.samples if sample["language"] == "sw")


def test_a_language_of_which_nothing_was_kept_has_no_score():
    """As of a translator that has learned too little and writes the passage itself, which expand drops."""
    nothing, some = RoundTripScore(0, {"R@1": 0.0, "MRR@10": 0.0}), RoundTripScore(2, {"R@1": 0.5, "MRR@10": 0.75})
    trip = RoundTrip(12, {"de": nothing, "en": some}, {}, [])
    german = replace(HELD_OUT[0], code="de")
    fitted = FittedModel([{"step": 0, "eval_loss": 2.0}], 0, Path("x"))
    de, en = lines(DividedExamples([german, HELD_OUT[0]], HELD_OUT), fitted, trip)
    assert (de.texts, de.generated) == (0, None)
    assert (en.texts, en.generated) == (2, some.scores)
    assert as_text([de, en]).splitlines()[1].split() == ["de", "1", "0", "–", "–", "0", "–", "–", "–", "–"]
