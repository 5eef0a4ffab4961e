"""A real model behind a real server of another project's: SmolLM2 by `transformers serve`, on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common import say

_PATIENCE = 180
"""Seconds for the server to load its model."""


def write_checkpoint(folder: Path, top_k: int) -> Path:
    """The embedded GGUF model as a checkpoint folder, in bf16; made where it is not there yet.

    `transformers serve` takes no GGUF file that does not name its architecture, and samples only where the checkpoint says so: its requests
    have a temperature and no switch for it, nor a top-k.
    """
    import torch
    import transformers

    from pyserini_xqg.expand.model_files import embedded_file

    if not (folder / "model.safetensors").is_file():
        gguf = embedded_file()
        read = transformers.AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
        if hasattr(read.config, "quantization_config"):
            del read.config.quantization_config
        model = transformers.LlamaForCausalLM(read.config)
        model.load_state_dict(read.state_dict())
        model.generation_config = read.generation_config
        model.generation_config.do_sample, model.generation_config.top_k = True, top_k
        transformers.AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(folder)
        model.to(torch.bfloat16).save_pretrained(folder)
    return folder


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the checkpoint while the block runs; gives the address. The model's name there is the folder's."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = Path(sys.executable).with_name("transformers")
    words = [command, "serve", folder.name, "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    say(f"starting {' '.join(map(str, words[1:]))}")
    log = (folder.parent / "serve.log").open("w")
    server = subprocess.Popen(words, cwd=folder.parent, stdout=log, stderr=log, env={**os.environ, "HF_HUB_OFFLINE": "1"})
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(server, address)
        yield address
    finally:
        server.kill()  # it holds nothing that would be lost, and would write a request to its end first
        server.wait()
        log.close()


def _wait(server: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(1)
    raise SystemExit("`transformers serve` did not start; see serve.log beside its checkpoint")
