"""The command line's door: what it lists, how it answers, and how fast."""

from __future__ import annotations

import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from tiny_corpus import ROOT, command, environment, passages, write_jsonl, xqg
from watching import wait_for

from pyserini_xqg.commands import STAGES, load

# The stages of DESIGN.md's table that the main job needs.
MAIN_JOB = {"demo", "doctor", "dataset", "export", "encode", "index", "tune", "search", "encode-queries", "evaluate"}
HEAVY = {
    "torch",
    "numpy",
    "pyserini",
    "transformers",
    "onnxruntime",
    "openvino",
    "faiss",
    "jnius",
    "tokenizers",
    "pandas",
    "scipy",
    "matplotlib",
}


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_the_overview_lists_every_stage(flag: str):
    done = xqg(flag)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: pyserini-xqg STAGE [flags]\n")
    lines = [line.strip().split("  ", 1) for line in done.stdout.splitlines() if line.startswith("  ")]
    assert [line[0] for line in lines] == list(STAGES)
    assert set(STAGES) >= MAIN_JOB
    assert all(len(line[1].split()) > 2 for line in lines), "each says what it does"


def test_every_stage_has_its_module():
    for stage in STAGES:
        module = load(stage)
        assert callable(module.run)
        assert callable(module.add_arguments)


def test_without_a_stage_it_shows_the_overview_and_fails():
    done = xqg()
    assert done.returncode == 2
    assert done.stdout == xqg("--help").stdout


@pytest.mark.parametrize("stage", ["enode", "", "--corpus", "ENCODE"])
def test_an_unknown_stage_is_named(stage: str):
    done = xqg(stage)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"pyserini-xqg: there is no stage {stage!r}\n")
    assert "  encode " in done.stderr


def test_the_version_is_the_packages():
    done = xqg("--version")
    assert (done.returncode, done.stdout) == (0, version("pyserini-xqg") + "\n")


def test_the_installed_script_is_the_same(tmp_path: Path):
    script = Path(sys.executable).with_name("pyserini-xqg")
    done = subprocess.run([script, "--help"], capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, xqg("--help").stdout)


@pytest.mark.parametrize(
    ("flags", "said"),
    [(["--no-such-flag"], "unrecognized arguments|required"), (["--corpus"], "expected one argument")],
)
def test_flags_that_are_wrong_end_with_2(flags: list[str], said: str):
    done = xqg("encode", *flags)
    assert done.returncode == 2
    assert any(part in done.stderr for part in said.split("|"))


def test_flags_are_not_guessed_from_their_beginnings(tmp_path: Path):
    done = xqg("encode", "--corp", tmp_path, "--encoder", "e", "--output", tmp_path)
    assert done.returncode == 2
    assert "one of the arguments --corpus --vectors is required" in done.stderr


def test_bad_input_is_one_line_that_begins_with_its_place(tmp_path: Path, tiny_encoder: Path):
    corpus = write_jsonl(tmp_path / "c.jsonl", [{"id": "a"}])
    done = xqg("encode", "--corpus", corpus, "--encoder", tiny_encoder, "--output", tmp_path / "store")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{corpus}:1: passage 'a' has neither 'contents' nor 'text'\n"


def test_other_errors_are_one_line_that_begins_with_the_stage(tmp_path: Path):
    done = xqg("encode", "--corpus", tmp_path, "--encoder", tmp_path / "none", "--output", tmp_path / "store")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("pyserini-xqg encode: ")
    assert done.stderr.count("\n") == 1


def test_flags_that_do_not_go_together_end_with_2(tmp_path: Path, tiny_encoder: Path):
    given = ["encode", "--corpus", tmp_path, "--encoder", tiny_encoder, "--output", tmp_path / "store"]
    done = xqg(*given, "--shard-id", "2", "--shard-num", "2")
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == "pyserini-xqg encode: --shard-id 2 of --shard-num 2: the id counts from 0 and must be below the number\n"
    )


def test_an_interrupt_is_one_line_and_130(tmp_path: Path, tiny_encoder: Path):
    corpus, store = write_jsonl(tmp_path / "c.jsonl", passages(300)), tmp_path / "store"
    flags = ["encode", "--corpus", corpus, "--encoder", tiny_encoder, "--output", store, "--shard-size", "5"]

    def heed_interrupts() -> None:  # a shell's background jobs, such as some CI runs, ignore them and hand that down
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    process = subprocess.Popen(
        command(*flags),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    )
    wait_for(process, lambda: (store / "shards" / "00001").is_dir())
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "pyserini-xqg encode: stopped; the same command goes on from here\n")
    assert not list(store.rglob(".xqg-partial-*"))
    done = xqg(*flags)
    assert done.returncode == 0
    assert "there before" in done.stdout


@pytest.mark.parametrize("stage", STAGES)
def test_help_loads_nothing_heavy_and_names_the_stages_flags(stage: str):
    script = (
        "import sys; from pyserini_xqg.commands import main\ntry: main(sys.argv[1:])\nfinally: "
        "print(*{name.split('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *stage.split(), "--help"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert not HEAVY & set(done.stderr.split())
    assert done.stdout.startswith(f"usage: pyserini-xqg {stage}")
    assert "--" in done.stdout


def test_the_package_itself_is_light():
    script = "import pyserini_xqg, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert "pyserini_xqg" in loaded
    assert not HEAVY & set(loaded)
