"""CLDR's names, out of the real ICU."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pyserini_xqg.expand.dictionary.chosen import dictionaries_for, in_words
from pyserini_xqg.lexicon import cldr
from pyserini_xqg.lexicon.cldr import FORMAT, cldr_names
from pyserini_xqg.lexicon.load import load_lexicon
from pyserini_xqg.lexicon.places import DictionaryFile
from pyserini_xqg.lexicon.words import headword_key


def names(target: str) -> dict[str, list[str]]:
    (one,) = cldr_names("en", target)
    found: dict[str, list[str]] = {}
    for entry in FORMAT.read(one.path, target):
        found.setdefault(entry.headword, []).extend(translation.text for translation in entry.translations)
    return found


@pytest.mark.parametrize(
    ("target", "english", "theirs"),
    [
        ("ar", "Germany", "\u0623\u0644\u0645\u0627\u0646\u064a\u0627"),  # a country
        ("sw", "Germany", "Ujerumani"),
        ("de", "Antigua and Barbuda", "Antigua und Barbuda"),
        ("ru", "French", "\u0444\u0440\u0430\u043d\u0446\u0443\u0437\u0441\u043a\u0438\u0439"),  # a language
        ("zh", "US Dollar", "\u7f8e\u5143"),  # a currency
        ("hi", "March", "\u092e\u093e\u0930\u094d\u091a"),  # a month
        ("yo", "Thursday", "\u1eccj\u1ecd\u0301b\u1ecd"),  # a weekday
        ("el", "Warsaw", "\u0392\u03b1\u03c1\u03c3\u03bf\u03b2\u03af\u03b1"),  # a city
        ("ru", "New York", "\u041d\u044c\u044e-\u0419\u043e\u0440\u043a"),
    ],
)
def test_names(target: str, english: str, theirs: str):
    assert theirs in names(target)[english]


def test_a_month_stands_in_both_forms():
    """As in a date, and alone."""
    assert len(names("el")["March"]) == len(names("ru")["March"]) == 2


def test_nothing_that_is_no_name_in_the_language():
    """Bare codes, and English where CLDR has nothing else."""
    for target in ("sw", "yo", "tw"):
        found = names(target)
        assert all(headword not in texts for headword, texts in found.items())
        assert "DE" not in {text for texts in found.values() for text in texts}
    assert cldr_names("en", "fon") == []
    assert cldr_names("en", "en") == []
    assert cldr_names("de", "ru") == []


def test_the_machines_own_language_is_never_taken():
    """ICU does so where it does not know another."""
    code = "from pyserini_xqg.lexicon.cldr import cldr_names; assert not cldr_names('en', 'fon'); "
    code += "assert cldr_names('en', 'sw')"
    environ = {**os.environ, "LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8"}
    subprocess.run([sys.executable, "-c", code], env=environ, check=True)


def test_both_directions():
    (one,) = cldr_names("de", "en")
    assert (one.source, one.target, one.backwards, one.names) == ("en", "de", True, True)


def test_they_add_to_dictionaries_and_change_no_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """March is a walk as well; there is no gloss by names alone."""
    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(tmp_path / "cache"))
    for name in ("XDG_DATA_HOME", "XDG_DATA_DIRS"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    own = tmp_path / "en-de.tsv"
    own.write_text("march\tMarsch\n", encoding="utf-8")
    monkeypatch.setenv("XQG_DICTIONARIES", str(own))
    found = dictionaries_for([], "en", "de")
    assert in_words(found).startswith("en-de.tsv")
    assert in_words(found).endswith("CLDR")
    lexicon = load_lexicon(found, "en")
    assert [each.text for each in lexicon.find(headword_key("march", "en"))] == ["Marsch"]
    assert [each.text for each in lexicon.find(headword_key("Cairo", "en"))] == ["Kairo"]
    assert [one.path for one in dictionaries_for([own], "en", "de")] == [own], "what is named is taken alone"


def test_put_together_once_whatever_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The system's ICU is known by its bare name, which is no file of the folder that somebody works in."""
    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(tmp_path / "cache"))
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        load_lexicon([DictionaryFile(Path("libicui18n.so.72"), FORMAT, "en", "de")], "en")
    assert len(list((tmp_path / "cache" / "lexicons").iterdir())) == 1


def test_without_icu_there_are_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cldr, "icu", lambda: None)
    assert cldr_names("en", "de") == []
