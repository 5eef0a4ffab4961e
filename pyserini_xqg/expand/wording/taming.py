"""What chat models put around an answer, whatever they were asked for: thoughts, fences, JSON. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Repair(StrEnum):
    """What was taken off a text before it was kept."""

    CONTROLS = "control characters"
    THINKING = "thinking"
    """What a model said to itself first."""
    FENCE = "code fences"
    JSON = "JSON"
    TALK = "talk"
    """A label before the text, or a sentence about it."""


@dataclass(frozen=True, slots=True)
class Tamed:
    """An answer by itself.

    :param parts: the strings that it holds in JSON; else the whole of it; none where nothing is left.
    """

    parts: tuple[str, ...]
    repairs: tuple[Repair, ...] = ()


_THOUGHT = re.compile(r"<(think|thinking|thought|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_END_OF_THOUGHT = re.compile(r"\A.*</(?:think|thinking|thought|reasoning)>", re.DOTALL | re.IGNORECASE)
"""Where the chat template opened the thought, so that the answer only closes it."""
_FENCED = re.compile(r"\A\s*(?:[^\n]*[:：][*\s]*\n\s*)?```\w*[ \t]*\n(.*?)(?:\n\s*```|\Z)", re.DOTALL)
"""A fence at the beginning, or behind a line that announces it; where it stays open the answer was cut."""
_FENCE = re.compile(r"^\s*```\w*\s*$", re.MULTILINE)
_OPENING = re.compile(r"^\s*([\[{])", re.MULTILINE)
_CUT_JSON = re.compile(r'\A\s*\{\s*"[^"\n]{1,40}"\s*:\s*\[?\s*"((?:[^"\\]|\\.)*)\\?\Z', re.DOTALL)
"""An object whose first string breaks off."""
_KEYS = (
    "translation",
    "translations",
    "translated_text",
    "question",
    "questions",
    "query",
    "queries",
    "text",
    "answer",
    "output",
    "result",
)
_DECODER = json.JSONDecoder(strict=False)  # models break lines inside strings


def tame(answer: str) -> Tamed:
    """Take off what is around an answer."""
    repairs: list[Repair] = []
    text = _END_OF_THOUGHT.sub("", _THOUGHT.sub("", answer))
    if text != answer:
        repairs.append(Repair.THINKING)
    unfenced = _FENCE.sub("", found[1] if (found := _FENCED.match(text)) else text)
    if unfenced != text:
        repairs.append(Repair.FENCE)
    text = unfenced.strip()
    parts = _from_json(text)
    if parts is not None:
        repairs.append(Repair.JSON)
    elif text:
        parts = (text,)
    return Tamed(parts or (), tuple(repairs))


def _from_json(text: str) -> tuple[str, ...] | None:
    """The strings of an answer that is JSON, or has JSON behind other lines; None where there is none."""
    for match in _OPENING.finditer(text):
        try:
            value, _ = _DECODER.raw_decode(text, match.start(1))
        except (ValueError, RecursionError):
            continue
        return _strings(value)
    if cut := _CUT_JSON.match(text):
        try:
            return (_DECODER.decode(f'"{cut[1]}"'),)
        except ValueError:
            return None
    return None


def _strings(value: Any) -> tuple[str, ...] | None:
    while isinstance(value, dict) and value:
        named = {name.casefold(): each for name, each in value.items()}
        value = next((named[key] for key in _KEYS if key in named), next(iter(value.values())))
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and value:
        found = [_strings(item) for item in value]
        if all(found):
            return tuple(text for texts in found for text in texts or ())
    return None
