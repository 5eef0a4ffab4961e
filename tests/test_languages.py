"""The table of languages is right and is the only place that knows codes."""

from __future__ import annotations

import re
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from pyserini_xqg.errors import UsageError
from pyserini_xqg.languages import FALLBACK_ANALYZER, LANGUAGES, analyzer_for, language, parse_languages

# The languages of the data sets that the project works with.
XQUAD = {"ar", "de", "el", "en", "es", "hi", "ro", "ru", "th", "tr", "vi", "zh"}
XOR_RETRIEVE = {"ar", "bn", "fi", "ja", "ko", "ru", "te"}
AFRIQA = {"bem", "fon", "ha", "ig", "rw", "sw", "tw", "wo", "yo", "zu"}


def test_every_language_of_the_data_sets_is_known():
    assert set(LANGUAGES) >= XQUAD | XOR_RETRIEVE | AFRIQA


def test_rows_are_of_the_right_shape_and_unique():
    for code, row in LANGUAGES.items():
        assert code == row.code
        assert re.fullmatch("[a-z]{2,3}", code)
        assert re.fullmatch("[a-z]{3}", row.iso3)
        assert re.fullmatch("[A-Z][a-z]{3}", row.script)
        assert len(code) == 2 or code == row.iso3
    for names in ([row.iso3 for row in LANGUAGES.values()], [row.name for row in LANGUAGES.values()]):
        assert len(set(names)) == len(names)


def test_analyzers_are_those_of_the_installed_anserini():
    """The codes stand as constants in the class that fills its table; English is its default and not in there."""
    jar = next(Path(find_spec("pyserini").origin).parent.glob("resources/jars/anserini-*-fatjar.jar"))
    constants = zipfile.ZipFile(jar).read("io/anserini/analysis/AnalyzerMap$1.class")
    codes = {code.decode() for code in re.findall(rb"\x01\x00\x02([a-z]{2})(?=[\x00-\x14])", constants)}
    assert {row.analyzer for row in LANGUAGES.values() if len(row.analyzer or "") == 2} - {"en"} == codes


def test_other_analyzers_are_classes_of_the_installed_lucene():
    jar = next(Path(find_spec("pyserini").origin).parent.glob("resources/jars/anserini-*-fatjar.jar"))
    there = set(zipfile.ZipFile(jar).namelist())
    named = {row.code: row.analyzer for row in LANGUAGES.values() if "." in (row.analyzer or "")}
    assert set(named) == {"el", "ro", "ta"}
    assert {f"{name.replace('.', '/')}.class" for name in named.values()} <= there


def test_no_language_goes_without_an_analyzer_that_lucene_has():
    """Lucene's packages are named by ISO 639-1; Anserini's table has the rest."""
    jar = next(Path(find_spec("pyserini").origin).parent.glob("resources/jars/anserini-*-fatjar.jar"))
    packages = set(
        re.findall(
            r"org/apache/lucene/analysis/([a-z]{2})/[A-Za-z]+Analyzer\.class",
            "\n".join(zipfile.ZipFile(jar).namelist()),
        )
    )
    without = {row.code for row in LANGUAGES.values() if row.analyzer is None}
    assert packages & without == set()
    assert {"sw", "yo", "vi", "he"} <= without
    assert all(analyzer_for(code) == FALLBACK_ANALYZER for code in without)
    assert analyzer_for("ar") == "ar" and analyzer_for("ell").endswith("GreekAnalyzer")


@pytest.mark.parametrize(
    ("given", "code"), [("yo", "yo"), ("yor", "yo"), ("swa", "sw"), ("kin", "rw"), ("bem", "bem"), ("jpn", "ja")]
)
def test_both_iso_codes_lead_to_the_canonical_one(given: str, code: str):
    assert language(given).code == code


@pytest.mark.parametrize("code", ["xx", "", "AR", "english", "ar "])
def test_an_unknown_code_is_named_with_those_that_are_known(code: str):
    with pytest.raises(UsageError, match=f"unknown language code {code!r}; known are am, ar, "):
        language(code)


def test_a_flag_keeps_its_order():
    assert parse_languages("ja, yor,ar") == ("ja", "yo", "ar")


@pytest.mark.parametrize(
    ("codes", "problem"), [("ar,,ja", "unknown language code ''"), ("yo,yor", "named twice in 'yo,yor'"), ("", "''")]
)
def test_a_bad_flag_is_refused(codes: str, problem: str):
    with pytest.raises(UsageError, match=problem):
        parse_languages(codes)
