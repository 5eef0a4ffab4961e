from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from pyserini_xqg.errors import InputError, UsageError
from pyserini_xqg.evaluate.inputs.judgments import read_answers, read_contents
from pyserini_xqg.evaluate.inputs.places import ALL, files_for, find_runs
from pyserini_xqg.runs.rankings import read_rankings


def test_rankings_follow_the_rank_column(tmp_path: Path):
    run = tmp_path / "run.txt"
    run.write_text("q Q0 c 3 0.1 t\nq Q0 a 1 0.3 t\nq Q0 b 2 0.3 t\n")
    assert list(read_rankings(run)["q"].items()) == [("a", 0.3), ("b", 0.3), ("c", 0.1)]


def test_contents_are_those_asked_for_and_reading_stops_when_they_are_found(tmp_path: Path):
    corpus = tmp_path / "corpus.jsonl"
    lines = [json.dumps({"id": name, "contents": f"text of {name}"}) for name in "abc"]
    corpus.write_text("\n".join([*lines, "{broken"]) + "\n")
    assert read_contents(corpus, {"a", "c"}) == {"a": "text of a", "c": "text of c"}
    with pytest.raises(InputError, match=r"corpus\.jsonl:4"):
        read_contents(corpus, {"a", "nowhere"})


def test_answers_come_by_language_from_a_file_or_a_folder(tmp_path: Path):
    (tmp_path / "answers.yor.jsonl").write_text('{"id": "1", "answers": ["x"]}\n')
    (tmp_path / "answers.fi.jsonl").write_text('{"id": "2", "answers": ["y"], "lang": "fi"}\n')
    assert read_answers(tmp_path) == {"fi": {"2": ("y",)}, "yo": {"1": ("x",)}}
    both = tmp_path / "both.jsonl"
    both.write_text('{"id": "1", "answers": ["x"], "lang": "yo"}\n{"id": 2, "answers": ["y"], "lang": "fi"}\n')
    assert read_answers(both) == {"yo": {"1": ("x",)}, "fi": {"2": ("y",)}}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"answers\.jsonl:2: expected \{"),
        ("[]", r"answers\.jsonl:2: expected \{"),
        ('{"id": "2", "answers": [""]}', r":2: question '2': 'answers' must be a list of strings, none of them empty"),
        ('{"id": "2", "answers": "x"}', r":2: question '2'"),
        ('{"id": "2", "answers": ["x"], "lang": "tlh"}', r":2: question '2': unknown language code 'tlh'"),
        ('{"id": "1", "answers": ["x"], "lang": "fi"}', r":2: question '1' is there already"),
    ],
)
def test_bad_answers_are_named_by_file_and_line(tmp_path: Path, line: str, message: str):
    path = tmp_path / "answers.jsonl"
    path.write_text('{"id": "1", "answers": ["x"], "lang": "fi"}\n' + line + "\n")
    with pytest.raises(InputError, match=message):
        read_answers(path)


def touch(folder: Path, *names: str) -> None:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text("q Q0 d 1 1.0 t\n")


def test_names_of_files_tell_system_and_language(tmp_path: Path):
    touch(
        tmp_path / "plain", "run.ar.txt", "run.swa.txt.gz", "qrels.ar.txt", "topics.ar.txt", "notes.txt", "log.ar.json"
    )
    touch(tmp_path / "mixed", "bm25.ar.txt", "views.v2.ar.txt")
    touch(tmp_path, "single.txt")
    found = find_runs([tmp_path / "plain", tmp_path / "mixed", tmp_path / "single.txt"])
    assert {system: {code: path.name for code, path in languages.items()} for system, languages in found.items()} == {
        "plain": {"ar": "run.ar.txt", "sw": "run.swa.txt.gz"},
        "bm25": {"ar": "bm25.ar.txt"},
        "views.v2": {"ar": "views.v2.ar.txt"},
        "single": {ALL: "single.txt"},
    }


def test_two_files_for_one_system_and_language_are_refused(tmp_path: Path):
    touch(tmp_path / "a", "x.ar.txt")
    touch(tmp_path / "b", "x.ar.txt")
    with pytest.raises(UsageError, match=r"a/x\.ar\.txt and .*b/x\.ar\.txt are both system 'x' in 'ar'"):
        find_runs([tmp_path / "a", tmp_path / "b"])


def test_places_without_runs_are_errors(tmp_path: Path):
    with pytest.raises(InputError, match="there is no such run file or folder"):
        find_runs([tmp_path / "nowhere"])
    with pytest.raises(InputError, match=r"holds no run file named NAME\.LANG\.txt"):
        find_runs([tmp_path])


def test_a_single_file_serves_a_single_language_and_a_folder_must_have_each(tmp_path: Path):
    touch(tmp_path, "qrels.ar.txt", "qrels.de.txt")
    assert files_for(tmp_path / "qrels.ar.txt", ["fi"], "qrels") == {"fi": tmp_path / "qrels.ar.txt"}
    assert files_for(tmp_path, ["de"], "qrels") == {"de": tmp_path / "qrels.de.txt"}
    with pytest.raises(UsageError, match="has qrels for ar, de, but there are runs for fi"):
        files_for(tmp_path, ["de", "fi"], "qrels")
    with pytest.raises(UsageError, match="has qrels for ar, but there are runs for fi"):
        files_for(tmp_path / "qrels.ar.txt", ["ar", "fi"], "qrels")


def test_gzipped_runs_are_read(tmp_path: Path):
    path = tmp_path / "run.ar.txt.gz"
    path.write_bytes(gzip.compress(b"q Q0 d 1 1.0 t\n"))
    assert read_rankings(path) == {"q": {"d": 1.0}}
