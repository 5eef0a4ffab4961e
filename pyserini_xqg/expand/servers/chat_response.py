"""What a server's response to a chat request holds. Pure: the server may have sent anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Written:
    """One answer of the model.

    :param cut: whether the server says that it broke off at the greatest length.
    """

    text: str
    cut: bool


def answers_in(response: dict[str, Any]) -> list[Written]:
    """The answers, in their order; choices that hold none are left out."""
    choices = response.get("choices")
    found = []
    for choice in choices if isinstance(choices, list) else []:
        message = choice.get("message") if isinstance(choice, dict) else None
        content = message.get("content") if isinstance(message, dict) else None
        if isinstance(content, str):
            found.append(Written(content, choice.get("finish_reason") == "length"))
    return found


def tokens_used(response: dict[str, Any]) -> int | None:
    """Tokens of prompt and answers together by the server's own count; None where it does not say."""
    used = response.get("usage")
    total = used.get("total_tokens") if isinstance(used, dict) else None
    return total if isinstance(total, int) and total >= 0 else None
