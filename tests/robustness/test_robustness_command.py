"""The robustness stage from the command line, on small runs whose scores are known."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from robustness_world import found_at, judged, lines

from pyserini_xqg.commands import main

# The rank of each query's passage among three, 0 where it is not found: a language a column.
RANKS = {
    "clean": {"plain": {"sw": (1, 1, 2, 1), "de": (1, 1, 1, 1)}, "views": {"sw": (1, 1, 1, 1), "de": (1, 1, 1, 2)}},
    "typos-1": {"plain": {"sw": (0, 1, 2, 0), "de": (1, 1, 2, 1)}, "views": {"sw": (1, 1, 0, 1), "de": (1, 1, 1, 1)}},
    "typos-2": {"plain": {"sw": (2, 0, 1, 1), "de": (2, 1, 1, 1)}, "views": {"sw": (1, 2, 1, 1), "de": (1, 1, 1, 0)}},
    "words": {"plain": {"sw": (1, 1, 2, 2), "de": (1, 1, 1, 1)}, "views": {"sw": (1, 1, 1, 1), "de": (1, 1, 2, 2)}},
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for condition, systems in RANKS.items():
        for system, languages in systems.items():
            for code, ranks in languages.items():
                found_at(
                    tmp_path / condition / f"{system}.{code}.txt", {f"{code}{n}": rank for n, rank in enumerate(ranks)}
                )
    for code in ("sw", "de"):
        judged(tmp_path / "qrels" / f"qrels.{code}.txt", [f"{code}{n}" for n in range(4)])
    return tmp_path


def command(
    place: Path,
    *flags: str,
    perturbed: Sequence[str] = ("typos=typos-1", "typos=typos-2", "words=words"),
    plots: bool = False,
) -> int:
    named = [re.sub("=", f"={place}/", word, count=1) for word in perturbed]
    start = ["robustness", "--clean", str(place / "clean"), "--perturbed", *named, "--qrels", str(place / "qrels")]
    return main(
        [
            *start,
            "--resamples",
            "200",
            "--measures",
            "R@1",
            *flags,
            *([] if plots else ["--no-plots"]),
            "--output",
            str(place / "report"),
        ]
    )


def test_the_table_and_the_files(place: Path, capsys: pytest.CaptureFixture[str]):
    assert command(place, "--baseline", "plain", plots=True) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        "R@1 in percent, macro average over 2 languages\n"
        "R@1    clean  typos  drop %  worst  words  drop %\n"
        "plain   87.5   56.2    35.7   25.0   75.0    14.3\n"
        "views   87.5   81.2     7.1   62.5   75.0    14.3\n"
        "\n"
        "R@1, points above plain with 95% intervals, macro average over 2 languages\n"
    )  # fmt: skip
    assert re.search(r"^views {3,}0\.0 \(.*\) +\+25\.0 \(.*\) +-25\.0 \(", out, re.MULTILINE)
    assert (
        "Swahili (4), German (4): fewer than 20 clusters to resample (passages), so intervals are narrower than they "
        "should be" in out
    )
    report = place / "report"
    assert sorted(entry.name for entry in report.iterdir()) == [
        "plots",
        "robustness.csv",
        "robustness.md",
        "robustness.tex",
    ]
    names = [
        f"{name}.R@1.{kind}"
        for name in ("clean-and-perturbed", "drop-by-group", "drop-by-language")
        for kind in ("png", "svg")
    ]
    assert sorted(entry.name for entry in (report / "plots").iterdir()) == names


def test_the_markdown_has_each_language_and_group(place: Path):
    assert command(place, "--baseline", "plain") == 0
    text = (place / "report" / "robustness.md").read_text(encoding="utf-8")
    header, ruler, *rows = (
        text.partition("### R@1 in percent, typos, by language\n\n")[2].partition("\n\n")[0].splitlines()
    )
    assert header == (
        "| language | system | queries | clean | typos | drop | drop % | 95% interval | worst | better/same/worse | "
        "Δ clean | Δ typos | Δ drop | 95% interval |"
    )  # fmt: skip
    assert ruler.count("---:") == 12
    assert [row.split(" | ")[:7] for row in rows] == [
        ["| Swahili", "plain", "4", "75.0", "37.5", "37.5", "50.0"],
        ["| ", "views", "4", "100.0", "75.0", "25.0", "25.0"],
        ["| German", "plain", "4", "100.0", "75.0", "25.0", "25.0"],
        ["| ", "views", "4", "75.0", "87.5", "-12.5", "-16.7"],
    ]
    assert "| 1/0/3 | – | – | – | – |" in rows[0]
    assert "| 0/2/2 | +25.0 | +37.5 | -12.5 |" in rows[1]
    assert (
        "| Atlantic-Congo (sw) | plain |" in text
        and "| low-resource (sw) | plain |" in text
        and "| all 2 languages | plain | 8 |" in text
    )
    assert (
        "of drops (8 tests a measure), and of Δ, the system less plain (2, 4 and 4 tests of Δ clean, Δ perturbed and "
        "Δ drop)" in text
    )


def test_the_csv_has_a_line_a_figure_unrounded(place: Path):
    assert command(place, "--baseline", "plain") == 0
    with (place / "report" / "robustness.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    found = {(row["name"], row["perturbation"], row["system"], row["figure"]): row for row in rows}
    assert len(found) == len(rows)
    relative = found["all 2 languages", "typos", "plain", "relative_drop"]
    assert float(relative["value"]) == pytest.approx(0.3125 / 0.875, abs=1e-15)
    assert float(relative["low"]) < float(relative["value"]) < float(relative["high"])
    assert (
        relative["scope"],
        relative["languages"],
        relative["variants"],
        relative["queries"],
        relative["clusters"],
    ) == (
        *("macro", "sw de", "2"),
        *("8", "8"),
    )
    assert found["Swahili", "words", "plain", "losses"]["value"] == "1"
    assert float(found["Swahili", "typos", "plain", "drop"]["p"]) == pytest.approx(
        0.3189, abs=1e-4
    )  # drops 1, .5, -.5, .5: t = .375 / .3146
    assert found["all 2 languages", "typos", "plain", "drop"]["p"] == ""


def test_the_latex_is_whole_and_escaped(place: Path):
    for condition in RANKS:
        for code in ("sw", "de"):
            (place / condition / f"views.{code}.txt").rename(place / condition / f"50%_{{mean}}&$x.{code}.txt")
    assert command(place, "--baseline", "plain") == 0
    text = (place / "report" / "robustness.tex").read_text(encoding="utf-8")
    assert (
        r"50\%\_\{mean\}\&\$x & 87.5" in text and "drop \\%" in text and "$\\Delta$ drop" in text and "$-$25.0" in text
    )
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == text.count(r"\bottomrule") == 6
    for table in re.findall(r"\\begin\{tabular\}\{([lr]+)\}\n\\toprule\n(.*?)\\bottomrule", text, re.DOTALL):
        rows = [line for line in table[1].splitlines() if line.endswith(r"\\")]
        assert {len(re.findall(r"(?<!\\)&", row)) + 1 for row in rows} == {len(table[0])}
    plain = re.sub(r"\\[{}$%]", "", text)
    assert plain.count("{") == plain.count("}") and plain.count("$") % 2 == 0


def test_the_same_command_gives_the_same_bytes_and_replaces_its_report(place: Path):
    assert command(place, plots=True) == 0
    first = {path.relative_to(place): path.read_bytes() for path in (place / "report").rglob("*") if path.is_file()}
    assert command(place, plots=True) == 0
    assert {
        path.relative_to(place): path.read_bytes() for path in (place / "report").rglob("*") if path.is_file()
    } == first
    assert not [path for path in place.iterdir() if path.name.startswith(".xqg")]


def test_a_folder_with_other_things_is_left_alone(place: Path, capsys: pytest.CaptureFixture[str]):
    lines(place / "report" / "thesis.tex", "years of work")
    assert command(place) == 1
    assert "holds something else than a report (thesis.tex); choose another --output" in capsys.readouterr().err
    assert [path.name for path in (place / "report").iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize(
    ("perturbed", "flags", "message"),
    [
        (["typos-1"], [], "typos-1: expected NAME=DIR, such as misspelled=typos-1"),
        (["=typos-1"], [], "expected NAME=DIR"),
        (["typos="], [], "there is no such run file or folder|holds no run file"),
        (["clean=typos-1"], [], "'clean' is what the clean runs are called; choose another name"),
        (["typos=clean"], [], "the same place is given as --clean already, so nothing would differ"),
        (["typos=typos-1", "words=typos-1"], [], "the same place is given as --perturbed typos="),
        (["typos=nowhere"], [], "nowhere: there is no such run file or folder"),
        (
            ["typos=typos-1"],
            ["--baseline", "bm25"],
            "--baseline bm25: there is no such system among those compared; there are plain, views",
        ),
        (["typos=typos-1"], ["--systems", "bm25"], "--systems bm25: not among the clean runs; there are plain, views"),
        (
            ["typos=typos-1"],
            ["--groups", "family,script"],
            "--groups family,script: allowed are family, resource, several with commas, or none",
        ),
        (["typos=typos-1"], ["--measures", "R@2kt"], "--measures R@2kt: needs answers instead of qrels"),
        (["typos=typos-1"], ["--measures", "P@5"], "unknown measure 'P@5'"),
        (["typos=typos-1"], ["--resamples", "5"], "--resamples 5: a 95% interval needs 100 or more"),
        (["typos=typos-1"], ["--seed", "-1"], "--seed -1: must be 0 or more"),
    ],
)
def test_bad_flags_are_one_sentence_and_leave_nothing(
    place: Path, capsys: pytest.CaptureFixture[str], perturbed: list[str], flags: list[str], message: str
):
    assert command(place, *flags, perturbed=perturbed) in {1, 2}
    err = capsys.readouterr().err
    assert re.search(message.replace("(", r"\(") if "|" not in message else message, err) or message in err
    assert err.count("\n") == 1
    assert not (place / "report").exists()


def test_no_run_in_both_conditions(place: Path, capsys: pytest.CaptureFixture[str]):
    for code in ("sw", "de"):
        for system in ("plain", "views"):
            (place / "words" / f"{system}.{code}.txt").rename(place / "words" / f"{system}-new.{code}.txt")
    assert command(place) == 2
    err = capsys.readouterr().err
    assert (
        "'words' and the clean runs share no system in any language: clean are plain (de, sw); views (de, sw), words "
        "are plain-new (de, sw)" in err
    )


def test_what_one_condition_lacks_is_named_and_left_out(place: Path, capsys: pytest.CaptureFixture[str]):
    (place / "words" / "views.de.txt").unlink()
    (place / "words" / "views.sw.txt").unlink()
    (place / "typos-2" / "plain.de.txt").unlink()
    assert command(place) == 0
    out = capsys.readouterr().out
    assert "R@1 in percent, Swahili alone" in out
    assert "views: no run under 'words', so it is left out there" in out
    assert "plain, typos: not in every folder, so left out here and out of all averages: de" in out
    assert re.search(r"^views +100\.0 +75\.0 +25\.0 +50\.0 +– +–$", out, re.MULTILINE)


def test_no_language_in_every_condition_leaves_the_languages_alone(place: Path, capsys: pytest.CaptureFixture[str]):
    (place / "words" / "views.de.txt").unlink()
    (place / "words" / "plain.sw.txt").unlink()
    assert command(place) == 0
    assert capsys.readouterr().out.startswith(
        "no language is in every condition, so there is no table over all languages\n"
    )
    assert "by language" in (place / "report" / "robustness.md").read_text(encoding="utf-8")


def test_queries_with_other_ids_are_refused_and_named(place: Path, capsys: pytest.CaptureFixture[str]):
    found_at(place / "words" / "plain.sw.txt", {"sw0": 1, "sw1": 1, "sw2-typo": 1, "sw3-typo": 1})
    assert command(place) == 2
    err = capsys.readouterr().err
    assert (
        "plain, sw: the clean run and the one under 'words' answer different queries: only the clean one has 2 "
        "queries (sw2, sw3), " in err
    )
    assert "only the perturbed one 2 queries (sw2-typo, sw3-typo); search topics with the same ids in both" in err


def test_runs_that_each_lack_queries_need_a_word(place: Path, capsys: pytest.CaptureFixture[str]):
    found_at(place / "clean" / "plain.sw.txt", {"sw0": 1, "sw1": 1, "sw2": 1})
    found_at(place / "typos-2" / "plain.sw.txt", {"sw1": 1, "sw2": 1, "sw3": 1})
    assert command(place) == 2
    err = capsys.readouterr().err
    assert (
        "under 'typos' (variant 2) answer different queries: only the clean one has 1 query (sw0), only the perturbed "
        "one 1 query (sw3)" in err
    )
    assert "say --missing miss, and if they were asked different ones, --missing leave-out" in err
    assert command(place, "--missing", "miss") == 0
    out = capsys.readouterr().out
    assert "plain, clean: no answer to sw 1 query (sw3); counted as misses" in out
    assert "plain, typos (variant 2): no answer to sw 1 query (sw0); counted as misses" in out
    assert command(place, "--missing", "leave-out") == 0
    assert "plain, clean: no answer to sw 1 query (sw3); left out everywhere" in capsys.readouterr().out
    text = (place / "report" / "robustness.md").read_text(encoding="utf-8")
    assert "| Swahili | plain | 2 | 100.0 |" in text and "|  | views | 2 | 100.0 |" in text


def test_a_query_that_finds_nothing_once_misspelled_is_a_miss_and_named(
    place: Path, capsys: pytest.CaptureFixture[str]
):
    found_at(place / "words" / "plain.sw.txt", {"sw0": 1, "sw1": 1, "sw2": 2})
    assert command(place) == 0
    assert "plain, words: no answer to sw 1 query (sw3); counted as misses" in capsys.readouterr().out


def test_scores_of_nothing_but_zero(place: Path, capsys: pytest.CaptureFixture[str]):
    for condition in RANKS:
        for code in ("sw", "de"):
            found_at(place / condition / f"plain.{code}.txt", {f"{code}{n}": 0 for n in range(4)})
    assert command(place) == 0
    out = capsys.readouterr().out
    assert re.search(r"^plain +0\.0 +0\.0 +– +0\.0 +0\.0 +–$", out, re.MULTILINE)
    assert "plain, R@1: the clean score is 0 in Swahili, German, " in out


def test_chosen_systems_in_the_order_given(place: Path, capsys: pytest.CaptureFixture[str]):
    assert command(place, "--systems", "views", "plain", "--groups", "none") == 0
    assert re.findall(r"^(plain|views) ", capsys.readouterr().out, re.MULTILINE) == ["views", "plain"]
    text = (place / "report" / "robustness.md").read_text(encoding="utf-8")
    assert "by group of languages" not in text and "by language" in text


def test_runs_without_a_language_in_their_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for condition, rank in (("clean", 1), ("words", 2)):
        found_at(tmp_path / condition / "bm25.txt", {f"q{n}": rank if n % 2 else 1 for n in range(30)})
    qrels = judged(tmp_path / "qrels.txt", [f"q{n}" for n in range(30)])
    start = [
        "robustness",
        "--clean",
        str(tmp_path / "clean" / "bm25.txt"),
        "--perturbed",
        f"words={tmp_path / 'words' / 'bm25.txt'}",
    ]
    assert (
        main(
            [
                *start,
                "--qrels",
                str(qrels),
                "--measures",
                "R@1",
                "--resamples",
                "100",
                "--output",
                str(tmp_path / "report"),
            ]
        )
        == 0
    )
    assert re.search(r"^bm25 +100\.0 +50\.0 +50\.0$", capsys.readouterr().out, re.MULTILINE)


def test_one_language_one_query_one_system(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    found_at(tmp_path / "clean" / "bm25.en.txt", {"q": 1})
    found_at(tmp_path / "words" / "bm25.en.txt", {"q": 2})
    judged(tmp_path / "qrels" / "qrels.en.txt", ["q"])
    assert command(tmp_path, perturbed=["words=words"]) == 0
    out = capsys.readouterr().out
    assert "English: a single query proves nothing, so its test says p = 1" in out and "so there is no interval" in out
