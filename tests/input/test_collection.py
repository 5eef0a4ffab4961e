"""Corpora, queries, topics, qrels and runs as streams: every shape that Pyserini takes, every bad line named."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
from tiny_corpus import write_jsonl

from pyserini_xqg.errors import InputError
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.qrels import read_qrels
from pyserini_xqg.input.queries import read_queries
from pyserini_xqg.input.records import OnError, Skipped, json_files
from pyserini_xqg.input.topics import read_topics
from pyserini_xqg.runs.lines import read_run

ODD_TEXTS = [
    "\u202bعربي مع English وأرقام 123\u202c",
    "e\u0301 not é, क्षि, 👩‍👩‍👧, ﷺ",
    'tabs\tand "quotes" and \\ and \u2028 line separators',
    "x" * 100_000,
    "日本語" * 30_000,
]


def passages_of(path: Path) -> list[tuple[str, str, int]]:
    return [(passage.docid, passage.contents, passage.where.line) for passage in read_passages(path)]


def test_every_shape_of_a_passage_is_read(tmp_path: Path):
    lines = [
        {"id": "a", "contents": "one\ntwo"},
        {"_id": "b", "title": "T", "text": "body"},
        {"docid": 7, "text": "no title"},
        {"id": "d", "title": "", "text": "empty title"},
        {"id": None, "_id": "e", "contents": "  stripped \n", "more": {"is": "left alone"}},
        {"id": "f", "title": "T", "text": "unused", "contents": "contents win"},
    ]
    assert passages_of(write_jsonl(tmp_path / "c.jsonl", lines)) == [
        ("a", "one\ntwo", 1),
        ("b", "T body", 2),
        ("7", "no title", 3),
        ("d", "empty title", 4),
        ("e", "stripped", 5),
        ("f", "contents win", 6),
    ]


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("name", ["c.jsonl", "c.jsonl.gz"])
def test_odd_texts_come_through_unchanged(tmp_path: Path, name: str, ascii_only: bool):
    lines = [
        json.dumps({"id": f"ид-{row}#ar/ü%", "contents": text}, ensure_ascii=ascii_only)
        for row, text in enumerate(ODD_TEXTS)
    ]
    read = passages_of(write_jsonl(tmp_path / name, lines))
    assert read == [(f"ид-{row}#ar/ü%", text, row + 1) for row, text in enumerate(ODD_TEXTS)]


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path):
    write_jsonl(tmp_path / "b.jsonl.gz", [{"id": "2", "contents": "x"}])
    write_jsonl(tmp_path / "a.json", [{"id": "1", "contents": "x"}])
    write_jsonl(tmp_path / "c.jsonl", [{"id": "3", "contents": "x"}])
    for other in ("README.md", ".hidden.jsonl"):
        (tmp_path / other).write_text("not a passage")
    assert [docid for docid, _, _ in passages_of(tmp_path)] == ["1", "2", "3"]


def test_places_without_a_corpus_are_named(tmp_path: Path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(InputError, match=rf"^{tmp_path}: holds no file ending in \.jsonl"):
        json_files(tmp_path)
    with pytest.raises(InputError, match=r"none\.jsonl: there is no such file or folder"):
        json_files(tmp_path / "none.jsonl")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="pipe: is not a regular file; the input is read more than once"):
        json_files(tmp_path / "pipe")


GOOD = '{"id": "good", "contents": "text", "queries": {"ar": ["q"]}}'
BAD_RECORDS = {
    "malformed": ('{"id": "d1", "contents": "x"', r"malformed JSON \(Expecting ',' delimiter at column 29\)"),
    "empty line": ("", "malformed JSON"),
    "two objects": ('{"id": "a"} {"id": "b"}', r"malformed JSON \(Extra data"),
    "not an object": ('["d1", "x"]', "expected a JSON object, found list"),
    "deep": ("[" * 100_000, "malformed JSON|cannot be read"),
    "a huge number": ('{"id": ' + "9" * 5000 + "}", "JSON that cannot be read"),
    "no id": ('{"contents": "x"}', "no id: expected one of 'id', '_id', 'docid'"),
    "null id": ('{"id": null, "contents": "x"}', "no id"),
    "empty id": ('{"id": " ", "contents": "x"}', "the 'id' is empty"),
    "white space": (
        '{"id": "d 1", "contents": "x"}',
        "the id 'd 1' holds white space, which no TREC run file can carry",
    ),
    "tab": ('{"id": "d\\t1", "contents": "x"}', "holds white space"),
    "line end": ('{"id": "d1\\n", "contents": "x"}', "holds white space"),
    "no-break space": ('{"id": "d\\u00a01", "contents": "x"}', "holds white space"),
    "list id": (
        '{"id": ["d1"], "contents": "x"}',
        "the 'id' is of type list; an id must be a string or a whole number",
    ),
    "true id": ('{"id": true, "contents": "x"}', "the 'id' is of type bool"),
    "half a character": ('{"id": "d1", "contents": "smile \\ud83d!"}', r"holds \\ud83d, half of a surrogate pair"),
    "half a character in the id": (
        '{"id": "d\\uDC00", "contents": "x", "queries": {}}',
        r"holds \\udc00, half of a surrogate pair",
    ),
}
BAD_PASSAGES = {
    "no text": ('{"id": "d1"}', "passage 'd1' has neither 'contents' nor 'text'"),
    "empty text": ('{"id": "d1", "contents": " \\n\\t\\u3000"}', "passage 'd1' has an empty text"),
    "empty title and text": ('{"id": "d1", "title": "", "text": ""}', "passage 'd1' has an empty text"),
    "null contents": ('{"id": "d1", "contents": null}', "expected a string to encode, found NoneType"),
    "list text": ('{"id": "d1", "text": ["x"]}', "expected a string to encode, found list"),
}
BAD_QUERIES = {
    "no queries": ('{"id": "d1"}', "queries of 'd1': expected \"queries\": .* found none"),
    "a list": ('{"id": "d1", "queries": ["q"]}', "found list"),
    "unknown language": (
        '{"id": "d1", "queries": {"xx": ["q"]}}',
        "queries of 'd1': unknown language code 'xx'; known are am, ar,",
    ),
    "a string": ('{"id": "d1", "queries": {"ar": "q"}}', "queries of 'd1', 'ar': expected a list of strings"),
    "a number": ('{"id": "d1", "queries": {"ar": ["q", 1]}}', "expected a list of strings"),
    "empty query": (
        '{"id": "d1", "queries": {"ar": ["q", " "]}}',
        "queries of 'd1', 'ar': an empty query at position 1",
    ),
    "one language by two codes": (
        '{"id": "d1", "queries": {"yo": ["q"], "yor": ["q"]}}',
        "the language 'yo' is there twice",
    ),
}


def cases(*tables: dict[str, tuple[str, str]]):
    return pytest.mark.parametrize(
        ("line", "problem"), [pytest.param(*case, id=name) for table in tables for name, case in table.items()]
    )


def check_bad_line(reader, path: Path, problem: str):
    """It is named with file and line when it stops the reading, and counted when it is skipped; its neighbours are read
    either way.
    """
    seen = []
    with pytest.raises(InputError, match=rf"^{path}:2: .*({problem})"):
        seen.extend(record.docid for record in reader(path))
    skipped = Skipped()
    assert [record.docid for record in reader(path, OnError.SKIP, skipped)] == ["good", "good"]
    assert skipped.count == 1
    assert skipped.examples[0].startswith(f"{path}:2: ")


@cases(BAD_RECORDS, BAD_PASSAGES)
def test_a_bad_passage_is_named(tmp_path: Path, line: str, problem: str):
    check_bad_line(read_passages, write_jsonl(tmp_path / "c.jsonl", [GOOD, line, GOOD]), problem)


@cases(BAD_RECORDS, BAD_QUERIES)
def test_bad_queries_are_named(tmp_path: Path, line: str, problem: str):
    check_bad_line(read_queries, write_jsonl(tmp_path / "q.jsonl", [GOOD, line, GOOD]), problem)


def test_skipped_records_are_all_counted_and_some_are_kept(tmp_path: Path):
    skipped = Skipped(kept=3)
    assert list(read_passages(write_jsonl(tmp_path / "c.jsonl", ["bad"] * 50), OnError.SKIP, skipped)) == []
    assert skipped.count == 50
    assert [example.split(": ")[0] for example in skipped.examples] == [
        f"{tmp_path / 'c.jsonl'}:{line}" for line in (1, 2, 3)
    ]


@pytest.mark.parametrize("on_error", OnError)
def test_a_gzip_cut_short_stops_the_reading_even_when_bad_records_are_skipped(tmp_path: Path, on_error: OnError):
    """What is missing after the cut cannot be counted, so it must not pass for a few bad records."""
    path = write_jsonl(
        tmp_path / "c.jsonl.gz", [{"id": f"d{row}", "contents": os.urandom(40).hex()} for row in range(2000)]
    )
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(InputError, match=r"c\.jsonl\.gz:\d+: the gzip stream is cut short"):
        list(read_passages(path, on_error))


def test_queries_are_read_by_canonical_code_in_their_order(tmp_path: Path):
    text = '\tهل "هذا" سؤال؟ '
    record = next(
        read_queries(
            write_jsonl(tmp_path / "q.jsonl", [{"id": 1, "queries": {"yor": ["b", "a", "b"], "ar": [text], "ja": []}}])
        )
    )
    assert record.docid == "1"
    assert record.queries == {"yo": ("b", "a", "b"), "ar": (text.strip(),), "ja": ()}


def test_topics_keep_quotes_and_are_stripped(tmp_path: Path):
    (tmp_path / "t.tsv").write_text("1\t\"quoted\" 'and' \u202bעברית\u202c \nq-2\t e\u0301\n", encoding="utf-8")
    (tmp_path / "t.tsv.gz").write_bytes(gzip.compress((tmp_path / "t.tsv").read_bytes()))
    for name in ("t.tsv", "t.tsv.gz"):
        assert [(topic.qid, topic.text) for topic in read_topics(tmp_path / name)] == [
            ("1", "\"quoted\" 'and' \u202bעברית\u202c"),
            ("q-2", "e\u0301"),
        ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("2 no tab", "expected 'qid<TAB>text', found no tab"),
        ("2\ta\tb", r"found 2 tabs \(Pyserini would cut the text at its first tab\)"),
        ("\ttext", "the topic's id or text is empty"),
        ("2\t ", "the topic's id or text is empty"),
        ("", "found no tab"),
        ("1\tagain", "topic '1' is there already, at line 1"),
    ],
)
def test_a_bad_topic_is_named(tmp_path: Path, line: str, problem: str):
    (tmp_path / "t.tsv").write_text(f"1\tfine\n{line}\n")
    with pytest.raises(InputError, match=rf"t\.tsv:2: .*{problem}"):
        list(read_topics(tmp_path / "t.tsv"))


def test_qrels_and_runs_are_read(tmp_path: Path):
    (tmp_path / "qrels").write_text("1 0 ид#ar 2\n1\tQ0\td2\t-1\n")
    assert [(line.qid, line.docid, line.relevance) for line in read_qrels(tmp_path / "qrels")] == [
        ("1", "ид#ar", 2),
        ("1", "d2", -1),
    ]
    (tmp_path / "run").write_text("1 Q0 d1 1 0.5 tag\n1 Q0 d2 2 -1e-3 tag\n2 Q0 d1 1 7 tag\n")
    lines = list(read_run(tmp_path / "run"))
    assert [(line.qid, line.docid, line.rank, line.score, line.tag) for line in lines] == [
        ("1", "d1", 1, 0.5, "tag"),
        ("1", "d2", 2, -0.001, "tag"),
        ("2", "d1", 1, 7.0, "tag"),
    ]


@pytest.mark.parametrize("line", ["1 0 d1", "1 0 d1 1 x", "1 0 d1 high", "1 0 d1 1.0", ""])
def test_a_bad_judgment_is_named(tmp_path: Path, line: str):
    (tmp_path / "qrels").write_text(f"1 0 d1 1\n{line}\n")
    with pytest.raises(InputError, match=r"qrels:2: expected 'qid 0 docid relevance'"):
        list(read_qrels(tmp_path / "qrels"))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("1 Q0 d2 1 0.5", "six columns"),
        ("1 Q0 d2 one 0.5 t", "six columns"),
        ("1 Q0 d1 2 0.4 t", "document 'd1' is there twice for query '1'"),
    ],
)
def test_a_bad_run_line_is_named(tmp_path: Path, line: str, problem: str):
    (tmp_path / "run").write_text(f"1 Q0 d1 1 0.5 t\n{line}\n")
    with pytest.raises(InputError, match=rf"run:2: .*{problem}"):
        list(read_run(tmp_path / "run"))
