"""What a run may cost at a server, and what it will cost, roughly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pyserini_xqg.errors import GeneratorError, UsageError
from pyserini_xqg.languages import Language, language


def rough_tokens(text: str) -> int:
    """About how many tokens a text has, without its model's tokenizer: four letters of ASCII each, every other
    character by itself.
    """
    ascii_only = sum(character < "\x80" for character in text)
    return -(-ascii_only // 4) + len(text) - ascii_only


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """What generating will take.

    :param prompt_tokens: read by the model, if the prompt is sent once a passage and language.
    :param answer_tokens: at most written by it.
    :param answers: asked for in one request.
    """

    requests: int
    prompt_tokens: int
    answer_tokens: int
    answers: int

    def __str__(self) -> str:
        said = (
            f"about {self.requests:,} requests, {self.prompt_tokens:,} tokens of prompts, at most "
            f"{self.answer_tokens:,} tokens of answers"
        )
        singly = f"; {self.answers} times the requests and prompts where the server writes one answer a request"
        return said + singly * (self.answers > 1)


def estimate(
    passages: Iterable[str],
    languages: Sequence[str],
    number: int,
    max_tokens: int,
    prompt: Callable[[str, Language], str],
) -> CostEstimate:
    """Count what a run over these passages would ask for.

    :param prompt: the whole prompt for a passage in a language.
    """
    overhead = sum(rough_tokens(prompt("", language(code))) for code in languages)
    requests = tokens = 0
    for passage in passages:
        requests += len(languages)
        tokens += overhead + len(languages) * rough_tokens(passage)
    return CostEstimate(requests, tokens, requests * number * max_tokens, number)


class Budget:
    """What may be spent in this run; shared by threads.

    :param max_requests: None for any number.
    :param max_tokens: prompts and answers together, None for any number.
    :raises UsageError: less than one of either.
    """

    def __init__(self, max_requests: int | None = None, max_tokens: int | None = None) -> None:
        for flag, value in (("--max-requests", max_requests), ("--max-tokens", max_tokens)):
            if value is not None and value < 1:
                raise UsageError(f"{flag} is {value}; it must be at least 1")
        self._max_requests = max_requests
        self._max_tokens = max_tokens
        self._lock = threading.Lock()
        self.requests = self.tokens = 0

    def reserve(self, tokens: int) -> None:
        """Set aside one request and the most tokens that it can take.

        :raises GeneratorError: that would be more than may be spent.
        """
        with self._lock:
            if self._max_requests is not None and self.requests >= self._max_requests:
                raise GeneratorError(
                    f"the budget of {self._max_requests:,} requests is used up; {_GO_ON} --max-requests"
                )
            if self._max_tokens is not None and self.tokens + tokens > self._max_tokens:
                raise GeneratorError(
                    f"the budget of {self._max_tokens:,} tokens has {max(0, self._max_tokens - self.tokens):,} left, "
                    f"too few for the next request; {_GO_ON} --max-tokens"
                )
            self.requests += 1
            self.tokens += tokens

    def settle(self, reserved: int, used: int) -> None:
        """Give back what was set aside and not used."""
        with self._lock:
            self.tokens += used - reserved


_GO_ON = "what is finished is kept, and the same command goes on from here with a new or larger"
