"""Words in LaTeX."""

from __future__ import annotations

SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    "–": "--",
    "−": "$-$",
    "Δ": r"$\Delta$",
    "†": r"$^{\dagger}$",
    "‡": r"$^{\ddagger}$",
}
"""What LaTeX would take for a command, or what its usual fonts lack, and how it is written there."""


def escape(text: str) -> str:
    """Text as words: nothing in it is a command."""
    return "".join(SPECIAL.get(letter, letter) for letter in text)
