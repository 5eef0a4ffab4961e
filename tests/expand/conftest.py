"""One loopback server with one tiny model, for the whole folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_generators import write_llama
from tiny_server import TinyServer, serving


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyServer]:
    with serving(write_llama(tmp_path_factory.mktemp("served") / "tiny-llama")) as server:
        yield server


@pytest.fixture
def server(running: TinyServer) -> TinyServer:
    running.reset()
    return running


@pytest.fixture
def prompt_file(tmp_path: Path) -> Path:
    path = tmp_path / "prompt.toml"
    path.write_text('instruction = "{language}: {passage}"\n')
    return path
