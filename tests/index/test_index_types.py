"""One kind of index more is one object: `index` builds it, ``xqg.json`` names it, a search opens it and `rebuild` makes
it again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from random_store import completed, naive, random_store
from tiny_corpus import environment

from pyserini_xqg.commands import main
from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.faiss_build import from_factory
from pyserini_xqg.index.faiss_files import write_in_memory
from pyserini_xqg.index.index_type import IndexType
from pyserini_xqg.index.plan import IndexPlan
from pyserini_xqg.index.types import TYPES
from pyserini_xqg.manifests.dense import Manifest, read_manifest
from pyserini_xqg.manifests.kinds import FAISS_FACTORY, KINDS, IndexEngine, IndexKind, kind_named, parse_kind
from pyserini_xqg.progress import Progress
from pyserini_xqg.search.searchers.opened import open_index


def _check(index: Manifest) -> None:
    if index.dimension % 2:
        raise UsageError(f"halves want an even number of dimensions, not {index.dimension}")


def _write(plan: IndexPlan, folder: Path, bar: Progress) -> dict[str, str]:
    return write_in_memory(from_factory(plan.index.dimension, "SQfp16"), plan, folder, bar)


HALVES = IndexType(IndexKind("faiss-halves", IndexEngine.FAISS), _check, _write)


@pytest.fixture
def halves(monkeypatch: pytest.MonkeyPatch) -> Iterator[IndexKind]:
    monkeypatch.setitem(KINDS, HALVES.kind.name, HALVES.kind)
    monkeypatch.setitem(TYPES, HALVES.kind, HALVES)
    yield HALVES.kind


def test_a_new_kind_goes_all_the_way(halves: IndexKind, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    made = random_store(tmp_path / "s")
    argv = ["index", "--store", str(made.folder), "--output", str(tmp_path / "i"), "--type", "faiss-halves"]
    assert main([*argv, "--fusion", "views"]) == 0
    assert "built: faiss-halves, 21 passages" in capsys.readouterr().out
    assert json.loads((tmp_path / "i/xqg.json").read_text())["kind"] == "faiss-halves"
    manifest = read_manifest(tmp_path / "i")
    assert manifest.kind is halves
    assert manifest.checksums.keys() == {"docid", "index", "prior.npy"}
    assert "--type faiss-halves" in (tmp_path / "i/README.md").read_text()

    index, docids = open_index(tmp_path / "i", manifest)
    fused = completed(made, Recipe("views"))
    names, vectors = naive(made, fused.recipe, fused.prior)
    scores, numbers = index.search(vectors[:1].astype(np.float32), 1)
    assert docids[numbers[0, 0]] == names[0].split("#")[0]
    assert scores[0, 0] == pytest.approx(1.0, abs=1e-2)

    assert main(["rebuild", "--from", str(tmp_path / "i"), "--output", str(tmp_path / "again")]) == 0
    assert "the same bytes as the original: docid, index, prior.npy" in capsys.readouterr().out


def test_it_is_told_of_and_checked(halves: IndexKind, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["index", "--help"])
    assert "lucene-hnsworfaiss-halves" in "".join(capsys.readouterr().out.split())  # argparse breaks at hyphens too
    made = random_store(tmp_path / "s", dimension=15)
    argv = ["index", "--store", str(made.folder), "--output", str(tmp_path / "i"), "--type"]
    assert main([*argv, "faiss-halves"]) == 2
    assert "halves want an even number of dimensions, not 15" in capsys.readouterr().err
    assert main([*argv, "faiss-thirds"]) == 2
    assert "lucene-flat, lucene-hnsw and faiss-halves" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_without_it_its_indexes_are_not_taken_for_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = random_store(tmp_path / "s")
    with monkeypatch.context() as patched:
        patched.setitem(KINDS, HALVES.kind.name, HALVES.kind)
        patched.setitem(TYPES, HALVES.kind, HALVES)
        assert (
            main(["index", "--store", str(made.folder), "--output", f"{tmp_path / 'i'}", "--type", "faiss-halves"]) == 0
        )
    with pytest.raises(StoreError, match=r"xqg\.json is damaged \('faiss-halves' is not a valid IndexKind\)"):
        read_manifest(tmp_path / "i")


@pytest.mark.parametrize(
    "change",
    ["kinds.KINDS['new'] = kinds.IndexKind('new', kinds.IndexEngine.FAISS)", "del kinds.KINDS['late']"],
    ids=["a description without a file", "a file without a description"],
)
def test_a_kind_that_one_part_does_not_know_stops_the_import(change: str):
    code = f"from pyserini_xqg.manifests import kinds\n{change}\nimport pyserini_xqg.index.build_index"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env=environment())
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("ImportError: ")
    assert "a kind of index needs a description in manifests/kinds.py and a file in" in done.stderr


def test_each_kind_has_its_words():
    assert list(KINDS) == ["faiss-flat", "faiss-hnsw", "faiss", "late", "lucene-flat", "lucene-hnsw"]
    for name, kind in KINDS.items():
        spelled = kind.spelled(kind.factory)
        assert parse_kind(spelled) == (kind, kind.factory)
        assert kind_named(name) is kind
        assert str(kind) == name
    assert FAISS_FACTORY.spelled("IVF4,SQ8") == "faiss:IVF4,SQ8"
    for nonsense in ("", "faiss", "faiss:", "late:x", "lucene"):
        assert parse_kind(nonsense) is None
