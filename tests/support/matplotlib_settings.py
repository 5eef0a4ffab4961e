"""matplotlib's settings are the whole process's: a guard for tests of what draws."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure


@contextmanager
def settings_stay() -> Iterator[None]:
    """Fail where matplotlib's settings are written, or differ from what they were, while a figure is drawn or at the
    end; where nothing is drawn, too.
    """
    before = _values()
    written: list[str] = []
    drawn: list[bool] = []
    set_item, draw = mpl.RcParams.__setitem__, Figure.draw

    def watched_set(self: mpl.RcParams, key: str, value: Any) -> None:
        if self is mpl.rcParams:
            written.append(key)
        set_item(self, key, value)

    def watched_draw(self: Figure, renderer: Any) -> None:
        drawn.append(_values() == before)
        draw(self, renderer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mpl.RcParams, "__setitem__", watched_set)
        patch.setattr(Figure, "draw", watched_draw)
        yield
    assert written == [], written
    assert drawn and all(drawn)
    assert _values() == before


def _values() -> dict[str, Any]:
    """The settings as they are; a look at ``rcParams`` itself would choose a backend, and write it."""
    return dict(dict.items(mpl.rcParams))
