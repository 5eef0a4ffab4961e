"""The table of languages is right and is the only place that knows codes."""

from __future__ import annotations

import json
import re
import zipfile
from importlib.util import find_spec
from pathlib import Path

import forked
import pytest
from tiny_corpus import environment

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


ARMENIAN = """
import sys
from pyserini_xqg import languages
languages.LANGUAGES["hy"] = languages.Language("hy", "hye", "Armenian", "Armn", "Armenian", False, None)
from pyserini_xqg.commands import main
sys.exit(main(sys.argv[1:]))
"""
"""The command line with one more row in the table: a language, a family and a script that nothing else knows."""


def with_armenian(*words: object) -> str:
    """Run a command and give what it prints."""
    done = forked.run(["-c", ARMENIAN, *map(str, words)], environment(), fresh=words[0] not in forked.STAGES)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_new_language_is_a_row_and_nothing_else(tmp_path: Path):
    questions = {"q1": "Ո՞րն է Հայաստանի մայրաքաղաքը", "q2": "Ովքե՞ր են ապրում Երևանում"}
    topics = "".join(f"{qid}\t{text}\n" for qid, text in questions.items())
    (tmp_path / "topics.hy.tsv").write_text(topics, encoding="utf-8")
    (tmp_path / "topics.de.tsv").write_text("q1\tWo liegt Jerewan\n", encoding="utf-8")
    (tmp_path / "qrels.hy.txt").write_text("q1 0 d1 1\nq2 0 d2 1\n", encoding="utf-8")
    (tmp_path / "qrels.de.txt").write_text("q1 0 d1 1\n", encoding="utf-8")
    corpus, queries = tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl"
    texts = {"d1": "Yerevan is the capital.", "d2": "A million people live there."}
    corpus.write_text(
        "".join(json.dumps({"id": docid, "contents": text}) + "\n" for docid, text in texts.items()), encoding="utf-8"
    )
    generated = {"d1": {"hye": ["Ո՞րն է մայրաքաղաքը", "Where is it?"]}, "d2": {"hy": ["Ովքե՞ր են ապրում"]}}
    queries.write_text(
        "".join(json.dumps({"id": docid, "queries": mine}) + "\n" for docid, mine in generated.items()),
        encoding="utf-8",
    )

    told = with_armenian("perturb", "--topics", tmp_path, "--kind", "misspelling", "--output", tmp_path / "misspelled")
    assert re.search(r"^hy +2 +2 +100\.0%", told, re.MULTILINE)
    misspelled = (tmp_path / "misspelled" / "topics.hy.tsv").read_text(encoding="utf-8")
    assert misspelled != topics and [line.split("\t")[0] for line in misspelled.splitlines()] == list(questions)

    flags = ["--corpus", corpus, "--queries", queries]
    with_armenian("filter", *flags, "--skip", "language,inconsistent", "--output", tmp_path / "kept")
    kept = [json.loads(line) for line in (tmp_path / "kept" / "queries.jsonl").read_text("utf-8").splitlines()]
    assert kept[0]["queries"] == {"hy": ["Ո՞րն է մայրաքաղաքը"]}

    assert "fields contents, xqg_hy" in with_armenian("index-sparse", *flags, "--output", tmp_path / "bm25")
    for code in ("hy", "de"):
        run = tmp_path / "runs" / f"run.{code}.txt"
        words = ["--index", tmp_path / "bm25", "--topics", tmp_path / f"topics.{code}.tsv", "--output", run]
        with_armenian("search", "lucene", *words, *(["--language", "hy"] if code == "hy" else []))
    table = with_armenian(
        "evaluate", "--runs", tmp_path / "runs", "--qrels", tmp_path, "--measures", "R@1", "--families"
    )
    assert table.splitlines()[0].split() == ["R@1", "de", "hy", "Germanic", "Armenian", "macro", "micro"]
    assert table.splitlines()[1].split()[2] == "100.0"
