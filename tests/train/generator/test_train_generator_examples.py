"""The files that people have, and what is wrong with others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pyserini_xqg.commands import main
from pyserini_xqg.errors import InputError
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.input.records import OnError
from pyserini_xqg.train.generator.data.examples import LeftOutExamples, read_examples
from pyserini_xqg.train.generator.options import TrainingFiles


def read(
    *places: Path,
    languages: tuple[str, ...] = (),
    on_error: OnError = OnError.STOP,
    corpus: Path | None = None,
    kind: TextKind = TextKind.QUESTIONS,
):
    left_out = LeftOutExamples()
    material = TrainingFiles(list(places), corpus=corpus, languages=languages, on_error=on_error)
    found, _ = read_examples(material.train, kind, material, left_out)
    return [(example.passage, example.code, example.query) for example in found], left_out


def lines(path: Path, *records: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "".join(
            (record if isinstance(record, str) else json.dumps(record, ensure_ascii=False)) + "\n" for record in records
        )
    )
    return path


def test_a_folder_of_dataset(tmp_path: Path, data_dir: Path):
    assert main(["dataset", "xquad", "--input", str(data_dir / "xquad"), "--output", str(tmp_path / "xquad")]) == 0
    found, _ = read(tmp_path / "xquad", languages=("en", "ar"))
    english = json.loads((data_dir / "xquad" / "xquad.en.json").read_text())["data"]
    arabic = json.loads((data_dir / "xquad" / "xquad.ar.json").read_text())["data"]
    distinct = {
        (article, place, asked["question"].strip(), code)
        for code, articles in (("en", english), ("ar", arabic))
        for article, paragraphs in enumerate(articles)
        for place, paragraph in enumerate(paragraphs["paragraphs"])
        for asked in paragraph["qas"]
    }
    assert 2 * 1190 > len(found) == len(distinct), "a few are asked twice of the same paragraph"
    assert {code for _, code, _ in found} == {"en", "ar"}
    assert ("How many points did the Panthers defense surrender?") in {
        query for passage, _, query in found if "308 points" in passage
    }


def test_oracle_queries_and_topics_are_not_mixed(tmp_path: Path, data_dir: Path):
    folder = tmp_path / "xquad"
    assert (
        main(["dataset", "xquad", "--input", str(data_dir / "xquad"), "--output", str(folder), "--oracle-queries"]) == 0
    )
    with pytest.raises(
        InputError,
        match=r"holds topics and queries.jsonl, of which one may be there to test the other; give .*queries.jsonl",
    ):
        read(folder)
    found, _ = read(folder / "queries.jsonl", languages=("ar",))
    assert 670 <= len(found) <= 680, "the corpus beside it is found"


def test_queries_with_their_corpus(tmp_path: Path):
    corpus = lines(tmp_path / "c" / "passages.jsonl", {"id": "p", "title": "T", "text": "one"})
    queries = lines(tmp_path / "q" / "queries.jsonl", {"id": "p", "queries": {"sw": ["a?", "b?"], "yor": ["c?"]}})
    assert read(queries, corpus=corpus)[0] == [("T one", "sw", "a?"), ("T one", "sw", "b?"), ("T one", "yo", "c?")]
    with pytest.raises(InputError, match=r"there is no corpus.jsonl beside it; give --corpus"):
        read(queries)
    lines(queries, {"id": "p", "queries": {"sw": ["a?"]}}, {"id": "z", "queries": {"sw": ["a?"]}})
    with pytest.raises(InputError, match=r"queries.jsonl:2: passage 'z' is not in"):
        read(queries, corpus=corpus)


def test_dpr_as_xor_tydi_has_it(tmp_path: Path):
    contexts = [{"title": "Nile", "text": "It is long."}, {"title": "other", "text": "x"}]
    record = {"question": "كم طوله؟", "lang": "ar", "answers": ["long"], "positive_ctxs": contexts, "negative_ctxs": []}
    empty = {**record, "positive_ctxs": []}
    wanted = [("Nile It is long.", "ar", "كم طوله؟")]
    found, left_out = read(lines(tmp_path / "a.jsonl", record, empty))
    assert (found, sum(left_out.no_passage.values())) == (wanted, 1)
    whole = tmp_path / "b.json"
    whole.write_text(json.dumps([record, empty], indent=1))
    assert read(whole)[0] == wanted, "also as one list over many lines"


def test_tevatron(tmp_path: Path):
    record = {
        "query_id": "1",
        "query": "q?",
        "lang": "te",
        "positive_passages": [{"docid": "7", "title": "", "text": "t"}],
        "negative_passages": [],
    }
    assert read(lines(tmp_path / "a.jsonl", record))[0] == [("t", "te", "q?")]


def test_gold_paragraphs_as_the_reference_learned_from(tmp_path: Path):
    qas = [{"id": "1", "question": "いつ?", "lang": "ja", "answers": []}]
    value = {"data": [{"title": "title:Edo_period_parentSection: x", "paragraphs": [{"context": "A\nB", "qas": qas}]}]}
    path = tmp_path / "gp_squad_train_data.json"
    path.write_text(json.dumps(value))
    assert read(path)[0] == [("Edo period A B", "ja", "いつ?")]
    del qas[0]["lang"]
    path.write_text(json.dumps(value))
    with pytest.raises(InputError, match=r"data\[0\] is not in SQuAD's format with a 'lang' at each question"):
        read(path)


def test_afriqa(data_dir: Path):
    path = data_dir / "afriqa" / "gold_span_passages.afriqa.fon.fr.train.json"
    found, left_out = read(path)
    raw = [json.loads(line) for line in path.read_text().splitlines()]
    assert left_out.no_passage == {str(path): sum(record["context"] is None for record in raw)}
    assert {code for _, code, _ in found} == {"fon"}
    first = next(record for record in raw if record["context"])
    assert found[0][2] == " ".join(first["question_lang"].split())
    assert found[0][0].startswith(first["title"] or first["context"][:10])


def test_afriqa_by_another_name_has_no_language(tmp_path: Path):
    with pytest.raises(InputError, match=r"mine.json:1: AfriQA states the language in the file's name"):
        read(lines(tmp_path / "mine.json", {"question_lang": "q", "context": "c", "title": "t"}))


def test_plain_records_under_all_their_names(tmp_path: Path):
    records = (
        {"passage": "a", "language": "de", "query": "q1"},
        {"title": "T", "context": "b  c", "lang": "deu", "question": "q2"},
        {"contents": "d", "lang": "de", "query": "q3"},
        {"contents": "d", "lang": "de", "query": "q3"},
    )
    assert read(lines(tmp_path / "a.jsonl", *records))[0] == [
        ("a", "de", "q1"),
        ("T b c", "de", "q2"),
        ("d", "de", "q3"),
    ]


def test_other_languages_are_counted(tmp_path: Path):
    records = [{"passage": "a", "language": code, "query": "q"} for code in ("de", "ar", "sw")]
    found, left_out = read(lines(tmp_path / "a.jsonl", *records), languages=("ar",))
    assert found == [("a", "ar", "q")]
    assert left_out.other_languages == {"de": 1, "sw": 1}


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({"passage": "a", "language": "xx", "query": "q"}, "unknown language code 'xx'"),
        ({"passage": "a", "query": "q"}, "no 'language' or 'lang', so the query's language is not known"),
        ({"passage": "a", "language": "de"}, "no 'query' or 'question' (found: 'passage', 'language')"),
        ({"passage": " ", "language": "de", "query": "q"}, "the 'passage' is empty"),
        ({"passage": ["a"], "language": "de", "query": "q"}, "expected a string as 'passage', found list"),
        (
            {"question": "q", "lang": "de", "positive_ctxs": "x"},
            "expected a list of objects as 'positive_ctxs', found str",
        ),
        ("{", "malformed JSON"),
    ],
)
def test_bad_records_are_named_or_counted(tmp_path: Path, record: object, problem: str):
    path = lines(tmp_path / "a.jsonl", {"passage": "a", "language": "de", "query": "q"}, record)
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:2: ")
    assert problem in str(caught.value)
    found, left_out = read(path, on_error=OnError.SKIP)
    assert (len(found), left_out.skipped.count) == (1, 1)


def test_nothing_to_learn_from(tmp_path: Path):
    empty = tmp_path / "a.jsonl"
    empty.touch()
    with pytest.raises(InputError, match="is empty"):
        read(empty)
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="is no folder of `pyserini-xqg dataset`"):
        read(tmp_path / "folder")
    with pytest.raises(InputError, match="there is no such file"):
        read(tmp_path / "nowhere")


def test_of_each_kind_of_text_its_own(tmp_path: Path):
    """A queries file may hold translations and glosses beside questions; each training reads its own."""
    lines(tmp_path / "corpus.jsonl", {"id": "p", "contents": "one"})
    texts = {"queries": {"ar": ["a?"]}, "translations": {"ar": ["واحد"], "de": ["eins"]}, "glosses": {"de": ["ein"]}}
    queries = lines(tmp_path / "queries.jsonl", {"id": "p", **texts})
    assert read(queries)[0] == [("one", "ar", "a?")]
    assert read(queries, kind=TextKind.TRANSLATION)[0] == [("one", "ar", "واحد"), ("one", "de", "eins")]
    record = {"text": "two", "language": "fi", "translation": "kaksi"}
    assert read(lines(tmp_path / "more.jsonl", record), kind=TextKind.TRANSLATION)[0] == [("two", "fi", "kaksi")]
    with pytest.raises(InputError, match=r"more.jsonl:1: there is no 'query' or 'question'"):
        read(tmp_path / "more.jsonl")
    with pytest.raises(InputError, match=r"there is no 'translation' \(found: 'text', 'language', 'query'"):
        read(lines(tmp_path / "q.jsonl", {"text": "t", "language": "fi", "query": "q"}), kind=TextKind.TRANSLATION)


def test_topics_are_no_translations(tmp_path: Path):
    folder = tmp_path / "set"
    lines(folder / "corpus.jsonl", {"id": "p", "contents": "one"})
    (folder / "topics.ar.tsv").write_text("1\tsu?\n")
    (folder / "qrels.ar.txt").write_text("1 0 p 1\n")
    with pytest.raises(InputError, match="holds questions of its passages, and no translation"):
        read(folder, kind=TextKind.TRANSLATION)
