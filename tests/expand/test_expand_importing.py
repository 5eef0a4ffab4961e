"""Published queries come in as they were, in the corpus's order."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_corpus import passages, tree, write_jsonl, xqg

from pyserini_xqg.errors import InputError, OutputError
from pyserini_xqg.expand.importing import import_queries
from pyserini_xqg.input.queries import read_queries
from pyserini_xqg.input.records import OnError


def found(output: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    return {record.docid: dict(record.queries) for record in read_queries(output)}


@pytest.fixture
def published(tmp_path: Path) -> list[Path]:
    first = [
        {"docid": "d2", "title": "T", "generated_queries": {"ar": ["ما؟", "  أين\n؟ "], "Japanese": ["何？"]}},
        {"docid": "d0", "generated_queries": {"ar": ["من؟", ""], "te": "ఏమి?"}},
    ]
    second = [
        {"docid": "d0", "generated_queries": {"ja": ["誰？"], "ara": ["متى؟"]}},
        {"id": "d1", "queries": {"ko": []}},
    ]
    return [write_jsonl(tmp_path / "a.jsonl", first), write_jsonl(tmp_path / "b.jsonl.gz", second)]


def test_records_of_a_passage_are_joined_in_the_corpus_order(published: list[Path], tmp_path: Path):
    corpus = write_jsonl(tmp_path / "c.jsonl", passages(5))
    result = import_queries(places=published, output=tmp_path / "o", corpus=corpus)
    assert list(tree(tmp_path / "o")) == ["queries.jsonl"]
    assert found(tmp_path / "o") == {
        "d0": {"ar": ("من؟", "متى؟"), "te": ("ఏమి?",), "ja": ("誰？",)},
        "d1": {},
        "d2": {"ar": ("ما؟", "أين ؟"), "ja": ("何？",)},
    }
    assert list(found(tmp_path / "o")) == ["d0", "d1", "d2"]
    assert (result.passages, result.queries, result.empty, result.without) == (3, 7, 1, 2)
    assert result.languages == ("ar", "ja", "te")


def test_without_a_corpus_the_order_is_their_own(published: list[Path], tmp_path: Path):
    import_queries(places=published, output=tmp_path / "o", languages=("ja",))
    assert found(tmp_path / "o") == {"d2": {"ja": ("何？",)}, "d0": {"ja": ("誰？",)}, "d1": {}}
    assert list(found(tmp_path / "o")) == ["d2", "d0", "d1"]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("{", "malformed JSON"),
        ({"generated_queries": {"ar": ["q"]}}, "no id"),
        ({"docid": "d1"}, 'expected "generated_queries"'),
        ({"docid": "d1", "generated_queries": ["q"]}, "found list"),
        ({"docid": "d1", "generated_queries": {"ar": [1]}}, "expected a list of strings"),
        ({"docid": "d1", "generated_queries": {"Klingon": ["q"]}}, "unknown language code 'Klingon'"),
        ({"docid": "d9", "generated_queries": {"ar": ["q"]}}, "queries for 'd9', which is not in"),
    ],
)
def test_a_bad_record_is_named_or_left_out(published: list[Path], tmp_path: Path, record, said: str):
    corpus = write_jsonl(tmp_path / "c.jsonl", passages(5))
    bad = write_jsonl(tmp_path / "bad.jsonl", [record])
    with pytest.raises(InputError) as caught:
        import_queries(places=[*published, bad], output=tmp_path / "o", corpus=corpus)
    assert str(caught.value).startswith(f"{bad}:1: ")
    assert said in str(caught.value)
    assert not (tmp_path / "o").exists()
    result = import_queries(places=[*published, bad], output=tmp_path / "o", corpus=corpus, on_error=OnError.SKIP)
    assert (result.skipped.count, result.queries) == (1, 7)


def test_nothing_in_the_languages_asked_for(published: list[Path], tmp_path: Path):
    with pytest.raises(InputError, match="holds no query in sw"):
        import_queries(places=published, output=tmp_path / "o", languages=("sw",))


def test_what_is_there_is_left_alone(published: list[Path], tmp_path: Path):
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "mine").write_text("x")
    with pytest.raises(OutputError, match="is there already"):
        import_queries(places=published, output=tmp_path / "o")


def test_as_a_user_runs_it(published: list[Path], tmp_path: Path):
    corpus = write_jsonl(tmp_path / "c.jsonl", passages(5))
    done = xqg("expand", "--import", *published, "--corpus", corpus, "--output", tmp_path / "o")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"{tmp_path / 'o'}: 7 queries for 3 passages in ar, ja, te",
        "left out 1 empty queries",
        f"2 passages of {corpus} have no queries",
    ]
