"""A tiny model, files to learn from, and the tiny encoder as the round trip takes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from tiny_generators import write_mt5

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.train.precision import TrainingPrecision
from pyserini_xqg.train.settings import TrainSettings


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Sums are in another order with another number of threads, which earlier tests of the same process may have
    changed; children inherit it.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield
    torch.set_num_threads(before)


PLACES = ["Lima", "Oslo", "Cairo", "Quito", "Delhi", "Tokyo", "Paris", "Accra", "Seoul", "Hanoi", "Sofia", "Minsk"]


@pytest.fixture(scope="session")
def tiny_mt5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mt5(tmp_path_factory.mktemp("mt5") / "tiny")


@pytest.fixture(scope="session")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve passages with a question in English and one in Spanish each."""
    path = tmp_path_factory.mktemp("lessons") / "lessons.jsonl"
    records = []
    for number, place in enumerate(PLACES):
        passage = f"The river runs for {number} miles through {place}."
        records.append({"passage": passage, "language": "en", "query": f"Where does the river of {place} run?"})
        records.append({"passage": passage, "language": "es", "query": f"¿Por dónde corre el río de {place}?"})
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture
def encoder(tiny_encoder: Path) -> Callable[[], Encoder]:
    return lambda: Encoder(tiny_encoder, threads=1)


@pytest.fixture
def quick() -> TrainSettings:
    """Twelve steps over more than four epochs, dropout and all, a checkpoint every four."""
    return TrainSettings(
        learning_rate=3e-3, batch_size=4, accumulate=2, checkpoint_every=4, steps=12, precision=TrainingPrecision.FP32
    )
