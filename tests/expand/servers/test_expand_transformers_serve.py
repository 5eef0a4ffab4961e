"""Another project's server, not one of ours: `transformers serve` over a tiny real model."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_corpus import passages, tree, write_jsonl, xqg
from tiny_generators import write_llama

from pyserini_xqg.input.queries import read_queries

NUMBER = 3
QUERIES = 3
MODEL = "tiny-llama"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server has the checkpoint's folder as its only model; it samples because the checkpoint says so."""
    folder = write_llama(tmp_path_factory.mktemp("served") / MODEL)
    settings = json.loads((folder / "generation_config.json").read_text())
    (folder / "generation_config.json").write_text(json.dumps({**settings, "do_sample": True}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        Path(sys.executable).with_name("transformers"),
        "serve",
        MODEL,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--device",
        "cpu",
    ]
    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "HF_HUB_CACHE": str(folder.parent / "no-models"),
    }
    log = folder.parent / "log"
    with log.open("w") as stream:
        server = subprocess.Popen(command, cwd=folder.parent, env=environment, stdout=stream, stderr=stream)
        try:
            wait(server, f"http://127.0.0.1:{port}/health", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)


def wait(server: subprocess.Popen[bytes], place: str, log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(place, timeout=5).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.3)
        else:
            return
    pytest.fail(f"it did not start: {log.read_text()[-1000:]}")


@pytest.fixture
def flags(address: str, tmp_path: Path) -> list[str | Path]:
    corpus = write_jsonl(tmp_path / "c.jsonl", passages(NUMBER))
    sizes = [
        "--queries-per-language",
        str(QUERIES),
        "--max-tokens-per-query",
        "8",
        "--chunk-size",
        "2",
        "--shard-size",
        "2",
    ]
    return ["expand", "--corpus", corpus, "--languages", "ar", "--generator", address, "--retries", "0", *sizes]


def test_it_writes_queries_and_the_same_again(flags: list[str | Path], tmp_path: Path):
    """It leaves out `n` and writes one answer a request, and is asked until there are enough; a seed holds for a
    request at a time.
    """
    more = ["--server-model", MODEL, "--concurrency", "1"]
    for output in ("first", "again"):
        done = xqg(*flags, *more, "--output", tmp_path / output)
        assert done.returncode == 0, done.stderr
    assert tree(tmp_path / "first") == tree(tmp_path / "again")
    texts = [text for record in read_queries(tmp_path / "first") for text in record.queries.get("ar", ())]
    tallies = [json.loads(path.read_text())["tally"] for path in (tmp_path / "first" / "groups").iterdir()]
    dropped = sum(number for tally in tallies for number in tally["dropped"].get("ar", {}).values())
    assert len(texts) + dropped == NUMBER * QUERIES
    assert len(set(texts)) > NUMBER, "samples differ"
    assert sum(tally["unfinished"] for tally in tallies) > 0, "8 tokens are few, and it says which answers they cut"


def test_without_a_list_of_models_one_must_be_named(flags: list[str | Path], tmp_path: Path):
    done = xqg(*flags, "--output", tmp_path / "o")
    assert done.returncode == 1
    assert "/v1 cannot be asked for its model: HTTP 500" in done.stderr
    assert "name one with --server-model" in done.stderr


def test_what_it_does_not_take_is_said(flags: list[str | Path], tmp_path: Path):
    done = xqg(*flags, "--server-model", MODEL, "--top-k", "10", "--output", tmp_path / "o")
    assert done.returncode == 1
    assert "Unexpected fields in the request: {'top_k'}" in done.stderr
    assert "--top-k is no part of OpenAI's protocol, so try without it" in done.stderr
    assert not list((tmp_path / "o").glob("queries-*"))


def test_another_model_is_refused(flags: list[str | Path], tmp_path: Path):
    done = xqg(*flags, "--server-model", "other", "--output", tmp_path / "o")
    assert done.returncode == 1
    assert "Server is pinned to 'tiny-llama'; requested 'other'" in done.stderr
