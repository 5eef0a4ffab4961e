"""R@kt against its published definition, computed here a second time in the plainest way."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from nltk.tokenize.destructive import NLTKWordTokenizer

from pyserini_xqg.errors import InputError, UsageError
from pyserini_xqg.evaluate.inputs.places import JudgmentPlaces
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.evaluate.scoring.measures.token_recall import (
    TokenizedPassages,
    score_answers,
    span_answers,
)
from pyserini_xqg.evaluate.scoring.systems import score_systems

BOTH = ["R@1kt", "R@2kt"]


def plain_definition(ranked: list[str], answers: list[str], contents: dict[str, str], tokens: int) -> bool:
    """Token by token, for passages of one sentence each, where sentence splitting has no part."""
    window: list[str] = []
    for docid in ranked:
        for token in NLTKWordTokenizer().tokenize(contents[docid]):
            if len(window) < tokens:
                window.append(token)
    text = " ".join(window)
    return any(text.find(answer) >= 0 for answer in answers if answer != "yes" and answer != "no")


def test_against_the_plain_definition_on_random_passages():
    chance = random.Random(3)
    words = [f"w{n}" for n in range(400)] + ["it's", '"quoted"', "(so)", "3,000", "Tōkyō", "東京都"]
    contents = {f"d{n}": " ".join(chance.choices(words, k=chance.randint(50, 400))) for n in range(30)}
    answers = {
        f"q{n}": tuple(" ".join(chance.choices(words, k=chance.randint(1, 2))) for _ in range(2)) for n in range(200)
    }
    rankings = {qid: chance.sample(sorted(contents), chance.randint(1, 20)) for qid in answers if chance.random() > 0.1}
    scores = score_answers(rankings, answers, TokenizedPassages(contents), parse_measures(BOTH))
    outcomes = set()
    for qid, texts in answers.items():
        for name, tokens in (("R@1kt", 1000), ("R@2kt", 2000)):
            expected = qid in rankings and plain_definition(rankings[qid], list(texts), contents, tokens)
            assert scores.per_query[name][qid] == float(expected), (qid, name)
            outcomes.add((name, expected))
    assert len(outcomes) == 4
    assert set(scores.missing) == answers.keys() - rankings.keys()


def filler(count: int) -> str:
    return " ".join(["filler"] * count)


def test_the_budget_cuts_within_a_passage():
    contents = {"first": filler(999), "second": "Helsinki Turku"}
    scores = score_answers(
        {"a": ["first", "second"], "b": ["first", "second"]},
        {"a": ("Helsinki",), "b": ("Turku",)},
        TokenizedPassages(contents),
        parse_measures(BOTH),
    )
    assert scores.per_query == {"R@1kt": {"a": 1.0, "b": 0.0}, "R@2kt": {"a": 1.0, "b": 1.0}}
    assert scores.short == ("a", "b")


def test_passages_count_in_the_order_given():
    contents = {"long": filler(1000), "good": "Helsinki"}
    answers = {"q": ("Helsinki",)}
    for order, expected in ((["long", "good"], 0.0), (["good", "long"], 1.0)):
        assert (
            score_answers({"q": order}, answers, TokenizedPassages(contents), parse_measures(["R@1kt"])).per_query[
                "R@1kt"
            ]["q"]
            == expected
        )


@pytest.mark.parametrize(
    ("text", "answer", "hit"),
    [
        ("The capital is Helsinki.", "Helsinki", True),
        ("The capital is Helsinki.", "helsinki", False),  # case counts
        ("The capital is Helsinki.", "Helsinki.", False),  # the passage is tokenised, the answer is not
        ("The capital is Helsinki.", "Helsinki .", True),
        ("It is eyesight that counts.", "sight", True),  # any substring
        ("Ada's machine", "Ada's", False),
        ("New\n\nYork", "New York", True),  # tokens are joined by single spaces
        ("He said yes to tea.", "yes", None),
    ],
)
def test_what_counts_as_a_hit(text: str, answer: str, hit: bool | None):
    scores = score_answers({"q": ["d"]}, {"q": (answer,)}, TokenizedPassages({"d": text}), parse_measures(["R@2kt"]))
    assert scores.per_query["R@2kt"] == ({} if hit is None else {"q": float(hit)})


def test_yes_and_no_never_count_as_answers():
    answers = {"only": ("yes", "no"), "mixed": ("yes", "Oslo"), "capital": ("Yes",), "none": ()}
    assert span_answers(answers) == {"mixed": ("Oslo",), "capital": ("Yes",)}
    scores = score_answers(
        {qid: ["d"] for qid in answers}, answers, TokenizedPassages({"d": "yes it is"}), parse_measures(["R@2kt"])
    )
    assert scores.per_query["R@2kt"] == {"mixed": 0.0, "capital": 0.0}
    assert scores.left_out == ("only", "none")
    assert scores.unjudged == ()


def test_a_missing_question_is_a_miss_and_the_reference_figure_is_told():
    answers = {"a": ("Oslo",), "b": ("Oslo",), "c": ("Oslo",), "d": ("yes",)}
    scores = score_answers(
        {"a": ["d"], "b": ["e"], "z": ["d"]},
        answers,
        TokenizedPassages({"d": "Oslo", "e": "Bergen"}),
        parse_measures(["R@2kt"]),
    )
    assert scores.missing == ("c",)
    assert scores.unjudged == ("z",)
    assert scores.mean("R@2kt") == pytest.approx(1 / 3)
    assert scores.mean_of_answered("R@2kt") == pytest.approx(1 / 2)


def files(tmp_path: Path, run: str, corpus: dict[str, str]) -> tuple[Path, Path, Path]:
    (tmp_path / "run.txt").write_text(run, encoding="utf-8")
    answers = [{"id": "a", "lang": "fi", "answers": ["Oslo"]}, {"id": "b", "lang": "fi", "answers": ["yes"]}]
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(line) + "\n" for line in answers), encoding="utf-8")
    (tmp_path / "corpus.jsonl").write_text(
        "".join(json.dumps({"id": docid, "contents": text}) + "\n" for docid, text in corpus.items()), encoding="utf-8"
    )
    return tmp_path / "run.txt", tmp_path / "answers.jsonl", tmp_path / "corpus.jsonl"


def of_files(run: Path, answers: Path, corpus: Path) -> dict[str, dict[str, float]]:
    """Measure -> query id -> score."""
    places = JudgmentPlaces(answers=answers, corpus=corpus)
    return score_systems({"run": {"fi": run}}, parse_measures(["R@1kt"]), places)["run"]["fi"].per_query


def test_files_are_read_by_rank_not_by_line(tmp_path: Path):
    corpus = {"long": filler(1000), "good": "Oslo", "unused": "x"}
    paths = files(tmp_path, "a Q0 long 2 0.5 t\na Q0 good 1 0.9 t\n", corpus)
    assert of_files(*paths) == {"R@1kt": {"a": 1.0}}


def test_a_retrieved_document_that_the_corpus_lacks_is_named(tmp_path: Path):
    paths = files(tmp_path, "a Q0 good#fi 1 0.9 t\na Q0 good 2 0.8 t\n", {"good": "Oslo"})
    with pytest.raises(InputError, match=r"run\.txt: 1 retrieved documents are not in .*corpus\.jsonl: 'good#fi'"):
        of_files(*paths)


def test_documents_of_unscored_questions_are_not_needed(tmp_path: Path):
    paths = files(tmp_path, "a Q0 good 1 0.9 t\nb Q0 elsewhere 1 0.9 t\n", {"good": "Oslo"})
    assert of_files(*paths) == {"R@1kt": {"a": 1.0}}


def test_recall_does_not_come_from_answers():
    with pytest.raises(UsageError, match="R@5 cannot be computed from answers"):
        score_answers({}, {}, TokenizedPassages({}), parse_measures(["R@5"]))


def test_the_official_dev_set_has_the_published_numbers_of_questions(data_dir: Path):
    from pyserini_xqg.evaluate.inputs.judgments import read_answers

    scored = {
        code: len(span_answers(answers))
        for code, answers in read_answers(next((data_dir / "xor_retrieve").glob("*.jsonl"))).items()
    }
    assert scored == {"ar": 309, "bn": 304, "fi": 314, "ja": 241, "ko": 285, "ru": 237, "te": 238}
