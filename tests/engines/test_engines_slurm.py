"""The example of an array job, run by bash as Slurm would run each of its tasks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tiny_corpus import ROOT, environment, passages, tree, write_jsonl, xqg
from tiny_generators import write_mt5

SCRIPT = ROOT / "docs" / "examples" / "expand_encode.slurm"


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("job")
    return {
        "CORPUS": str(write_jsonl(folder / "corpus.jsonl", passages(20))),
        "GENERATOR": str(write_mt5(folder / "mt5")),
        "ENCODER": str(tiny_encoder),
        "LANGUAGES": "ar,ja",
        "XQG": f"{sys.executable} -m pyserini_xqg",
        "EXPAND_FLAGS": "--queries-per-language 1 --chunk-size 2 --shard-size 4 --max-tokens-per-query 6 --precision "
        "fp32",
        "ENCODE_FLAGS": "--shard-size 5",
    }


def task(
    given: dict[str, str], work: Path, stage: str, number: int, first: int = 0, tasks: int = 2
) -> subprocess.CompletedProcess[str]:
    slurm = {
        "SLURM_ARRAY_TASK_ID": str(number),
        "SLURM_ARRAY_TASK_MIN": str(first),
        "SLURM_ARRAY_TASK_COUNT": str(tasks),
        "SLURM_CPUS_PER_TASK": "1",
    }
    words = ["bash", str(SCRIPT)]
    return subprocess.run(
        words,
        env=environment(**given, **slurm, WORK=str(work), STAGE=stage),
        capture_output=True,
        text=True,
        timeout=200,
    )


def test_two_tasks_make_what_one_run_makes(given: dict[str, str], tmp_path: Path):
    work = tmp_path / "work"
    for stage, first in (("expand", 0), ("encode", 1)):
        ahead, last = (task(given, work, stage, number, first) for number in (first + 1, first))
        assert (ahead.returncode, last.returncode) == (0, 0), ahead.stderr + last.stderr
        assert "there; missing: 0, 2" in ahead.stdout
        assert "next: " in last.stdout
    alone = tmp_path / "alone"
    common = ["--corpus", given["CORPUS"], "--threads", "1"]
    expand = [
        *common,
        "--languages",
        given["LANGUAGES"],
        "--generator",
        given["GENERATOR"],
        *given["EXPAND_FLAGS"].split(),
    ]
    assert xqg("expand", *expand, "--output", alone / "queries").returncode == 0
    encode = [
        *common,
        "--queries",
        alone / "queries",
        "--encoder",
        given["ENCODER"],
        "--precision",
        "fp32",
        *given["ENCODE_FLAGS"].split(),
    ]
    assert xqg("encode", *encode, "--output", alone / "store").returncode == 0
    # The store remembers where its queries were.
    assert tree(work) == {name: content.replace(bytes(alone), bytes(work)) for name, content in tree(alone).items()}


@pytest.mark.parametrize(
    ("more", "said"),
    [({"STAGE": ""}, "expand or encode"), ({"STAGE": "index"}, "STAGE is index"), ({"GENERATOR": ""}, "a checkpoint")],
)
def test_what_is_missing_is_said(given: dict[str, str], tmp_path: Path, more: dict[str, str], said: str):
    done = subprocess.run(
        ["bash", str(SCRIPT)],
        env=environment(**{**given, "STAGE": "expand", "WORK": str(tmp_path / "w"), **more}),
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert said in done.stderr
    assert not (tmp_path / "w").exists()
