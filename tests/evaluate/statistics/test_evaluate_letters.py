from __future__ import annotations

import pytest

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.output.tables import build_table
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.statistics.letters import compare_all
from pyserini_xqg.evaluate.statistics.randomisation import Draws
from pyserini_xqg.evaluate.statistics.significance import PairedTest
from pyserini_xqg.report.formats.markdown import grid
from pyserini_xqg.report.formats.text import aligned


def hits(found: int, of: int = 40) -> RunScores:
    return RunScores({"R@1": {f"q{number}": float(number < found) for number in range(of)}})


SYSTEMS = {
    "poor": {"ar": hits(10), "de": hits(20)},
    "fair": {"ar": hits(12), "de": hits(30)},
    "good": {"ar": hits(30), "de": hits(38)},
}


@pytest.mark.parametrize("test", list(PairedTest))
def test_letters_name_the_systems_that_a_score_is_better_than(test: PairedTest):
    found = compare_all(SYSTEMS, "R@1", test=test, draws=Draws(10_000))
    assert found.names == {"poor": "a", "fair": "b", "good": "c"}
    # Of 40 questions: fair answers 2 more than poor in Arabic, which is chance (p = 0.16 and more); all else is beyond
    # it, after Holm's 6, too.
    assert found.better == {
        ("fair", "de"): "a", ("good", "ar"): "ab", ("good", "de"): "ab",
        ("fair", "macro"): "a", ("good", "macro"): "ab", ("fair", "micro"): "a", ("good", "micro"): "ab",
    }  # fmt: skip
    assert [sum(one.language == place for one in found.tests) for place in ("ar", "de", "macro", "micro")] == [
        3,
        3,
        3,
        3,
    ]


def test_holms_correction_is_over_all_pairs_and_languages():
    by_language = [one for one in compare_all(SYSTEMS, "R@1").tests if one.language in {"ar", "de"}]
    assert max(one.p_bonferroni / one.p for one in by_language if one.p_bonferroni < 1) == pytest.approx(6)
    smallest = min(by_language, key=lambda one: one.p)
    assert smallest.p_holm == pytest.approx(6 * smallest.p)


def test_the_first_systems_letters_where_it_is_the_better_one():
    assert compare_all({"good": {"ar": hits(30)}, "poor": {"ar": hits(10)}}, "R@1").better == {("good", "ar"): "b"}


def test_tables_raise_the_letters_and_stay_aligned():
    letters = compare_all(SYSTEMS, "R@1")
    table = build_table(systems=SYSTEMS, measure="R@1", letters=letters)
    assert aligned(table) == (
        "R@1       ar      de    macro    micro\n"
        "a poor  25.0    50.0     37.5     37.5\n"
        "b fair  30.0    75.0ᵃ    52.5ᵃ    52.5ᵃ\n"
        "c good  75.0ᵃᵇ  95.0ᵃᵇ   85.0ᵃᵇ   85.0ᵃᵇ"
    )  # fmt: skip
    assert "| c good | 75.0ᵃᵇ | 95.0ᵃᵇ |" in grid(table)


def test_more_systems_than_letters_are_refused():
    with pytest.raises(UsageError, match=r"26 systems are more than there are letters \(25\)"):
        compare_all({f"s{number}": {"ar": hits(number)} for number in range(26)}, "R@1")


def test_letters_by_a_test_that_was_not_made_are_refused():
    with pytest.raises(UsageError, match="the randomisation test was not made"):
        compare_all(SYSTEMS, "R@1", test=PairedTest.RANDOMISATION)
