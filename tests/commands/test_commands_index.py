from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from random_store import naive, random_store

from pyserini_xqg.commands import main
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import PAPER, Recipe
from pyserini_xqg.manifests.dense import read_manifest
from pyserini_xqg.manifests.kinds import FAISS_FLAT, FAISS_HNSW


def index(tmp_path: Path, *flags: str, output: str = "i") -> int:
    return main(["index", "--store", str(tmp_path / "s"), "--output", str(tmp_path / output), *flags])


def test_without_flags_it_is_the_normalised_mean(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    random_store(tmp_path / "s")
    assert index(tmp_path) == 0
    manifest = read_manifest(tmp_path / "i")
    assert manifest.kind is FAISS_FLAT
    kappas = (8.0, 8.0, 8.0)
    assert manifest.recipe == Recipe("mean", 0.4, normalize=True, languages=("ar", "ja", "ru"), kappas=kappas)
    out = capsys.readouterr().out
    assert "built: faiss-flat, 21 passages, 21 vectors x 16" in out
    assert "mean, alpha 0.4, kappa 8, normalised, queries in ar, ja, ru" in out
    assert "of 21 passages have queries of their own: ar " in out
    assert "expected: each language's mean query (the store's queries)" in out
    assert f"next: pyserini-xqg search faiss --index {tmp_path / 'i'}" in out
    assert index(tmp_path) == 0
    assert "was there already, the very same" in capsys.readouterr().out


def test_each_flag_reaches_the_index(tmp_path: Path):
    made = random_store(tmp_path / "s")
    flags = [
        "--fusion",
        "views",
        "--alpha",
        "0.2",
        "--no-normalize",
        "--languages",
        "rus,ja",
        "--queries-per-language",
        "2",
        "--plain-view",
        "--kappa",
        "0",
        "--allow-none",
    ]
    assert (
        index(
            tmp_path,
            *flags,
            "--type",
            "faiss-hnsw",
            "--view-delimiter",
            "::",
            "--hnsw-m",
            "12",
            "--ef-construction",
            "40",
            "--threads",
            "2",
        )
        == 0
    )
    manifest = read_manifest(tmp_path / "i")
    recipe = Recipe(
        "views", 0.2, normalize=False, languages=("ru", "ja"), queries_per_language=2, plain_view=True, kappa=0.0
    )
    assert manifest.recipe == recipe
    assert (manifest.kind, manifest.hnsw_m, manifest.ef_construction, manifest.threads) == (
        FAISS_HNSW,
        12,
        40,
        2,
    )
    assert (tmp_path / "i/docid").read_text().splitlines() == [
        name.replace("#", "::") for name in naive(made, recipe)[0]
    ]


def test_kappa_by_moments_is_the_stores_own_by_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    random_store(tmp_path / "s", passages=60)
    assert index(tmp_path, "--kappa", "moments") == 0
    manifest = read_manifest(tmp_path / "i")
    assert manifest.recipe.kappa is None
    assert manifest.recipe.kappas == manifest.prior.kappas
    assert f", kappa {min(manifest.prior.kappas):g}" in capsys.readouterr().out
    assert "(by moments)" in (tmp_path / "i/README.md").read_text(encoding="utf-8")


def test_without_a_kappa_there_is_no_prior(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    random_store(tmp_path / "s")
    assert index(tmp_path, "--kappa", "0", "--allow-none") == 0
    assert read_manifest(tmp_path / "i").prior is None
    assert not (tmp_path / "i/prior.npy").exists()
    assert "expected" not in capsys.readouterr().out
    random_store(tmp_path / "t", number=2)
    assert main(["index", "--store", str(tmp_path / "t"), "--output", str(tmp_path / "j"), "--kappa", "0"]) == 0


@pytest.mark.parametrize("kind", ["faiss:SQ8", "faiss:HNSW8,SQ8", "late"])
def test_other_types(tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str):
    random_store(tmp_path / "s")
    assert index(tmp_path, "--type", kind) == 0
    assert f"built: {kind}, 21 passages" in capsys.readouterr().out
    manifest = read_manifest(tmp_path / "i")
    assert f"{manifest.kind}:{manifest.factory}".rstrip(":") == kind


def test_the_paper(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    random_store(tmp_path / "s")
    assert index(tmp_path, "--paper") == 2
    err = capsys.readouterr().err
    assert err.startswith(
        "pyserini-xqg index: a sum needs equally many queries for every passage, and here they have 0 to "
    )
    assert "--fusion mean, or --allow-unequal" in err
    assert not (tmp_path / "i").exists()
    assert index(tmp_path, "--paper", "--allow-unequal") == 0
    assert read_manifest(tmp_path / "i").recipe == replace(PAPER, languages=("ar", "ja", "ru"))
    assert index(tmp_path, "--paper", "--allow-unequal", "--alpha", "0.02", "--normalize", output="j") == 0
    assert read_manifest(tmp_path / "j").recipe == replace(
        PAPER, alpha=0.02, normalize=True, languages=("ar", "ja", "ru")
    )


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--type", "lucene"], "--type 'lucene' is none of faiss-flat, faiss-hnsw, faiss:FACTORY"),
        (["--type", "faiss"], "--type 'faiss' is none of"),
        (["--type", "faiss-hnsw:32"], "--type 'faiss-hnsw:32' is none of"),
        (["--type", "faiss:SQ99"], "FAISS cannot make an index of 'SQ99' for 16 dimensions"),
        (["--type", "faiss:IVF64,Flat"], "cannot train this index on 21 vectors"),
        (["--alpha", "1.2"], "alpha is 1.2; it must lie between 0"),
        (["--languages", "ar,ko"], "has no queries in ko; it has ar, ja, ru"),
        (["--languages", "ar,xx"], "unknown language code 'xx'"),
        (["--languages", "ar,ar"], "named twice"),
        (["--queries-per-language", "0"], "at least 1"),
        (["--plain-view"], "--plain-view goes with --fusion views"),
        (["--plain-view", "--fusion", "views"], "--plain-view goes with --kappa 0; otherwise there is a view of the"),
        (["--view-delimiter", " "], "none of them white space"),
        (["--kappa", "-1"], "kappa is -1.0; it must be a number of queries, 0 or more"),
        (["--kappa", "nan"], "kappa is nan; it must be a number of queries, 0 or more"),
        (["--kappa", "inf"], "kappa is inf; it must be a number of queries, 0 or more"),
        (["--kappa", "0"], "have no queries, and with --kappa 0 they would lose every question to those that have"),
        (["--kappa", "0", "--fusion", "views"], "or let `index` do it all the same with --allow-none"),
        (["--predictor", "i", "--no-predict"], "--predictor and --no-predict do not go together"),
    ],
)
def test_flags_that_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], message: str):
    random_store(tmp_path / "s")
    assert index(tmp_path, *flags) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--languages", "ar"], "keeps one sum over ar, ja, ru"),
        (["--fusion", "views"], "to make views"),
        (["--queries-per-language", "1"], "cannot be told apart"),
    ],
)
def test_what_a_total_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], message: str):
    random_store(tmp_path / "s", keep=Keep.TOTAL)
    assert index(tmp_path, *flags) == 2
    assert message in capsys.readouterr().err
    assert index(tmp_path, "--alpha", "0.7") == 0


def test_places_that_are_not_what_they_should_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert index(tmp_path) == 1
    assert "is not a vector store: it has no store.json" in capsys.readouterr().err
    random_store(tmp_path / "s")
    (tmp_path / "i").mkdir()
    (tmp_path / "i/mine.txt").write_text("x")
    assert index(tmp_path) == 1
    assert "holds something else than this index" in capsys.readouterr().err
    (tmp_path / "s/shards/00001/counts.npy").unlink()
    assert index(tmp_path, output="j") == 1
    assert "counts.npy is missing" in capsys.readouterr().err
    raw = json.loads((tmp_path / "s/store.json").read_text())
    (tmp_path / "s/store.json").write_text(json.dumps({**raw, "keep": "everything"}))
    assert index(tmp_path, output="j") == 1
    assert "store.json is damaged" in capsys.readouterr().err
    assert not (tmp_path / "j").exists()


def test_help_needs_no_heavy_modules():
    check = (
        "import sys, argparse; from pyserini_xqg.commands.stages import encode_queries, index, search\n"
        "for command in (encode_queries, index, search): command.add_arguments(argparse.ArgumentParser())\n"
        "heavy = {'numpy', 'faiss', 'pandas', 'torch', 'pyserini', 'onnxruntime'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", check], check=True, timeout=60)
