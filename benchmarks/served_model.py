"""A real model behind a real server on loopback that speaks OpenAI's protocol: SmolLM2, asked for chat completions over
HTTP.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import common  # noqa: F401 - puts tests/support, where the server is, on the path
from chat_server import ChatServer
from chat_server import serving as serving_at

from pyserini_xqg.expand.generator import Unit
from pyserini_xqg.expand.kinds.smollm2 import embedded_model
from pyserini_xqg.expand.models.causal import CausalGenerator
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.wording.prompt import Prompt, PromptExample
from pyserini_xqg.languages import language

MODEL = "smollm2"
_ENGLISH = language("en")


class _Model:
    """Writes what the model says to the messages of a request; one request at a time, so that its seed alone decides.

    :param top_k: the protocol has no such field, so there is one for all.
    """

    def __init__(self, top_k: int, longest: int) -> None:
        self._sampling = Sampling(top_k=top_k, max_tokens=longest)
        self._writers: dict[str, CausalGenerator] = {}
        self._lock = threading.Lock()

    def write(self, request: dict[str, Any]) -> list[str]:
        *before, last = request["messages"]
        with self._lock:
            unit = Unit([last["content"]], _ENGLISH, request.get("n", 1), request.get("seed", 0))
            return list(self._writer(before).generate(unit)[0].texts)

    def _writer(self, before: list[dict[str, str]]) -> CausalGenerator:
        """The model with what comes before the last message, which is the same in all requests of a client."""
        key = json.dumps(before)
        if key not in self._writers:
            system = before[0]["content"] if before and before[0]["role"] == "system" else ""
            turns = before[1:] if system else before
            examples = tuple(
                PromptExample(asked["content"], {"en": said["content"]})
                for asked, said in zip(turns[::2], turns[1::2], strict=True)
            )
            prompt = Prompt(system, "{passage}", examples)
            self._writers[key] = CausalGenerator(
                embedded_model(), prompt, self._sampling, Hardware(ModelPrecision.BF16, device="cpu")
            )
        return self._writers[key]


@contextmanager
def serving(top_k: int, longest: int) -> Iterator[str]:
    """Serve while the block runs; gives the address.

    :param longest: tokens an answer.
    """
    with serving_at(ChatServer(MODEL, _Model(top_k, longest).write)) as server:
        yield server.address
