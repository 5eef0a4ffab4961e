"""Which of Debian's packages bring a dictionary of a language and English (Debian 12's; Ubuntu has them under the same
names).
"""

from __future__ import annotations

PACKAGES: dict[str, tuple[str, ...]] = {
    "ar": ("dict-freedict-eng-ara", "dict-freedict-ara-eng"),
    "da": ("dict-freedict-dan-eng",),
    "de": ("dict-freedict-eng-deu", "dict-freedict-deu-eng"),
    "el": ("dict-freedict-eng-ell", "dict-freedict-ell-eng"),
    "es": ("dict-freedict-eng-spa", "dict-freedict-spa-eng"),
    "fi": ("dict-freedict-eng-fin", "dict-freedict-fin-eng"),
    "fr": ("dict-freedict-eng-fra", "dict-freedict-fra-eng"),
    "hi": ("dict-freedict-eng-hin",),
    "hu": ("dict-freedict-eng-hun", "dict-freedict-hun-eng"),
    "id": ("dict-freedict-eng-ind",),
    "it": ("dict-freedict-eng-ita", "dict-freedict-ita-eng"),
    "ja": ("edict", "enamdict", "dict-freedict-eng-jpn"),
    "nl": ("dict-freedict-eng-nld", "dict-freedict-nld-eng"),
    "no": ("dict-freedict-eng-nor",),
    "pl": ("dict-freedict-eng-pol", "dict-freedict-pol-eng"),
    "pt": ("dict-freedict-eng-por", "dict-freedict-por-eng"),
    "ro": ("dict-freedict-eng-rom",),
    "ru": ("mueller7-dict", "dict-freedict-eng-rus"),
    "sv": ("dict-freedict-eng-swe", "dict-freedict-swe-eng"),
    "sw": ("dict-freedict-eng-swh", "dict-freedict-swh-eng"),
    "tr": ("dict-freedict-eng-tur", "dict-freedict-tur-eng"),
}
"""Code -> packages, the one that brings most first. The languages that are not here have none."""

NAMES = "iso-codes"
"""What brings the names of countries, regions, languages and currencies in most languages."""
WHEELS = ("zh",)
"""Languages that a wheel of the extra ``gloss`` brings a dictionary of."""
