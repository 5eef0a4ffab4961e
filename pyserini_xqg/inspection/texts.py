"""An inspection for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from pyserini_xqg.inspection.hits import ExplainedHit, Inspection, RankChange
from pyserini_xqg.inspection.widths import cut, padded, width, wrapped
from pyserini_xqg.inspection.words import (
    asked,
    described,
    figure,
    gained,
    hinges,
    legend,
    made_of,
    moved,
    plain_rank,
    shown,
    verdict,
)

NARROWEST, WIDEST = 80, 120
_INDENT = "    "
_GAP = "   "
_GAP_AND_FIGURES = 29
"""Cells that ranks, scores and what stands between them take on both sides."""
_TEXT_LINES = 2


def as_text(inspection: Inspection, columns: int, generated: int) -> str:
    """Everything, at most ``columns`` cells wide (but never below 80 or above 120).

    :param generated: how many of a hit's generated queries are shown.
    """
    wide = min(max(columns, NARROWEST), WIDEST)
    parts = [_head(inspection, wide), _side_by_side(inspection, wide)]
    parts += [_hit(hit, inspection, wide, generated) for hit in inspection.hits]
    parts += [_foot(inspection, wide)]
    return "\n\n".join("\n".join(part) for part in parts)


def _head(inspection: Inspection, wide: int) -> Iterator[str]:
    about = asked(inspection)
    text = inspection.question.text
    yield from _labelled("question", f"({about}) {text}" if about else text, wide)
    yield from _labelled("with", f"{inspection.index}: {described(inspection.manifest)}", wide)
    yield from _labelled("without", inspection.plain, wide)


def _labelled(label: str, text: str, wide: int) -> Iterator[str]:
    for number, line in enumerate(wrapped(text, wide - 10, 4)):
        yield f"{'' if number else label:<10}{line}"


def _side_by_side(inspection: Inspection, wide: int) -> Iterator[str]:
    plain, hits = inspection.plain_best, [hit.standing for hit in inspection.hits]
    now, move = [_now(standing, inspection) for standing in plain], [_move(standing, inspection) for standing in hits]
    left_over = wide - _GAP_AND_FIGURES - max(map(width, now), default=0) - max(map(width, move), default=0)
    names = min(max(map(width, map(_name, _shown(inspection)))), left_over // 2)
    left = [
        "without xQG",
        *(
            _row(rank, one, one.plain_score, names) + then
            for rank, (one, then) in enumerate(zip(plain, now, strict=True), 1)
        ),
    ]
    right = ["with xQG", *(_row(one.rank, one, one.score, names) + then for one, then in zip(hits, move, strict=True))]
    for without, with_ in zip_longest(left, right, fillvalue=""):
        yield f"{padded(without, max(map(width, left)))}{_GAP}{with_}".rstrip()
    for standing in inspection.missed:
        yield (
            f"{_name(standing)} is in neither list: rank {plain_rank(standing, inspection)} without xQG, "
            f"{standing.rank} with it"
        )
    if inspection.missed or any(standing.relevant for standing in _shown(inspection)):
        yield "* relevant"


def _shown(inspection: Inspection) -> Iterator[RankChange]:
    yield from inspection.plain_best
    yield from (hit.standing for hit in inspection.hits)


def _name(standing: RankChange) -> str:
    return f"{standing.docid}{' *' if standing.relevant else ''}"


def _row(rank: int, standing: RankChange, score: float | None, names: int) -> str:
    return f"{rank:>3}  {padded(cut(_name(standing), names), names)}  {score or 0.0:.4f}"


def _now(standing: RankChange, inspection: Inspection) -> str:
    """Where a passage went that the other side does not show."""
    return f"  now {standing.rank}" if standing.rank > len(inspection.hits) else ""


def _move(standing: RankChange, inspection: Inspection) -> str:
    return f"  {moved(standing):<4}" + (
        "" if standing.plain_rank == standing.rank else f" was {plain_rank(standing, inspection)}"
    )


def _hit(hit: ExplainedHit, inspection: Inspection, wide: int, generated: int) -> Iterator[str]:
    standing = hit.standing
    was = (
        f"{standing.plain_score:.4f} at rank {standing.plain_rank}"
        if standing.plain_score is not None
        else f"below rank {inspection.plain_depth}"
    )
    view = "" if hit.view is None else f", its view in {hit.view}" if hit.view else ", its plain view"
    yield f"{standing.rank}  {_name(standing)}  score {standing.score:.4f}{view}; without xQG {was}"
    yield from (_INDENT + line for line in wrapped(hit.text, wide - len(_INDENT), _TEXT_LINES))
    yield from _flowing("made of:  ", [f"{name} {part:.1%}" for name, part in made_of(hit)], wide)
    yield from _flowing("gained:   ", [f"{name} {figure(amount)}" for name, amount in gained(hit)], wide)
    if said := hinges(hit):
        yield from _flowing("hangs on: ", said, wide)
    if hit.queries:
        yield f"{_INDENT} share  product  (of the passage itself {hit.own_product:.4f})"
        for query in hit.queries[:generated]:
            start = (
                f"{_INDENT}{query.share / (hit.total or 1.0):>6.1%}   {query.product:.4f}  {shown(query.language):<3} "
                f"{query.rank:>2}  "
            )
            yield (start + cut(query.text, wide - len(start))).rstrip()
        if left := hit.queries[generated:]:
            together = sum(query.share for query in left) / (hit.total or 1.0)
            yield (
                f"{_INDENT}{together:>6.1%}           {len(left)} more, {left[0].product:.4f} to {left[-1].product:.4f}"
            )


def _flowing(label: str, items: Sequence[str], wide: int) -> Iterator[str]:
    """Items in a row, continued below the first where a line is full."""
    line = _INDENT + label
    for number, item in enumerate(items):
        joined = f"{line}{item}" if number == 0 else f"{line} · {item}"
        if number and width(joined) > wide:
            yield line
            joined = " " * len(_INDENT + label) + item
        line = joined
    yield line


def _foot(inspection: Inspection, wide: int) -> Iterator[str]:
    for label, meaning in legend(inspection):
        yield from _labelled(label, meaning, wide)
    yield ""
    yield from wrapped(verdict(inspection), wide, 4)
