"""Letters for a script whose keyboards the project does not know: those of the same script and kind nearby in Unicode's
table.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from pyserini_xqg.perturb.scripts.scripts import script_of

_BLOCK = 0x80


@lru_cache(maxsize=4096)
def block_letters(letter: str) -> tuple[str, ...]:
    """Letters of the same script and category as a letter's first character, from the 128 code points around it;
    without capitals' mixing in.
    """
    first = letter[0]
    start = ord(first) & ~(_BLOCK - 1)
    script, category = script_of(first), unicodedata.category(first)
    if not category.startswith("L"):
        return ()
    nearby = map(chr, range(start, start + _BLOCK))
    return tuple(other for other in nearby if unicodedata.category(other) == category and script_of(other) == script)
