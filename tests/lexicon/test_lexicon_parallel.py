"""Parallel text of every kind, whole and damaged."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from pyserini_xqg.errors import InputError
from pyserini_xqg.lexicon.parallel.kind import Direction
from pyserini_xqg.lexicon.parallel.registry import accepted, find_parallel

EN_DE, DE_EN = Direction("en", "de"), Direction("de", "en")
UNIT = '<tu><tuv xml:lang="{}"><seg>{}</seg></tuv><tuv xml:lang="{}"><seg>{}</seg></tuv></tu>'
PO = """msgid ""
msgstr "Language: de\\n"

msgid "_Open <b>%s</b> files"
msgstr "Dateien %s ö_ffnen"

#, fuzzy
msgid "Close"
msgstr "Öffnen"
"""


def pairs(place: Path, direction: Direction = EN_DE) -> list[tuple[str, str]]:
    texts = find_parallel([place], direction)
    return [(pair.source, pair.target) for text in texts for pair in text.read(direction)]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def tmx(*units: str, prolog: str = "") -> str:
    return f'<?xml version="1.0"?>{prolog}<tmx version="1.4"><header srclang="en"/><body>{"".join(units)}</body></tmx>'


@pytest.mark.parametrize("name", ["x.en-de.tsv", "en-de.tsv.gz", "parallel.eng-deu.tsv"])
def test_tsv_has_its_languages_in_its_name(tmp_path: Path, name: str):
    path = write(tmp_path / name, "a cell\teine Zelle\nb\t\n")
    assert pairs(path) == [("a cell", "eine Zelle"), ("b", "")]
    assert pairs(path, DE_EN) == [("eine Zelle", "a cell"), ("", "b")]
    assert pairs(path, Direction("en", "ru")) == []


def test_a_line_of_tsv_with_other_columns_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"en-de.tsv:2: 3 columns; expected a sentence, TAB and its translation"):
        pairs(write(tmp_path / "en-de.tsv", "a\tb\na\tb\tc\n"))


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_two_files_of_lines_go_together(tmp_path: Path, ending: str):
    english = write(tmp_path / f"news.v1.en{ending}", "one\ntwo\n")
    german = write(tmp_path / f"news.v1.de{ending}", "eins\nzwei\n")
    write(tmp_path / f"other.de{ending}", "drei\n")
    expected = [("one", "eins"), ("two", "zwei")]
    assert pairs(tmp_path) == pairs(english) == pairs(german) == expected
    assert pairs(english, DE_EN) == [(german, english) for english, german in expected]


def test_files_of_different_lengths_are_refused(tmp_path: Path):
    english = write(tmp_path / "news.en", "one\ntwo\nthree\n")
    write(tmp_path / "news.de", "eins\n")
    with pytest.raises(InputError, match=r"news.en: has 3 lines, and .*news.de has 1; line by line they must be"):
        pairs(english)


def test_tmx_is_read_by_its_units(tmp_path: Path):
    marked = UNIT.format("en-US", 'Press <bpt i="1">{\\b</bpt><hi>OK</hi><ept i="1">}</ept> now', "DE", "OK")
    units = (marked, UNIT.format("en", "x", "fr", "y"), UNIT.format("de-DE", "zwei", "en", "two"))
    path = write(tmp_path / "memory.tmx.gz", tmx(*units, prolog='<!DOCTYPE tmx SYSTEM "tmx14.dtd">'))
    assert pairs(path) == [("Press OK now", "OK"), ("two", "zwei")]


def test_tmx_that_declares_entities_is_refused(tmp_path: Path):
    bomb = '<!DOCTYPE tmx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(InputError, match="declares the entity 'a'"):
        pairs(write(tmp_path / "memory.tmx", tmx(UNIT.format("en", "&b;", "de", "b"), prolog=bomb)))


def test_tmx_that_is_cut_short_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="malformed XML"):
        pairs(write(tmp_path / "memory.tmx", tmx(UNIT.format("en", "a", "de", "b"))[:-30]))


def test_catalogues_give_messages_without_markup(tmp_path: Path):
    write(tmp_path / "de.po", PO)
    write(tmp_path / "ru.po", PO.replace("Language: de", "Language: ru"))
    assert pairs(tmp_path) == [("Open files", "Dateien öffnen")]
    assert pairs(tmp_path, DE_EN) == [("Dateien öffnen", "Open files")]


def test_catalogues_of_another_script_are_left_out(tmp_path: Path):
    write(tmp_path / "zh_TW.po", PO)
    write(tmp_path / "zh_CN.po", PO)
    assert len(pairs(tmp_path, Direction("en", "zh"))) == 1


def test_a_missing_place_is_named(tmp_path: Path):
    with pytest.raises(InputError, match="nowhere: there is no such file or folder"):
        pairs(tmp_path / "nowhere")


def test_every_kind_says_what_its_files_are():
    assert all(word in accepted() for word in (".tsv", "X.en and X.de", ".tmx", ".po"))
