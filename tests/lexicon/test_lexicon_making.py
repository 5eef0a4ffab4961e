"""The stage: from files to tables and their record, again and again, and from what is of no use."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from parallel_samples import WORDS, sentences

from pyserini_xqg.commands import main
from pyserini_xqg.errors import InputError, OutputError, UsageError
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.lexicon.align.choices import Combination, Pruning
from pyserini_xqg.lexicon.formats.tsv import FORMAT
from pyserini_xqg.lexicon.making.make import MadeTable, make_lexicon
from pyserini_xqg.lexicon.making.settings import LexiconSettings
from pyserini_xqg.lexicon.registry import dictionary_files

QUICK = LexiconSettings(iterations=2)


def write_pairs(path: Path, number: int = 400, *more: tuple[str, str]) -> Path:
    lines = [f"{source}\t{target}\n" for source, target in (*sentences(number), *more)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def make(
    output: Path, *places: Path, targets: Sequence[str] = ("fr",), settings: LexiconSettings = QUICK
) -> list[MadeTable]:
    return make_lexicon(places=places, source="en", targets=targets, output=output, settings=settings)


def record(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "lexicon.json").read_text(encoding="utf-8"))["tables"]


def test_a_table_has_the_translations_and_reads_as_a_dictionary(tmp_path: Path):
    path = write_pairs(tmp_path / "in" / "x.en-fr.tsv")
    assert main(["lexicon", "--input", str(path), "--languages", "fr", "--output", str(tmp_path / "out")]) == 0
    entries = {entry.headword: entry for entry in FORMAT.read(tmp_path / "out" / "en-fr.tsv", "fr")}
    assert {word: entries[word].translations[0].text for word in WORDS} == WORDS
    assert FORMAT.languages(tmp_path / "out" / "en-fr.tsv") == ("en", "fr")
    assert list(entries) == sorted(entries)
    assert dictionary_files(tmp_path / "out") == [tmp_path / "out" / "en-fr.tsv"]
    assert all(0.02 <= one.weight <= 1 for entry in entries.values() for one in entry.translations)


def test_the_record_tells_what_it_was_made_from_and_what_it_is_worth(tmp_path: Path):
    more = (("12 …", "12"), ("Writer", "Writer"), ("word " * 201, "mot"), ("a word", ""))
    path = write_pairs(tmp_path / "x.en-fr.tsv", 400, *more)
    (made,) = make(tmp_path / "out", path)
    told = record(tmp_path / "out")["en-fr.tsv"]
    assert told["sources"] == [{"path": str(path), "sha256": sha256(path)}]
    assert told["sha256"] == sha256(tmp_path / "out" / "en-fr.tsv")
    assert told["figures"]["left_out"] == {
        "a side of more than 200 words": 1, "a side without words": 2, "both sides the same": 1,
    }  # fmt: skip
    assert (told["figures"]["learned_from"], told["figures"]["held_out"]) == (350, 50)
    assert told["figures"]["quality"].keys() == {"forward", "mean", "agreed"}
    figures = made.record.figures
    assert figures is not None
    assert figures.quality[figures.combination].found > 0.95


def test_the_command_says_what_a_table_is_worth(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = write_pairs(tmp_path / "x.en-fr.tsv")
    flags = ["--combination", "mean", "--least-probability", "0.3", "--most-translations", "1", "--iterations", "2"]
    command = ["lexicon", "--input", str(path), "--languages", "fr", "--output", str(tmp_path / "out"), *flags]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "learned from 350 sentence pairs" in said
    assert "mean (taken), on 50 held-out pairs: finds the sentence at " in said
    assert "forward" not in said
    assert main(command) == 0
    assert "there already, the very same" in capsys.readouterr().out


def test_the_same_input_gives_the_same_bytes_wherever_it_lies(tmp_path: Path):
    one = write_pairs(tmp_path / "one" / "x.en-fr.tsv")
    other = write_pairs(tmp_path / "other" / "x.en-fr.tsv")
    make(tmp_path / "out", one)
    make(tmp_path / "again", other)
    assert (tmp_path / "out" / "en-fr.tsv").read_bytes() == (tmp_path / "again" / "en-fr.tsv").read_bytes()
    assert not make(tmp_path / "out", other)[0].fresh


def test_a_folder_takes_more_languages_and_either_direction(tmp_path: Path):
    write_pairs(tmp_path / "in" / "x.en-fr.tsv")
    write_pairs(tmp_path / "in" / "x.de-en.tsv")
    make(tmp_path / "out", tmp_path / "in")
    made = make(tmp_path / "out", tmp_path / "in", targets=["fr", "de"])
    assert [(table.path.name, table.fresh) for table in made] == [("en-fr.tsv", False), ("en-de.tsv", True)]
    assert list(record(tmp_path / "out")) == ["en-de.tsv", "en-fr.tsv"]


def test_a_killed_run_is_gone_on_with(tmp_path: Path):
    path = write_pairs(tmp_path / "x.en-fr.tsv")
    make(tmp_path / "out", path)
    whole = (tmp_path / "out" / "en-fr.tsv").read_bytes()
    (tmp_path / "out" / "en-fr.tsv").unlink()  # killed between record and table
    (tmp_path / "out" / ".xqg-partial-en-fr-12345678").mkdir()
    assert make(tmp_path / "out", path)[0].fresh
    assert (tmp_path / "out" / "en-fr.tsv").read_bytes() == whole
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["en-fr.tsv", "lexicon.json"]


def test_a_table_made_in_another_way_is_not_overwritten(tmp_path: Path):
    path = write_pairs(tmp_path / "x.en-fr.tsv")
    make(tmp_path / "out", path)
    with pytest.raises(OutputError, match="iterations was 2, is now 3"):
        make(tmp_path / "out", path, settings=LexiconSettings(iterations=3))
    write_pairs(path, 401)
    with pytest.raises(OutputError, match="the files differ"):
        make(tmp_path / "out", path)


def test_a_folder_with_something_else_is_refused(tmp_path: Path):
    path = write_pairs(tmp_path / "x.en-fr.tsv")
    with pytest.raises(OutputError, match="holds something else than a lexicon"):
        make(tmp_path, path)
    make(tmp_path / "out", path)
    (tmp_path / "out" / "en-de.tsv").write_text("mine\tmeins\n", encoding="utf-8")
    with pytest.raises(OutputError, match=r"lexicon\.json does not tell of it"):
        make(tmp_path / "out", write_pairs(tmp_path / "x.en-de.tsv"), targets=["de"])


@pytest.mark.parametrize("number", [0, 150])
def test_too_few_pairs_are_refused(tmp_path: Path, number: int):
    path = write_pairs(tmp_path / "x.en-fr.tsv", number, *[("the same again", "encore")] * 300, ("a", ""))
    with pytest.raises(InputError, match=rf"only {number + 1} different .* 1 left out: a side without words; 200 are"):
        make(tmp_path / "out", path)
    assert not (tmp_path / "out" / "en-fr.tsv").exists()


def test_a_language_that_is_not_there_is_named_before_any_work(tmp_path: Path):
    path = write_pairs(tmp_path / "x.en-fr.tsv")
    with pytest.raises(InputError, match="no parallel text and no table of en-ru is here"):
        make(tmp_path / "out", path, targets=["fr", "ru"])
    with pytest.raises(UsageError, match="names en, which is the --source-language"):
        make(tmp_path / "out", path, targets=["en"])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["psq.en-fr.json", "table.json.gz"])
def test_a_public_table_is_pruned_and_taken_over(tmp_path: Path, name: str):
    table = {"cell": {"cellule": 0.7, "case": 0.2, "prison": 0.01}, "a": {"rare": 0.001}, "area": {"zone": 0.5}}
    raw = json.dumps(table).encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    (made,) = make(tmp_path / "out", path)
    assert made.path.read_text(encoding="utf-8") == "area\tzone\t0.5\ncell\tcellule\t0.7\ncell\tcase\t0.2\n"
    assert record(tmp_path / "out")["en-fr.tsv"]["figures"] is None


def test_a_table_of_the_other_direction_is_none(tmp_path: Path):
    path = tmp_path / "psq.fr-en.json"
    path.write_text('{"cellule": {"cell": 1}}', encoding="utf-8")
    with pytest.raises(InputError, match="no table of en-fr"):
        make(tmp_path / "out", path)


def test_a_table_of_counts_is_refused(tmp_path: Path):
    path = tmp_path / "psq.en-fr.json"
    path.write_text('{"cell": {"cellule": 17}}', encoding="utf-8")
    with pytest.raises(InputError, match="'cell' has the weight 17, no probability"):
        make(tmp_path / "out", path)


def test_text_and_table_of_one_language_are_refused(tmp_path: Path):
    write_pairs(tmp_path / "x.en-fr.tsv")
    (tmp_path / "y.en-fr.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"a table of en-fr, .*y.en-fr.json, and parallel text, .*x.en-fr.tsv"):
        make(tmp_path / "out", tmp_path)
    (tmp_path / "x.en-fr.tsv").rename(tmp_path / "z.en-fr.json")
    with pytest.raises(InputError, match="is a second table of en-fr"):
        make(tmp_path / "out", tmp_path)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"pruning": Pruning(0, 8)}, "--least-probability is 0; it must be above 0"),
        ({"pruning": Pruning(0.1, 0)}, "--most-translations is 0"),
        ({"iterations": 0}, "--iterations is 0"),
    ],
)
def test_settings_that_make_no_table_are_refused(settings: dict[str, Any], told: str):
    with pytest.raises(UsageError, match=told):
        LexiconSettings(**settings)


def test_a_chosen_combination_is_taken(tmp_path: Path):
    path = write_pairs(tmp_path / "x.en-fr.tsv")
    (made,) = make(tmp_path / "out", path, settings=LexiconSettings(iterations=2, combination=Combination.FORWARD))
    assert made.record.figures is not None
    assert (made.record.figures.combination, len(made.record.figures.quality)) == (Combination.FORWARD, 1)
