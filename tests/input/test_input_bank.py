"""Question banks: the one that comes with the package, files and folders of one's own, and what is none."""

from __future__ import annotations

import gzip
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from tiny_corpus import write_jsonl

from pyserini_xqg.errors import InputError
from pyserini_xqg.filter.checks.detector import LanguageDetector
from pyserini_xqg.fusion.bank import BankKind
from pyserini_xqg.input.bank import EMBEDDED, QuestionBank, read_bank
from pyserini_xqg.languages import LANGUAGES

SCRIPTS = {
    "Ethi": ("ETHIOPIC",),
    "Arab": ("ARABIC",),
    "Latn": ("LATIN",),
    "Beng": ("BENGALI",),
    "Grek": ("GREEK",),
    "Hebr": ("HEBREW",),
    "Deva": ("DEVANAGARI",),
    "Jpan": ("HIRAGANA", "KATAKANA", "CJK"),
    "Geor": ("GEORGIAN",),
    "Hang": ("HANGUL",),
    "Cyrl": ("CYRILLIC",),
    "Taml": ("TAMIL",),
    "Telu": ("TELUGU",),
    "Thai": ("THAI",),
    "Hans": ("CJK",),
}
"""How the names of a script's characters begin in Unicode's table."""
WITHOUT_SPACES = ("ja", "th", "zh")


@pytest.fixture(scope="module")
def embedded() -> QuestionBank:
    return read_bank(EMBEDDED)


# The embedded one


def test_it_has_every_language_of_the_table_and_enough_of_each(embedded: QuestionBank):
    assert set(embedded.texts) == set(LANGUAGES)
    assert len(embedded.texts) == 45
    assert all(len(texts) >= 60 for texts in embedded.texts.values())
    assert (embedded.name, embedded.kind) == (EMBEDDED, BankKind.QUESTIONS)


def test_its_questions_are_clean_and_each_is_in_one_language_once(embedded: QuestionBank):
    seen = Counter(text.casefold() for texts in embedded.texts.values() for text in texts)
    assert [text for text, number in seen.items() if number > 1] == []
    for code, texts in embedded.texts.items():
        for text in texts:
            assert unicodedata.is_normalized("NFC", text), (code, text)
            assert text == " ".join(text.split()), (code, text)
            assert not any(unicodedata.category(sign) in ("Cc", "Co", "Cn", "Cs") for sign in text), (code, text)
            assert 8 <= len(text) <= 200 or code in ("ja", "ko", "zh"), (code, text)


@pytest.mark.parametrize("code", LANGUAGES)
def test_its_questions_are_in_the_languages_script(embedded: QuestionBank, code: str):
    names = SCRIPTS[LANGUAGES[code].script]
    for text in embedded.texts[code]:
        letters = [unicodedata.name(sign, "") for sign in text if unicodedata.category(sign).startswith("L")]
        own = sum(name.startswith(names) for name in letters)
        assert own >= 0.7 * len(letters), text
        assert letters, text


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code not in WITHOUT_SPACES])
def test_its_questions_do_not_all_begin_alike(embedded: QuestionBank, code: str):
    texts = embedded.texts[code]
    word, number = Counter(text.split()[0].casefold() for text in texts).most_common(1)[0]
    assert number <= len(texts) / 3, word


def test_most_of_its_questions_are_what_a_detector_takes_them_for(embedded: QuestionBank):
    detector = LanguageDetector()
    known = [code for code in embedded.texts if detector.knows(code)]
    assert len(known) >= 38
    wrong = {}
    for code in known:
        texts = embedded.texts[code]
        found = sum(detector.judge(text, code)[0] > 0.5 for text in texts) / len(texts)
        if found < 0.75:
            wrong[code] = round(found, 2)
    assert wrong == {}


# One's own


def test_a_queries_file_is_a_bank(tmp_path: Path):
    records = [
        {"id": "d1", "queries": {"ja": ["何時ですか", "どこ"], "ara": ["متى؟"]}},
        {"id": "d2", "queries": {"ja": ["どこ"], "sw": []}},
    ]
    path = write_jsonl(tmp_path / "queries.jsonl", records)
    bank = read_bank(str(path))
    assert bank.texts["ja"] == ("何時ですか", "どこ")
    assert bank.texts["ar"] == ("متى؟",)
    assert bank.name == str(path)
    folder = tmp_path / "parts"
    for number, record in enumerate(records):
        write_jsonl(folder / f"{number}.jsonl.gz", [record])
    assert read_bank(str(folder)).texts["ja"] == bank.texts["ja"]


def test_a_folder_of_texts_or_topics_is_a_bank(tmp_path: Path):
    (tmp_path / "ja.txt").write_text("何時ですか\n\n  どこ \nどこ\n", encoding="utf-8")
    (tmp_path / "topics.swa.tsv").write_text("1\tNi nini?\n2\tNi nani?\n", encoding="utf-8")
    (tmp_path / "topics.ja.tsv").write_text("7\t誰\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("mine", encoding="utf-8")
    bank = read_bank(str(tmp_path), BankKind.TEXT)
    assert bank.texts == {"ja": ("何時ですか", "どこ", "誰"), "sw": ("Ni nini?", "Ni nani?")}
    assert bank.kind is BankKind.TEXT


def test_it_is_known_by_its_texts_wherever_they_stand(tmp_path: Path):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "sw.txt").write_text("Ni nini?\nNi nani?\n", encoding="utf-8")
    (tmp_path / "b/sw.txt").write_bytes(b"Ni nini?\r\n\r\nNi nani?")
    (tmp_path / "c/sw.txt").write_text("Ni nini?\nNi nani\n", encoding="utf-8")
    first, same, another = (read_bank(str(tmp_path / name)) for name in ("a", "b", "c"))
    assert first.sha256 == same.sha256 != another.sha256
    assert read_bank(str(tmp_path / "a"), BankKind.TEXT).sha256 != first.sha256


def test_some_of_its_languages(embedded: QuestionBank):
    assert list(embedded.choose(("sw", "ar")).texts) == ["sw", "ar"]
    assert embedded.choose(()) == embedded
    assert embedded.choose(("sw",)).sha256 != embedded.sha256
    assert QuestionBank("x", BankKind.QUESTIONS, {"sw": ("a",)}).choose(("ar",)).texts == {}


def test_its_place_is_remembered_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/sw.txt").write_text("Ni nini?\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert read_bank("mine").name == str(tmp_path / "mine")


# None


def test_an_unknown_language_is_named(tmp_path: Path):
    (tmp_path / "sw.txt").write_text("Ni nini?\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("mine\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"notes\.txt: unknown language code 'notes'.*a bank's files are called LANG"):
        read_bank(str(tmp_path))
    queries = write_jsonl(tmp_path / "q.jsonl", [{"id": "d", "queries": {"xx": ["?"]}}])
    with pytest.raises(InputError, match=r"q\.jsonl:1: queries of 'd': unknown language code 'xx'"):
        read_bank(str(queries))


@pytest.mark.parametrize("name", ["sw.txt", "topics.sw.tsv", "q.jsonl"])
def test_an_empty_one_is_refused(tmp_path: Path, name: str):
    (tmp_path / name).write_text('{"id": "d", "queries": {}}\n' if name == "q.jsonl" else "\n \n", encoding="utf-8")
    with pytest.raises(InputError, match="the bank holds no text; give a queries file, or a folder of"):
        read_bank(str(tmp_path))


def test_nothing_and_nonsense_are_refused(tmp_path: Path):
    with pytest.raises(InputError, match="nowhere"):
        read_bank(str(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty"):
        read_bank(str(tmp_path / "empty"))
    (tmp_path / "b").mkdir()
    (tmp_path / "b/ja.txt").write_bytes("日本\n".encode("shift-jis"))
    with pytest.raises(InputError, match=r"ja\.txt:1: not UTF-8 text"):
        read_bank(str(tmp_path / "b"))
    (tmp_path / "q.jsonl.gz").write_bytes(gzip.compress(b"{}\n")[:-6])
    with pytest.raises(InputError, match=r"q\.jsonl\.gz"):
        read_bank(str(tmp_path / "q.jsonl.gz"))
