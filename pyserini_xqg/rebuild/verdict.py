"""Whether a rebuilt index is the original, by the checksums in both ``xqg.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RebuildVerdict:
    """What was found.

    :param same: what is the same, byte for byte.
    :param differing: what is not.
    :param reasons: what may explain it.
    :param put_in: whether it is what was put into the index that was compared, as with Lucene, whose files hold random
        identifiers.
    """

    same: tuple[str, ...]
    differing: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    put_in: bool = False

    @classmethod
    def of(
        cls, before: Mapping[str, str], after: Mapping[str, str], reasons: tuple[str, ...] = (), *, put_in: bool = False
    ) -> RebuildVerdict:
        """Compare two indexes' checksums; where the original has none nothing is known."""
        same = tuple(name for name, digest in before.items() if after.get(name) == digest)
        return cls(same, tuple(name for name in before if name not in same), reasons, put_in)

    def __str__(self) -> str:
        if not self.same and not self.differing:
            return "whether it is the same as the original is not known: its xqg.json holds no checksums"
        if not self.differing:
            lucene = " were put in (Lucene's own files hold random identifiers)" if self.put_in else ""
            return f"the same bytes as the original{lucene}: {', '.join(self.same)}"
        reasons = f" ({'; '.join(self.reasons)})" if self.reasons else ""
        return (
            f"differs from the original in {', '.join(self.differing)}{reasons}; the same: "
            f"{', '.join(self.same) or 'nothing'}"
        )
