"""What ``--encoder`` may be: folders, checkpoints, ids on a hub, and mistakes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import forked
import pytest
import torch
from safetensors.torch import load_file
from tiny_checkpoint import write_bert, write_xlm_roberta
from tiny_corpus import environment

from pyserini_xqg.encoder.folder import INT8_MODEL, MODEL, Pooling, read_config
from pyserini_xqg.errors import EncoderError
from pyserini_xqg.export.resolve import resolve_encoder


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_checkpoint_is_exported_once(tmp_path, cache):
    checkpoint = write_bert(tmp_path / "my-e5-model")
    folder = resolve_encoder(str(checkpoint))
    assert folder.parent == cache / "encoders"
    assert folder.name.startswith("my-e5-model-")
    config = read_config(folder, check_hashes=True)
    assert (config.pooling, config.query_prefix) == (Pooling.MEAN, "query: ")
    made = (folder / MODEL).stat().st_mtime_ns
    assert resolve_encoder(str(checkpoint)) == folder
    assert (folder / MODEL).stat().st_mtime_ns == made


def test_an_encoder_folder_stays_what_it_is(tmp_path):
    folder = resolve_encoder(str(write_bert(tmp_path / "bert")))
    assert resolve_encoder(str(folder)) == folder


def test_other_weights_and_other_settings_are_other_encoders(tmp_path):
    checkpoint = write_bert(tmp_path / "bert")
    plain, quantized = resolve_encoder(str(checkpoint)), resolve_encoder(str(checkpoint), quantize=True)
    assert not (plain / INT8_MODEL).exists()
    assert (quantized / INT8_MODEL).is_file()
    write_bert(tmp_path / "trained", seed=1)
    shutil.copy(tmp_path / "trained" / "model.safetensors", checkpoint)
    assert len({plain, quantized, resolve_encoder(str(checkpoint))}) == 3


def test_processes_that_export_at_once_share_one_encoder(tmp_path, cache):
    checkpoint = write_bert(tmp_path / "bert")
    command = ["-c", f"from pyserini_xqg.export.resolve import *; print(resolve_encoder({str(checkpoint)!r}))"]
    exporters = [forked.start(command, environment()) for _ in range(3)]
    places = {exporter.communicate()[0].strip() for exporter in exporters}
    assert [exporter.returncode for exporter in exporters] == [0, 0, 0]
    assert len(places) == 1
    read_config(Path(places.pop()), check_hashes=True)
    assert len(list((cache / "encoders").iterdir())) == 1


def test_a_failed_export_leaves_nothing_in_the_cache(tmp_path, cache):
    checkpoint = write_bert(tmp_path / "bert")
    (checkpoint / "model.safetensors").write_bytes(b"\0" * 100)
    with pytest.raises(EncoderError, match="cannot be loaded"):
        resolve_encoder(str(checkpoint))
    assert not list((cache / "encoders").iterdir())


def resolve_with_hub(name: str, endpoint: str, home: Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own, because the hub's client reads its settings when it is imported."""
    program = (
        "import sys\nfrom pyserini_xqg.errors import XqgError\nfrom pyserini_xqg.export.resolve import "
        "resolve_encoder\n"
    )
    program += "try: print(resolve_encoder(sys.argv[1]))\nexcept XqgError as error: sys.exit(str(error))"
    environment = {
        **os.environ,
        "HF_ENDPOINT": endpoint,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",
        "NO_PROXY": "127.0.0.1",
    }
    environment.pop("HF_HUB_OFFLINE", None)
    return subprocess.run(
        [sys.executable, "-c", program, name], env=environment, capture_output=True, text=True, check=False
    )


def test_a_hub_that_cannot_be_reached_gives_one_sentence(tmp_path):
    done = resolve_with_hub("some-owner/some-model", "http://127.0.0.1:9", tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "could not be had from the Hugging Face hub" in done.stderr


class Hub(ThreadingHTTPServer):
    """As much of the hub's interface as a download of one small repository needs."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), HubRequest)
        self.name, self.folder = name, folder
        self.asked: list[str] = []


class HubRequest(BaseHTTPRequestHandler):
    server: Hub
    commit = hashlib.sha1(b"one commit").hexdigest()

    def do_HEAD(self):
        self._answer(with_body=False)

    def do_GET(self):
        self._answer(with_body=True)

    def _answer(self, with_body: bool) -> None:
        path = self.path.split("?")[0]
        files = sorted(
            str(file.relative_to(self.server.folder)) for file in self.server.folder.rglob("*") if file.is_file()
        )
        if path.startswith(f"/api/models/{self.server.name}/tree/"):
            body = json.dumps(
                [
                    {"type": "file", "path": file, "size": (self.server.folder / file).stat().st_size, "oid": "0"}
                    for file in files
                ]
            )
            self._send(body.encode(), with_body)
        elif path.startswith(f"/api/models/{self.server.name}"):
            siblings = [{"rfilename": file} for file in files]
            self._send(
                json.dumps({"id": self.server.name, "sha": self.commit, "siblings": siblings}).encode(), with_body
            )
        elif path.startswith(f"/{self.server.name}/resolve/{self.commit}/"):
            file = path.split(f"{self.commit}/", 1)[1]
            if with_body:
                self.server.asked.append(file)
            self._send((self.server.folder / file).read_bytes(), with_body)
        else:
            self.send_error(404)

    def _send(self, body: bytes, with_body: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", self.commit)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.mark.parametrize("safetensors", [True, False])
def test_a_checkpoint_on_a_hub_is_downloaded_and_then_found_offline(tmp_path, safetensors):
    repository = write_xlm_roberta(tmp_path / "repository")
    (repository / "onnx").mkdir()
    (repository / "onnx" / "config.json").write_text("{}")
    torch.save(load_file(repository / "model.safetensors"), repository / "pytorch_model.bin")
    if not safetensors:
        (repository / "model.safetensors").unlink()
    hub = Hub("owner/tiny-xlm-r", repository)
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    done = resolve_with_hub("owner/tiny-xlm-r", f"http://127.0.0.1:{hub.server_port}", tmp_path / "home")
    hub.shutdown()
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.strip())
    assert folder.name.startswith("owner-tiny-xlm-r-")
    assert read_config(folder, check_hashes=True).source == "owner/tiny-xlm-r"
    weights = {"model.safetensors" if safetensors else "pytorch_model.bin"}
    assert {file for file in hub.asked if file.startswith(("model", "pytorch"))} == weights
    assert "onnx/config.json" not in hub.asked
    again = resolve_with_hub("owner/tiny-xlm-r", "http://127.0.0.1:9", tmp_path / "home")
    assert again.stdout == done.stdout, again.stderr
