"""``expand --generator dictionary``: glosses out of dictionaries, beside questions that are there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_corpus import tree, write_jsonl

from pyserini_xqg.commands import main

CORPUS = [
    {"id": "d1", "contents": "The river bank was flooded in Warsaw."},
    {"id": "d2", "contents": "Wars and rivers."},
    {"id": "d3", "contents": "…"},
]


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No dictionary of this machine's is found."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "none"))
    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def world(tmp_path: Path) -> Path:
    write_jsonl(tmp_path / "corpus.jsonl", CORPUS)
    (tmp_path / "words.en-de.tsv").write_text(
        "bank\tBank\t.6\nbank\tUfer\t.4\nflood\tüberfluten\nriver\tFluss\nriver bank\tFlussufer\nwar\tKrieg\n", "utf-8"
    )
    (tmp_path / "words.ru-en.tsv").write_text("река\triver\nвойна\twar\n", "utf-8")
    return tmp_path


def expand(folder: Path, *flags: object, output: str = "g") -> int:
    command = ["expand", "--corpus", folder / "corpus.jsonl", "--generator", "dictionary", "--output", folder / output]
    return main([*map(str, command), *map(str, flags)])


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.open(encoding="utf-8")]


def test_glosses_of_two_languages(world: Path, capsys):
    given = ["--dictionary", world / "words.en-de.tsv", world / "words.ru-en.tsv", "--languages", "de,ru"]
    assert expand(world, *given, "--queries-per-language", 1) == 0
    said = capsys.readouterr().out
    assert "glosses for 3 passages in de, ru" in said
    assert "ru: words.ru-en.tsv (backwards)" in said
    one, two, three = lines(world / "g")
    assert one == {
        "id": "d1",
        "glosses": {"de": ["Flussufer überfluten Warsaw"], "ru": ["река bank flooded Warsaw Уарсау"]},
    }
    assert two["glosses"] == {"de": ["Krieg Fluss"], "ru": ["война река"]}
    assert three == {"id": "d3", "queries": {}}
    before = tree(world / "g")
    assert expand(world, *given, "--queries-per-language", 1) == 0
    assert tree(world / "g") == before


def test_they_stand_beside_what_is_there(world: Path, capsys):
    write_jsonl(world / "questions.jsonl", [{"id": "d2", "queries": {"de": ["Welcher Krieg?"], "ja": ["何？"]}}])
    given = ["--dictionary", world / "words.en-de.tsv", "--languages", "de", "--queries", world / "questions.jsonl"]
    assert expand(world, *given) == 0
    two = lines(world / "g")[1]
    assert two["queries"] == {"de": ["Welcher Krieg?"], "ja": ["何？"]}
    assert two["glosses"] == {"de": ["Krieg Fluss"] * 4}
    capsys.readouterr()
    again = ["--dictionary", world / "words.en-de.tsv", "--languages", "de", "--queries", world / "g"]
    assert expand(world, *again, output="h") == 2
    assert "holds glosses in de already" in capsys.readouterr().err
    assert expand(world, *given, "--sample", "1", output="h") == 2
    assert "generate for the sample first" in capsys.readouterr().err
    assert not (world / "h").exists()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--languages", "th", "--dictionary", "words.en-de.tsv"], "there is no dictionary from en to th"),
        (["--languages", "ru"], "install mueller7-dict"),
        (["--languages", "en", "--dictionary", "words.en-de.tsv"], "the passages are in en already"),
        (["--languages", "de", "--dictionary", "nowhere.tsv"], "there is no such dictionary"),
        (["--languages", "de", "--dictionary", "words.tsv"], "does not say which languages it is of"),
        (["--languages", "de", "--dictionary", "bad.en-de.tsv"], "bad.en-de.tsv:1"),
        (["--languages", "de", "--kind", "translation"], "writes gloss, and no translation"),
        (["--languages", "de", "--top-k", "3"], "has nothing to be asked or to choose among"),
    ],
)
def test_what_cannot_be_had(world: Path, monkeypatch, capsys, flags: list[str], said: str):
    monkeypatch.chdir(world)
    (world / "words.tsv").write_text("a\tb\n")
    (world / "bad.en-de.tsv").write_bytes(b"river\tFl\xfcss\n")
    assert expand(world, *flags) in (1, 2)
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1
    assert not (world / "g").exists()


def test_a_passage_language_of_its_own(world: Path):
    write_jsonl(world / "corpus.jsonl", [{"id": "d1", "contents": "Река и война"}])
    flags = ["--dictionary", world / "words.ru-en.tsv", "--languages", "en", "--passage-language", "ru"]
    assert expand(world, *flags, "--queries-per-language", 1) == 0
    assert lines(world / "g")[0]["glosses"] == {"en": ["river war"]}
