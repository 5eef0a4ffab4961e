"""LoCoMo: both public shapes of the real data, and small conversations that are odd or wrong in one place each."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from locomo_samples import as_list, nested, small

from pyserini_xqg.datasets.locomo.build import build
from pyserini_xqg.datasets.locomo.options import LocomoOptions, PassageKind, SearchScope, TurnText
from pyserini_xqg.datasets.output import DatasetRecord, write_dataset
from pyserini_xqg.errors import InputError, UsageError
from pyserini_xqg.evaluate.scoring.measures.locomo_recall import read_evidence
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.qrels import read_qrels
from pyserini_xqg.input.queries import read_queries
from pyserini_xqg.input.topics import read_topics

CATEGORIES = {"multi-hop": 282, "temporal": 321, "open-domain": 96, "single-hop": 841, "adversarial": 446}


def convert(place: Path, output: Path, options: LocomoOptions = LocomoOptions()) -> DatasetRecord:  # noqa: B008
    return write_dataset(output, lambda folder: build(place, folder, options))[0]


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "dataset.json"
    }


def written(folder: Path, conversation: dict[str, Any], name: str = "7.json") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(conversation), encoding="utf-8")
    return folder


def contents(folder: Path) -> dict[str, str]:
    return {passage.docid: passage.contents for passage in read_passages(folder / "corpus.jsonl")}


def judged(folder: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in read_qrels(folder / "qrels.en.txt"):
        found.setdefault(line.qid, set()).add(line.docid)
    return found


@pytest.fixture(scope="module")
def real(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DatasetRecord]:
    output = tmp_path_factory.mktemp("locomo") / "out"
    return output, convert(data_dir / "locomo", output)


def test_the_published_numbers(real: tuple[Path, DatasetRecord]):
    output, found = real
    assert all(source.as_published for source in found.sources)
    assert len(found.sources) == 10
    assert Counter(topic.text for topic in read_topics(output / "categories.tsv")) == CATEGORIES
    assert {code: found.counts[f"by-category/{code}/topics.en.tsv"] for code in CATEGORIES} == CATEGORIES
    corpora = {name: count for name, count in found.counts.items() if name.endswith("corpus.jsonl")}
    assert len(corpora) == 10
    assert sum(corpora.values()) == 5882
    assert len(judged(output)) == 1982


def test_the_categories_are_the_papers():
    """The paper's recall at 5 a category weighs to its overall figure only with these numbers of questions."""
    paper = {"single-hop": 68.0, "multi-hop": 35.4, "temporal": 70.4, "open-domain": 33.1, "adversarial": 43.9}
    overall = sum(paper[name] * number for name, number in CATEGORIES.items()) / sum(CATEGORIES.values())
    assert round(overall, 1) == 56.7


def test_every_oddity_of_the_data_is_named(real: tuple[Path, DatasetRecord]):
    remarks = {remark.what: dict(remark.counts) for remark in real[1].remarks}
    told = {
        "several turn ids in one string": {"conv-26": 1, "conv-49": 3},
        "'D:11:26'": {"conv-43": 1},
        "'D30:05'": {"conv-50": 1},
        "'D10:19', 'D4:36'": {"conv-42": 1, "conv-47": 1},
        "('D')": {"conv-42": 1},
        "given twice": {"conv-50": 1},
        "questions without evidence": {"conv-26": 2, "conv-50": 2},
    }
    for part, counts in told.items():
        assert [found for what, found in remarks.items() if part in what] == [counts], part
    assert len(remarks) == len(told)


def test_odd_evidence_is_repaired(real: tuple[Path, DatasetRecord]):
    output, _ = real
    relevant, evidence = judged(output), read_evidence(output)["en"]
    assert relevant["conv-26-q37"] == {"conv-26-D8:6", "conv-26-D9:17"}
    assert relevant["conv-49-q31"] == {"conv-49-D9:1", "conv-49-D4:4", "conv-49-D4:6"}
    assert "conv-43-D11:26" in relevant["conv-43-q18"]
    assert relevant["conv-50-q69"] == {"conv-50-D30:5"}
    assert relevant["conv-42-q88"] == {"conv-42-D1:18", "conv-42-D1:20"}
    assert evidence["conv-42-q88"].count(frozenset()) == 1
    assert [len(evidence[qid]) for qid in ("conv-26-q30", "conv-26-q46", "conv-50-q39", "conv-50-q42")] == [0] * 4
    assert evidence["conv-50-q5"] == (frozenset({"conv-50-D4:5"}), frozenset({"conv-50-D5:5"}))


def test_a_conversations_folder_is_a_task_of_its_own(real: tuple[Path, DatasetRecord]):
    output, _ = real
    whole = judged(output)
    for name in (f"conv-{number}" for number in (26, 30, 41, 42, 43, 44, 47, 48, 49, 50)):
        docids = contents(output / name).keys()
        mine = judged(output / name)
        assert all(documents <= docids and documents == whole[qid] for qid, documents in mine.items())
        assert {topic.qid for topic in read_topics(output / name / "topics.en.tsv")} >= mine.keys()


def test_locomo10_json_gives_the_same_files(data_dir: Path, tmp_path: Path, real: tuple[Path, DatasetRecord]):
    place = tmp_path / "locomo10.json"
    place.write_text(json.dumps(as_list(data_dir / "locomo" / "locomo10.zip")), encoding="utf-8")
    assert [source.as_published for source in convert(place, tmp_path / "out").sources] == [None]
    assert everything(tmp_path / "out") == everything(real[0])


@pytest.mark.parametrize(
    ("kind", "passages", "questions"), [(PassageKind.OBSERVATIONS, 2541, 1676), (PassageKind.SUMMARIES, 272, 1982)]
)
def test_observations_and_summaries(data_dir: Path, tmp_path: Path, kind: PassageKind, passages: int, questions: int):
    found = convert(data_dir / "locomo", tmp_path / "out", LocomoOptions(passages=kind, scope=SearchScope.GLOBAL))
    assert len(contents(tmp_path / "out")) == passages
    assert len(judged(tmp_path / "out")) == questions
    uncovered = [sum(remark.counts.values()) for remark in found.remarks if "is in no passage" in remark.what]
    assert uncovered == ([1982 - questions] if questions < 1982 else [])
    assert not list((tmp_path / "out").glob("conv-*"))


@pytest.mark.parametrize("scope", list(SearchScope))
def test_observations_as_queries_of_their_turns(data_dir: Path, tmp_path: Path, scope: SearchScope):
    convert(data_dir / "locomo", tmp_path / "out", LocomoOptions(scope=scope, observation_queries=True))
    records = [record for file in sorted((tmp_path / "out").rglob("queries.jsonl")) for record in read_queries(file)]
    assert len(records) == 2387
    first = next(record for record in records if record.docid == "conv-26-D1:3")
    assert first.queries == {
        "en": ("Caroline attended an LGBTQ support group recently and found the transgender stories inspiring.",)
    }
    if scope is SearchScope.GLOBAL:
        assert {record.docid for record in records} <= contents(tmp_path / "out").keys()


def test_observations_are_queries_of_turns_alone(data_dir: Path, tmp_path: Path):
    options = LocomoOptions(passages=PassageKind.SUMMARIES, observation_queries=True)
    with pytest.raises(UsageError, match="they do not go with --passages summaries"):
        convert(data_dir / "locomo", tmp_path / "out", options)


def test_a_small_conversation_as_turns(tmp_path: Path):
    convert(written(tmp_path / "in", small()), tmp_path / "out", LocomoOptions(scope=SearchScope.GLOBAL))
    assert contents(tmp_path / "out") == {
        "conv-7-D1:1": "Ann: I bought a boat.",
        "conv-7-D1:2": "Bo: Look at this. [a photo of a cat]",
        "conv-7-D2:1": "Bo: Where is the boat?",
        "conv-7-D2:2": "Ann: In Turku.",
    }
    assert judged(tmp_path / "out") == {
        "conv-7-q0": {"conv-7-D1:1", "conv-7-D2:2"},
        "conv-7-q1": {"conv-7-D1:2"},
        "conv-7-q3": {"conv-7-D2:2"},
    }
    assert read_evidence(tmp_path / "out")["en"]["conv-7-q3"] == (frozenset({"conv-7-D2:2"}), frozenset(), frozenset())


@pytest.mark.parametrize(
    ("words", "second"),
    [
        (TurnText.DATED, "(1:00 pm on 1 May, 2023) Bo: Look at this. [a photo of a cat]"),
        (TurnText.SPEAKER, "Bo: Look at this."),
        (TurnText.TEXT, "Look at this."),
    ],
)
def test_what_of_a_turn_is_searched(tmp_path: Path, words: TurnText, second: str):
    convert(
        written(tmp_path / "in", small()), tmp_path / "out", LocomoOptions(scope=SearchScope.GLOBAL, turn_text=words)
    )
    assert contents(tmp_path / "out")["conv-7-D1:2"] == second


def test_an_observation_is_relevant_when_it_cites_the_evidence(tmp_path: Path):
    options = LocomoOptions(PassageKind.OBSERVATIONS, SearchScope.GLOBAL)
    found = convert(written(tmp_path / "in", small()), tmp_path / "out", options)
    assert contents(tmp_path / "out") == {
        "conv-7-D1-o0": "Ann owns a boat.",
        "conv-7-D1-o1": "Bo has a cat and asks.",
        "conv-7-D2-o0": "Ann's boat is in Turku.",
    }
    assert judged(tmp_path / "out")["conv-7-q0"] == {"conv-7-D1-o0", "conv-7-D2-o0"}
    assert read_evidence(tmp_path / "out")["en"]["conv-7-q0"] == (
        frozenset({"conv-7-D1-o0", "conv-7-D2-o0"}),
        frozenset({"conv-7-D2-o0"}),
    )
    assert any(remark.what.startswith("observations: several turn ids in one string") for remark in found.remarks)


def test_a_summary_is_relevant_when_it_is_of_the_session(tmp_path: Path):
    convert(written(tmp_path / "in", small()), tmp_path / "out", LocomoOptions(PassageKind.SUMMARIES))
    assert contents(tmp_path / "out" / "conv-7") == {
        "conv-7-D1": "Ann and Bo talk about a boat.",
        "conv-7-D2": "The boat is in Turku.",
    }
    assert judged(tmp_path / "out") == {
        "conv-7-q0": {"conv-7-D1", "conv-7-D2"},
        "conv-7-q1": {"conv-7-D1"},
        "conv-7-q3": {"conv-7-D2"},
    }


def test_questions_in_another_language(tmp_path: Path):
    swahili = tmp_path / "mine.tsv"
    swahili.write_text("conv-7-q1\tBo anaonyesha nini?\nconv-7-q0\tNani ana mashua?\n", encoding="utf-8")
    found = convert(written(tmp_path / "in", small()), tmp_path / "out", LocomoOptions(topics_in=(f"swa={swahili}",)))
    assert [topic.qid for topic in read_topics(tmp_path / "out" / "conv-7" / "topics.sw.tsv")] == [
        "conv-7-q0",
        "conv-7-q1",
    ]
    assert found.counts["qrels.sw.txt"] == 3
    assert found.options["topics_in"] == ("sw=mine.tsv",)
    assert [dict(remark.counts) for remark in found.remarks if "in this language lack" in remark.what] == [{"sw": 2}]
    assert set(read_evidence(tmp_path / "out")) == {"en", "sw"}


def test_questions_that_locomo_does_not_ask_are_named(tmp_path: Path):
    (tmp_path / "mine.tsv").write_text("conv-7-q0\tNani?\nconv-9-q0\tNani?\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.tsv:2: topic 'conv-9-q0' is no question of LoCoMo"):
        convert(
            written(tmp_path / "in", small()),
            tmp_path / "out",
            LocomoOptions(topics_in=(f"sw={tmp_path / 'mine.tsv'}",)),
        )


def spoilt(change: str) -> dict[str, Any]:
    conversation = small()
    exec(change, {"c": conversation})
    return conversation


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("del c['qa']", r"7\.json: the file is no conversation of LoCoMo: expected an object with 'qa'"),
        ("del c['session_1'], c['session_2']", r"the conversation of conv-7 has no session_1"),
        ("c['session_1'] = {}", r"session_1 of conv-7 is no list"),
        ("c['session_2'][1]['text'] = ' '", r"session_2\[1\] of conv-7 has no text 'text'"),
        ("c['session_2'][1]['dia_id'] = 'D2:1'", r"session_2\[1\] of conv-7 has the id 'D2:1', which is there already"),
        ("c['qa'][2]['evidence'] = 'D1:1'", r"qa\[2\] of conv-7 has no list 'evidence'"),
        ("c['qa'][2]['category'] = 6", r"qa\[2\] of conv-7 has the category 6; expected 1 to 5"),
        ("c['qa'][0]['question'] = None", r"qa\[0\] of conv-7 has no text 'question'"),
        ("c['session_1_observation'] = ['x']", r"session_1_observation of conv-7 is not of the shape"),
        ("c['sample_id'] = 'conv 7'", r"the conversation's name 'conv 7' must hold a number and no white space"),
    ],
)
def test_bad_conversations_are_named_and_nothing_is_written(tmp_path: Path, change: str, message: str):
    with pytest.raises(InputError, match=message):
        convert(written(tmp_path / "in", spoilt(change)), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_conversation_in_both_shapes_is_refused(tmp_path: Path):
    place = written(tmp_path / "in", small())
    (place / "locomo10.json").write_text(json.dumps([nested("conv-7", small())]), encoding="utf-8")
    with pytest.raises(
        InputError, match=r"conversation conv-7 is there already; keep the archive's files or locomo10\.json, not both"
    ):
        convert(place, tmp_path / "out")


def test_a_file_without_summaries_says_so(tmp_path: Path):
    conversation = {key: value for key, value in small().items() if not key.endswith("_summary")}
    with pytest.raises(InputError, match="has no summaries for conv-7"):
        convert(written(tmp_path / "in", conversation), tmp_path / "out", LocomoOptions(PassageKind.SUMMARIES))
