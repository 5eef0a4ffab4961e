"""A flat index written as a stream is FAISS's own file."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import faiss
import numpy as np
import pytest

from pyserini_xqg.index.flat import FlatWriter


@pytest.mark.parametrize(("rows", "dimension"), [(1, 1), (7, 3), (1000, 16), (513, 384)])
def test_the_bytes_are_faiss_own(tmp_path: Path, rows: int, dimension: int):
    vectors = np.random.default_rng(0).standard_normal((rows, dimension), dtype=np.float32)
    with FlatWriter(tmp_path / "ours", dimension) as writer:
        for start in range(0, rows, 100):
            writer.add(vectors[start : start + 100])
    index = faiss.IndexFlatIP(dimension)
    index.add(vectors)
    faiss.write_index(index, str(tmp_path / "theirs"))
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()


def test_an_empty_one_too(tmp_path: Path):
    with FlatWriter(tmp_path / "ours", 8):
        pass
    faiss.write_index(faiss.IndexFlatIP(8), str(tmp_path / "theirs"))
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()


@pytest.mark.parametrize("flags", [0, faiss.IO_FLAG_MMAP, faiss.IO_FLAG_MMAP_IFC], ids=["read", "mmap", "mmap-ifc"])
def test_it_is_read_with_and_without_mmap(tmp_path: Path, flags: int):
    vectors = np.random.default_rng(0).standard_normal((200, 24), dtype=np.float32)
    with FlatWriter(tmp_path / "index", 24) as writer:
        writer.add(vectors)
    index = faiss.read_index(str(tmp_path / "index"), flags)
    assert isinstance(faiss.downcast_index(index), faiss.IndexFlat)
    assert index.metric_type == faiss.METRIC_INNER_PRODUCT
    scores, rows = index.search(vectors[:5], 3)
    expected = np.argsort(-(vectors[:5] @ vectors.T), axis=1)[:, :3]
    np.testing.assert_array_equal(rows, expected)
    np.testing.assert_allclose(scores, np.take_along_axis(vectors[:5] @ vectors.T, expected, 1), rtol=1e-5)


def test_other_layouts_and_types_are_converted(tmp_path: Path):
    vectors = np.random.default_rng(0).standard_normal((6, 50))
    with FlatWriter(tmp_path / "index", 6) as writer:
        writer.add(vectors.T)  # float64, Fortran order
    index = faiss.read_index(str(tmp_path / "index"))
    np.testing.assert_array_equal(index.reconstruct_n(0, 50), vectors.T.astype(np.float32))


def test_after_an_error_the_file_does_not_pass_for_an_index_of_all(tmp_path: Path):
    with pytest.raises(ZeroDivisionError), FlatWriter(tmp_path / "index", 4) as writer:
        writer.add(np.ones((3, 4), np.float32))
        raise ZeroDivisionError
    with suppress(RuntimeError):  # unreadable is as good as empty
        assert faiss.read_index(str(tmp_path / "index")).ntotal == 0


def test_memory_does_not_grow_with_the_index(tmp_path: Path):
    """400 MB through the writer in a process of its own: its peak stays far below."""
    code = (
        "import resource, sys; from pathlib import Path; import numpy as np; from pyserini_xqg.index.flat import "
        "FlatWriter\n"
        "block = np.ones((1024, 256), np.float32)\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "before = peak()\n"
        "with FlatWriter(Path(sys.argv[1]), 256) as writer:\n"
        "    for _ in range(400): writer.add(block)\n"
        "print(peak() - before)"
    )
    grown = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "index")], capture_output=True, text=True, check=True, timeout=120
    ).stdout
    assert (tmp_path / "index").stat().st_size > 400 * 2**20
    (tmp_path / "index").unlink()
    assert float(grown) < 30
