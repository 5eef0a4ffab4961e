from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

import pytest

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.evaluation import Evaluation
from pyserini_xqg.evaluate.output.report import findings, report_format, to_text, write_report
from pyserini_xqg.evaluate.output.tables import build_table
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.evaluate.scoring.scores import RunScores, family_means, macro, merge, micro
from pyserini_xqg.evaluate.statistics.compute import Wanted, add_statistics
from pyserini_xqg.evaluate.statistics.randomisation import Draws
from pyserini_xqg.evaluate.statistics.significance import Comparison, PairedTest, compare
from pyserini_xqg.report.formats.csv import figures_csv
from pyserini_xqg.report.formats.json import to_json
from pyserini_xqg.report.formats.latex import findings_latex
from pyserini_xqg.report.formats.markdown import findings_markdown, grid
from pyserini_xqg.report.formats.text import aligned
from pyserini_xqg.report.model import Column


def scores(*values: float, missing: tuple[str, ...] = ()) -> RunScores:
    return RunScores({"R@1": {f"q{number}": value for number, value in enumerate(values)}}, missing=missing)


BASE = {"ar": scores(1, 0), "bn": scores(0, 0, 0, 1), "hi": scores(1, 1, 1, 0)}
NEW = {"ar": scores(1, 1), "bn": scores(0, 1, 0, 1), "hi": scores(1, 1, 1, 1)}


def test_macro_weighs_languages_and_micro_queries():
    # 1/2, 1/4, 3/4: macro 1/2, micro 5 of 10. With 100, 50, 100: macro 5/6, micro 8 of 10.
    assert (macro(BASE, "R@1"), micro(BASE, "R@1")) == (pytest.approx(1 / 2), pytest.approx(5 / 10))
    assert (macro(NEW, "R@1"), micro(NEW, "R@1")) == (pytest.approx(5 / 6), pytest.approx(8 / 10))
    assert family_means(BASE, "R@1") == {"Afro-Asiatic": 0.5, "Indo-Aryan": 0.5}


def test_a_table_for_the_terminal():
    marked = [
        Comparison("R@1", "new", "base", "ar", 2, 0.5, 3.0, 0.001, 0.01, 0.005),
        Comparison("R@1", "new", "base", "bn", 4, 0.25, 2.5, 0.02, 0.06, 0.04),
    ]
    table = build_table(systems={"base": BASE, "new": NEW}, measure="R@1", comparisons=marked)
    assert aligned(table) == (
        "R@1      ar     bn      hi  macro  micro\n"
        "base   50.0   25.0    75.0   50.0   50.0\n"
        "new   100.0‡  50.0†  100.0   83.3   80.0"
    )  # fmt: skip


def test_a_table_in_markdown():
    assert grid(build_table(systems={"a|b": BASE}, measure="R@1", families=True)) == (
        "| R@1 | ar | bn | hi | Afro-Asiatic | Indo-Aryan | macro | micro |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        "| a\\|b | 50.0 | 25.0 | 75.0 | 50.0 | 50.0 | 50.0 | 50.0 |"
    )


def test_a_system_that_lacks_a_language_gets_no_average():
    table = build_table(systems={"base": BASE, "new": {"ar": NEW["ar"]}}, measure="R@1")
    assert [cell.text for cell in table.rows[1]] == ["new", "100.0", "–", "–", "–", "–"]


def test_a_single_language_has_no_average():
    assert build_table(systems={"base": {"ar": BASE["ar"]}}, measure="R@1").columns[1:] == (Column("ar"),)


@pytest.fixture
def found() -> Evaluation:
    systems = {"base": BASE, "new": {**NEW, "bn": scores(0, 1, 0, 0, missing=("q3",))}}
    return Evaluation(parse_measures(["R@1"]), systems, "base", compare(systems, "base", "R@1"), ("a note",))


def test_csv_has_unrounded_figures(found: Evaluation):
    lines = list(csv.DictReader(io.StringIO(figures_csv(findings(found)))))
    assert [(line["system"], line["language"]) for line in lines] == [
        (s, c) for s in ("base", "new") for c in ("ar", "bn", "hi", "macro", "micro")
    ]
    bn = lines[6]
    assert (float(bn["score"]), bn["queries"], bn["missing"]) == (0.25, "4", "1")
    assert float(bn["difference"]) == 0.0
    assert 0 < float(bn["p"]) <= float(bn["p_holm"]) <= float(bn["p_bonferroni"]) <= 1
    assert float(lines[8]["score"]) == pytest.approx((1 + 0.25 + 1) / 3)
    assert lines[0]["p"] == ""


def test_json_has_every_query(found: Evaluation):
    value = json.loads(to_json(findings(found)))
    assert value["systems"]["new"]["languages"]["bn"]["per_query"]["R@1"] == {"q0": 0, "q1": 1, "q2": 0, "q3": 0}
    assert value["systems"]["new"]["languages"]["bn"]["missing"] == ["q3"]
    assert value["systems"]["base"]["averages"]["R@1"] == {"macro": 0.5, "micro": 0.5}
    assert [test["language"] for test in value["comparisons"]] == ["ar", "bn", "hi"]
    assert value["notes"] == ["a note"]


def test_json_stays_json_when_t_is_infinite():
    systems = {"base": {"ar": scores(0, 0)}, "new": {"ar": scores(1, 1)}}
    tests = compare(systems, "base", "R@1")
    assert tests[0].t == math.inf
    assert (
        json.loads(to_json(findings(Evaluation(parse_measures(["R@1"]), systems, "base", tests))))["comparisons"][0][
            "t"
        ]
        is None
    )


def test_text_and_markdown_tell_the_legend_and_the_notes(found: Evaluation):
    for text in (to_text(found), findings_markdown(findings(found))):
        assert "differs from base (paired t-test, p < 0.05 after Holm's correction)" in text
        assert "3 comparisons a measure" in text
        assert "a note" in text


def test_report_files_by_suffix(tmp_path: Path, found: Evaluation):
    for suffix, start in ((".md", "| R@1 |"), (".tex", "% "), (".csv", "measure,system"), (".json", "{\n")):
        write_report(tmp_path / f"report{suffix}", found)
        assert (tmp_path / f"report{suffix}").read_text(encoding="utf-8").startswith(start)
    with pytest.raises(UsageError, match=r"must end in \.md, \.tex, \.csv, \.json"):
        write_report(tmp_path / "report.pdf", found)
    for name in ("report.html", "report"):
        with pytest.raises(UsageError):
            report_format(tmp_path / name)
    assert [report_format(Path(f"r{suffix}")).every_figure for suffix in (".MD", ".tex", ".csv", ".json")] == [
        False,
        False,
        True,
        True,
    ]


def test_merging_two_kinds_of_judgments():
    qrels = RunScores({"R@1": {"a": 1.0, "b": 0.0}}, missing=("b",), unjudged=("x", "z"))
    answers = RunScores({"R@2kt": {"b": 0.0, "c": 1.0}}, missing=("b",), unjudged=("z",), left_out=("x",), short=("c",))
    both = merge(qrels, answers)
    assert both.per_query.keys() == {"R@1", "R@2kt"}
    assert (both.missing, both.unjudged, both.left_out, both.short) == (("b",), ("z",), ("x",), ("c",))


@pytest.fixture
def whole() -> Evaluation:
    """Everything at once: 40 questions a language, of which the new system answers 20 more in Arabic."""
    systems = {
        name: {
            code: scores(*(float(number < hits) for number in range(40))) for code, hits in (("ar", of_ar), ("de", 30))
        }
        for name, of_ar in (("base_1", 10), ("new", 30))
    }
    plain = Evaluation(parse_measures(["R@1"]), systems, "base_1")
    return add_statistics(
        plain, Wanted(PairedTest.RANDOMISATION, Draws(2000), letters=True, intervals=Draws(1000), power=True)
    )


def test_the_second_table_and_power_in_words(whole: Evaluation):
    text = to_text(whole)
    assert "\nR@1, 95% intervals               base_1                  new                   Δ new\nar " in text
    assert "+50.0 (+35.0 to +65.0)‡" in text
    assert "\nmacro               50.0 (" in text
    assert "\nde                  75.0 (60.0 to 87.5)  75.0 (60.0 to 87.5)        0.0 (0.0 to 0.0)\n" in text
    assert "differs from base_1 (paired randomisation test" in text
    assert (
        "(paired randomisation test, p < 0.05 after Holm's correction over 2 comparisons a measure; macro and micro "
        "by themselves)" in text
    )
    assert "  R@1, new and base_1: with 40 queries " in text
    assert "(micro); unknown in de" in text


def test_latex(whole: Evaluation):
    text = findings_latex(findings(whole))
    assert "\nb new & 75.0$^{\\ddagger a}$ & 75.0 & 75.0$^{a}$ & 75.0$^{a}$ \\\\\n" in text
    assert "\na base\\_1 & 25.0 & 75.0 & 50.0 & 50.0 \\\\\n" in text
    assert "\n\\caption{R@1 in percent}\n\\label{tab:evaluate-1}\n\\begin{tabular}{lrrrr}\n" in text
    assert "$+$50.0 ($+$35.0 to $+$65.0)$^{\\ddagger}$" in text
    assert all(line.startswith("%") for line in text.split("\n\\begin{table}")[0].splitlines() if line)


def test_csv_and_json_have_both_tests_intervals_power_and_letters(whole: Evaluation):
    lines = {
        (line["system"], line["language"]): line for line in csv.DictReader(io.StringIO(figures_csv(findings(whole))))
    }
    ar, macro = lines["new", "ar"], lines["new", "macro"]
    assert float(ar["p_randomisation"]) == pytest.approx(1 / 2001)
    assert float(ar["p_randomisation_holm"]) == pytest.approx(2 / 2001)
    assert (ar["better_than"], lines["base_1", "ar"]["better_than"], macro["better_than"]) == ("base_1", "", "base_1")
    assert float(ar["difference_low"]) < 0.5 < float(ar["difference_high"])
    assert float(lines["base_1", "ar"]["low"]) < 0.25 < float(lines["base_1", "ar"]["high"])
    assert 0 < float(macro["p"]) < 0.001
    assert 0.1 < float(macro["detectable"]) < float(ar["detectable"]) < 0.3
    assert lines["new", "de"]["detectable"] == ""
    value = json.loads(to_json(findings(whole)))
    assert value["test"] == "randomisation"
    assert value["comparisons"][0]["randomised"]["p_holm"] == pytest.approx(2 / 2001)
    assert [test["language"] for test in value["overall"]] == ["macro", "micro"]
    assert value["letters"]["R@1"]["better"] == {"new": {"ar": "a", "macro": "a", "micro": "a"}}
    assert len(value["intervals"]) == 2 * 4 + 4
    assert [one["language"] for one in value["power"]] == ["ar", "de", "macro", "micro"]
