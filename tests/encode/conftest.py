"""One corpus with the tiny encoder, and the store that an unbroken run makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from encode_stage import SHARDS, Stage

from pyserini_xqg.store.vector_store import VectorStore


@pytest.fixture(scope="package")
def stage(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path) -> Stage:
    return Stage(tmp_path_factory.mktemp("input"), tiny_encoder)


@pytest.fixture(scope="package")
def unbroken(tmp_path_factory: pytest.TempPathFactory, stage: Stage) -> dict[str, bytes]:
    """Every byte of the store of a run that nothing disturbed."""
    store = tmp_path_factory.mktemp("unbroken") / "store"
    made = stage.finish(store)
    assert {name.split("/")[0] for name in made} == {"store.json", "shards"}
    assert len({name.split("/")[1] for name in made if "/" in name}) == SHARDS
    return made


@pytest.fixture(scope="package")
def store(tmp_path_factory: pytest.TempPathFactory, stage: Stage, unbroken: dict[str, bytes]) -> VectorStore:
    folder = tmp_path_factory.mktemp("read") / "store"
    for name, data in unbroken.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return VectorStore(folder)
