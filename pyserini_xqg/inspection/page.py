"""An inspection as a page."""

from __future__ import annotations

from collections.abc import Iterator

from pyserini_xqg.inspection.hits import ExpectedShare, ExplainedHit, Inspection, LanguageShare, RankChange
from pyserini_xqg.inspection.words import (
    asked,
    described,
    expected_of,
    figure,
    legend,
    moved,
    named,
    plain_rank,
    verdict,
)
from pyserini_xqg.report.model import Cell, Column, Page, Part, Prose, Section, Table, Tone
from pyserini_xqg.report.numbers import NONE


def as_page(inspection: Inspection) -> Page:
    """Everything that the terminal shows, every generated query, and the figures behind each part."""
    about = asked(inspection)
    sections = [Section("With and without xQG", (_standings(inspection),))]
    sections += [Section(f"{hit.standing.rank}. {hit.standing.docid}", tuple(_parts(hit))) for hit in inspection.hits]
    manifest = inspection.manifest
    facts = (
        ("index", f"{inspection.index}: {described(manifest)}"),
        ("without xQG", inspection.plain),
        ("passages", f"{manifest.passages:,}"),
        ("encoder", manifest.encoder),
        *legend(inspection),
    )
    return Page(
        inspection.question.text, f"{f'{about}. ' if about else ''}{verdict(inspection)}", tuple(sections), facts
    )


def _standings(inspection: Inspection) -> Table:
    columns = (
        Column("rank"),
        Column("rank without", note="its rank without xQG"),
        Column("moved"),
        Column("passage", figures=False),
        *((Column("relevant", figures=False),) if inspection.question.relevant is not None else ()),
        Column("score"),
        Column("score without"),
    )
    every = {
        standing.docid: standing
        for standing in (*(hit.standing for hit in inspection.hits), *inspection.plain_best, *inspection.missed)
    }
    rows = tuple(
        tuple(_standing(standing, inspection))
        for standing in sorted(every.values(), key=lambda standing: standing.rank)
    )
    return Table(
        "The best passages on either side",
        columns,
        rows,
        "Ranks of those that only the other side shows are counted over all passages.",
    )


def _standing(standing: RankChange, inspection: Inspection) -> Iterator[Cell]:
    yield Cell(str(standing.rank), standing.rank)
    before = (
        inspection.plain_depth + 1
        if standing.plain_rank is None and inspection.plain_depth is not None
        else standing.plain_rank
    )
    yield Cell(plain_rank(standing, inspection), before)
    tone = Tone.GOOD if standing.climbed else Tone.BAD if standing.fell else Tone.QUIET
    yield Cell(moved(standing), (before or 0) - standing.rank, tone)
    yield Cell(standing.docid)
    if inspection.question.relevant is not None:
        yield Cell("yes", tone=Tone.GOOD) if standing.relevant else Cell("no", tone=Tone.QUIET)
    yield _figure(standing.score)
    yield Cell(NONE) if standing.plain_score is None else _figure(standing.plain_score)


def _parts(hit: ExplainedHit) -> Iterator[Part]:
    if hit.text:
        yield Prose(hit.text)
    yield _languages(hit)
    if hit.queries:
        yield _queries(hit)


def _languages(hit: ExplainedHit) -> Table:
    columns = (
        Column("part", figures=False),
        Column("queries"),
        Column("share", note="what it adds to the score, which is the sum"),
        Column("% of score"),
        Column("product", note="the inner product with the question, the mean of its queries"),
        Column("lift", note="what it adds beyond what the passage itself would add in its place"),
        Column("rank without", note="where the passage would stand without this language's queries"),
        Column("rank alone", note="where it would stand with this language's queries alone"),
    )
    nothing = Cell(NONE)
    own = (
        Cell("the passage itself"),
        nothing,
        _figure(hit.own),
        _percent(hit.own, hit),
        _figure(hit.own_product),
        nothing,
        nothing,
        nothing,
    )
    stretched = f"{
        '' if hit.view is None else f'Its view in {named(hit.view)} scored. ' if hit.view else 'Its own view scored. '
    }"
    stretched += (
        f"Score {hit.total:.4f}, at alpha 0 {hit.plain:.4f}; the languages' lifts explain the difference "
        f"but for {hit.stretched:+.4f} (length)."
    )
    return Table(
        "What the score is made of",
        columns,
        (
            own,
            *([] if hit.expected is None else [_expected(hit, hit.expected)]),
            *(tuple(_language(share, hit)) for share in hit.languages),
        ),
        stretched,
    )


def _expected(hit: ExplainedHit, expected: ExpectedShare) -> tuple[Cell, ...]:
    nothing = Cell(NONE)
    lift = Cell(figure(expected.lift), expected.lift, Tone.GOOD if expected.lift > 0 else Tone.BAD)
    return (
        Cell(f"the {expected_of(hit)}"),
        nothing,
        _figure(expected.share),
        _percent(expected.share, hit),
        _figure(expected.product),
        lift,
        nothing,
        nothing,
    )


def _language(share: LanguageShare, hit: ExplainedHit) -> Iterator[Cell]:
    yield Cell(named(share.language))
    yield Cell(str(share.number), share.number)
    yield _figure(share.share)
    yield _percent(share.share, hit)
    yield _figure(share.product)
    yield Cell(figure(share.lift), share.lift, Tone.GOOD if share.lift > 0 else Tone.BAD)
    yield Cell(
        str(share.rank_without), share.rank_without, Tone.GOOD if share.rank_without > hit.standing.rank else Tone.PLAIN
    )
    yield Cell(str(share.rank_alone), share.rank_alone)


def _queries(hit: ExplainedHit) -> Table:
    columns = (
        Column("language", figures=False),
        Column("number", note="its place among the queries of its language"),
        Column("share"),
        Column("% of score"),
        Column("product", note="the inner product with the question"),
        Column("generated query", figures=False),
    )
    rows = tuple(
        (
            Cell(named(query.language)),
            Cell(str(query.rank), query.rank),
            _figure(query.share),
            _percent(query.share, hit),
            Cell(f"{query.product:.4f}", query.product, Tone.GOOD if query.product > hit.own_product else Tone.PLAIN),
            Cell(query.text),
        )
        for query in hit.queries
    )
    return Table(
        "Its generated queries",
        columns,
        rows,
        f"Those whose product is above the passage's own, {hit.own_product:.4f}, lift it.",
    )


def _figure(value: float) -> Cell:
    return Cell(f"{value:.4f}", value)


def _percent(share: float, hit: ExplainedHit) -> Cell:
    part = 100.0 * share / (hit.total or 1.0)
    return Cell(f"{part:.1f}", part)
