"""Generating through a server, on its good and its bad days."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from tiny_server import MODEL, TinyServer

from pyserini_xqg.errors import GeneratorError, UsageError
from pyserini_xqg.expand.generator import Answer, Unit
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.servers import server as module
from pyserini_xqg.expand.servers.options import ServerOptions
from pyserini_xqg.expand.servers.server import ServerGenerator
from pyserini_xqg.expand.wording.prompt import Prompt
from pyserini_xqg.languages import language

PROMPT = Prompt("Be brief.", "{language}: {passage}", ())
TEXTS = [f"Passage number {number} is about rivers." for number in range(12)]
UNIT = Unit(TEXTS, language("ar"), 3, 99)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_WAIT", 0.01)


def generator(server: TinyServer, window: int | None = None, **options: Any) -> ServerGenerator:
    return ServerGenerator(server.address, PROMPT, Sampling(top_k=0, max_tokens=8), ServerOptions(**options), window)


def test_it_asks_for_all_queries_of_a_passage_at_once(server: TinyServer):
    answers = generator(server).generate(UNIT)
    assert len(server.requests) == len(TEXTS)
    request = next(
        request for request in server.requests if request["messages"][-1]["content"] == f"Arabic: {TEXTS[4]}"
    )
    assert request["messages"][0] == {"role": "system", "content": "Be brief."}
    assert (request["model"], request["n"], request["max_tokens"], request["temperature"]) == (MODEL, 3, 8, 1.0)
    assert "top_k" not in request, "no part of OpenAI's protocol"
    assert answers[4].texts == tuple(server.write(request)), "the model's own words, in their place"
    assert generator(server).generate(UNIT) == answers


def test_it_asks_as_many_at_a_time_as_it_may(server: TinyServer):
    server.slowness = 0.05
    generator(server, concurrency=3).generate(UNIT)
    assert 2 <= server.busiest <= 3


@pytest.mark.parametrize("kind", ["429", "500", "503", "malformed", "half", "no object", "hang up"])
def test_a_bad_day_changes_nothing(server: TinyServer, kind: str):
    good = generator(server).generate(UNIT)
    server.reset()
    bad = random.Random(kind).sample(range(1, 20), 7)
    server.fault = lambda number: kind if number in bad else None
    assert generator(server).generate(UNIT) == good
    assert len(server.requests) > len(TEXTS)


def test_a_hung_server_is_asked_again(server: TinyServer):
    good = generator(server).generate(UNIT)
    server.reset()
    server.fault = lambda number: "timeout" if number == 3 else None
    assert generator(server, timeout=1.5).generate(UNIT) == good


@pytest.mark.parametrize(
    ("kind", "said"), [("500", "HTTP 500 .*a bad day"), ("malformed", "no JSON"), ("429", "HTTP 429")]
)
def test_a_server_that_stays_down_stops_the_run(server: TinyServer, kind: str, said: str):
    server.fault = lambda number: kind
    with pytest.raises(
        GeneratorError, match=f"{server.address}/v1: .*{said}.*, after 3 tries; what is finished is kept"
    ):
        generator(server, retries=2).generate(UNIT)


def test_a_passage_that_it_never_answers_can_be_counted_instead(server: TinyServer):
    original = server.write

    def moody(request: dict[str, Any]) -> list[str]:
        if TEXTS[2] in request["messages"][-1]["content"]:
            raise RuntimeError("never")
        return original(request)

    good = generator(server).generate(UNIT)
    server.write = moody  # type: ignore[method-assign]
    try:
        answers = generator(server, retries=1, give_up=True).generate(UNIT)
    finally:
        del server.write
    assert answers[2] == Answer((), failed=3)
    assert [answer for row, answer in enumerate(answers) if row != 2] == [
        answer for row, answer in enumerate(good) if row != 2
    ]


def test_but_not_all_of_them(server: TinyServer):
    server.fault = lambda number: "500"
    with pytest.raises(GeneratorError, match="gave no answer for any of 12 passages"):
        generator(server, retries=0, give_up=True).generate(UNIT)


@pytest.mark.parametrize("kind", ["no choices", "null content"])
def test_empty_answers_are_asked_for_again_then_counted(server: TinyServer, kind: str):
    server.fault = lambda number: kind
    unit = Unit(TEXTS[:1], language("ar"), 3, 5)
    with pytest.raises(GeneratorError, match="no answer for any"):
        generator(server).generate(unit)
    assert len(server.requests) == 3
    server.reset()
    server.fault = lambda number: kind if number < 3 else None
    assert len(generator(server).generate(unit)[0].texts) == 3


def test_too_few_answers_are_made_up_for(server: TinyServer):
    server.fault = lambda number: "too few"
    answers = generator(server).generate(UNIT)
    assert [len(answer.texts) for answer in answers] == [3] * len(TEXTS)
    assert {request["n"] for request in server.requests} == {1, 2, 3}
    assert len({request["seed"] for request in server.requests}) >= 3


def test_a_server_that_gives_one_answer_at_a_time(server: TinyServer):
    server.fault = lambda number: "one only"
    answers = generator(server, concurrency=1).generate(UNIT)
    assert [len(answer.texts) for answer in answers] == [3] * len(TEXTS)
    assert len(server.requests) == 1 + 3 * len(TEXTS)


def test_one_passage_that_is_refused_changes_nothing_for_the_others(server: TinyServer):
    """A refusal for another reason, such as a passage too long for the server, does not mean that it writes one answer
    at a time.
    """
    server.fault = lambda number: (
        "too long" if TEXTS[2] in server.requests[number - 1]["messages"][-1]["content"] else None
    )
    answers = generator(server, concurrency=1, give_up=True).generate(UNIT)
    assert [answer.failed for answer in answers] == [3 if row == 2 else 0 for row in range(len(TEXTS))]
    assert [request["n"] for request in server.requests] == [3, 3, 3, 1, *[3] * 9]


def test_a_refusal_of_what_is_no_part_of_the_protocol_is_explained(server: TinyServer):
    server.fault = lambda number: "422"
    asking = ServerGenerator(server.address, PROMPT, Sampling(top_k=10, max_tokens=8), ServerOptions(concurrency=1))
    with pytest.raises(
        GeneratorError, match=r"HTTP 422 .*; --top-k is no part of OpenAI's protocol, so try without it"
    ):
        asking.generate(UNIT)


def test_a_server_that_does_not_sample_is_told(server: TinyServer, caplog: pytest.LogCaptureFixture):
    generator(server).generate(UNIT)
    assert not caplog.records
    server.fault = lambda number: "all alike"
    asking = generator(server)
    for _ in range(2):
        assert {answer.texts for answer in asking.generate(UNIT)} == {("Which river?",) * 3}
    assert [record.getMessage().partition(":8")[0] for record in caplog.records] == [
        caplog.records[0].getMessage().partition(":8")[0]
    ], "once"
    assert "gives the same answer to every seed, so it does not sample: ask for --queries-per-language 1" in caplog.text


def test_answers_that_break_off_are_counted(server: TinyServer):
    assert {answer.unfinished for answer in generator(server).generate(UNIT)} == {0}, (
        "the server says of none why it ended"
    )
    server.fault = lambda number: "all cut"
    answers = generator(server).generate(UNIT)
    open_ended = [sum(bool(text) and text[-1] not in "?？؟" for text in answer.texts) for answer in answers]
    # A query that was tidied at its end, or has others after it, does not break off where the answer does.
    assert all(answer.unfinished <= most for answer, most in zip(answers, open_ended, strict=True))
    assert sum(answer.unfinished for answer in answers) > len(TEXTS)


@pytest.mark.parametrize(
    ("kind", "said"),
    [("401", "environment variable MY_KEY"), ("404", "HTTP 404"), ("400", "HTTP 400"), ("redirect", "HTTP 307")],
)
def test_a_refusal_stops_at_once(server: TinyServer, kind: str, said: str):
    server.fault = lambda number: kind
    with pytest.raises(GeneratorError, match=f"refuses: .*{said}|refuses: .*{kind}"):
        generator(server, concurrency=1, key_variable="MY_KEY").generate(UNIT)
    assert len(server.requests) < len(TEXTS), "what was waiting is not sent any more"


def test_the_key_comes_from_the_environment_alone(server: TinyServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "not for you")
    generator(server).generate(UNIT)
    assert set(server.keys) == {None}
    monkeypatch.setenv("MY_KEY", "sesame")
    generator(server, key_variable="MY_KEY").generate(UNIT)
    assert server.keys[-1] == "Bearer sesame"
    assert "sesame" not in json.dumps(generator(server, key_variable="MY_KEY").fingerprint)


def test_budgets(server: TinyServer):
    with pytest.raises(GeneratorError, match="the budget of 5 requests is used up; what is finished is kept"):
        generator(server, max_requests=5).generate(UNIT)
    assert len(server.requests) == 5
    server.reset()
    with pytest.raises(GeneratorError, match=r"the budget of 500 tokens has [\d,]+ left"):
        generator(server, max_tokens=500, concurrency=1).generate(UNIT)
    assert 3 <= len(server.requests) <= 4, "each takes 130 by the server's own count"
    enough = generator(server, max_requests=12, max_tokens=12 * 130 + 200, concurrency=1)
    enough.generate(UNIT)
    assert (enough.budget.requests, enough.budget.tokens) == (12, 12 * 130)


def test_a_long_passage_is_cut(server: TinyServer):
    long = "river " * 4000
    answer = generator(server, window=200).generate(Unit([long, "ナイル" * 400, "short"], language("ar"), 1, 0))
    assert [one.cut for one in answer] == [True, True, False]
    shown = {request["messages"][-1]["content"] for request in server.requests}
    assert all(len(text) < 900 for text in shown)
    with pytest.raises(GeneratorError, match="the prompt alone is longer than --window 2"):
        generator(server, window=2).generate(UNIT)


def test_the_model_is_the_only_one_or_is_named(server: TinyServer):
    assert generator(server).name == MODEL
    assert generator(server, model="other").name == "other"
    assert ServerGenerator(f"{server.address}/v1/", PROMPT, Sampling(), ServerOptions()).name == MODEL
    with pytest.raises(GeneratorError, match=r"names no model; choose one with --server-model"):
        ServerGenerator(f"{server.address}/v2", PROMPT, Sampling(), ServerOptions())


def test_nobody_there():
    with pytest.raises(GeneratorError, match=r"http://127.0.0.1:9/v1 cannot be asked for its model: no answer"):
        ServerGenerator("http://127.0.0.1:9", PROMPT, Sampling(), ServerOptions(retries=1))


@pytest.mark.parametrize("address", ["http://", "http://user:secret@host", "http://host?key=1"])
def test_addresses_that_are_none(address: str):
    with pytest.raises(UsageError, match="expected an address such as"):
        ServerGenerator(address, PROMPT, Sampling(), ServerOptions(model="m"))


def test_a_proxy_of_the_environment_is_left_alone(server: TinyServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert generator(server, retries=0).name == MODEL


@pytest.mark.parametrize("wrong", [{"concurrency": 0}, {"timeout": 0}, {"retries": -1}])
def test_options_that_cannot_be(wrong: dict[str, Any]):
    with pytest.raises(UsageError, match="must be"):
        ServerOptions(**wrong)
