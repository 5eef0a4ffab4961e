"""The evaluate stage from the command line, on small runs whose scores are known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pyserini_xqg.commands import main


def lines(path: Path, *rows: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def run_of(path: Path, ranks: dict[str, list[str]]) -> Path:
    rows = (
        f"{qid} Q0 {docid} {rank} {1 / rank:.6f} t"
        for qid, docids in ranks.items()
        for rank, docid in enumerate(docids, 1)
    )
    return lines(path, *rows)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Ten queries a language with one relevant passage each; ``plain`` finds it second (Finnish) or never, ``views``
    first, but misses one query.
    """
    for code in ("fi", "sw"):
        lines(tmp_path / "judged" / f"qrels.{code}.txt", *(f"{code}{n} 0 good{n} 1" for n in range(10)))
        lines(tmp_path / "judged" / f"topics.{code}.tsv", *(f"{code}{n}\tquestion {n}" for n in range(10)))
        answers = (
            json.dumps({"id": f"{code}{n}", "lang": code, "answers": [f"Answer{n}" if n else "yes"]}) for n in range(10)
        )
        lines(tmp_path / "judged" / f"answers.{code}.jsonl", *answers)
        run_of(
            tmp_path / "plain" / f"run.{code}.txt",
            {f"{code}{n}": ["bad", f"good{n}" if code == "fi" else "worse"] for n in range(10)},
        )
        run_of(
            tmp_path / "views" / f"run.{code}.txt",
            {f"{code}{n}": [f"good{n}", "bad"] for n in range(9 if code == "sw" else 10)},
        )
    texts = {"bad": "Nothing here.", "worse": "Nor here."} | {f"good{n}": f"It says Answer{n}." for n in range(10)}
    lines(tmp_path / "corpus.jsonl", *(json.dumps({"id": docid, "contents": text}) for docid, text in texts.items()))
    return tmp_path


def runs(place: Path) -> list[str]:
    return ["evaluate", "--runs", str(place / "plain"), str(place / "views")]


def test_a_table_a_measure_with_averages_significance_and_notes(place: Path, capsys: pytest.CaptureFixture[str]):
    judged = str(place / "judged")
    assert (
        main([*runs(place), "--qrels", judged, "--topics", judged, "--measures", "R@1 MRR@10", "--baseline", "plain"])
        == 0
    )
    out = capsys.readouterr().out
    assert out.startswith(
        "R@1       fi     sw   macro  micro\n"
        "plain    0.0    0.0     0.0    0.0\n"
        "views  100.0‡  90.0‡   95.0   95.0\n"
        "\n"
        "MRR@10     fi     sw   macro  micro\n"
        "plain    50.0    0.0    25.0   25.0\n"
        "views   100.0‡  90.0‡   95.0   95.0\n"
    )  # fmt: skip
    assert "2 comparisons a measure" in out
    assert f"views, sw: no answer to 1 query (sw9) in {place / 'views' / 'run.sw.txt'}, counted as misses" in out


def test_token_recall_beside_the_reference_scorers_figure(place: Path, capsys: pytest.CaptureFixture[str]):
    flags = ["--answers", str(place / "judged"), "--corpus", str(place / "corpus.jsonl")]
    assert main([*runs(place), *flags, "--families"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        "R@2kt     fi    sw  Uralic  Atlantic-Congo  macro  micro\n"
        "plain  100.0   0.0   100.0             0.0   50.0   50.0\n"
        "views  100.0  88.9   100.0            88.9   94.4   94.4\n"
        "\n"
        "R@5kt"
    )  # fmt: skip
    assert "views, sw: R@2kt is 88.9; the reference scorer leaves such queries out and would say 100.0" in out
    assert "questions with no answer but yes or no are left out of R@kt, as in the reference scorer: fi 1, sw 1" in out
    assert "may be higher with more --hits" in out


def test_both_kinds_at_once_and_a_report_with_every_query(place: Path):
    flags = [
        "--qrels",
        str(place / "judged"),
        "--answers",
        str(place / "judged"),
        "--corpus",
        str(place / "corpus.jsonl"),
    ]
    assert main([*runs(place), *flags, "--measures", "nDCG@10,R@2kt", "--report", str(place / "report.json")]) == 0
    views = json.loads((place / "report.json").read_text(encoding="utf-8"))["systems"]["views"]
    assert views["averages"].keys() == {"nDCG@10", "R@2kt"}
    assert len(views["languages"]["sw"]["per_query"]["nDCG@10"]) == 10
    assert len(views["languages"]["sw"]["per_query"]["R@2kt"]) == 9
    assert views["languages"]["sw"]["missing"] == ["sw9"]


def test_one_run_file_against_one_qrels_file(place: Path, capsys: pytest.CaptureFixture[str]):
    assert (
        main(
            [
                "evaluate",
                "--runs",
                str(place / "plain" / "run.fi.txt"),
                "--qrels",
                str(place / "judged" / "qrels.fi.txt"),
                "--measures",
                "MRR",
            ]
        )
        == 0
    )
    assert capsys.readouterr().out == "MRR      fi\nplain  50.0\n"


def test_all_bad_measures_at_once_and_before_anything_is_read(capsys: pytest.CaptureFixture[str]):
    assert main(["evaluate", "--runs", "nowhere", "--qrels", "nowhere", "--measures", "R@1", "MAPP", "nDCG10"]) == 2
    err = capsys.readouterr().err
    assert "unknown measures 'MAPP', 'nDCG10'; allowed are R@K" in err


@pytest.mark.parametrize(
    ("flags", "status", "message"),
    [
        ([], 2, "R@1, R@5, R@10, MRR@10, nDCG@10 are computed from qrels, so give --qrels"),
        (
            ["--measures", "R@2kt", "--answers", "{judged}"],
            2,
            "R@2kt is computed from answers and the retrieved passages, so give both --answers and --corpus",
        ),
        (
            ["--qrels", "{judged}", "--baseline", "bm25"],
            2,
            "--baseline bm25: there is no such system among the runs; there are plain, views",
        ),
        (["--qrels", "{judged}", "--report", "scores.pdf"], 2, "the name must end in .md, .tex, .csv, .json"),
        (["--qrels", "{judged}/qrels.fi.txt"], 2, "has qrels for fi, but there are runs for sw"),
        (["--qrels", "{judged}/nowhere"], 1, "nowhere: there is no such qrels file or folder"),
    ],
)
def test_flags_that_do_not_go_together(
    place: Path, capsys: pytest.CaptureFixture[str], flags: list[str], status: int, message: str
):
    assert main([*runs(place), *(flag.replace("{judged}", str(place / "judged")) for flag in flags)]) == status
    assert message in capsys.readouterr().err


def test_topics_that_do_not_fit_the_judgments_are_told(place: Path, capsys: pytest.CaptureFixture[str]):
    lines(place / "judged" / "topics.fi.tsv", *(f"fi{n}\tquestion" for n in range(1, 11)))
    judged = str(place / "judged")
    assert main([*runs(place), "--qrels", judged, "--topics", judged, "--measures", "R@1"]) == 0
    out = capsys.readouterr().out
    assert "fi: 1 query (fi10) of" in out
    assert "fi: 1 query (fi0) judged but not in" in out


def test_a_language_that_one_system_lacks_shows(place: Path, capsys: pytest.CaptureFixture[str]):
    (place / "views" / "run.sw.txt").unlink()
    assert main([*runs(place), "--qrels", str(place / "judged"), "--measures", "R@1"]) == 0
    out = capsys.readouterr().out
    assert "views  100.0    –      –      –" in out
    assert "views: no run for sw, so no averages over languages" in out


def test_letters_intervals_and_the_randomisation_test(place: Path, capsys: pytest.CaptureFixture[str]):
    flags = [
        "--qrels",
        str(place / "judged"),
        "--measures",
        "R@1",
        "--baseline",
        "plain",
        "--test",
        "randomisation",
        "--letters",
        "--intervals",
    ]
    assert main([*runs(place), *flags, "--report", str(place / "tables.tex")]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        "R@1         fi      sw    macro   micro\n"
        "a plain    0.0     0.0      0.0     0.0\n"
        "b views  100.0‡ᵃ  90.0‡ᵃ   95.0ᵃ   95.0ᵃ\n"
    )  # fmt: skip
    assert "paired randomisation test, p < 0.05" in out
    assert " sw 0.0 (0.0 to 0.0) 90.0 (66.7 to 100.0) +90.0 (+66.7 to +100.0)‡ macro 0.0 " in " ".join(out.split())
    assert "; unknown in fi" in out
    assert "fi (10), sw (10): fewer than 20 clusters of queries" in out
    assert r"100.0$^{\ddagger a}$" in (place / "tables.tex").read_text(encoding="utf-8")


def test_the_same_seed_gives_the_same_report(place: Path):
    flags = ["--qrels", str(place / "judged"), "--baseline", "plain", "--intervals", "--letters", "--resamples", "500"]
    texts = []
    for name, seed in (("one", "3"), ("two", "3"), ("other", "4")):
        assert main([*runs(place), *flags, "--seed", seed, "--report", str(place / f"{name}.csv")]) == 0
        texts.append((place / f"{name}.csv").read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_questions_about_the_same_passage_go_together_when_asked(place: Path, capsys: pytest.CaptureFixture[str]):
    for code in ("fi", "sw"):
        lines(
            place / "judged" / f"qrels.{code}.txt",
            *(f"{code}{n} 0 good{n} 1" for n in range(10)),
            *(f"{code}{n} 0 same 1" for n in range(10)),
        )
    flags = [
        "--qrels",
        str(place / "judged"),
        "--answers",
        str(place / "judged"),
        "--corpus",
        str(place / "corpus.jsonl"),
        "--measures",
        "R@1 R@2kt",
    ]
    assert main([*runs(place), *flags, "--baseline", "plain", "--clusters", "passages", "--intervals"]) == 0
    out = capsys.readouterr().out
    assert "fi (1), sw (1), macro (1), micro (1): fewer than 20 clusters of queries" in out
    assert "‡" not in out.partition("differs from plain")[0].replace("‡ after", "")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--test", "t"], "--test t: nothing is tested; give --baseline or --letters, too"),
        (["--clusters", "passages"], "--clusters passages: the relevant passages are in the qrels, so give --qrels"),
        (["--resamples", "50"], "--resamples 50: must be 100 or more"),
        (["--seed", "-1"], "--seed -1: must be 0 or more"),
    ],
)
def test_flags_of_the_statistics_that_make_no_sense(capsys: pytest.CaptureFixture[str], flags: list[str], message: str):
    assert main(["evaluate", "--runs", "nowhere", "--answers", "nowhere", *flags]) == 2
    assert message in capsys.readouterr().err
