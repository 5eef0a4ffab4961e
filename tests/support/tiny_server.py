"""A server on loopback that speaks OpenAI's protocol, driven by a real (tiny) model through our own causal generator;
and its bad days.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import chat_server
from chat_server import ChatHandler, ChatServer

from pyserini_xqg.expand.generator import Unit
from pyserini_xqg.expand.models.causal import CausalGenerator
from pyserini_xqg.expand.models.hardware import Hardware, ModelPrecision
from pyserini_xqg.expand.models.model_files import find_model
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.wording.prompt import Prompt
from pyserini_xqg.languages import language

MODEL = "tiny-llama"
Fault = str | None


class TinyServer(ChatServer):
    """Answers with what the model writes for the last message, unless ``fault`` says otherwise.

    :param fault: from the number of the request to what goes wrong, or None.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(MODEL, self._written, _Handler)
        prompt = Prompt("", "{language} {passage}", ())
        self.model = CausalGenerator(
            find_model(str(folder)), prompt, Sampling(max_tokens=8), Hardware(ModelPrecision.FP32, device="cpu")
        )
        self.lock = threading.Lock()
        self.fault: Callable[[int], Fault] = lambda number: None
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.busy = self.busiest = 0
        self.slowness = 0.0

    def reset(self) -> None:
        self.fault, self.requests, self.keys, self.busiest, self.slowness = (lambda number: None), [], [], 0, 0.0

    def _written(self, request: dict[str, Any]) -> list[str]:
        unit = Unit([request["messages"][-1]["content"]], language("en"), request["n"], request["seed"])
        with self.lock:
            return list(self.model.generate(unit)[0].texts)


class _Handler(ChatHandler):
    server: TinyServer

    def answer(self, request: dict[str, Any]) -> None:
        server = self.server
        with server.lock:
            server.requests.append(request)
            server.keys.append(self.headers["Authorization"])
            number = len(server.requests)
            server.busy += 1
            server.busiest = max(server.busiest, server.busy)
        time.sleep(server.slowness)
        with server.lock:  # before the answer goes out: its reader may send the next request at once
            server.busy -= 1
        self.answer_with(request, server.fault(number))

    def answer_with(self, request: dict[str, Any], fault: Fault) -> None:  # noqa: C901 (one line a fault)
        if self.path != "/v1/chat/completions":
            return self.reply(404, {"error": {"message": "no such path"}})
        choices = self.choices(request)
        usage = {"prompt_tokens": 100, "completion_tokens": 10 * len(choices), "total_tokens": 100 + 10 * len(choices)}
        match fault:
            case None:
                self.reply(200, {"choices": choices, "usage": usage})
            case "timeout":
                time.sleep(3)
                self.reply(200, {"choices": choices})
            case "hang up":
                self.close_connection = True
            case "malformed":
                self.reply(200, b"{choices: oops")
            case "half":
                self.reply(200, json.dumps({"choices": choices}).encode(), cut=20)
            case "no object":
                self.reply(200, b"[1]")
            case "no choices":
                self.reply(200, {"choices": []})
            case "null content":
                self.reply(200, {"choices": [{"message": {"content": None}}]})
            case "too few":
                self.reply(200, {"choices": choices[:1]})
            case "one only" if request["n"] > 1:
                self.reply(400, {"error": {"message": "only one completion choice is allowed"}})
            case "one only":
                self.reply(200, {"choices": choices})
            case "too long":
                self.reply(400, {"error": {"message": "the prompt is longer than the model's window"}})
            case "all alike":
                self.reply(
                    200,
                    {
                        "choices": [
                            {**choice, "message": {"role": "assistant", "content": "Which river?"}}
                            for choice in choices
                        ]
                    },
                )
            case "all cut":
                self.reply(200, {"choices": [{**choice, "finish_reason": "length"} for choice in choices]})
            case "redirect":
                self.reply(307, {}, Location="http://192.0.2.1/v1/chat/completions")
            case _:
                self.reply(int(fault), {"error": {"message": "a bad day"}}, **{"Retry-After": "0"})


@contextmanager
def serving(folder: Path) -> Iterator[TinyServer]:
    with chat_server.serving(TinyServer(folder)) as server:
        yield server
