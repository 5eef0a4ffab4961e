"""What is shown, in a terminal and on a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.inspection.hits import (
    ExpectedShare,
    ExplainedHit,
    InspectedQuestion,
    Inspection,
    LanguageShare,
    RankChange,
)
from pyserini_xqg.inspection.page import as_page
from pyserini_xqg.inspection.texts import as_text
from pyserini_xqg.inspection.widths import width
from pyserini_xqg.inspection.words import gained, hinges, made_of, verdict
from pyserini_xqg.manifests.dense import Manifest, read_manifest
from pyserini_xqg.report.model import Table
from pyserini_xqg.report.write import write_page

if TYPE_CHECKING:
    from conftest import Collection

Build = Callable[..., Path]
RIGHT_TO_LEFT = "متى تُفتح أبواب المدينة القديمة؟"


@pytest.fixture
def manifest(index: Build) -> Manifest:
    found = read_manifest(index())
    assert found is not None
    return found


def hit(
    docid: str,
    rank: int,
    before: int | None,
    *languages: LanguageShare,
    relevant: bool = False,
    view: str | None = None,
    expected: ExpectedShare | None = None,
) -> ExplainedHit:
    plain = None if before is None else 0.5
    standing = RankChange(docid, rank, 0.8, before, plain, relevant)
    return ExplainedHit(standing, 0.6, 0.5, 0.5, languages, expected, (), view, "")


def inspection(manifest: Manifest, *hits: ExplainedHit, plain: tuple[RankChange, ...] = ()) -> Inspection:
    return Inspection(InspectedQuestion("who?"), "i", manifest, "alpha 0", 1000, hits, plain, (), 0.0, None)


AR = LanguageShare("ar", 2, 0.15, 0.8, 0.05, 4, 1)
JA = LanguageShare("ja", 2, 0.05, 0.4, -0.02, 1, 8)


def test_the_verdict_names_the_language_that_the_rank_hangs_on(manifest: Manifest):
    found = inspection(manifest, hit("d1", 1, 9, JA, AR), hit("d2", 2, 1))
    assert verdict(found) == (
        "d1 rose from rank 9 to 1. Its queries in Arabic (ar) helped most: alone they would put it at 1, and without "
        "them it would stand at 4."
    )
    assert hinges(found.hits[0]) == ["without ar rank 4"]
    assert [(name, round(amount, 9)) for name, amount in gained(found.hits[0])] == [
        ("in all", 0.3),
        ("length", 0.27),
        ("ar", 0.05),
        ("ja", -0.02),
    ]


def test_what_was_expected_has_its_part_and_its_name():
    drawn = hit("d1", 1, 9, AR, expected=ExpectedShare(0.1, 0.6, 0.04))
    assert drawn.total == pytest.approx(0.85)
    assert [(name, round(part, 6)) for name, part in made_of(drawn)] == [
        ("passage", round(0.6 / 0.85, 6)),
        ("expected queries", round(0.1 / 0.85, 6)),
        ("ar", round(0.15 / 0.85, 6)),
    ]
    assert [(name, round(amount, 9)) for name, amount in gained(drawn)] == [
        ("in all", 0.35),
        ("length", 0.26),
        ("ar", 0.05),
        ("expected queries", 0.04),
    ]
    own = hit("d1", 1, 9, view="", expected=ExpectedShare(0.1, 0.6, 0.04))
    assert [name for name, _ in made_of(own)] == ["passage", "mean passage"]


def test_the_verdict_prefers_a_relevant_passage_and_tells_of_one_that_fell(manifest: Manifest):
    up, relevant = hit("d1", 1, None, AR), hit("d2", 3, 4, JA, AR, relevant=True)
    assert verdict(inspection(manifest, up, relevant)).startswith("d2 (relevant) rose from rank 4 to 3.")
    assert verdict(inspection(manifest, up)).startswith(
        "d1 rose from rank below 1000 to 1 by its queries in Arabic (ar)"
    )
    fallen = RankChange("d7", 6, 0.7, 1, 0.6, relevant=True)
    assert verdict(inspection(manifest, up, plain=(fallen,))).endswith(
        "But d7 (relevant) fell from rank 1 to 6: others gained more."
    )


def test_the_verdict_where_no_language_helped(manifest: Manifest):
    same = inspection(manifest, hit("d1", 1, 1, AR))
    assert verdict(same) == "Nothing changed: the hits stand in the same order with and without xQG."
    worse = replace(AR, lift=-0.1)
    assert "no closer to the question than it is itself" in verdict(inspection(manifest, hit("d1", 1, 2, worse, JA)))
    assert "none of its queries has a part in it" in verdict(inspection(manifest, hit("d1", 1, 2)))


def test_the_verdict_of_views(manifest: Manifest):
    views = replace(manifest, recipe=replace(manifest.recipe, fusion="views"))
    said = verdict(inspection(views, hit("d1", 1, 2, AR, view="ar")))
    assert said == "d1 rose from rank 2 to 1 by its view in Arabic (ar); without that view it would stand at 4."


@pytest.mark.parametrize("columns", [40, 80, 100, 120, 300])
@pytest.mark.parametrize(
    "recipe", [Recipe(), Recipe("views"), Recipe("views", kappa=0.0)], ids=["mean", "views", "own views"]
)
def test_a_terminal_shows_it_in_its_width(collection: Collection, index: Build, recipe: Recipe, columns: int):
    asked = InspectedQuestion(RIGHT_TO_LEFT, "7", "ar", frozenset({"d3"}))
    found = collection.inspect(index(recipe), asked, queries=collection.queries, corpus=collection.corpus)
    text = as_text(found, columns, 3)
    assert max(map(width, text.split("\n"))) <= max(80, min(columns, 120))
    assert f"(Arabic, topic 7) {RIGHT_TO_LEFT}" in text
    for part in ("without xQG", "with xQG", "made of:", "gained:", "share  product", verdict(found)[:40], "* relevant"):
        assert part in text
    best = found.hits[0]
    assert f"passage {best.own / best.total:.1%}" in text
    assert best.queries[0].text[:20] in text


def test_a_page_shows_every_part_and_every_query(collection: Collection, index: Build, tmp_path: Path):
    asked = InspectedQuestion(RIGHT_TO_LEFT, "7", "ar", frozenset({"d3"}))
    found = collection.inspect(index(Recipe()), asked, queries=collection.queries, corpus=collection.corpus)
    page = as_page(found)
    assert page.title == RIGHT_TO_LEFT
    assert [section.title for section in page.sections[1:]] == [
        f"{hit.standing.rank}. {hit.standing.docid}" for hit in found.hits
    ]
    tables = [part for section in page.sections for part in section.parts if isinstance(part, Table)]
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)
    parts = [table for table in tables if table.title == "What the score is made of"]
    for table, shown in zip(parts, found.hits, strict=True):
        assert sum(row[2].value or 0 for row in table.rows) == pytest.approx(shown.standing.score, abs=1e-5)
    words = {cell.text for table in tables for row in table.rows for cell in row}
    assert {query.text for hit in found.hits for query in hit.queries} <= words
    for suffix in (".html", ".md", ".csv", ".tex"):
        write_page(tmp_path / f"page{suffix}", page)
        assert found.hits[0].standing.docid in (tmp_path / f"page{suffix}").read_text(encoding="utf-8")


def test_a_store_of_sums_without_texts_says_what_is_missing(collection: Collection, index: Build):
    assert "give --queries FILE" in " ".join(as_text(collection.inspect(index()), 100, 3).split())
