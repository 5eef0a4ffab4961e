"""The survey finds what is wrong with corpus and queries together, and joins them whatever their order."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from tiny_corpus import generated_queries, passages, write_jsonl, xqg

from pyserini_xqg.errors import InputError
from pyserini_xqg.input.records import OnError
from pyserini_xqg.input.survey import Survey

PASSAGES, QUERIES = passages(50), generated_queries(50)


def survey(
    corpus: Path,
    queries: Path | None = None,
    languages: tuple[str, ...] | None = None,
    on_error: OnError = OnError.STOP,
) -> Survey:
    return Survey(corpus, queries, languages, on_error)


def joined(found: Survey, size: int = 7) -> list[tuple[str, str, dict[str, list[str]] | None]]:
    rows = []
    for window, queries in found.windows(size):
        assert 0 < len(window) == len(queries) <= size
        for passage, record in zip(window, queries, strict=True):
            assert record is None or record.docid == passage.docid
            rows.append(
                (
                    passage.docid,
                    passage.contents,
                    None if record is None else {code: list(texts) for code, texts in record.queries.items()},
                )
            )
    return rows


def expected(skip: set[int] = frozenset()) -> list[tuple[str, str, dict[str, list[str]] | None]]:
    return [
        (
            record["id"],
            record["contents"].strip(),
            None
            if row in skip
            else {code: [text.strip() for text in texts] for code, texts in queries["queries"].items()},
        )
        for row, (record, queries) in enumerate(zip(PASSAGES, QUERIES, strict=True))
    ]


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz"])
def test_ordered_and_shuffled_queries_are_joined_alike(tmp_path: Path, suffix: str):
    corpus = write_jsonl(tmp_path / f"c.{suffix}", PASSAGES)
    shuffled = random.Random(3).sample(QUERIES, len(QUERIES))
    for number, records in enumerate((QUERIES, shuffled, QUERIES[::-1])):
        assert joined(survey(corpus, write_jsonl(tmp_path / f"q{number}.{suffix}", records))) == expected()


def test_folders_are_joined_as_their_files_would_be(tmp_path: Path):
    for part in range(3):
        write_jsonl(tmp_path / "corpus" / f"{part}.jsonl.gz", PASSAGES[part * 20 : part * 20 + 20])
        write_jsonl(tmp_path / "queries" / f"{2 - part}.jsonl", QUERIES[part * 20 : part * 20 + 20])
    assert joined(survey(tmp_path / "corpus", tmp_path / "queries")) == expected()


@pytest.mark.parametrize("order", ["ordered", "shuffled"])
@pytest.mark.parametrize("missing", [{0}, {25, 26}, {49}, set(range(0, 50, 2)), set(range(50))])
def test_passages_without_queries_stay_alone(tmp_path: Path, missing: set[int], order: str):
    records = [record for row, record in enumerate(QUERIES) if row not in missing]
    if order == "shuffled":
        random.Random(4).shuffle(records)
    corpus = write_jsonl(tmp_path / "c.jsonl", PASSAGES)
    found = survey(corpus, write_jsonl(tmp_path / "q.jsonl", records))
    assert joined(found) == expected(missing)
    assert found.passages_with_queries == sum(any(record["queries"].values()) for record in records)
    assert joined(found, 1000) == expected(missing), "it can be streamed again"


def test_numbers_are_those_of_the_input(tmp_path: Path):
    found = survey(write_jsonl(tmp_path / "c.jsonl", PASSAGES), write_jsonl(tmp_path / "q.jsonl", QUERIES))
    lengths = [len(texts) for record in QUERIES for texts in record["queries"].values()]
    assert (found.passages, found.queries, found.most_queries, found.languages) == (
        50,
        sum(lengths),
        max(lengths),
        ("ar", "ja"),
    )


@pytest.mark.parametrize("order", [1, -1])
def test_only_the_languages_asked_for_are_kept(tmp_path: Path, order: int):
    found = survey(
        write_jsonl(tmp_path / "c.jsonl", PASSAGES), write_jsonl(tmp_path / "q.jsonl", QUERIES[::order]), ("ja",)
    )
    assert found.languages == ("ja",)
    assert found.queries == sum(len(record["queries"]["ja"]) for record in QUERIES)
    assert [queries for _, _, queries in joined(found)] == [{"ja": record["queries"]["ja"]} for record in QUERIES]


@pytest.mark.parametrize(("languages", "missing"), [(("ja", "bn", "te"), "bn, te"), (("sw",), "sw")])
def test_a_language_without_queries_is_named(tmp_path: Path, languages: tuple[str, ...], missing: str):
    corpus, queries = write_jsonl(tmp_path / "c.jsonl", PASSAGES), write_jsonl(tmp_path / "q.jsonl", QUERIES)
    with pytest.raises(InputError, match=rf"q\.jsonl: holds no query in {missing}; leave that out of --languages"):
        survey(corpus, queries, languages)
    with pytest.raises(InputError, match=r"c\.jsonl: holds no query in ja"):
        survey(corpus, None, ("ja",))


def test_no_queries_at_all(tmp_path: Path):
    found = survey(write_jsonl(tmp_path / "c.jsonl", PASSAGES))
    assert joined(found) == expected(set(range(50)))
    assert (found.queries, found.languages, found.passages_with_queries) == (0, (), 0)


CORPUS = [{"id": "a", "contents": "x"}, {"id": "b", "contents": "y"}]
BAD = {
    "a docid twice": (
        [*CORPUS, {"id": "a", "contents": "z"}],
        [],
        r"c\.jsonl:3: the docid 'a' is there already, at .*c\.jsonl:1; docids must be unique",
    ),
    "a number and its string": (
        [{"id": 1, "contents": "x"}, {"id": "1", "contents": "y"}],
        [],
        r"c\.jsonl:2: the docid '1' is there already",
    ),
    "queries twice": (
        CORPUS,
        [{"id": "a", "queries": {"ar": ["q"]}}] * 2,
        r"q\.jsonl:2: queries for 'a' are there already, at .*q\.jsonl:1",
    ),
    "queries of nobody": (
        CORPUS,
        [{"id": "c", "queries": {"ar": ["q"]}}],
        r"q\.jsonl:1: queries for 'c', which is not in .*c\.jsonl",
    ),
    "another case": (CORPUS, [{"id": "A", "queries": {"ar": ["q"]}}], r"q\.jsonl:1: queries for 'A', which is not in"),
    "an unknown language": (
        CORPUS,
        [{"id": "a", "queries": {"tlh": ["q"]}}],
        r"q\.jsonl:1: queries of 'a': unknown language code 'tlh'",
    ),
    "nothing": ([], [], r"c\.jsonl: holds no passage"),
}


@pytest.mark.parametrize(("corpus", "queries", "problem"), [pytest.param(*case, id=name) for name, case in BAD.items()])
def test_what_is_wrong_is_named(tmp_path: Path, corpus: list, queries: list, problem: str):
    with pytest.raises(InputError, match=problem):
        survey(write_jsonl(tmp_path / "c.jsonl", corpus), write_jsonl(tmp_path / "q.jsonl", queries))


@pytest.mark.parametrize("order", [1, -1])
def test_bad_records_are_counted_and_left_out(tmp_path: Path, order: int):
    """What is left is joined as if the bad lines had never been there; of records that are there twice the first
    stays.
    """
    corpus: list = [
        PASSAGES[0],
        "not json",
        *PASSAGES[1:30],
        {"id": "d3", "contents": "again"},
        {"id": "e", "contents": ""},
        *PASSAGES[30:],
    ]
    queries: list = [
        *QUERIES[:10],
        {"id": "nobody", "queries": {}},
        {"id": "d2", "queries": {"ar": "q"}},
        *QUERIES[10:],
    ][::order]
    queries.append({"id": "d5", "queries": {"ar": ["again"]}})
    found = survey(
        write_jsonl(tmp_path / "c.jsonl", corpus), write_jsonl(tmp_path / "q.jsonl", queries), on_error=OnError.SKIP
    )
    assert found.skipped.count == 6
    assert len(found.skipped.examples) == 6
    assert joined(found) == expected()


def test_a_file_that_changes_meanwhile_is_named(tmp_path: Path):
    corpus, queries = write_jsonl(tmp_path / "c.jsonl", PASSAGES), write_jsonl(tmp_path / "q.jsonl", QUERIES)
    found = survey(corpus, queries)
    windows = found.windows(10)
    next(windows)
    with corpus.open("a") as stream:
        stream.write(json.dumps({"id": "late", "contents": "late"}) + "\n")
    with pytest.raises(InputError, match=r"c\.jsonl: was changed while it was being read"):
        next(windows)


def test_the_inputs_hash_tells_inputs_apart(tmp_path: Path):
    corpus, queries = write_jsonl(tmp_path / "c.jsonl", PASSAGES), write_jsonl(tmp_path / "q.jsonl", QUERIES)
    hashes = {survey(corpus, queries).inputs_hash(), survey(corpus).inputs_hash()}
    write_jsonl(queries, QUERIES[:-1])
    assert len(hashes | {survey(corpus, queries).inputs_hash()}) == 3
    write_jsonl(queries, QUERIES)
    assert survey(corpus, queries).inputs_hash() in hashes


def test_a_temporary_database_that_does_not_fit_is_said(tmp_path: Path, tiny_encoder: Path):
    """A limit on file sizes stands in for the full disk of the temporary folder; the database spills there beyond 32 MB
    of cache.
    """
    records = ({"id": f"{row:06}" + "i" * 900, "contents": "x"} for row in range(60_000))
    corpus = write_jsonl(tmp_path / "c.jsonl", records)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))"
    done = xqg(
        "encode",
        "--corpus",
        corpus,
        "--encoder",
        tiny_encoder,
        "--output",
        tmp_path / "store",
        before=lambda: exec(limit),
    )
    assert done.returncode == 1
    assert "the survey's temporary file could not be written" in done.stderr
    assert "set SQLITE_TMPDIR to a folder with more space" in done.stderr
    assert not (tmp_path / "store").exists()
