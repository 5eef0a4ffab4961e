"""Names for the parts of a page that links lead to."""

from __future__ import annotations

import re
import unicodedata

_OTHER = re.compile(r"[^a-z0-9]+")


def slug(title: str) -> str:
    """A title in small ASCII letters, figures and dashes; empty where it holds none of them."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode("ascii")
    return _OTHER.sub("-", plain.lower()).strip("-")


class Anchors:
    """Gives each part a name of its own: the same titles in the same order get the same names.

    :param kind: what a title without ASCII letters is called.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._taken: set[str] = set()

    def name(self, title: str) -> str:
        """A name that was not given before."""
        wanted = slug(title) or self._kind
        found, number = wanted, 1
        while found in self._taken:
            number += 1
            found = f"{wanted}-{number}"
        self._taken.add(found)
        return found
