"""A server on loopback that speaks OpenAI's protocol and knows one question in three wordings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chat_server import ChatServer, serving

ENGLISH, GERMAN, REWORDED = (
    "How long is the Mekong River?",
    "Wie lang ist der Fluss Mekong?",
    "What is the length of the Mekong?",
)


def _write(request: dict[str, Any]) -> list[str]:
    return [_answer(request["messages"][-1]["content"])] * request.get("n", 1)


def _answer(asked: str) -> str:
    if "Translate" not in asked:
        return REWORDED if ENGLISH in asked else asked.split("Question: ")[1].split("\n")[0]
    if ENGLISH in asked and "into German" in asked:
        return GERMAN
    return REWORDED if GERMAN in asked and "into English" in asked else "?"


@contextmanager
def translating() -> Iterator[str]:
    """The address of the server, as long as the block lasts."""
    with serving(ChatServer("translator", _write)) as server:
        yield server.address
