"""Servers that speak OpenAI's chat protocol, such as vLLM and llama.cpp: many requests at a time, patience, and a
budget.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from pyserini_xqg.errors import GeneratorError, UsageError
from pyserini_xqg.expand.generator import Answer, Unit
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.servers.budget import Budget, rough_tokens
from pyserini_xqg.expand.servers.chat_response import Written, answers_in, tokens_used
from pyserini_xqg.expand.servers.http_json import Connection, RefusedError, TransientError
from pyserini_xqg.expand.servers.options import ServerOptions
from pyserini_xqg.expand.wording.chat_answer import chat_answer
from pyserini_xqg.expand.wording.prompt import Prompt
from pyserini_xqg.languages import Language

_LOGGER = logging.getLogger(__name__)
_WINDOW = 2048
"""Tokens, roughly counted: a server's own limit is not known."""
_ROUNDS = 3
"""How often in a row the same passage is asked about when what comes back holds no answer."""
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 60.0
_UNUSABLE = frozenset({401, 402, 403, 404, 405})
"""Statuses that no other passage would change."""
_PERHAPS_TOO_MANY = frozenset({400, 422})
"""What older servers say when they are asked for several answers at once, among other things."""
_ALIKE = 8
"""Passages with no two different answers to different seeds, after which a server is told to be one that does not
sample.
"""
_FORMAT = 3
"""Raise it when the same answers become other queries."""


class ServerGenerator:
    """A model at a server. Each passage is one request for all its queries in a language.

    :param address: ``http://host:port``, with or without ``/v1``.
    :param window: the longest prompt in tokens, roughly; longer passages are cut.
    :raises GeneratorError: it cannot be reached, or has no such model.
    """

    arithmetic = "server"

    def __init__(
        self, address: str, prompt: Prompt, sampling: Sampling, options: ServerOptions, window: int | None = None
    ) -> None:
        parts = urlsplit(address)
        if not parts.hostname or parts.query or parts.fragment or parts.username:
            raise UsageError(
                f"--generator {address}: expected an address such as http://localhost:8000, without user, query or "
                "fragment"
            )
        base = address.rstrip("/")
        key = os.environ.get(options.key_variable)
        self._connection = Connection(base if parts.path.strip("/") else f"{base}/v1", key, options.timeout)
        self._prompt = prompt
        self._sampling = sampling
        self._options = options
        self._window = window or _WINDOW
        self.budget = Budget(options.max_requests, options.max_tokens)
        self._many_at_once = True
        self._alike = 0
        self.name = options.model or self._only_model()

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the model's name, the prompt, the sampling and the window. What the server does with them it alone
        knows.
        """
        decisive = [_FORMAT, self.name, self._prompt.record(), asdict(self._sampling), self._window]
        return hashlib.sha256(json.dumps(decisive, ensure_ascii=False).encode()).hexdigest()

    def phrases(self, language: Language) -> Sequence[str]:
        """The sentences of the prompt and its examples."""
        return self._prompt.phrases(language)

    def generate(self, unit: Unit) -> list[Answer]:
        """Ask about all passages at once, or as many as may be asked about at a time."""
        pool = ThreadPoolExecutor(self._options.concurrency)
        try:
            answers = list(pool.map(lambda numbered: self._ask(unit, *numbered), enumerate(unit.texts)))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        if answers and all(answer.failed == unit.number for answer in answers):
            raise GeneratorError(
                f"{self._connection.base} gave no answer for any of {len(answers)} passages; see that it runs, then "
                "run the same command again"
            )
        self._watch_for_echoes(unit, answers)
        return answers

    def _watch_for_echoes(self, unit: Unit, answers: Sequence[Answer]) -> None:
        """Say once that a server ignores temperature and seed: every further query then costs a request and is the
        first one again.
        """
        if self._alike >= _ALIKE or unit.number == 1 or self._sampling.top_k == 1:
            return
        for answer in answers:
            self._alike = self._alike + 1 if len(answer.texts) > 1 and len(set(answer.texts)) == 1 else 0
            if self._alike == _ALIKE:
                _LOGGER.warning(
                    "%s gives the same answer to every seed, so it does not sample: ask for --queries-per-language 1, "
                    "or let it (`transformers serve` does where the checkpoint's generation_config.json has "
                    "do_sample)",
                    self._connection.base,
                )
                return

    def _ask(self, unit: Unit, row: int, passage: str) -> Answer:
        shown = self._fit(passage, unit.language)
        messages = self._prompt.messages(shown, unit.language)
        written: list[Written] = []
        turn = fruitless = 0
        while len(written) < unit.number and fruitless < _ROUNDS:
            seed = (unit.seed + row * 1009 + turn) % 2**31
            try:
                found = self._request(messages, unit.number - len(written), seed)[: unit.number - len(written)]
                written += found
                turn, fruitless = turn + 1, 0 if found else fruitless + 1
            except TransientError as error:
                if not self._options.give_up:
                    raise GeneratorError(
                        f"{self._connection.base}: {error.reason}, after {self._options.retries + 1} tries; what is "
                        "finished is kept, so run the same command again, or with --on-error skip to count such "
                        "passages and go on"
                    ) from error
                break
            except RefusedError as error:
                self._stop_where_hopeless(error)
                break
        texts, broke_off = [answer.text for answer in written], [answer.cut for answer in written]
        return chat_answer(unit, texts, broke_off, len(shown) < len(passage), unit.number - len(written))

    def _stop_where_hopeless(self, error: RefusedError) -> None:
        if error.status in _UNUSABLE or not self._options.give_up:
            raise GeneratorError(
                f"{self._connection.base} refuses: {error.reason}{self._hint(error.status)}"
            ) from error

    def _hint(self, status: int) -> str:
        if status in (401, 403):
            return f"; its key is read from the environment variable {self._options.key_variable}"
        if status in _PERHAPS_TOO_MANY and self._sampling.top_k > 1:
            return "; --top-k is no part of OpenAI's protocol, so try without it"
        return ""

    def _fit(self, passage: str, language: Language) -> str:
        room = self._window - rough_tokens(self._prompt.text("", language))
        if room < 1:
            raise GeneratorError(
                f"the prompt alone is longer than --window {self._window} tokens; give a larger one or a shorter "
                "--prompt"
            )
        while (tokens := rough_tokens(passage)) > room:
            passage = passage[: min(len(passage) - 1, len(passage) * room // tokens)]
        return passage

    def _request(self, messages: list[dict[str, str]], number: int, seed: int) -> list[Written]:
        """The answers in one response; there may be fewer than were asked for."""
        at_once = number if self._many_at_once else 1
        try:
            return self._answers(messages, at_once, seed)
        except RefusedError as error:
            if error.status not in _PERHAPS_TOO_MANY or at_once == 1:
                raise
        found = self._answers(messages, 1, seed)
        self._many_at_once = (
            False  # had it been for another reason, such as this passage, one answer would have been refused too
        )
        return found

    def _answers(self, messages: list[dict[str, str]], number: int, seed: int) -> list[Written]:
        payload: dict[str, Any] = {"model": self.name, "messages": messages, "n": number, "seed": seed}
        best = self._sampling.top_k == 1
        payload |= {
            "max_tokens": self._sampling.max_tokens,
            # The best token always, as OpenAI's own protocol says it.
            "temperature": 0.0 if best else self._sampling.temperature,
            "top_p": self._sampling.top_p,
        }
        if self._sampling.top_k and not best:
            payload["top_k"] = self._sampling.top_k  # no part of OpenAI's own protocol, but of vLLM's and llama.cpp's
        most = rough_tokens(json.dumps(messages, ensure_ascii=False)) + number * self._sampling.max_tokens
        return answers_in(self._patiently(lambda: self._spend(payload, most)))

    def _spend(self, payload: dict[str, Any], most: int) -> dict[str, Any]:
        self.budget.reserve(most)
        try:
            response = self._connection.post("/chat/completions", payload)
        except RefusedError:
            self.budget.settle(most, 0)
            raise
        used = tokens_used(response)
        self.budget.settle(most, most if used is None else used)
        return response

    def _patiently[Response](self, send: Callable[[], Response]) -> Response:
        """Repeat what fails for the time being, waiting longer each time, or as long as the server says."""
        for turn in range(self._options.retries):
            try:
                return send()
            except TransientError as error:
                wait = min(_FIRST_WAIT * 2**turn, _LONGEST_WAIT)
                # Not all threads again at the same moment; that decides no byte of the output.
                time.sleep(error.after if error.after is not None else wait * random.uniform(0.75, 1.25))
        return send()

    def _only_model(self) -> str:
        try:
            listed = self._patiently(lambda: self._connection.get("/models")).get("data")
        except (TransientError, RefusedError) as error:
            raise GeneratorError(
                f"{self._connection.base} cannot be asked for its model: {error.reason}; see that it runs, or name "
                "one with --server-model"
            ) from error
        names = (
            [entry["id"] for entry in listed if isinstance(entry, dict) and isinstance(entry.get("id"), str)]
            if isinstance(listed, list)
            else []
        )
        if len(names) != 1:
            found = f"has {len(names)} models ({', '.join(names[:5])})" if names else "names no model"
            raise GeneratorError(f"{self._connection.base} {found}; choose one with --server-model")
        return names[0]
