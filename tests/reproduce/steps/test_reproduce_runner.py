"""The runner, on real commands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pyserini_xqg.errors import EngineError
from pyserini_xqg.reproduce.steps.runner import RECORD, Runner
from pyserini_xqg.reproduce.steps.step import Step, step


@pytest.fixture
def topics(tmp_path: Path) -> Path:
    folder = tmp_path / "topics"
    folder.mkdir()
    (folder / "topics.en.tsv").write_text("q1\tWho built the first bridge over the river?\n", encoding="utf-8")
    return folder


def reorder(topics: Path, output: Path, name: str, *needs: str, seed: str = "0") -> Step:
    words = ("perturb", "--topics", topics, "--kind", "order", "--encoder", "none", "--seed", seed)
    return step(name, *words, output=output, needs=needs)


def test_what_is_done_is_not_done_again(topics: Path, tmp_path: Path):
    said: list[str] = []
    first, second = reorder(topics, tmp_path / "1", "first"), reorder(tmp_path / "1", tmp_path / "2", "second", "first")
    Runner(tmp_path, 2, said.append).run([second, first])
    assert [line.split(" (")[0] for line in said] == [
        "2 steps, 0 of them done already",
        "begins: first",
        "done: first",
        "begins: second",
        "done: second",
    ]
    record = json.loads((tmp_path / RECORD).read_text())
    assert record["second"]["command"] == second.command
    assert record["second"]["seconds"] > 0
    assert 10 < record["second"]["peak_mb"] < 10_000
    said.clear()
    Runner(tmp_path, 2, said.append).run([second, first])
    assert said == ["2 steps, 2 of them done already"]


def test_a_step_that_fails_is_named_with_what_it_said_last(topics: Path, tmp_path: Path):
    bad = reorder(topics / "nowhere", tmp_path / "1", "no topics")
    with pytest.raises(EngineError, match=r"the step 'no topics' failed: .*nowhere.*logs/no-topics\.log"):
        Runner(tmp_path, 2, lambda _: None).run([bad, reorder(tmp_path / "1", tmp_path / "2", "next", "no topics")])
    assert not (tmp_path / "2").exists()


def test_other_settings_are_another_step_and_refuse_the_place_of_the_first(topics: Path, tmp_path: Path):
    Runner(tmp_path, 1, lambda _: None).run([reorder(topics, tmp_path / "1", "order")])
    with pytest.raises(EngineError, match="perturbed in another way"):
        Runner(tmp_path, 1, lambda _: None).run([reorder(topics, tmp_path / "1", "order", seed="1")])


def test_a_step_that_leaves_nothing_has_failed(topics: Path, tmp_path: Path):
    one = reorder(topics, tmp_path / "1", "order")
    elsewhere = replace(one, output=tmp_path / "elsewhere")
    with pytest.raises(EngineError, match=r"ended well and left no .*elsewhere"):
        Runner(tmp_path, 1, lambda _: None).run([elsewhere])


def begun_and_done(said: list[str]) -> list[str]:
    return [line.split(" (")[0] for line in said[1:]]


def test_nothing_runs_beside_a_step_that_runs_alone(topics: Path, tmp_path: Path):
    said: list[str] = []
    others = [
        reorder(topics, tmp_path / str(number), name)
        for number, name in enumerate(("first", "second", "third", "fourth"), 1)
    ]
    alone = replace(reorder(tmp_path / "1", tmp_path / "alone", "alone", "first"), alone=True)
    Runner(tmp_path, 2, said.append).run(
        [*others, alone, reorder(tmp_path / "alone", tmp_path / "last", "last", "alone")]
    )
    events = begun_and_done(said)
    begins = events.index("begins: alone")
    assert events[begins + 1] == "done: alone"
    before = [event.split(": ")[1] for event in events[:begins]]
    assert all(before.count(name) == 2 for name in before), "whatever had begun has ended"
    assert len(events) == 2 * 6


def test_a_step_that_runs_alone_comes_before_what_is_ready_with_it(topics: Path, tmp_path: Path):
    """Or the others would fill the machine to their end."""
    said: list[str] = []
    others = [reorder(topics, tmp_path / str(number), str(number)) for number in range(3)]
    Runner(tmp_path, 2, said.append).run([*others, replace(reorder(topics, tmp_path / "alone", "alone"), alone=True)])
    assert begun_and_done(said)[:2] == ["begins: alone", "done: alone"]
