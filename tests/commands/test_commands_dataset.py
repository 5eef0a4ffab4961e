from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pyserini_xqg.commands import main


def test_xquad_from_the_command_line(data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    flags = [
        "dataset",
        "xquad",
        "--input",
        str(data_dir / "xquad"),
        "--output",
        str(tmp_path / "out"),
        "--oracle-queries",
    ]
    assert main(flags) == 0
    out = capsys.readouterr().out
    assert "corpus.jsonl: 240" in out
    assert "topics.LANG.tsv: ar 510, de 510, el 510, en 510" in out
    assert "ar 680, de 680" in out
    assert "CC BY-SA 4.0" in out
    assert main(flags) == 0
    assert "there already, unchanged" in capsys.readouterr().out
    assert main(flags[:-1]) == 1
    assert "choose another folder or remove it" in capsys.readouterr().err


def test_xor_retrieve_says_that_there_are_no_passages(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert (
        main(["dataset", "xor-retrieve", "--input", str(data_dir / "xor_retrieve"), "--output", str(tmp_path / "out")])
        == 0
    )
    out = capsys.readouterr().out
    assert "no passages in this data set" in out
    assert "scores 1,928 of 2,110: ar 41" in out
    assert not (tmp_path / "out" / "corpus.jsonl").exists()


def test_missing_input_is_one_message_with_the_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["dataset", "xquad", "--input", str(tmp_path / "nowhere"), "--output", str(tmp_path / "out")]) == 1
    err = capsys.readouterr().err
    assert "https://github.com/google-deepmind/xquad" in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


def test_a_flag_of_another_data_set_is_refused(data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    flags = ["--input", str(data_dir / "xor_retrieve"), "--output", str(tmp_path / "out"), "--oracle-queries"]
    with pytest.raises(SystemExit, match="2"):
        main(["dataset", "xor-retrieve", *flags])
    assert "unrecognized arguments: --oracle-queries" in capsys.readouterr().err


def test_locomo_by_conversation_from_the_command_line(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert (
        main(
            [
                "dataset",
                "locomo",
                "--input",
                str(data_dir / "locomo"),
                "--output",
                str(tmp_path / "out"),
                "--passages",
                "summaries",
            ]
        )
        == 0
    )
    out = capsys.readouterr().out
    assert "  */corpus.jsonl: conv-26 19, conv-30 19, conv-41 32" in out
    assert "evidence: turn ids that name no turn of their conversation" in out
    assert "LoCoMo is English only" in out


@pytest.mark.parametrize(
    ("given", "message"),
    [("sw", "expected LANG=FILE"), ("xx=a.tsv", "unknown language code 'xx'"), ("eng=a.tsv", "in 'en' already")],
)
def test_bad_topics_in_other_languages_are_flags_that_do_not_fit(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], given: str, message: str
):
    assert (
        main(
            [
                "dataset",
                "locomo",
                "--input",
                str(data_dir / "locomo"),
                "--output",
                str(tmp_path / "out"),
                "--topics-in",
                given,
            ]
        )
        == 2
    )
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_help_needs_no_heavy_modules():
    check = (
        "import sys, argparse\n"
        "from pyserini_xqg.commands.stages import evaluate\n"
        "from pyserini_xqg.commands.ways import dataset\n"
        "for command in (dataset, evaluate): command.add_arguments(argparse.ArgumentParser())\n"
        "heavy = {'numpy', 'scipy', 'nltk', 'ir_measures', 'pandas', 'torch', 'pyserini', 'statsmodels'} & "
        "set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", check], check=True, timeout=60)
