"""Few-shot prompts: the built-in one, and files of the user's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pyserini_xqg.errors import InputError
from pyserini_xqg.expand.wording.prompt import Prompt, PromptExample, built_in_prompt, read_prompt
from pyserini_xqg.languages import language

RECORD = {
    "system": "Be brief.",
    "instruction": "A {language} question ({language}!) for: {passage}",
    "examples": [{"passage": "P {language}", "queries": {"en": "Q?", "ara": "س؟"}}],
}
EXPECTED = Prompt("Be brief.", RECORD["instruction"], (PromptExample("P {language}", {"en": "Q?", "ar": "س؟"}),))


def test_the_built_in_one_shows_examples_in_the_language_that_is_asked_for():
    messages = built_in_prompt().messages("What I mean.", language("ja"))
    assert [message["role"] for message in messages] == ["system", *["user", "assistant"] * 3, "user"]
    assert all("Japanese question" in message["content"] for message in messages if message["role"] == "user")
    assert messages[2]["content"] == "ギュスターヴ・エッフェルの会社がパリにエッフェル塔を建てたのはいつですか？"
    assert "What I mean." in messages[-1]["content"]
    assert (
        built_in_prompt()
        .messages("x", language("yo"))[2]["content"]
        .startswith("When did the company of Gustave Eiffel build")
    )


def test_toml_and_json_say_the_same(tmp_path: Path):
    (tmp_path / "p.json").write_text(json.dumps(RECORD))
    (tmp_path / "p.toml").write_text(
        'system = "Be brief."\ninstruction = "A {language} question ({language}!) for: {passage}"\n'
        '[[examples]]\npassage = "P {language}"\nqueries = {en = "Q?", ara = "س؟"}\n'
    )
    assert read_prompt(tmp_path / "p.json") == read_prompt(tmp_path / "p.toml") == EXPECTED


def test_passages_are_taken_as_they_are():
    asked = EXPECTED.messages("{passage} {language} {0}", language("sw"))
    assert asked[1]["content"] == "A Swahili question (Swahili!) for: P {language}"
    assert asked[2]["content"] == "Q?"
    assert asked[-1]["content"] == "A Swahili question (Swahili!) for: {passage} {language} {0}"


def test_its_phrases_give_it_away():
    phrases = built_in_prompt().phrases(language("ar"))
    assert "متى بنت شركة غوستاف إيفل برج إيفل في باريس؟" in phrases
    assert any(phrase.startswith("Write one short Arabic question that this passage answers") for phrase in phrases)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("{", "malformed JSON"),
        ([], "expected instruction"),
        ({}, "must be a string"),
        ({"instruction": "x"}, "must hold {passage} once"),
        ({"instruction": "{passage}"}, "must hold {passage} once"),
        ({"instruction": "{language} {passage} {passage}"}, "must hold {passage} once"),
        ({"instruction": "{language} {passage}", "template": 1}, "nothing else"),
        ({"instruction": "{language} {passage}", "examples": {}}, "examples must be a list"),
        (
            {"instruction": "{language} {passage}", "examples": [{"passage": "p"}]},
            "example 1: expected a passage, and queries",
        ),
        (
            {"instruction": "{language} {passage}", "examples": [{"passage": "p", "queries": {"xx": "q"}}]},
            "example 1: unknown language code 'xx'",
        ),
        (
            {"instruction": "{language} {passage}", "examples": [{"passage": "p", "queries": {"ar": " "}}]},
            "example 1: expected",
        ),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, value, said: str):
    path = tmp_path / "p.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    with pytest.raises(InputError) as caught:
        read_prompt(path)
    assert str(caught.value).startswith(f"{path}:" if said == "malformed JSON" else f"{path}: ")
    assert said in str(caught.value)


def test_files_that_are_none(tmp_path: Path):
    (tmp_path / "p.toml").write_text("instruction = ")
    with pytest.raises(InputError, match="malformed TOML"):
        read_prompt(tmp_path / "p.toml")
    with pytest.raises(InputError, match="cannot be read"):
        read_prompt(tmp_path / "none.toml")
