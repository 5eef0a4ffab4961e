"""How two makes of an output differ: of what decided it, one that is there and one that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def differences(there: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    """What of ``asked`` is another in ``there``, in words, such as ``seed was 3, is now 4``; empty where nothing is."""
    return "; ".join(
        f"{name} was {there.get(name)!r}, is now {value!r}" for name, value in asked.items() if there.get(name) != value
    )
