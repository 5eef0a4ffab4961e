"""Folders of ``dataset`` and JSONL in two shapes; what is wrong with them is named by file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from retriever_data import write_towns

from pyserini_xqg.errors import InputError, UsageError
from pyserini_xqg.input.records import OnError
from pyserini_xqg.train.retriever.data.material import read_data, with_negatives
from pyserini_xqg.train.retriever.data.questions import LeftOutQueries, Passages, QueryOrigins
from pyserini_xqg.train.retriever.data.reading import Reader
from pyserini_xqg.train.retriever.options import Freeze, Objective, RetrieverOptions, Tower

DPR = {
    "question": "Who?",
    "lang": "en",
    "answers": ["x"],
    "positive_ctxs": [{"title": "T", "text": "answers", "passage_id": "7"}],
    "negative_ctxs": [{"title": "", "text": "at random"}],
    "hard_negative_ctxs": [{"title": "", "text": "does not"}, {"title": "T", "text": "answers"}],
}
TEVATRON = {
    "query_id": "1",
    "query": "Nani?",
    "language": "swa",
    "positive_passages": [{"docid": "d", "title": "", "text": "yes"}],
    "negative_passages": [{"docid": "e", "title": "E", "text": "no"}],
}


def write(path: Path, *records: object) -> Path:
    path.write_text("".join((record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records))
    return path


def read(path: Path, *, languages: tuple[str, ...] = (), labelled: bool = True, on_error: OnError = OnError.STOP):
    passages, left_out = Passages(), LeftOutQueries()
    found = Reader(passages, languages, 100, on_error, left_out).read([path], labelled=labelled)
    return found, passages, left_out


def options(**changes) -> RetrieverOptions:
    return RetrieverOptions(
        **{
            "objective": Objective.CONTRASTIVE,
            "tower": Tower.QUERY,
            "freeze": Freeze.EMBEDDINGS,
            "probability": 0.0,
            **changes,
        }
    )


def test_a_dpr_record(tmp_path: Path):
    (question,), passages, _ = read(write(tmp_path / "t.jsonl", DPR))
    assert (question.text, question.code) == ("Who?", "en")
    assert [passages.texts[row] for row in question.positives] == ["T answers"]
    assert [passages.texts[row] for row in question.negatives] == ["does not"], (
        "what answers the query is no negative of it"
    )
    assert passages.docids[question.positives[0]] == "7"


def test_a_tevatron_record_with_the_longer_code(tmp_path: Path):
    (question,), passages, _ = read(write(tmp_path / "t.jsonl", TEVATRON))
    assert question.code == "sw"
    assert [passages.texts[row] for row in question.negatives] == ["E no"]


def test_one_language_stands_for_records_that_name_none(tmp_path: Path):
    path = write(tmp_path / "t.jsonl", {key: value for key, value in DPR.items() if key != "lang"})
    (question,), _, _ = read(path, languages=("de",))
    assert question.code == "de"
    with pytest.raises(InputError, match=r"t\.jsonl:1: no language under 'lang' or 'language'"):
        read(path)


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({**DPR, "question": " "}, "no query"),
        ({**DPR, "lang": "xx"}, "unknown language code 'xx'"),
        ({**DPR, "positive_ctxs": "text"}, "expected a list of passages under 'positive_ctxs'"),
        (
            {**DPR, "positive_ctxs": [{"title": "T"}]},
            "passage 0 under 'positive_ctxs' or 'positive_passages' has no text",
        ),
        ({"query": "q", "lang": "en"}, "found none"),
        ("{", "malformed JSON"),
    ],
)
def test_bad_records_are_named(record: object, words: str, tmp_path: Path):
    path = write(tmp_path / "t.jsonl", TEVATRON, record)
    with pytest.raises(InputError, match=rf"t\.jsonl:2: .*{words}"):
        read(path)
    found, _, left_out = read(path, on_error=OnError.SKIP)
    assert (len(found), left_out.skipped.count) == (1, 1)


def test_the_same_query_twice_is_one_with_all_passages(tmp_path: Path):
    other = {**DPR, "positive_ctxs": [{"title": "", "text": "does not"}], "hard_negative_ctxs": []}
    (question,), passages, _ = read(write(tmp_path / "t.jsonl", DPR, other))
    assert [passages.texts[row] for row in question.positives] == ["T answers", "does not"]
    assert question.negatives == (), "a passage that answers by one record is no negative by the other"


def test_an_empty_list_of_negatives_is_refused_only_where_they_were_asked_for(tmp_path: Path):
    records = [{**DPR, "question": f"{n}?", "positive_ctxs": [{"title": "", "text": f"p{n}"}]} for n in range(9)]
    path = write(tmp_path / "t.jsonl", *records[:4], {**records[4], "hard_negative_ctxs": []}, *records[5:])
    for number in (None, 0):
        data = read_data(
            QueryOrigins([path], share=0.2), options(hard_negatives=number), 0, OnError.STOP, LeftOutQueries()
        )
        assert (
            with_negatives(
                data=data, mining=None, options=options(hard_negatives=number), encoder=None, work=tmp_path, key="key"
            )
            == data
        )
    wanted = options(hard_negatives=2)
    divided = (
        read_data(QueryOrigins([path], share=0.2), wanted, seed, OnError.STOP, LeftOutQueries()) for seed in range(9)
    )
    data = next(data for data in divided if "4?" in {question.text for question in data.split.train})
    with pytest.raises(
        InputError,
        match=r"t\.jsonl:5: the query '4\?' has an empty list of hard negatives, and --hard-negatives 2 asks for them",
    ):
        with_negatives(data=data, mining=None, options=wanted, encoder=None, work=tmp_path, key="key")


def test_a_folder(tmp_path: Path):
    found, passages, _ = read(write_towns(tmp_path / "towns"))
    assert len(found) == 72
    assert passages.texts[found[40].positives[0]].startswith("The old bridge of Oslo")
    assert found[40].code == "es"


def test_queries_without_a_passage_are_counted(tmp_path: Path):
    folder = write_towns(tmp_path / "towns")
    (folder / "qrels.es.txt").unlink()
    found, _, left_out = read(folder)
    assert (len(found), left_out.unlabelled) == (36, 36)
    assert len(read(folder, labelled=False)[0]) == 72


def test_a_judgment_of_a_passage_that_is_not_there(tmp_path: Path):
    folder = write_towns(tmp_path / "towns")
    with (folder / "qrels.en.txt").open("a") as stream:
        stream.write("en0 0 elsewhere 1\n")
    with pytest.raises(InputError, match=r"qrels\.en\.txt:37: passage 'elsewhere' is not in"):
        read(folder)


def test_topics_without_their_corpus(tmp_path: Path):
    folder = write_towns(tmp_path / "towns")
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(InputError, match="holds topics without their passages"):
        read(folder)


def test_no_passage_is_on_both_sides(tmp_path: Path):
    folder = write_towns(tmp_path / "towns")
    for seed in range(5):
        data = read_data(QueryOrigins([folder], share=0.3), options(), seed, OnError.STOP, LeftOutQueries())
        train, held_out = (
            {row for question in side for row in question.positives} for side in (data.split.train, data.split.held_out)
        )
        assert not train & held_out
        assert set(data.pool) == train
        assert set(data.judged_pool) == held_out
        assert len(data.split.train) + len(data.split.held_out) == 72


def test_what_dev_holds_is_not_learned(tmp_path: Path):
    folder = write_towns(tmp_path / "towns")
    dev = write(
        tmp_path / "dev.jsonl",
        {**DPR, "positive_ctxs": [{"title": "", "text": "The old river of Lima opened in 1900."}]},
    )
    left_out = LeftOutQueries()
    data = read_data(QueryOrigins([folder], [dev]), options(), 0, OnError.STOP, left_out)
    assert (len(data.split.train), len(data.split.held_out), left_out.shared) == (70, 1, 2)


def test_a_language_that_is_not_there(tmp_path: Path):
    with pytest.raises(UsageError, match="no query to learn from in ja; it has them in en, es"):
        read_data(
            QueryOrigins([write_towns(tmp_path / "towns")], languages=("en", "ja")),
            options(),
            0,
            OnError.STOP,
            LeftOutQueries(),
        )
