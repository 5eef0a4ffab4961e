"""How a server is asked: plain settings; importing this is cheap."""

from __future__ import annotations

from dataclasses import dataclass

from pyserini_xqg.errors import UsageError


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How a server is asked.

    :param model: its name there; None for the only one it has.
    :param key_variable: the environment variable that holds the key, where there is one.
    :param concurrency: requests at a time.
    :param timeout: seconds to wait for an answer.
    :param retries: how often a request is repeated that failed for the time being.
    :param give_up: after the last of them count the passage's queries as missing and go on, instead of stopping.
    :raises UsageError: a number that cannot be.
    """

    model: str | None = None
    key_variable: str = "PYSERINI_XQG_API_KEY"
    concurrency: int = 8
    timeout: float = 120.0
    retries: int = 6
    give_up: bool = False
    max_requests: int | None = None
    max_tokens: int | None = None

    def __post_init__(self) -> None:
        for flag, value in (("--concurrency", self.concurrency), ("--timeout", self.timeout)):
            if not value > 0:
                raise UsageError(f"{flag} is {value}; it must be above 0")
        if self.retries < 0:
            raise UsageError(f"--retries is {self.retries}; it must be at least 0")
