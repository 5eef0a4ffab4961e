"""The stage as a user runs it: killed, divided, raced and damaged, it ends with the same bytes; bad input is named
first.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from tiny_corpus import command, environment, passages, tree, write_jsonl, xqg
from tiny_server import MODEL, TinyServer
from watching import wait_for

from pyserini_xqg.input.queries import read_queries

NUMBER = 44
GROUPS = 6
LANGUAGES = ("ar", "ja")
QUERIES = 2


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(tmp_path_factory.mktemp("input") / "corpus.jsonl", passages(NUMBER))


@pytest.fixture
def flags(server: TinyServer, corpus: Path) -> list[str | Path]:
    return expand(server, corpus)


def expand(server: TinyServer, corpus: Path) -> list[str | Path]:
    sizes = [
        "--chunk-size",
        "4",
        "--shard-size",
        "8",
        "--queries-per-language",
        str(QUERIES),
        "--max-tokens-per-query",
        "8",
    ]
    return [
        "expand",
        "--corpus",
        corpus,
        "--languages",
        ",".join(LANGUAGES),
        "--generator",
        server.address,
        "--seed",
        "3",
        *sizes,
    ]


@pytest.fixture(scope="module")
def made(running: TinyServer, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run makes that nothing disturbs."""
    running.reset()
    folder = tmp_path_factory.mktemp("made") / "o"
    done = xqg(*expand(running, corpus), "--output", folder, fresh=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def unbroken(made: Path, tmp_path: Path) -> dict[str, bytes]:
    """Its bytes; a copy of it lies in ``tmp_path / "unbroken"``."""
    return tree(shutil.copytree(made, tmp_path / "unbroken"))


def start(flags: list[str | Path], output: Path, *more: str) -> subprocess.Popen[str]:
    words = command(*flags, "--output", output, *more)
    return subprocess.Popen(words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def units(output: Path) -> int:
    return len(list(output.glob(".units-*/[0-9]*.json"))) if output.is_dir() else 0


def test_it_writes_what_the_model_wrote_and_says_so(
    flags: list[str | Path], server: TinyServer, corpus: Path, tmp_path: Path
):
    output = tmp_path / "queries"
    done = xqg(*flags, "--output", output)
    assert done.returncode == 0, done.stderr
    assert re.match(
        rf"{server.address}: about {NUMBER * 2} requests, [\d,]+ tokens of prompts, at most {NUMBER * 2 * 2 * 8:,} "
        r"tokens of answers",
        done.stderr,
    )
    assert sorted(tree(output)) == sorted(
        [
            "expand.json",
            *(f"groups/{group:05d}.json" for group in range(GROUPS)),
            *(f"queries-{group:05d}.jsonl" for group in range(GROUPS)),
        ]
    )
    found = list(read_queries(output))
    assert [record.docid for record in found] == [f"d{row}" for row in range(NUMBER)]
    number = sum(len(texts) for record in found for texts in record.queries.values())
    first, second, third = done.stdout.splitlines()
    assert (
        first
        == f"{output}: {number} queries for {NUMBER} passages in ar, ja; files made now {GROUPS}, there before 0, of "
        f"{GROUPS}"
    )
    assert second.startswith(f"generator {MODEL} at server, seed 3; dropped answers: ")
    dropped = sum(int(count) for count in re.findall(r"(?:empty|passage|prompt|repetition|no answer) (\d+)", second))
    assert number + dropped == NUMBER * len(LANGUAGES) * QUERIES, "nothing is lost in silence"
    assert third.startswith(f"next: pyserini-xqg filter --queries {output}")
    again = xqg(*flags, "--output", output)
    assert (
        again.stdout.replace(f"made now 0, there before {GROUPS}", f"made now {GROUPS}, there before 0") == done.stdout
    )
    assert len(server.requests) == NUMBER * 2, "nothing is asked twice"


def test_killed_again_and_again_it_ends_as_if_nothing_had_happened(
    flags, server: TinyServer, unbroken: dict[str, bytes], tmp_path: Path
):
    """``kill -9`` of the real command at random moments, most of them in the middle of a group."""
    output, chance = tmp_path / "killed", random.Random(4)
    server.slowness = 0.05
    killed = inside = 0
    for _ in range(8):
        process = start(flags, output)
        seen = len(server.requests)
        wait_for(process, lambda seen=seen: len(server.requests) > seen + 4)
        time.sleep(chance.random() * 0.3)
        process.kill()
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        inside += units(output) > 0
        whole = {name: data for name, data in tree(output).items() if "/." not in f"/{name}"}
        assert all(unbroken[name] == data for name, data in whole.items()), "no file under its name that is not whole"
    assert killed >= 4
    assert inside >= 2
    server.reset()
    done = xqg(*flags, "--output", output)
    assert done.returncode == 0, done.stderr
    assert tree(output) == unbroken


@pytest.mark.parametrize("number", [2, 3])
def test_any_division_into_parts_gives_the_same(flags, unbroken: dict[str, bytes], tmp_path: Path, number: int):
    for part in random.Random(number).sample(range(number), number):
        done = xqg(*flags, "--output", tmp_path / "o", "--shard-id", str(part), "--shard-num", str(number))
        assert done.returncode == 0, done.stderr
    assert "next:" in done.stdout
    assert tree(tmp_path / "o") == unbroken


def test_a_lock_that_a_kill_has_left_goes(flags, unbroken: dict[str, bytes], tmp_path: Path):
    """Killed between the end of a file and that of its lock."""
    output = tmp_path / "unbroken"
    (output / ".xqg-lock-queries-00001.jsonl").write_text("process 1 on nowhere")
    assert xqg(*flags, "--output", output).returncode == 0
    assert tree(output) == unbroken


def test_another_number_of_parts_on_the_way(flags, unbroken: dict[str, bytes], tmp_path: Path):
    done = xqg(*flags, "--output", tmp_path / "o", "--shard-id", "1", "--shard-num", "3")
    assert f"files made now 2, there before 0, of {GROUPS}" in done.stdout
    assert "next:" not in done.stdout
    assert xqg(*flags, "--output", tmp_path / "o").returncode == 0
    assert tree(tmp_path / "o") == unbroken


def test_parts_at_the_same_time(flags, unbroken: dict[str, bytes], tmp_path: Path):
    parts = [start(flags, tmp_path / "o", "--shard-id", str(part), "--shard-num", "3") for part in range(3)]
    for part in parts:
        _, errors = part.communicate(timeout=120)
        assert part.returncode == 0, errors
    assert tree(tmp_path / "o") == unbroken


def test_two_processes_on_one_part_do_no_harm(flags, server: TinyServer, unbroken: dict[str, bytes], tmp_path: Path):
    server.slowness = 0.02
    for process in [start(flags, tmp_path / "o") for _ in range(2)]:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0 or "is being built by another process" in errors, errors
        assert "Traceback" not in errors
    assert xqg(*flags, "--output", tmp_path / "o").returncode == 0
    assert tree(tmp_path / "o") == unbroken


def test_a_server_that_goes_down_on_the_way(flags, server: TinyServer, unbroken: dict[str, bytes], tmp_path: Path):
    server.reset()
    server.fault = lambda number: "500" if number > 50 else None
    done = xqg(*flags, "--output", tmp_path / "o", "--retries", "1")
    assert done.returncode == 1
    assert "HTTP 500" in done.stderr
    assert "run the same command again" in done.stderr
    assert list((tmp_path / "o").glob("queries-*"))
    server.reset()
    assert xqg(*flags, "--output", tmp_path / "o").returncode == 0
    assert tree(tmp_path / "o") == unbroken
    assert len(server.requests) < NUMBER * 2 - 40, "what was finished is kept"


def test_a_budget_in_pieces(flags, server: TinyServer, unbroken: dict[str, bytes], tmp_path: Path):
    runs = 0
    while xqg(*flags, "--output", tmp_path / "o", "--max-requests", "30").returncode:
        runs += 1
        assert runs < 6
    assert runs >= 2
    assert tree(tmp_path / "o") == unbroken


def test_an_estimate_asks_nothing(flags, server: TinyServer, tmp_path: Path):
    done = xqg(*flags, "--output", tmp_path / "o", "--estimate")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"about {NUMBER * 2} requests" in done.stdout
    assert done.stdout.endswith("; 2 times the requests and prompts where the server writes one answer a request\n")
    assert not server.requests
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("more", "differing"),
    [
        (["--seed", "4"], "seed was 3, is now 4"),
        (["--languages", "ja,ar"], "languages was"),
        (["--queries-per-language", "3"], "queries_per_language was 2, is now 3"),
        (["--chunk-size", "8"], "chunk_size was 4, is now 8"),
        (["--temperature", "0.5"], "fingerprint was"),
        (["--server-model", "other"], f"generator was '{MODEL}', is now 'other'"),
    ],
)
def test_an_output_of_another_make_is_left_alone(
    flags, unbroken: dict[str, bytes], tmp_path: Path, more: list[str], differing: str
):
    done = xqg(*flags, *more, "--output", tmp_path / "unbroken")
    assert done.returncode == 1
    assert f"{tmp_path / 'unbroken'} holds queries of another make (" in done.stderr
    assert differing in done.stderr
    assert tree(tmp_path / "unbroken") == unbroken


def test_another_corpus_is_noticed(flags, unbroken: dict[str, bytes], tmp_path: Path):
    other = write_jsonl(tmp_path / "c.jsonl", passages(NUMBER, seed=9))
    done = xqg(*flags, "--corpus", other, "--output", tmp_path / "unbroken")
    assert done.returncode == 1
    assert "inputs was" in done.stderr


def test_a_copy_that_broke_off_is_named_and_made_again(flags, unbroken: dict[str, bytes], tmp_path: Path):
    output = tmp_path / "unbroken"
    cut = output / "queries-00002.jsonl"
    cut.write_bytes(cut.read_bytes()[:-50])
    done = xqg(*flags, "--output", output)
    assert done.returncode == 1
    assert f"{cut} is cut short or was changed" in done.stderr
    cut.unlink()
    assert xqg(*flags, "--output", output).returncode == 0
    assert tree(output) == unbroken


def test_a_record_that_is_gone_is_named(flags, unbroken: dict[str, bytes], tmp_path: Path):
    (tmp_path / "unbroken" / "groups" / "00001.json").unlink()
    done = xqg(*flags, "--output", tmp_path / "unbroken")
    assert done.returncode == 1
    assert "groups/00001.json, which says what queries-00001.jsonl holds, is missing or damaged; remove" in done.stderr


def test_an_output_that_holds_something_else_is_left_alone(flags, tmp_path: Path):
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "notes.txt").write_text("mine")
    done = xqg(*flags, "--output", tmp_path / "o")
    assert done.returncode == 1
    assert "is there already and holds no queries of this stage" in done.stderr
    assert tree(tmp_path / "o") == {"notes.txt": b"mine"}


def test_bad_records_stop_before_anything_is_asked_or_are_left_out(
    flags, server: TinyServer, unbroken: dict[str, bytes], tmp_path: Path
):
    records: list = [*passages(NUMBER), {"id": "d1", "contents": "again"}]
    records.insert(20, "{")
    corpus = write_jsonl(tmp_path / "c.jsonl", records)
    server.reset()
    done = xqg(*flags, "--corpus", corpus, "--output", tmp_path / "o")
    assert done.returncode == 1
    assert f"{corpus}:21: malformed JSON" in done.stderr
    assert not server.requests
    assert not (tmp_path / "o").exists()
    done = xqg(*flags, "--corpus", corpus, "--output", tmp_path / "o", "--on-error", "skip")
    assert done.returncode == 0, done.stderr
    assert "left out 2 bad records" in done.stderr
    mine = tree(tmp_path / "o")
    assert {name: data for name, data in mine.items() if name != "expand.json"} == {
        name: data for name, data in unbroken.items() if name != "expand.json"
    }, "and chunks are cut from what is left"


def test_answers_that_are_no_queries_are_dropped_and_counted(flags, server: TinyServer, tmp_path: Path):
    corpus = write_jsonl(tmp_path / "c.jsonl", passages(8))
    bad = [
        "",
        "\x00\x07",
        "word " * 40,
        "somebody who has not read the passage",
        "How is\x1b it?",
        "ok?",
        "1. First?\n2. Second?",
        "«ما؟»",
        "PASSAGE",
    ]
    contents = [record["contents"] for record in passages(8)]

    def write(request: dict[str, Any]) -> list[str]:
        passage = next(text for text in contents if text in request["messages"][-1]["content"])
        return [
            text.replace("PASSAGE", passage) for text in random.Random(request["seed"]).choices(bad, k=request["n"])
        ]

    original = server.write
    server.write = write  # type: ignore[method-assign]
    try:
        done = xqg(*flags, "--corpus", corpus, "--output", tmp_path / "o", "--queries-per-language", "6")
    finally:
        server.write = original  # type: ignore[method-assign]
    assert done.returncode == 0, done.stderr
    kept = [text for record in read_queries(tmp_path / "o") for texts in record.queries.values() for text in texts]
    assert set(kept) <= {"How is it?", "ok?", "First?", "Second?", "ما؟"}
    counts = [json.loads((tmp_path / "o" / "groups" / f"{group:05d}.json").read_text())["tally"] for group in range(1)]
    dropped = sum(sum(reasons.values()) for tally in counts for reasons in tally["dropped"].values())
    assert len(kept) + dropped == 8 * 2 * 6
    for said in (
        "empty ",
        "repetition ",
        "the passage ",
        "the prompt ",
        "taken out of answers: control characters ",
        "passages with fewer texts than asked for: ",
    ):
        assert said in done.stdout


def test_queries_in_the_wrong_language_are_kept_here_and_go_at_filter(flags, server: TinyServer, tmp_path: Path):
    corpus = write_jsonl(tmp_path / "c.jsonl", passages(4))
    server.write, original = (
        (lambda request: [f"Wo ist der Fluss {number}?" for number in range(request["n"])]),
        server.write,
    )  # type: ignore[method-assign]
    try:
        assert xqg(*flags, "--corpus", corpus, "--output", tmp_path / "o").returncode == 0
    finally:
        server.write = original  # type: ignore[method-assign]
    assert (
        sum(len(texts) for record in read_queries(tmp_path / "o") for texts in record.queries.values())
        == 4 * len(LANGUAGES) * QUERIES
    )
    done = xqg(
        "filter",
        "--corpus",
        corpus,
        "--queries",
        tmp_path / "o",
        "--output",
        tmp_path / "kept",
        "--skip",
        "inconsistent",
    )
    assert done.returncode == 0, done.stderr
    dropped = [
        json.loads(line)["reason"] for line in (tmp_path / "kept" / "report" / "dropped.jsonl").read_text().splitlines()
    ]
    assert dropped == ["script"] * 4 * len(LANGUAGES) * QUERIES


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--languages", "ar,xx"], "unknown language code 'xx'"),
        (["--languages", "ar,ar"], "named twice"),
        (["--queries-per-language", "0"], "--queries-per-language is 0"),
        (["--shard-size", "10"], "--shard-size 10 is no multiple of --chunk-size 4"),
        (["--shard-id", "3", "--shard-num", "3"], "the id counts from 0"),
        (["--top-k", "-1"], "--top-k is -1"),
        (["--window", "0"], "--window is 0"),
        (["--template", "{language} {passage}"], "a server takes --prompt"),
        (["--template", "{passage}"], "--template must hold {passage} once, and {language}"),
        (["--concurrency", "0"], "--concurrency is 0"),
        (["--max-requests", "0"], "--max-requests is 0"),
    ],
)
def test_flags_that_cannot_be(flags, server: TinyServer, tmp_path: Path, more: list[str], said: str):
    done = xqg(*flags, "--output", tmp_path / "o", *more)
    assert done.returncode == 2
    assert said in done.stderr
    assert not server.requests
    assert not (tmp_path / "o").exists()


def test_flags_that_are_missing(server: TinyServer, corpus: Path):
    for given in ([], ["--corpus", corpus], ["--corpus", corpus, "--languages", "ar"]):
        done = xqg("expand", "--generator", server.address, *given)
        assert done.returncode == 2
        assert "is needed" in done.stderr
