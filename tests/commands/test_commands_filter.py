"""``filter`` as a user meets it: what it prints, and flags that do not go together."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_corpus import passages, write_jsonl, xqg

RECORDS = [
    {
        "id": "d0",
        "queries": {
            "de": ["Wann begann der Bau der Brücke?", "wann begann der bau der Brücke", "When did it begin?"],
            "bem": ["Ni lisa?"],
        },
    },
    {"id": "d1", "queries": {"de": [""]}},
]


@pytest.fixture
def given(tmp_path: Path) -> list[str | Path]:
    corpus, queries = write_jsonl(tmp_path / "c.jsonl", passages(3)), write_jsonl(tmp_path / "q.jsonl", RECORDS)
    return ["filter", "--corpus", corpus, "--queries", queries, "--output", tmp_path / "out"]


def test_it_says_how_many_went_for_what(given: list[str | Path], tmp_path: Path):
    done = xqg(*given, "--skip", "inconsistent")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "     queries  kept      %  empty  language  duplicate",
        "bem        1     1  100.0      0         0          0",
        "de         4     1   25.0      1         1          1",
        "all        5     2   40.0      1         1          1",
        f"{tmp_path}/out: 2 of 5 queries stay; why each other went is in {tmp_path}/out/report/dropped.jsonl",
        f"this table: {tmp_path}/out/report/counts.csv",
        "1 passages have no query left; `index` draws them towards what is expected of them",
        "no detector for these languages, only their script was checked: bem 1 queries",
        f"next: pyserini-xqg encode --corpus {tmp_path}/c.jsonl --queries {tmp_path}/out --encoder ENCODER --output "
        "STORE",
    ]


def test_the_folder_serves_as_queries(given: list[str | Path], tiny_encoder: Path, tmp_path: Path):
    assert xqg(*given, "--encoder", tiny_encoder).returncode == 0
    done = xqg(
        "encode",
        "--corpus",
        given[2],
        "--queries",
        tmp_path / "out",
        "--encoder",
        tiny_encoder,
        "--output",
        tmp_path / "store",
    )
    assert done.returncode == 0, done.stderr
    assert "3 passages x 32, 2 queries in bem, de" in done.stdout
    again = xqg(
        "filter",
        "--corpus",
        given[2],
        "--queries",
        tmp_path / "out",
        "--skip",
        "inconsistent",
        "--output",
        tmp_path / "again",
    )
    assert "2 of 2 queries stay" in again.stdout, "what was filtered stays"


@pytest.mark.parametrize(
    ("flags", "status", "said"),
    [
        ([], 2, "consistency needs an --encoder"),
        (["--skip", "inconsistent,spelling"], 2, "there is no check 'spelling'; checks are empty, control,"),
        (["--skip", "empty,inconsistent"], 2, "an empty query cannot stay"),
        (["--encoder", "e", "--consistency", "cosine"], 2, "has no threshold that fits all encoders"),
        (["--encoder", "e", "--min-consistency", "high"], 2, "expected a number and LANG=NUMBER"),
        (["--encoder", "e", "--min-consistency", "1,xx=2"], 2, "unknown language code 'xx'"),
        (["--encoder", "e", "--drop-lowest", "100"], 2, "--drop-lowest is 100.0"),
        (["--max-overlap", "0"], 2, "--max-overlap is 0.0; it is a share"),
        (["--min-length", "0"], 2, "--min-length is 0; it must be at least 1"),
        (["--passage-language", "xx"], 2, "unknown language code 'xx'"),
        (["--skip", "inconsistent", "--languages", "te"], 1, "q.jsonl: holds no query in te"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_leaves_nothing(
    given: list[str | Path], tmp_path: Path, flags: list[str], status: int, said: str
):
    done = xqg(*given, *flags)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_without_a_detector_it_says_how_to_get_one(given: list[str | Path], tmp_path: Path):
    """A module of its name that cannot be imported stands in the way of the real one."""
    (tmp_path / "py3langid.py").write_text("raise ImportError('not installed')")
    from tiny_corpus import ROOT

    done = xqg(*given, "--skip", "inconsistent", PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert done.returncode == 1
    assert "pip install 'pyserini-xqg[filter]', or --skip language" in done.stderr
    assert xqg(*given, "--skip", "inconsistent,language", PYTHONPATH=f"{tmp_path}:{ROOT}").returncode == 0
