"""Dictionaries found: by their names, in a folder, where a system keeps them, and in the user's own places."""

from __future__ import annotations

import pytest
from dictionaries import write_dictd, write_mo

from pyserini_xqg.doctor.dictionaries import dictionaries_here
from pyserini_xqg.errors import InputError, SetupError, UsageError
from pyserini_xqg.languages import LANGUAGES
from pyserini_xqg.lexicon import places
from pyserini_xqg.lexicon.codes import canonical, pair_in_name
from pyserini_xqg.lexicon.dictionary_format import DictionaryFormat
from pyserini_xqg.lexicon.packages import PACKAGES
from pyserini_xqg.lexicon.places import VARIABLE, installed
from pyserini_xqg.lexicon.registry import accepted, dictionary_files, format_of, register


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A system without any dictionary."""
    shared = tmp_path / "share"
    shared.mkdir()
    monkeypatch.setenv("XDG_DATA_DIRS", str(shared))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "none"))
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(places, "_WHEELS", {})
    return shared


def found(source, target):
    return [(one.path.name, one.format.name, one.backwards) for one in installed(source, target)]


def test_nothing_installed(system):
    assert installed("en", "de") == []
    here = dictionaries_here()
    assert here.found == "none with English"
    assert "`apt install dict-freedict-eng-ara " in here.remedy
    assert "mueller7-dict" in here.remedy
    assert "iso-codes` brings more" in here.remedy


def test_both_directions_and_names_last(system):
    (system / "dictd").mkdir()
    write_dictd(system / "dictd" / "freedict-eng-deu", [("a", "a\nb\n")])
    write_dictd(system / "dictd" / "freedict-deu-eng", [(word, f"{word}\nb\n") for word in "abcdefgh"])
    write_dictd(system / "dictd" / "freedict-eng-swh", [("a", "a\nb\n")])
    write_dictd(system / "dictd" / "jargon", [("a", "a\nb\n")])
    (system / "dictd" / "broken.index").write_text("a\tA\tB\n")
    write_mo(system / "locale" / "de" / "LC_MESSAGES" / "iso_639-3.mo", {"German": "Deutsch"})
    write_mo(system / "locale" / "de" / "LC_MESSAGES" / "gimp.mo", {"German": "Deutsch"})
    write_mo(system / "locale" / "zh_TW" / "LC_MESSAGES" / "iso_639-3.mo", {"German": "德文"})
    write_mo(system / "locale" / "zh_CN" / "LC_MESSAGES" / "iso_639-3.mo", {"German": "德文"})
    (system / "locale" / "de" / "LC_MESSAGES" / "iso_639_3.mo").symlink_to("iso_639-3.mo")
    german = [("freedict-eng-deu.index", "dictd", False), ("freedict-deu-eng.index", "dictd", True)]
    assert found("en", "de") == [*german, ("iso_639-3.mo", "gettext", False)]
    assert found("deu", "eng") == [
        ("freedict-deu-eng.index", "dictd", False), ("freedict-eng-deu.index", "dictd", True),
        ("iso_639-3.mo", "gettext", True),
    ]  # fmt: skip
    assert found("en", "swa") == [("freedict-eng-swh.index", "dictd", False)]
    assert [one.path.parent.parent.name for one in installed("en", "zh")] == ["zh_CN"]
    assert found("de", "sw") == []
    here = dictionaries_here()
    assert here.found == "headwords, with English: de 9 (freedict), sw 1 (freedict); only names in zh"
    assert "dict-freedict-eng-deu" not in here.remedy
    assert "dict-freedict-eng-ara" in here.remedy


def test_ones_own_come_first(system, tmp_path, monkeypatch):
    (system / "edict").mkdir()
    for name in ("edict", "enamdict"):
        (system / "edict" / name).write_text("犬 [いぬ] /(n) dog/\n" * 3, encoding="euc_jp")
    own = tmp_path / "own"
    own.mkdir()
    (own / "small.en-ja.tsv").write_text("dog\t犬\n", encoding="utf-8")
    (own / "README.md").write_text("not a dictionary")
    one_file = tmp_path / "jpn-eng.json"
    one_file.write_text('{"犬": {"dog": 1}}', encoding="utf-8")
    monkeypatch.setenv(VARIABLE, f"{own}:{one_file}:")
    assert found("en", "ja") == [
        ("small.en-ja.tsv", "TSV", False), ("jpn-eng.json", "probabilities", True),
        ("edict", "EDICT", True), ("enamdict", "EDICT", True),
    ]  # fmt: skip
    assert "ja 3 (small, jpn, edict)" in dictionaries_here().found
    monkeypatch.setenv(VARIABLE, str(tmp_path / "gone"))
    with pytest.raises(SetupError, match=r"XQG_DICTIONARIES names .*gone, which is not there"):
        installed("en", "ja")


def test_an_unknown_language(system):
    with pytest.raises(UsageError, match="unknown language code 'xx'"):
        installed("en", "xx")


def test_what_is_no_dictionary_says_what_is(tmp_path):
    (tmp_path / "notes.md").touch()
    with pytest.raises(InputError, match=r"notes\.md: its name is that of no dictionary; there are .*CC-CEDICT.*\.tsv"):
        format_of(tmp_path / "notes.md")
    with pytest.raises(InputError, match="there is no such dictionary"):
        dictionary_files(tmp_path / "gone.tsv")
    with pytest.raises(InputError, match="holds no dictionary"):
        dictionary_files(tmp_path)
    with pytest.raises(InputError, match="is a folder"):
        format_of(tmp_path)


def test_a_format_of_the_same_name_is_refused():
    class Another(DictionaryFormat):
        name = "TSV"
        words = "something else"
        knows = languages = read = None

    with pytest.raises(ValueError, match="'TSV' is there already"):
        register(Another())
    assert "something else" not in accepted()


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("deu", "de"),
        ("ger", "de"),
        ("swh", "sw"),
        ("cmn", "zh"),
        ("pt_BR", "pt"),
        ("nb", "no"),
        ("cym", "cy"),
        ("my", None),
    ],
)
def test_codes_old_and_new(code, known):
    assert canonical(code) == known


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("freedict-eng-deu", ("en", "de")),
        ("en-de.tsv", ("en", "de")),
        ("names.en-zh.tsv.gz", ("en", "zh")),
        ("apertium-eng-spa.eng-spa.dix", ("en", "es")),
        ("my-own.tsv", None),
        ("de-de.tsv", None),
        ("dictionary.json", None),
    ],
)
def test_languages_in_a_name(name, pair):
    assert pair_in_name(name) == pair


def test_packages_are_of_languages_that_there_are():
    assert PACKAGES.keys() <= LANGUAGES.keys()


def test_wheels_bring_some(system, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setenv("XDG_DATA_DIRS", str(system))
    monkeypatch.setenv("XDG_DATA_HOME", str(system))
    chinese = installed("en", "zh")
    assert (chinese[0].format.name, chinese[0].backwards, chinese[0].names) == ("CC-CEDICT", True, False)
    assert all(one.names for one in chinese[1:]) and len(chinese) > 1
    first = next(entry for entry in chinese[0].format.read(chinese[0].path, "en") if entry.variant)
    assert first.headword
    assert all(one.names for one in installed("en", "de"))
