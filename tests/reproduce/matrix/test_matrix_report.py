"""The report of a matrix, in a real browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser
from test_matrix_read import write

from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.report.model import Drawing, Table
from pyserini_xqg.report.write import write_page
from pyserini_xqg.reproduce.matrix.model import Condition
from pyserini_xqg.reproduce.matrix.read import read_matrix
from pyserini_xqg.reproduce.matrix.report.page import to_page
from pyserini_xqg.reproduce.matrix.results import ConditionOutcome, MatrixResult, ScoreVerdict, compare
from pyserini_xqg.reproduce.matrix.statistics import statistics

LANGUAGES = ("ar", "de", "en", "sw")
LEVELS = {"dense": 0.6, "a0.1": 0.65, "a0.5": 0.8, "q1": 0.7, "q2": 0.72, "misspelled": 0.4}


def condition(name: str, settings: str) -> str:
    topics = ", ".join(f"{{topic_key: {code}, scores: [{{R@1: {LEVELS[name]}}}]}}" for code in LANGUAGES)
    return f"  - {{name: {name}, command: pyserini-xqg fuse --output $output, {settings}, topics: [{topics}]}}\n"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> MatrixResult:
    text = (
        "name: mine\ndisplay: A <small> matrix\nbaseline: dense\ntolerance: 0.2\njudgments: {topics: $key, "
        "qrels: $out}\nconditions:\n"
    )
    text += condition("dense", "alpha: 0, fusion: mean")
    text += condition("a0.1", "alpha: 0.1, fusion: mean")
    text += condition("a0.5", "alpha: 0.5, fusion: mean")
    text += condition("q1", "alpha: 0.3, fusion: mean, queries_per_language: 1")
    text += condition("q2", "alpha: 0.3, fusion: mean, queries_per_language: 2")
    text += condition("misspelled", "asks: $out/other, clean: dense")
    matrix = read_matrix(write(tmp_path_factory.mktemp("matrix"), text))
    generator = np.random.default_rng(0)
    draws = generator.random((len(LANGUAGES), 80))

    def scores(one: Condition) -> dict[str, RunScores]:
        return {
            code: RunScores(
                {"R@1": {f"{code}{n}": float(draw < LEVELS[one.name]) for n, draw in enumerate(draws[place])}}
            )
            for place, code in enumerate(LANGUAGES)
        }

    measured = {one.name: scores(one) for one in matrix.conditions}
    outcomes = tuple(
        ConditionOutcome(
            one,
            {"ar": f"pyserini-xqg fuse {one.name}"},
            compare(one, measured[one.name], ScoreVerdict.FAILED),
            "",
            3.0,
            500.0,
            0.1 * place,
        )
        for place, one in enumerate(matrix.conditions)
    )
    return MatrixResult(matrix, outcomes, {"store": "pyserini-xqg encode"}, measured)


def test_everything_that_the_conditions_vary_is_drawn(found: MatrixResult):
    sections = {section.title: section.parts for section in to_page(found).sections}
    assert [part.title for part in sections["Plots"] if isinstance(part, Drawing)] == [
        "R@1 over α",
        "R@1 over the number of queries",
        "R@1: what “a0.1” gains, by language and family",
        "R@1: what “a0.5” gains, by language and family",
        "R@1: what misspellings cost",
        "R@1 and disk",
        "R@1 and time",
    ]
    assert sections.keys() == {"Scores", "Plots", "Significance", "Commands"}


def test_families_of_several_languages_have_intervals_of_their_own(found: MatrixResult):
    chance = statistics(found)
    assert chance.families["R@1"].keys() == {"Germanic"}
    gain = next(one for one in chance.families["R@1"]["Germanic"] if one.system == "a0.5")
    each = [chance.gain("R@1", "a0.5", code) for code in ("de", "en")]
    assert gain.value == pytest.approx(sum(one.value for one in each if one is not None) / 2)
    assert gain.low is not None
    assert gain.low <= gain.value


def test_differences_are_told_with_both_tests_and_what_could_have_been_shown(found: MatrixResult):
    table = next(
        part
        for section in to_page(found).sections
        if section.title == "Significance"
        for part in section.parts
        if isinstance(part, Table)
    )
    row = next(cells for cells in table.rows if (cells[0].text, cells[1].text) == ("a0.5", "macro"))
    assert row[2].value == pytest.approx(0.2, abs=0.05)
    assert row[2].tone == "good"
    assert all(cell.text != "–" for cell in row)


def test_in_a_browser(found: MatrixResult, browser: Browser, tmp_path: Path):
    path = tmp_path / "report.html"
    write_page(path, to_page(found))
    said: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    assert page.locator("h1").inner_text() == "A <small> matrix"
    assert page.locator("figure svg").count() == 7
    assert all(
        box is not None and box["height"] > 100
        for box in (drawn.bounding_box() for drawn in page.locator("figure svg").all())
    )
    assert said == []
    page.close()
