"""`expand --kind translation` as a user runs it: by a server that thinks aloud, a chat model, and a translator."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chat_server import ChatServer, serving
from tiny_corpus import passages, write_jsonl
from tiny_generators import write_llama
from tiny_translators import write_nllb

from pyserini_xqg.commands import main
from pyserini_xqg.expand.folder import ExpandTally
from pyserini_xqg.input.queries import read_queries

GERMAN = "Der Fluss ist lang, sehr lang, und die Leute leben an ihm."


class Translator(ChatServer):
    """Remembers what it was asked.

    :param answers: what it writes, by the number of the request; ``PASSAGE`` for the passage.
    """

    def __init__(self, answers: Callable[[int], str]) -> None:
        super().__init__("translator", self._written)
        self.answers = answers
        self.requests: list[dict[str, Any]] = []

    def _written(self, request: dict[str, Any]) -> list[str]:
        self.requests.append(request)
        passage = request["messages"][-1]["content"].split("Text: ")[1].split("\n")[0]
        return [self.answers(len(self.requests)).replace("PASSAGE", passage)] * request["n"]


@pytest.fixture
def server() -> Iterator[Translator]:
    dresses = [
        f"<think>Hm.</think>{GERMAN}",
        f'```json\n{{"translation": "{GERMAN}"}}\n```',
        f"Here is the translation:\n{GERMAN}",
        GERMAN,
        "ja und " * 40,
        "PASSAGE",
    ]
    with serving(Translator(lambda number: dresses[(number - 1) % len(dresses)])) as running:
        yield running


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    corpus = write_jsonl(tmp_path / "corpus.jsonl", passages(6))
    return ["expand", "--corpus", str(corpus), "--languages", "de", "--output", str(tmp_path / "o")]


def found(output: Path) -> list[dict[str, tuple[str, ...]]]:
    return [dict(record.queries) for record in read_queries(output)]


def test_a_servers_answers_are_tamed_and_counted(
    server: Translator, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    given = ["--generator", server.address, "--kind", "translation", "--concurrency", "1"]
    assert main([*words, *given]) == 0
    said = capsys.readouterr().out
    assert "4 translations for 6 passages in de" in said
    assert "dropped answers: repetition 1, the passage 1" in said
    assert "taken out of answers: JSON 1, code fences 1, talk 1, thinking 1" in said
    assert found(tmp_path / "o") == [{"de.translation": (GERMAN,)}] * 4 + [{}] * 2
    asked = server.requests[0]
    assert (asked["n"], asked["max_tokens"], asked["temperature"], "top_k" in asked) == (1, 512, 0.0, False)
    assert asked["messages"][-1]["content"].startswith("Translate this text into German.")


def test_a_prompt_of_ones_own(server: Translator, words: list[str], tmp_path: Path):
    prompt = tmp_path / "prompt.toml"
    prompt.write_text('instruction = "Auf {language}, bitte! Text: {passage}"')
    given = ["--generator", server.address, "--kind", "translation", "--prompt", str(prompt)]
    assert main([*words, *given, "--max-tokens-per-query", "99"]) == 0
    assert server.requests[0]["messages"][0]["content"].startswith("Auf German, bitte!")
    assert server.requests[0]["max_tokens"] == 99


def test_a_server_still_writes_questions(server: Translator, words: list[str], tmp_path: Path):
    server.answers = lambda number: "Text: Wie lang ist der Fluss?"
    prompt = tmp_path / "prompt.toml"
    prompt.write_text('instruction = "{language} Text: {passage}"')
    assert main([*words, "--generator", server.address, "--prompt", str(prompt)]) == 0
    assert server.requests[0]["n"] == 5
    assert all(set(texts) == {"de"} for texts in found(tmp_path / "o"))


def test_the_passages_language_is_no_target(server: Translator, words: list[str], capsys: pytest.CaptureFixture[str]):
    given = ["--generator", server.address, "--kind", "translation", "--passage-language", "de"]
    assert main([*words, *given]) == 2
    assert "the passages are in de already" in capsys.readouterr().err
    assert not server.requests


def test_a_chat_model_translates(words: list[str], tmp_path: Path):
    folder = write_llama(tmp_path / "llama")
    given = ["--generator", str(folder), "--kind", "translation", "--max-tokens-per-query", "8", "--device", "cpu"]
    assert main([*words, *given]) == 0
    assert json.loads((tmp_path / "o" / "expand.json").read_text())["kind"] == "translation"
    assert all(set(texts) <= {"de.translation"} for texts in found(tmp_path / "o"))


def test_a_translator_needs_no_kind(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = write_nllb(tmp_path / "nllb")
    given = ["--generator", str(folder), "--max-tokens-per-query", "4", "--device", "cpu", "--precision", "fp32"]
    assert main([*words, *given]) == 0
    assert "translations for 6 passages in de" in capsys.readouterr().out
    record = json.loads((tmp_path / "o" / "expand.json").read_text())
    assert (record["kind"], record["queries_per_language"], record["arithmetic"]) == (
        "translation",
        1,
        "fp32/torch-cpu",
    )


def test_tallies_as_they_were_are_read():
    old = {"passages": 2, "queries": {"de": 1}, "dropped": {}, "repaired": 1, "cut": 0, "short": 0, "unfinished": 0}
    assert ExpandTally.of(old).repaired == {"control characters": 1}
    assert ExpandTally.of({**old, "repaired": 0}).repaired == {}
    assert ExpandTally.of(ExpandTally.of(old).record()) == ExpandTally.of(old)
