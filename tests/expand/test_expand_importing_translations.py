"""Published translations come in as they were, in whatever shape they are published."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_corpus import passages, write_jsonl, xqg

from pyserini_xqg.errors import InputError, UsageError
from pyserini_xqg.expand.importing import ImportResult, import_queries
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.input.queries import read_queries
from pyserini_xqg.input.records import OnError

ONE, TWO = "Der Nil ist lang.", "Er fließt nach Norden."


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "c.jsonl", passages(4))


def take(tmp_path: Path, *places: Path, **how: object) -> ImportResult:
    given = {"languages": ("de",), "kind": TextKind.TRANSLATION, **how}
    return import_queries(places=places, output=tmp_path / "o", **given)  # type: ignore[arg-type]


def found(tmp_path: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    return {record.docid: dict(record.queries) for record in read_queries(tmp_path / "o")}


RECORDS = {
    "as a corpus": [{"docid": "d1", "text": ONE}, {"docid": "d0", "text": TWO}],
    "titles": [{"id": "d1", "title": "Der Nil", "text": "ist lang."}, {"id": "d0", "title": "", "text": TWO}],
    "contents": [{"_id": "d1", "contents": ONE}, {"id": "d0", "contents": TWO}],
    "translation": [{"id": "d1", "text": "The Nile", "translation": ONE}, {"id": "d0", "translation": TWO}],
    "says its language": [
        {"id": "d1", "text": ONE, "lang": "deu"},
        {"id": "d0", "text": TWO, "language": "German"},
        {"id": "d0", "text": "Nil", "lang": "fr"},
    ],
    "by language": [
        {"id": "d1", "translation": {"en": "The Nile", "de": ONE}},
        {"id": "d0", "translations": {"de": [TWO], "fr": ["Nil"]}},
    ],
}


@pytest.mark.parametrize("shape", RECORDS)
def test_jsonl_of_many_shapes(shape: str, corpus: Path, tmp_path: Path):
    result = take(tmp_path, write_jsonl(tmp_path / "t.jsonl.gz", RECORDS[shape]), corpus=corpus)
    assert found(tmp_path) == {"d0": {"de.translation": (TWO,)}, "d1": {"de.translation": (ONE,)}}
    assert list(found(tmp_path)) == ["d0", "d1"], "the corpus's order"
    assert (result.passages, result.queries, result.languages, result.without) == (2, 2, ("de",), 2)


def test_tsv_with_and_without_languages(tmp_path: Path):
    bare, marked = tmp_path / "a.tsv", tmp_path / "b.tsv"
    bare.write_text(f"d1\t{ONE}\nd0\t  \n")
    marked.write_text(f"d0\tde\t{TWO}\nd0\tfr\tIl coule.\n")
    result = take(tmp_path, bare, marked)
    assert found(tmp_path) == {"d1": {"de.translation": (ONE,)}, "d0": {"de.translation": (TWO,)}}
    assert result.empty == 1


def test_every_language_of_files_that_say_theirs(tmp_path: Path):
    marked = tmp_path / "b.tsv"
    marked.write_text(f"d0\tde\t{TWO}\nd0\tfr\tIl coule.\n")
    assert take(tmp_path, marked, languages=None).languages == ("de", "fr")


@pytest.mark.parametrize(
    ("line", "languages", "said"),
    [
        (f"d1\t{ONE}", None, "does not say which language it is in; name it, and it alone, with --languages"),
        (f"d1\t{ONE}", ("de", "fr"), "does not say which language"),
        ("d1", ("de",), "expected 'docid<TAB>text' or 'docid<TAB>language<TAB>text', found 1 columns"),
        (f"d1\ttlh\t{ONE}", ("de",), "translations of 'd1': unknown language code 'tlh'"),
        (f"\t{ONE}", ("de",), "the 'docid' is empty"),
        (f"d9\t{ONE}", ("de",), "translations for 'd9', which is not in"),
    ],
)
def test_a_bad_row_is_named_or_left_out(line: str, languages, said: str, corpus: Path, tmp_path: Path):
    rows = tmp_path / "t.tsv"
    rows.write_text(f"d0\tde\t{TWO}\n{line}\n")
    with pytest.raises(InputError) as caught:
        take(tmp_path, rows, languages=languages, corpus=corpus)
    assert str(caught.value).startswith(f"{rows}:2: ")
    assert said in str(caught.value)
    assert not (tmp_path / "o").exists()
    result = take(tmp_path, rows, languages=languages, corpus=corpus, on_error=OnError.SKIP)
    assert (result.skipped.count, result.queries) == (1, 1)


def test_a_record_without_a_text(tmp_path: Path):
    with pytest.raises(InputError, match="expected a text as translation, contents or text, or translations by"):
        take(tmp_path, write_jsonl(tmp_path / "t.jsonl", [{"id": "d1", "url": "x"}]))


def test_nothing_in_the_language_asked_for(tmp_path: Path):
    with pytest.raises(InputError, match="holds no translation in sw"):
        take(tmp_path, write_jsonl(tmp_path / "t.jsonl", RECORDS["says its language"]), languages=("sw",))


def test_questions_stay_beside(corpus: Path, tmp_path: Path):
    questions = write_jsonl(
        tmp_path / "q.jsonl",
        [{"id": "d0", "queries": {"de": ["Wo?"]}}, {"id": "d3", "queries": {"de": ["Wer?"]}}],
    )
    translated = write_jsonl(tmp_path / "t.jsonl", RECORDS["as a corpus"])
    result = take(tmp_path, translated, corpus=corpus, beside=questions)
    assert found(tmp_path) == {
        "d0": {"de": ("Wo?",), "de.translation": (TWO,)},
        "d1": {"de.translation": (ONE,)},
        "d3": {"de": ("Wer?",)},
    }
    assert (result.passages, result.without) == (2, 2)
    with pytest.raises(UsageError, match="holds translations in de already"):
        import_queries(
            places=[translated],
            output=tmp_path / "p",
            kind=TextKind.TRANSLATION,
            languages=("de",),
            beside=tmp_path / "o",
        )


def test_as_a_user_runs_it(corpus: Path, tmp_path: Path):
    rows = tmp_path / "collection.tsv"
    rows.write_text(f"d0\t{TWO}\nd1\t{ONE}\n")
    flags = ("--kind", "translation", "--languages", "de", "--corpus", corpus, "--output", tmp_path / "o")
    done = xqg("expand", "--import", rows, *flags)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"{tmp_path / 'o'}: 2 translations for 2 passages in de",
        f"2 passages of {corpus} have no translations",
    ]
