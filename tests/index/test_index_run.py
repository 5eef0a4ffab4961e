"""The stage ``index``: each kind of index, whole or absent, the same again, and never over something else."""

from __future__ import annotations

import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
import pytest
from random_store import LANGUAGES, completed, naive, random_store

from pyserini_xqg.errors import OutputError, StoreError, UsageError
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import PAPER, Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.manifests.dense import read_manifest
from pyserini_xqg.manifests.kinds import FAISS_FACTORY, FAISS_HNSW, KINDS, LATE
from pyserini_xqg.store.vector_store import VectorStore

FLAT = IndexOptions()


def factory(string: str) -> IndexOptions:
    return IndexOptions(kind=FAISS_FACTORY, factory=string)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def docids(folder: Path) -> list[str]:
    return (folder / "docid").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(),
        Recipe("views", languages=("ru",)),
        Recipe(alpha=0.0),
        Recipe(kappa=0.0),
        Recipe("views", plain_view=True, kappa=0.0),
        Recipe("views", languages=("ru",), kappa=0.0),
    ],
)
def test_a_flat_index_holds_what_the_formulae_say(tmp_path: Path, recipe: Recipe):
    made = random_store(tmp_path / "s", passages=40)
    result = build_index(VectorStore(made.folder), tmp_path / "i", recipe, replace(FLAT, allow_none=True))
    fused = completed(made, recipe)
    names, vectors = naive(made, fused.recipe, fused.prior)
    index = faiss.read_index(str(tmp_path / "i/index"))
    assert docids(tmp_path / "i") == names
    np.testing.assert_allclose(index.reconstruct_n(0, index.ntotal), vectors, atol=2e-6)
    manifest = result.manifest
    assert result.made
    assert result.bytes == sum(len(data) for data in content(tmp_path / "i").values())
    assert read_manifest(tmp_path / "i") == manifest
    assert (manifest.passages, manifest.vectors, manifest.dimension) == (40, len(names), 16)
    most = max(sum(name.split("#")[0] == docid for name in names) for docid in made.docids)
    assert manifest.views == most
    assert manifest.recipe.languages == (recipe.languages or LANGUAGES)


def test_the_plain_index_is_what_faiss_writes_of_the_passages(tmp_path: Path):
    made = random_store(tmp_path / "s", passages=40)
    build_index(VectorStore(made.folder), tmp_path / "i", Recipe(alpha=0.0, normalize=False), FLAT)
    index = faiss.IndexFlatIP(16)
    index.add(made.passages)
    faiss.write_index(index, str(tmp_path / "theirs"))
    assert (tmp_path / "i/index").read_bytes() == (tmp_path / "theirs").read_bytes()


def test_the_papers_sum_asks_for_equal_numbers(tmp_path: Path):
    unequal = random_store(tmp_path / "s")
    with pytest.raises(UsageError, match="equally many queries"):
        build_index(VectorStore(unequal.folder), tmp_path / "i", PAPER, FLAT)
    assert not (tmp_path / "i").exists()
    build_index(VectorStore(unequal.folder), tmp_path / "i", PAPER, replace(FLAT, allow_unequal=True))
    index = faiss.read_index(str(tmp_path / "i/index"))
    np.testing.assert_allclose(index.reconstruct_n(0, 21), naive(unequal, PAPER)[1], atol=1e-5)


# Graphs and quantisers


@pytest.fixture(scope="module")
def thousands(tmp_path_factory: pytest.TempPathFactory) -> VectorStore:
    """3,000 passages of 24 dimensions in clusters, one language."""
    folder = tmp_path_factory.mktemp("thousands") / "s"
    return VectorStore(
        random_store(folder, passages=3000, dimension=24, languages=("ja",), number=1, shard_size=1000).folder
    )


def recall_at_10(index: faiss.Index, flat: faiss.Index) -> float:
    queries = np.random.default_rng(5).standard_normal((200, 24), dtype=np.float32)
    found, expected = index.search(queries, 10)[1], flat.search(queries, 10)[1]
    return float(np.mean([len(set(ours) & set(theirs)) / 10 for ours, theirs in zip(found, expected, strict=True)]))


@pytest.fixture(scope="module")
def flat_index(thousands: VectorStore, tmp_path_factory: pytest.TempPathFactory) -> faiss.Index:
    folder = tmp_path_factory.mktemp("flat") / "i"
    build_index(thousands, folder, Recipe(), FLAT)
    return faiss.read_index(str(folder / "index"))


def test_hnsw_finds_what_flat_finds_and_is_the_same_twice(
    thousands: VectorStore, flat_index: faiss.Index, tmp_path: Path
):
    options = IndexOptions(kind=FAISS_HNSW)
    for name in ("i", "j"):
        build_index(thousands, tmp_path / name, Recipe(), options)
    assert content(tmp_path / "i") == content(tmp_path / "j")
    index = faiss.read_index(str(tmp_path / "i/index"))
    assert isinstance(index, faiss.IndexHNSWFlat)
    index.hnsw.efSearch = 100
    assert recall_at_10(index, flat_index) > 0.97


def test_more_threads_build_a_graph_as_good(thousands: VectorStore, flat_index: faiss.Index, tmp_path: Path):
    build_index(thousands, tmp_path / "i", Recipe(), IndexOptions(kind=FAISS_HNSW, threads=2))
    index = faiss.read_index(str(tmp_path / "i/index"))
    index.hnsw.efSearch = 100
    assert recall_at_10(index, flat_index) > 0.97
    assert read_manifest(tmp_path / "i").threads == 2


@pytest.mark.parametrize(
    ("string", "recall", "share"),
    [("SQ8", 0.95, 0.26), ("IVF16,Flat", 0.95, 1.1), ("PQ12np", 0.3, 0.25), ("HNSW16,SQ8", 0.9, 2.2)],
)
def test_what_the_factory_makes(
    thousands: VectorStore, flat_index: faiss.Index, tmp_path: Path, string: str, recall: float, share: float
):
    for name in ("i", "j"):
        build_index(thousands, tmp_path / name, Recipe(), factory(string))
    assert content(tmp_path / "i") == content(tmp_path / "j")
    index = faiss.read_index(str(tmp_path / "i/index"))
    if "IVF" in string:
        index.nprobe = 16
    if "HNSW" in string:
        index.hnsw.efSearch = 100
    assert recall_at_10(index, flat_index) > recall
    assert (tmp_path / "i/index").stat().st_size < share * 3000 * 24 * 4 + 30_000
    assert docids(tmp_path / "i") == [f"d{row}" for row in range(3000)]
    assert read_manifest(tmp_path / "i").factory == string


def test_an_unknown_factory_string_leaves_nothing(thousands: VectorStore, tmp_path: Path):
    with pytest.raises(UsageError, match="FAISS cannot make an index of 'SQ7x'"):
        build_index(thousands, tmp_path / "i", Recipe(), factory("SQ7x"))
    assert list(tmp_path.iterdir()) == []


def test_too_few_vectors_leave_nothing(tmp_path: Path):
    made = random_store(tmp_path / "s")
    with pytest.raises(UsageError, match="cannot train this index on 21 vectors"):
        build_index(VectorStore(made.folder), tmp_path / "i", Recipe(), factory("IVF64,Flat"))
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


# Late


@pytest.mark.parametrize("keep", list(Keep))
def test_a_late_index_holds_the_store(tmp_path: Path, keep: Keep):
    made = random_store(tmp_path / "s", keep=keep)
    result = build_index(VectorStore(made.folder), tmp_path / "i", Recipe(), IndexOptions(kind=LATE))
    assert docids(tmp_path / "i") == made.docids
    assert content(tmp_path / "i/store") == content(tmp_path / "s")
    VectorStore(tmp_path / "i/store")
    assert (result.manifest.vectors, result.manifest.views) == (21, 1)


def test_a_late_index_outlives_its_store(tmp_path: Path):
    made = random_store(tmp_path / "s")
    build_index(VectorStore(made.folder), tmp_path / "i", Recipe(), IndexOptions(kind=LATE))
    before = content(tmp_path / "s")
    for path in sorted((tmp_path / "s").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert content(tmp_path / "i/store") == before


# Docids


def test_docids_in_any_script(tmp_path: Path):
    names = ["页1", "صفحة/2", "é", "e\u0301", "नमस्ते", "d\u200bx"]
    made = random_store(tmp_path / "s", passages=6, docids=names)
    build_index(VectorStore(made.folder), tmp_path / "mean", Recipe(), FLAT)
    assert (tmp_path / "mean/docid").read_bytes() == "".join(f"{name}\n" for name in names).encode()
    recipe = Recipe("views", plain_view=True, kappa=0.0)
    build_index(VectorStore(made.folder), tmp_path / "views", recipe, replace(FLAT, allow_none=True))
    assert docids(tmp_path / "views") == naive(made, recipe)[0]


def test_docids_with_the_view_delimiter(tmp_path: Path):
    made = random_store(tmp_path / "s", passages=3, docids=["a#1", "a#2", "b"], number=2)
    with pytest.raises(
        StoreError, match="docid 'a#1' holds the view delimiter '#'; choose another with --view-delimiter"
    ):
        build_index(VectorStore(made.folder), tmp_path / "i", Recipe("views"), FLAT)
    assert [path.name for path in tmp_path.iterdir()] == ["s"]
    build_index(VectorStore(made.folder), tmp_path / "i", Recipe("views"), replace(FLAT, view_delimiter="::"))
    assert docids(tmp_path / "i")[:4] == ["a#1::ar", "a#1::ja", "a#1::ru", "a#1"]
    build_index(VectorStore(made.folder), tmp_path / "j", Recipe(), FLAT)


@pytest.mark.parametrize("delimiter", ["", " ", "\n", "a b", "\t#"])
def test_a_delimiter_that_no_docid_file_can_carry(tmp_path: Path, delimiter: str):
    made = random_store(tmp_path / "s")
    with pytest.raises(UsageError, match="--view-delimiter"):
        build_index(VectorStore(made.folder), tmp_path / "i", Recipe("views"), replace(FLAT, view_delimiter=delimiter))


# What is there already


def test_the_same_again_does_nothing(tmp_path: Path):
    made = random_store(tmp_path / "s")
    first = build_index(VectorStore(made.folder), tmp_path / "i", Recipe(alpha=0.1), FLAT)
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "i").iterdir()}
    again = build_index(VectorStore(made.folder), tmp_path / "i", Recipe(alpha=0.1), FLAT)
    assert (first.made, again.made) == (True, False)
    assert again.manifest == first.manifest
    assert again.bytes == first.bytes
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "i").iterdir()} == times


@pytest.mark.parametrize(
    ("recipe", "options"),
    [
        (Recipe(alpha=0.2), FLAT),
        (Recipe("views"), FLAT),
        (Recipe(kappa=2.0), FLAT),
        (Recipe(kappa=None), FLAT),
        (Recipe(kappa=0.0), replace(FLAT, allow_none=True)),
        (Recipe(languages=("ar",)), FLAT),
        (Recipe(), IndexOptions(kind=FAISS_HNSW)),
    ],
)
def test_another_index_is_not_written_over(tmp_path: Path, recipe: Recipe, options: IndexOptions):
    made = random_store(tmp_path / "s")
    build_index(VectorStore(made.folder), tmp_path / "i", Recipe(), FLAT)
    before = content(tmp_path / "i")
    with pytest.raises(
        OutputError,
        match="is there already and holds something else than this index; choose another --output, or remove it",
    ):
        build_index(VectorStore(made.folder), tmp_path / "i", recipe, options)
    assert content(tmp_path / "i") == before


def test_something_else_is_refused(tmp_path: Path):
    made = random_store(tmp_path / "s")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.tex").write_text("x")
    for place in (tmp_path / "mine", tmp_path / "mine/thesis.tex", made.folder):
        with pytest.raises(OutputError, match="holds something else than this index"):
            build_index(VectorStore(made.folder), place, Recipe(), FLAT)
    assert content(tmp_path / "mine") == {"thesis.tex": b"x"}


def test_an_empty_folder_is_taken(tmp_path: Path):
    made = random_store(tmp_path / "s")
    (tmp_path / "i").mkdir()
    assert build_index(VectorStore(made.folder), tmp_path / "i", Recipe(), FLAT).made


def test_a_damaged_xqg_json_is_named_not_replaced(tmp_path: Path):
    made = random_store(tmp_path / "s")
    build_index(VectorStore(made.folder), tmp_path / "i", Recipe(), FLAT)
    (tmp_path / "i/xqg.json").write_text("{")
    with pytest.raises(StoreError, match=r"xqg\.json is damaged"):
        build_index(VectorStore(made.folder), tmp_path / "i", Recipe(), FLAT)


# Damaged stores


@pytest.mark.parametrize(
    "options",
    [FLAT, IndexOptions(kind=FAISS_HNSW), IndexOptions(kind=LATE)],
    ids=["flat", "hnsw", "late"],
)
@pytest.mark.parametrize("name", ["passages.npy", "query.ja.1.npy", "counts.npy", "docids.txt"])
def test_a_truncated_store_leaves_no_index(tmp_path: Path, name: str, options: IndexOptions):
    made = random_store(tmp_path / "s")
    path = made.folder / "shards/00002" / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(StoreError, match=f"{name} is cut short or damaged"):
        build_index(VectorStore(made.folder), tmp_path / "i", Recipe(), options)
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


# A full disk and kills


def limited(code: str, limit: int) -> subprocess.CompletedProcess[str]:
    """Run Python in a process that may write no file longer than ``limit`` bytes, as on a disk that is full by then."""

    def limit_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, preexec_fn=limit_files
    )


BUILD = """
from pyserini_xqg.commands import main
raise SystemExit(main({argv!r}))
"""


@pytest.mark.parametrize("kind", ["faiss-flat", "faiss-hnsw", "faiss:SQ8"])
@pytest.mark.parametrize("missing", [1, 3000, 100_000])
def test_a_full_disk_leaves_nothing(tmp_path: Path, kind: str, missing: int):
    """Also where only the last byte does not fit, which FAISS itself meets when it closes the file and keeps to
    itself.
    """
    made = random_store(tmp_path / "s", passages=5000, dimension=32, languages=("ja",), number=1, shard_size=5000)
    string = kind.partition(":")[2]
    options = factory(string) if string else IndexOptions(kind=KINDS[kind])
    build_index(VectorStore(made.folder), tmp_path / "whole", Recipe(), options)
    size = (tmp_path / "whole/index").stat().st_size
    argv = ["index", "--store", str(made.folder), "--output", str(tmp_path / "i"), "--type", kind]
    done = limited(BUILD.format(argv=argv), size - missing)
    assert done.returncode == 1, done.stderr
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s", "whole"]
    assert limited(BUILD.format(argv=argv), size).returncode == 0
    assert content(tmp_path / "i") == content(tmp_path / "whole")


@pytest.mark.parametrize("kind", ["faiss-flat", "faiss-hnsw", "late"])
def test_kill_9_leaves_no_index_and_the_rerun_is_the_same(tmp_path: Path, kind: str):
    made = random_store(
        tmp_path / "s",
        passages=30_000,
        dimension=64,
        languages=("ar", "ja"),
        keep=Keep.LANGUAGES,
        most=2,
        shard_size=5000,
    )
    options = IndexOptions(kind=KINDS[kind], hnsw_m=8, ef_construction=20)
    recipe = Recipe("views") if kind == "faiss-flat" else Recipe()
    build_index(VectorStore(made.folder), tmp_path / "whole", recipe, options)
    argv = [
        "index",
        "--store",
        str(made.folder),
        "--output",
        str(tmp_path / "i"),
        "--type",
        kind,
        "--fusion",
        str(recipe.fusion),
        "--hnsw-m",
        "8",
    ]
    argv += ["--ef-construction", "20"]
    chance = random.Random(kind)
    killed = 0
    for _ in range(20):
        child = subprocess.Popen(
            [sys.executable, "-c", BUILD.format(argv=argv)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while child.poll() is None and not list(tmp_path.glob(".xqg-partial-i-*/*")):
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.01 if kind == "late" else 0.1))
        child.kill()
        assert child.wait() in (0, -signal.SIGKILL)
        if (tmp_path / "i").exists():  # the kill came too late: what is there is whole
            assert content(tmp_path / "i") == content(tmp_path / "whole")
            shutil.rmtree(tmp_path / "i")
            continue
        killed += 1
        if killed == 3:
            break
    done = subprocess.run([sys.executable, "-c", BUILD.format(argv=argv)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert content(tmp_path / "i") == content(tmp_path / "whole")
    assert killed, "no kill hit the building"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["i", "s", "whole"], (
        "what the killed ones left is still there"
    )


def test_the_manifest_is_enough_to_build_it_again(tmp_path: Path):
    made = random_store(tmp_path / "s")
    build_index(
        VectorStore(made.folder),
        tmp_path / "i",
        Recipe("views", 0.2, queries_per_language=2),
        replace(FLAT, view_delimiter="→"),
    )
    there = read_manifest(tmp_path / "i")
    options = IndexOptions(
        there.kind,
        there.factory,
        there.hnsw_m,
        there.ef_construction,
        there.threads,
        view_delimiter=there.view_delimiter,
    )
    build_index(VectorStore(Path(there.store)), tmp_path / "again", there.recipe, options)
    assert content(tmp_path / "i") == content(tmp_path / "again")
    assert json.loads((tmp_path / "i/xqg.json").read_text())["fingerprint"] == "f" * 64
