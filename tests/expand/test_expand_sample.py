"""``expand --sample``: which passages it chooses, that nothing but the seed decides it, and what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from tiny_corpus import command, passages, start_xqg, tree, write_jsonl, xqg
from tiny_generators import write_mt5
from tiny_server import TinyServer
from watching import stop_where

from pyserini_xqg.errors import UsageError
from pyserini_xqg.expand.sample import PassageSample, choose_passages, parse_sample
from pyserini_xqg.input.queries import read_queries

NUMBER = 44
DOCIDS = [f"d{row}" for row in range(3000)]


def chosen(sample: PassageSample, seed: int, docids: list[str] = DOCIDS) -> set[str]:
    asked = []

    def again() -> Iterator[str]:
        asked.append(1)
        return iter(docids)

    found = choose_passages(sample, seed, again)
    assert len(asked) <= 2
    kept = {docid for docid in docids if found.holds(docid)}
    assert len(kept) == found.number
    return kept


@pytest.mark.parametrize("number", [1, 2, 17, 1500, 2999, 3000])
def test_a_number_is_met(number: int):
    assert len(chosen(PassageSample(number=number), 0)) == number


def test_a_share_is_nearly_met():
    assert len(chosen(PassageSample(share=Fraction(1, 10)), 0)) == pytest.approx(300, abs=50)
    assert chosen(PassageSample(share=Fraction(1)), 0) == set(DOCIDS)


def test_neither_order_nor_other_passages_matter():
    tenth = PassageSample(share=Fraction(1, 10))
    assert chosen(tenth, 5, DOCIDS[::-1]) == chosen(tenth, 5)
    assert chosen(tenth, 5, DOCIDS[:1000]) == chosen(tenth, 5) & set(DOCIDS[:1000])
    assert chosen(PassageSample(number=100), 5, DOCIDS[::-1]) == chosen(PassageSample(number=100), 5)


def test_a_larger_sample_holds_the_smaller_and_another_seed_is_another():
    assert chosen(PassageSample(number=100), 5) < chosen(PassageSample(number=200), 5)
    assert chosen(PassageSample(number=100), 5) < chosen(PassageSample(share=Fraction(1, 10)), 5)
    assert len(chosen(PassageSample(number=1500), 5) & chosen(PassageSample(number=1500), 6)) == pytest.approx(
        750, abs=100
    )


@pytest.mark.parametrize(
    ("text", "sample", "again"),
    [
        ("240", PassageSample(number=240), "240"),
        ("10%", PassageSample(share=Fraction(1, 10)), "10%"),
        ("0.5%", PassageSample(share=Fraction(1, 200)), "0.5%"),
        (".5%", PassageSample(share=Fraction(1, 200)), "0.5%"),
        ("100%", PassageSample(share=Fraction(1)), "100%"),
    ],
)
def test_what_it_reads(text: str, sample: PassageSample, again: str):
    assert parse_sample(text) == sample
    assert str(sample) == again


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0", "--sample is 0; it must be at least one passage"),
        ("-3", "--sample is -3; it must be at least one"),
        ("0%", "--sample is 0%; a share must be above 0% and at most 100%"),
        ("-5%", "--sample is -5%; a share"),
        ("100.1%", "--sample is 100.1%; a share"),
        ("ten", "--sample 'ten': expected a number of passages, such as 1000, or a share, such as 10%"),
        ("0.1", "--sample '0.1': expected"),
        ("1e3", "--sample '1e3': expected"),
        ("%", "--sample '%': expected"),
        ("", "--sample '': expected"),
    ],
)
def test_what_cannot_be_is_named(text: str, said: str):
    with pytest.raises(UsageError, match=f"^{said.replace('.', chr(92) + '.')}"):
        parse_sample(text)


def test_a_corpus_that_is_too_small_is_named():
    with pytest.raises(UsageError, match="--sample is 3,001, and the corpus has 3,000 passages; ask for fewer"):
        chosen(PassageSample(number=3001), 0)
    with pytest.raises(UsageError, match=r"--sample 0\.001% holds none of the corpus's 3,000 passages; give a number"):
        chosen(PassageSample(share=Fraction(1, 100_000)), 0)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mt5(tmp_path_factory.mktemp("model") / "mt5")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(tmp_path_factory.mktemp("input") / "corpus.jsonl", passages(NUMBER))


@pytest.fixture
def flags(corpus: Path, model: Path) -> list[str | Path]:
    sizes = ["--queries-per-language", "2", "--chunk-size", "2", "--shard-size", "4", "--max-tokens-per-query", "8"]
    return [
        "expand", "--corpus", corpus, "--languages", "ar,ja", "--generator", model, "--precision", "fp32", *sizes,
        "--seed", "3", "--sample", "18",
    ]  # fmt: skip


@pytest.fixture
def unbroken(flags: list[str | Path], tmp_path: Path) -> dict[str, bytes]:
    done = xqg(*flags, "--output", tmp_path / "unbroken")
    assert done.returncode == 0, done.stderr
    return tree(tmp_path / "unbroken")


def test_queries_for_so_many_passages_and_it_says_so(flags: list[str | Path], corpus: Path, tmp_path: Path):
    output = tmp_path / "o"
    done = xqg(*flags, "--output", output)
    assert done.returncode == 0, done.stderr
    assert (
        "queries for 18 of 44 passages (--sample 18); `index` predicts the others' where that does better"
        in done.stdout.splitlines()
    )
    record = json.loads((output / "expand.json").read_text())
    assert (record["sample"], record["passages"], record["corpus_passages"], record["seed"]) == ("18", 18, 44, 3)
    found = [record.docid for record in read_queries(output)]
    holds = choose_passages(PassageSample(number=18), 3, lambda: [f"d{row}" for row in range(NUMBER)]).holds
    assert found == [f"d{row}" for row in range(NUMBER) if holds(f"d{row}")], "in the corpus's order"
    share = xqg(*flags, "--sample", "40%", "--output", tmp_path / "share")
    assert f"of {NUMBER} passages (--sample 40%)" in share.stdout


def test_in_parts_and_after_a_kill_it_is_the_same(flags: list[str | Path], unbroken: dict[str, bytes], tmp_path: Path):
    for part in (2, 0, 1):
        done = xqg(*flags, "--output", tmp_path / "parts", "--shard-id", str(part), "--shard-num", "3")
        assert done.returncode == 0, done.stderr
    assert tree(tmp_path / "parts") == unbroken
    started = start_xqg(*command(*flags, "--output", tmp_path / "killed")[3:])
    stop_where(started, lambda: any((tmp_path / "killed").glob("queries-*.jsonl")))
    started.kill()
    started.wait()
    assert xqg(*flags, "--output", tmp_path / "killed").returncode == 0
    assert tree(tmp_path / "killed") == unbroken


@pytest.mark.slow
def test_on_ray_it_is_the_same(flags: list[str | Path], unbroken: dict[str, bytes], tmp_path: Path):
    done = xqg(*flags, "--output", tmp_path / "o", "--engine", "ray", "--ray-workers", "2")
    assert done.returncode == 0, done.stderr
    assert tree(tmp_path / "o") == unbroken


def test_another_sample_is_another_make(flags: list[str | Path], unbroken: dict[str, bytes], tmp_path: Path):
    done = xqg(*flags, "--sample", "19", "--output", tmp_path / "unbroken")
    assert done.returncode == 1
    assert "holds queries of another make" in done.stderr
    assert "sample was '18', is now '19'" in done.stderr
    assert tree(tmp_path / "unbroken") == unbroken


def test_an_estimate_counts_the_sample(server: TinyServer, corpus: Path):
    words = ["expand", "--corpus", corpus, "--languages", "ar,ja", "--generator", server.address, "--estimate"]
    assert "about 36 requests" in xqg(*words, "--sample", "18").stdout


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--sample", "45"], "--sample is 45, and the corpus has 44 passages"),
        (["--sample", "0"], "--sample is 0"),
        (["--sample", "200%"], "--sample is 200%"),
    ],
)
def test_bad_samples_write_nothing(flags: list[str | Path], tmp_path: Path, more: list[str], said: str):
    done = xqg(*flags, "--output", tmp_path / "o", *more)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "o").exists()


def test_nothing_is_generated_by_an_import(corpus: Path, tmp_path: Path):
    done = xqg("expand", "--import", corpus, "--sample", "3", "--output", tmp_path / "o")
    assert done.returncode == 2
    assert "--import generates nothing, so there is nothing for --sample to choose" in done.stderr
