"""The whole stage with the tiny encoder: what decides the bytes, kills, races, and bad input."""

from __future__ import annotations

import json
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filter_stage import counts, dropped, kept, settings
from tiny_corpus import command, environment, generated_queries, passages, tree, write_jsonl, xqg
from watching import stop_where

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.errors import OutputError, UsageError
from pyserini_xqg.filter import filter_queries as run
from pyserini_xqg.filter.filter_queries import ConsistencyEncoder, filter_queries
from pyserini_xqg.filter.reasons import DropReason
from pyserini_xqg.filter.settings import Consistency, Cut, FilterSettings
from pyserini_xqg.input.records import OnError

LENIENT = FilterSettings(skip=frozenset({DropReason.SCRIPT, DropReason.LANGUAGE, DropReason.COPY}), cut=Cut(0.2))
"""The sentences of the tiny corpus are in all languages, whatever they are said to be in."""


@pytest.fixture
def judge(tiny_encoder: Path) -> ConsistencyEncoder:
    return ConsistencyEncoder(Encoder(tiny_encoder, threads=1), "tiny")


class Input:
    def __init__(self, folder: Path, number: int) -> None:
        self.corpus = write_jsonl(folder / "corpus.jsonl", passages(number))
        self.queries = write_jsonl(folder / "queries.jsonl", generated_queries(number))


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Input:
    return Input(tmp_path_factory.mktemp("input"), 300)


def test_the_same_bytes_each_time_and_in_any_order_of_the_queries(
    given: Input, judge: ConsistencyEncoder, tmp_path: Path
):
    trees = []
    lines = given.queries.read_text("utf-8").splitlines()
    shuffled = write_jsonl(tmp_path / "shuffled.jsonl.gz", random.Random(1).sample(lines, len(lines)))
    for name, queries in (("one", given.queries), ("two", given.queries), ("three", shuffled)):
        filter_queries(corpus=given.corpus, queries=queries, judge=judge, output=tmp_path / name, settings=LENIENT)
        trees.append(tree(tmp_path / name))
    assert trees[0] == trees[1]
    assert {name for name in trees[0] if trees[0][name] != trees[2][name]} == {"report/filter.json"}, (
        "which has the hash of the input"
    )
    assert len(kept(tmp_path / "one")) == 300
    assert 0 < settings(tmp_path / "one")["kept"] < settings(tmp_path / "one")["queries"]
    assert not list(tmp_path.glob(".xqg*")), "nothing is left beside"


def test_windows_do_not_show(given: Input, judge: ConsistencyEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """In what goes, that is; the scores differ in their last digits, since batches do."""
    places = []
    for window in (1024, 7):
        monkeypatch.setattr(run, "WINDOW", window)
        output = tmp_path / str(window)
        filter_queries(corpus=given.corpus, queries=given.queries, judge=judge, output=output, settings=LENIENT)
        places.append(
            [(record["id"], record["language"], record["rank"], record["reason"]) for record in dropped(output)]
        )
    assert places[0] == places[1]


def test_a_question_of_many_passages_goes_everywhere(
    judge: ConsistencyEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(run, "WINDOW", 3)
    records = [
        {"id": f"d{row}", "queries": {"en": [f"what is number {row} about?", "What is this?"], "de": ["what is this"]}}
        for row in range(11)
    ]
    records[10]["queries"]["en"][1] = " what is THIS "
    corpus = write_jsonl(tmp_path / "c.jsonl", passages(11))
    queries = write_jsonl(tmp_path / "q.jsonl", records)
    skip = frozenset(DropReason) - {DropReason.COMMON, DropReason.DUPLICATE, DropReason.EMPTY}
    filter_queries(
        corpus=corpus, queries=queries, judge=None, output=tmp_path / "ten", settings=FilterSettings(skip=skip)
    )
    found = dropped(tmp_path / "ten")
    assert len(found) == 22
    assert {(record["reason"], record["value"], record["threshold"]) for record in found} == {("common", 11, 10)}
    filter_queries(
        corpus=corpus,
        queries=queries,
        judge=None,
        output=tmp_path / "eleven",
        settings=FilterSettings(skip=skip, max_passages=11),
    )
    assert dropped(tmp_path / "eleven") == []


def test_killed_it_goes_on_and_ends_as_an_unbroken_run(tiny_encoder: Path, tmp_path: Path):
    given = Input(tmp_path / "input", 6000)
    flags = [
        "--corpus",
        given.corpus,
        "--queries",
        given.queries,
        "--encoder",
        tiny_encoder,
        "--precision",
        "fp32",
        "--threads",
        "1",
    ]
    flags += ["--skip", "script,language,copy", "--min-consistency", "0.2"]
    assert xqg("filter", *flags, "--output", tmp_path / "unbroken").returncode == 0
    output, work = tmp_path / "out", tmp_path / ".xqg-filter-out"
    for turn in range(3):
        before = len(list(work.glob("0*.npy"))) if work.is_dir() else 0
        process = subprocess.Popen(
            command("filter", *flags, "--output", output),
            env=environment(),
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        stop_where(process, lambda before=before: work.is_dir() and len(list(work.glob("0*.npy"))) > before)
        if turn:
            process.send_signal(signal.SIGCONT)
            time.sleep(0.02 * turn)
        process.kill()
        assert process.wait() == -signal.SIGKILL
        assert not output.exists()
    assert 1 <= len(list(work.glob("0*.npy"))) < 6
    done = xqg("filter", *flags, "--output", output)
    assert done.returncode == 0, done.stderr
    assert tree(output) == tree(tmp_path / "unbroken")
    assert not list(tmp_path.glob(".xqg*"))
    assert "was there already" in xqg("filter", *flags, "--output", output).stdout


def test_what_another_run_left_is_refused(given: Input, judge: ConsistencyEncoder, tmp_path: Path):
    output, scores = tmp_path / "out", tmp_path / "scores"
    filter_queries(
        corpus=given.corpus, queries=given.queries, judge=judge, output=output, settings=LENIENT, scores=scores
    )
    with pytest.raises(OutputError, match="filtered in another way"):
        filter_queries(
            corpus=given.corpus,
            queries=given.queries,
            judge=judge,
            output=output,
            settings=FilterSettings(skip=LENIENT.skip),
            scores=scores,
        )
    with pytest.raises(OutputError, match="scores of another run: its consistency differ"):
        other = FilterSettings(skip=LENIENT.skip, consistency=Consistency.COSINE, cut=Cut(0.1))
        filter_queries(
            corpus=given.corpus,
            queries=given.queries,
            judge=judge,
            output=tmp_path / "other",
            settings=other,
            scores=scores,
        )
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    for place in ({"output": tmp_path / "mine"}, {"output": tmp_path / "new", "scores": tmp_path / "mine"}):
        with pytest.raises(OutputError, match="holds something else"):
            filter_queries(corpus=given.corpus, queries=given.queries, judge=judge, settings=LENIENT, **place)
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"
    assert not (tmp_path / "other").exists()


def test_a_full_disk_leaves_nothing(given: Input, tiny_encoder: Path, tmp_path: Path):
    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    flags = [
        "--corpus",
        given.corpus,
        "--queries",
        given.queries,
        "--encoder",
        tiny_encoder,
        "--skip",
        "language",
        "--output",
        tmp_path / "out",
    ]
    done = xqg("filter", *flags, before=small_files)
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()
    assert xqg("filter", *flags).returncode == 0


def test_empty_queries_go_but_other_bad_records_are_named(judge: ConsistencyEncoder, tmp_path: Path):
    corpus = write_jsonl(tmp_path / "c.jsonl", passages(12))
    lines = [
        '{"id": "d0", "queries": {"ar": ["", "  ", "متى بدأ البناء؟"], "de": []}}',
        '{"id": "d1", "queries": {}}',
        '{"id": "d2", "queries": {"de": [""]}}',
        '{"id": "d3", "queries": {"de": [3]}}',
        '{"id": "d4", "queries": {"xx": ["a"]}}',
        '{"id": "d99", "queries": {"de": ["Wann?"]}}',
        '{"id": "d5", "queries": {"de": ["half \\ud83d"]}}',
    ]
    queries = write_jsonl(tmp_path / "q.jsonl", lines)
    result = filter_queries(
        corpus=corpus,
        queries=queries,
        judge=None,
        output=tmp_path / "out",
        settings=FilterSettings(skip=frozenset({DropReason.INCONSISTENT})),
        on_error=OnError.SKIP,
    )
    assert [message.split(": ")[0] for message in result.skipped.examples] == [
        f"{queries}:{line}" for line in (4, 5, 6, 7)
    ]
    assert kept(tmp_path / "out") == {"d0": {"ar": ["متى بدأ البناء؟"]}, "d1": {}, "d2": {}}
    assert result.passages_left_bare == 1
    assert counts(tmp_path / "out")["all"]["dropped_empty"] == "3"
    done = xqg(
        "filter", "--corpus", corpus, "--queries", queries, "--skip", "inconsistent", "--output", tmp_path / "stop"
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{queries}:4: ")


def test_languages_that_no_detector_knows_are_counted(judge: ConsistencyEncoder, tmp_path: Path):
    corpus = write_jsonl(tmp_path / "c.jsonl", passages(2))
    records = [
        {
            "id": "d0",
            "queries": {
                "tw": ["Ɛhe na wɔwoo no?", "where was she born and why"],
                "de": ["Where was she born and why?"],
                "wo": ["متى بدأ؟"],
            },
        }
    ]
    queries = write_jsonl(tmp_path / "q.jsonl", records)
    result = filter_queries(
        corpus=corpus,
        queries=queries,
        judge=None,
        output=tmp_path / "out",
        settings=FilterSettings(skip=frozenset({DropReason.INCONSISTENT})),
    )
    assert result.tally is not None
    assert result.tally.untold == {"tw": 2, "wo": 0}
    assert {record["reason"]: record["language"] for record in dropped(tmp_path / "out")} == {
        "language": "de",
        "script": "wo",
    }
    assert counts(tmp_path / "out")["tw"]["language_not_checked"] == "2"


def test_a_corpus_too_small_to_compare_with_is_not_judged(judge: ConsistencyEncoder, tmp_path: Path):
    corpus = write_jsonl(tmp_path / "c.jsonl", passages(2))
    queries = write_jsonl(tmp_path / "q.jsonl", [{"id": "d0", "queries": {"de": ["Wann begann der Bau der Brücke?"]}}])
    result = filter_queries(corpus=corpus, queries=queries, judge=judge, output=tmp_path / "out")
    assert result.tally is not None
    assert (result.tally.kept, result.tally.unscored) == (1, 1)


def test_cosines_and_thresholds_of_single_languages(given: Input, judge: ConsistencyEncoder, tmp_path: Path):
    options = FilterSettings(skip=LENIENT.skip, consistency=Consistency.COSINE, cut=Cut(-1, {"ja": 2}))
    filter_queries(corpus=given.corpus, queries=given.queries, judge=judge, output=tmp_path / "out", settings=options)
    found = counts(tmp_path / "out")
    assert found["ar"]["dropped_inconsistent"] == "0"
    assert found["ja"]["kept"] == "0"
    assert next(record["threshold"] for record in dropped(tmp_path / "out") if record["reason"] == "inconsistent") == 2


def test_without_an_encoder_consistency_must_be_skipped(given: Input, tmp_path: Path):
    with pytest.raises(UsageError, match="needs an --encoder"):
        filter_queries(corpus=given.corpus, queries=given.queries, judge=None, output=tmp_path / "out")


@pytest.mark.slow
def test_memory_does_not_grow_with_the_corpus(tiny_encoder: Path, tmp_path: Path):
    peaks = []
    for number in (2_000, 8_000):
        given = Input(tmp_path / str(number), number)
        words = [
            "--corpus",
            given.corpus,
            "--queries",
            given.queries,
            "--encoder",
            tiny_encoder,
            "--precision",
            "fp32",
            "--threads",
            "1",
        ]
        words += ["--output", tmp_path / f"out-{number}", "--skip", "script,language"]
        watch = "import resource, sys; from pyserini_xqg.commands import main; assert main(sys.argv[1:]) == 0; "
        watch += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        done = subprocess.run(
            [sys.executable, "-c", watch, "filter", *map(str, words)],
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        peaks.append(int(done.stdout.splitlines()[-1]))
        assert json.loads((tmp_path / f"out-{number}" / "report" / "filter.json").read_text())["queries"] > 2 * number
    assert peaks[1] < 1.1 * peaks[0], peaks
