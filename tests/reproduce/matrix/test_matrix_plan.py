"""What a matrix comes down to: commands, their order, and what cannot be run."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_matrix_read import GOOD, write

from pyserini_xqg.errors import UsageError
from pyserini_xqg.reproduce.matrix.library import open_matrix
from pyserini_xqg.reproduce.matrix.listing import by_condition, conditions, in_order
from pyserini_xqg.reproduce.matrix.plan import MatrixPlaces, MatrixPlan, make_plan
from pyserini_xqg.reproduce.matrix.read import read_matrix


def planned(tmp_path: Path, text: str = GOOD, *only: str, download: bool = False) -> MatrixPlan:
    places = MatrixPlaces(tmp_path / "the data", tmp_path / "models", Path("out"))
    return make_plan(read_matrix(write(tmp_path, text)), places, only, download=download)


def test_commands_are_filled_in_and_ordered(tmp_path: Path):
    assert in_order(planned(tmp_path)).splitlines() == [
        "pyserini-xqg encode --corpus out/corpus.jsonl --output out/store",
        "pyserini-xqg search faiss --index out/index --topics out/topics.sw.tsv --output out/runs/dense/run.sw.txt",
        "pyserini-xqg fuse --runs out/runs/dense/run.sw.txt out/runs/dense/run.sw.txt --output "
        "out/runs/fused/run.sw.txt",
    ]


def test_a_place_with_a_space_stays_one_word(tmp_path: Path):
    found = planned(tmp_path, GOOD.replace("--corpus $corpus", "--corpus $data/c.jsonl"))
    assert found.steps[0].commands[0][3] == str(tmp_path / "the data" / "c.jsonl")


def test_a_condition_brings_what_it_uses(tmp_path: Path):
    assert [one.name for one in planned(tmp_path, GOOD, "dense").steps] == ["store", "dense"]
    assert [one.name for one in planned(tmp_path, GOOD, "fused").steps] == ["store", "dense", "fused"]
    with pytest.raises(UsageError, match="--condition sparse: there is no such condition; there are dense, fused"):
        planned(tmp_path, GOOD, "sparse")


def test_what_is_not_at_hand_is_named_with_all_that_needs_it(tmp_path: Path):
    text = GOOD.replace("    needs: [store]", "    needs: [store]\n    requires: [{data: xquad, how: get it}]")
    found = planned(tmp_path, text)
    assert found.steps == ()
    assert found.not_run == {
        "dense": f"{tmp_path}/the data/xquad is not there; get it",
        "fused": f"dense cannot be run: {tmp_path}/the data/xquad is not there; get it",
    }
    assert "(cannot be run: " in conditions(found)
    assert by_condition(found).startswith("# dense cannot be run: ")
    (tmp_path / "the data" / "xquad").mkdir(parents=True)
    assert planned(tmp_path, text).not_run == {}


def test_a_dictionary_is_at_hand_where_one_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("XDG_DATA_HOME", "XDG_DATA_DIRS"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    needed = "    needs: [store]\n    requires: [{dictionary: en-sw, how: write one}]\n"
    text = GOOD.replace("    needs: [store]\n", needed)
    assert planned(tmp_path, text).not_run["dense"] == "a dictionary en-sw is not there; write one"
    (tmp_path / "en-sw.tsv").write_text("dog\tmbwa\n", encoding="utf-8")
    monkeypatch.setenv("XQG_DICTIONARIES", str(tmp_path / "en-sw.tsv"))
    assert planned(tmp_path, text).not_run == {}


def test_nothing_is_fetched_unless_asked_for(tmp_path: Path):
    text = GOOD.replace("    output: $out/store", "    output: $models/store\n    download: true").replace(
        "pyserini-xqg encode", "curl"
    )
    found = planned(tmp_path, text)
    assert found.steps == ()
    assert "models/store is not there; `curl --corpus out/corpus.jsonl" in found.not_run["dense"]
    assert planned(tmp_path, text, download=True).steps[0].argv[0] == "curl"
    (tmp_path / "models" / "store").mkdir(parents=True)
    assert [one.name for one in planned(tmp_path, text).steps] == ["dense", "fused"]


@pytest.mark.parametrize("name", ["xor-tydi", "ciral"])
def test_large_matrices_are_complete_from_download_to_score(tmp_path: Path, name: str):
    with open_matrix(name) as path:
        matrix = read_matrix(path)
    places = MatrixPlaces(tmp_path / "data", tmp_path / "models", tmp_path / "out")
    nothing = make_plan(matrix, places)
    assert nothing.steps == ()
    assert nothing.not_run.keys() == {one.name for one in matrix.conditions}
    for requirement in (*matrix.requires, *(one for condition in matrix.conditions for one in condition.requires)):
        (tmp_path / ("data" if requirement.kind == "data" else "models") / requirement.name).mkdir(
            parents=True, exist_ok=True
        )
    found = make_plan(matrix, places, download=True)
    assert found.not_run == {}
    made = {str(step.output) for step in found.steps}
    assert {str(places.out / "runs" / one.name) for one in matrix.conditions} <= made
