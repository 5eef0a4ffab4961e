"""What can be said of a generator beside its name."""

from __future__ import annotations

from enum import StrEnum


class GeneratorOption(StrEnum):
    """What can be said of a generator beside its name; each is some flags of ``expand``."""

    SAMPLING = "sampling"
    PROMPT = "prompt"
    """The few-shot prompt of models that chat."""
    TEMPLATE = "template"
    """The prompt of models that translate one text into another."""
    WINDOW = "window"
    HARDWARE = "hardware"
    """Where a model runs in this process, and in which arithmetic."""
    SERVER = "server"
    DICTIONARY = "dictionary"
    """Which dictionaries words are looked up in."""
