"""Names beside points, none over another. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places at least ``gap`` apart and as near to the wanted ones as that allows, in the same order.

    :param low: no place lies below, unless all together do not fit below ``high``.
    """
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
    blocks: list[tuple[float, list[int]]] = []  # (lowest place, members)
    for member in order:
        blocks.append((wanted[member], [member]))
        while len(blocks) > 1 and blocks[-2][0] + len(blocks[-2][1]) * gap > blocks[-1][0]:
            members = blocks[-2][1] + blocks[-1][1]
            start = sum(wanted[n] - place * gap for place, n in enumerate(members)) / len(members)
            blocks[-2:] = [(min(max(start, low), high - (len(members) - 1) * gap), members)]
    found = [0.0] * len(wanted)
    for start, members in blocks:
        for place, member in enumerate(members):
            found[member] = start + place * gap
    return found


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, in pixels."""

    left: float
    bottom: float
    right: float
    top: float

    def overlap(self, other: Box) -> float:
        """The area that both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(width, 0.0) * max(height, 0.0)

    @property
    def area(self) -> float:
        """Width times height."""
        return (self.right - self.left) * (self.top - self.bottom)


_STEPS = (9.0, 20.0, 34.0, 50.0, 70.0)
"""Pixels from a point to its name; the nearest that is free is taken."""
_SIDES = ((1, 0), (0, 1), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1))
"""Right of the point first, where a reader looks for it."""


def place_labels(
    points: Sequence[tuple[float, float]], sizes: Sequence[tuple[float, float]], drawn: Sequence[Box], frame: Box
) -> list[Box]:
    """A rectangle for each point's name that covers no other name, no point and nothing else drawn, and lies in the
    frame, where there is one.

    :param sizes: width and height of each name.
    :param drawn: what else is there, such as intervals.
    """
    marks = [Box(x - 5, y - 5, x + 5, y + 5) for x, y in points]
    marks += drawn
    placed: list[Box] = []
    for point, size in zip(points, sizes, strict=True):
        tried = [_beside(point, size, step, side) for step in _STEPS for side in _SIDES]
        taken = marks + placed
        # min takes the first of equals, the nearest.
        placed.append(min(tried, key=lambda box: sum(map(box.overlap, taken)) + box.area - box.overlap(frame)))
    return placed


def _beside(point: tuple[float, float], size: tuple[float, float], step: float, side: tuple[int, int]) -> Box:
    left = point[0] + side[0] * step - (1 - side[0]) / 2 * size[0]
    bottom = point[1] + side[1] * step - (1 - side[1]) / 2 * size[1]
    return Box(left, bottom, left + size[0], bottom + size[1])
