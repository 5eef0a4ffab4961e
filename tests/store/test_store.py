"""Stores on disk: what is whole is read, what is damaged is named, what differs is refused."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from random_store import LANGUAGES, random_store

from pyserini_xqg.errors import OutputError, StoreError, UsageError
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.store.locks import shard_lock
from pyserini_xqg.store.meta import prepare_store, read_meta, shard_folder
from pyserini_xqg.store.shard import Shard, ShardContents, write_shard
from pyserini_xqg.store.vector_store import VectorStore


@pytest.mark.parametrize("keep", list(Keep))
@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_what_was_written_is_read(tmp_path: Path, keep: Keep, dtype: str):
    made = random_store(tmp_path / "s", keep=keep, dtype=dtype)
    store = VectorStore(tmp_path / "s")
    shards = list(store.shards())
    assert len(shards) == 3  # 8 + 8 + 5
    assert [docid for shard in shards for docid in shard.docids()] == made.docids
    passages = np.concatenate([shard.passages() for shard in shards])
    assert passages.dtype == dtype
    np.testing.assert_array_equal(passages, made.passages.astype(dtype))
    numbers = np.array([[len(made.queries[code][row]) for code in LANGUAGES] for row in range(21)])
    counts = np.concatenate([shard.counts(LANGUAGES) for shard in shards])
    np.testing.assert_array_equal(counts, numbers.sum(axis=1, keepdims=True) if keep is Keep.TOTAL else numbers)
    per_shard = [sum(matrix.astype(np.float64) for matrix in shard.query_matrices(LANGUAGES)[0]) for shard in shards]
    first = made.queries if keep is Keep.TOTAL else {"ar": made.queries["ar"]}
    expected = np.array(
        [sum(by_passage[row].astype(np.float64).sum(axis=0) for by_passage in first.values()) for row in range(21)]
    )
    np.testing.assert_allclose(np.concatenate(per_shard), expected, atol=1e-5 if dtype == "float32" else 2e-2)


def test_matrices_are_plain_npy_that_can_be_mapped(tmp_path: Path):
    made = random_store(tmp_path / "s", keep=Keep.LANGUAGES)
    matrix = np.load(tmp_path / "s/shards/00001/passages.npy", mmap_mode="r")
    np.testing.assert_array_equal(matrix, made.passages[8:16])
    assert isinstance(next(VectorStore(tmp_path / "s").shards()).passages(), np.memmap)


def test_languages_are_chosen_by_name_and_kept_in_the_order_asked_for(tmp_path: Path):
    made = random_store(tmp_path / "s")
    store = VectorStore(tmp_path / "s")
    assert store.choose_languages(()) == LANGUAGES
    assert store.choose_languages(("ru", "ar")) == ("ru", "ar")
    counts = next(store.shards()).counts(("ru", "ar"))
    assert counts[:, 0].tolist() == [len(own) for own in made.queries["ru"][:8]]
    assert next(store.shards()).counts(("ru",), first=2).max() == 2
    with pytest.raises(UsageError, match="no queries in ko; it has ar, ja, ru"):
        store.choose_languages(("ar", "ko"))


def test_a_store_of_a_total_has_no_choice_of_languages(tmp_path: Path):
    random_store(tmp_path / "s", keep=Keep.TOTAL)
    store = VectorStore(tmp_path / "s")
    assert store.choose_languages(("ja", "ru", "ar")) == ("ja", "ru", "ar")
    with pytest.raises(UsageError, match="keeps one sum over ar, ja, ru; encode with --keep languages"):
        store.choose_languages(("ar",))


@pytest.mark.parametrize("keep", [Keep.LANGUAGES, Keep.TOTAL])
def test_sums_have_no_first_queries(tmp_path: Path, keep: Keep):
    random_store(tmp_path / "s", keep=keep)
    with pytest.raises(UsageError, match="first 2 queries cannot be told apart; encode with --keep ranks"):
        VectorStore(tmp_path / "s").check_first(2)


def test_smallest_and_largest_number_of_queries(tmp_path: Path):
    made = random_store(tmp_path / "s")
    numbers = [sum(len(made.queries[code][row]) for code in ("ar", "ru")) for row in range(21)]
    assert VectorStore(tmp_path / "s").query_numbers(("ar", "ru")) == (0, max(numbers))
    random_store(tmp_path / "t", number=3)
    assert VectorStore(tmp_path / "t").query_numbers(LANGUAGES) == (9, 9)
    assert VectorStore(tmp_path / "t").query_numbers(("ja",), first=2) == (2, 2)


def test_docids_in_any_script(tmp_path: Path):
    docids = ["页#1", "صفحة/2", "é", "e\u0301", "नमस्ते", "d\u200bx"]
    random_store(tmp_path / "s", passages=6, docids=docids)
    assert next(VectorStore(tmp_path / "s").shards()).docids() == docids


# Damage


def test_no_store(tmp_path: Path):
    with pytest.raises(
        StoreError, match=r"is not a vector store: it has no store\.json; make one with `pyserini-xqg encode`"
    ):
        VectorStore(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        '{"format": 1, "enco',
        "",
        "[]",
        "null",
        '{"format": 1}',
        '{"no": "format"}',
        '{"format": 1, "languages": 3, "keep": "x"}',
    ],
)
def test_damaged_store_json(tmp_path: Path, text: str):
    random_store(tmp_path / "s")
    (tmp_path / "s/store.json").write_text(text)
    with pytest.raises(StoreError, match=r"store\.json is damaged .* encode again"):
        VectorStore(tmp_path / "s")


def test_store_json_with_a_field_too_many_or_too_few(tmp_path: Path):
    random_store(tmp_path / "s")
    raw = json.loads((tmp_path / "s/store.json").read_text())
    for changed in ({**raw, "colour": "red"}, {name: value for name, value in raw.items() if name != "dimension"}):
        (tmp_path / "s/store.json").write_text(json.dumps(changed))
        with pytest.raises(StoreError, match="is damaged"):
            read_meta(tmp_path / "s")


def test_store_of_a_later_format(tmp_path: Path):
    random_store(tmp_path / "s")
    raw = json.loads((tmp_path / "s/store.json").read_text())
    (tmp_path / "s/store.json").write_text(json.dumps({**raw, "format": 2}))
    with pytest.raises(StoreError, match="format that this version does not know"):
        VectorStore(tmp_path / "s")


def test_missing_shards_are_named(tmp_path: Path):
    random_store(tmp_path / "s")
    shard_folder(tmp_path / "s", 1).rename(tmp_path / "elsewhere")
    with pytest.raises(
        StoreError, match=r"not finished: 1 of 3 shards are missing \(1\); run the same encode command again"
    ):
        VectorStore(tmp_path / "s")


@pytest.mark.parametrize("name", ["passages.npy", "query.ja.0.npy", "counts.npy", "docids.txt"])
def test_a_file_cut_short(tmp_path: Path, name: str):
    random_store(tmp_path / "s")
    path = tmp_path / "s/shards/00001" / name
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(
        StoreError, match=rf"{name} is cut short or damaged: [\d,]+ bytes, [\d,]+ expected; remove the folder .*00001"
    ):
        list(VectorStore(tmp_path / "s").shards())


def test_a_missing_file(tmp_path: Path):
    random_store(tmp_path / "s")
    (tmp_path / "s/shards/00000/counts.npy").unlink()
    with pytest.raises(StoreError, match=r"counts\.npy is missing"):
        next(VectorStore(tmp_path / "s").shards())


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"passages": 8}'])
def test_damaged_shard_json(tmp_path: Path, text: str):
    random_store(tmp_path / "s")
    (tmp_path / "s/shards/00000/shard.json").write_text(text)
    with pytest.raises(StoreError, match=r"shard\.json is damaged"):
        next(VectorStore(tmp_path / "s").shards())


def test_a_changed_byte_is_found_by_the_checksum(tmp_path: Path):
    random_store(tmp_path / "s")
    path = tmp_path / "s/shards/00000/passages.npy"
    for shard in VectorStore(tmp_path / "s").shards():
        shard.verify()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"passages\.npy was changed after it was written"):
        next(VectorStore(tmp_path / "s").shards()).verify()


def test_a_matrix_of_another_shape(tmp_path: Path):
    random_store(tmp_path / "s")
    folder = tmp_path / "s/shards/00000"
    np.save(folder / "passages.npy", np.zeros((16, 8), np.float32))  # as many bytes, another shape
    shard = Shard(folder, read_meta(tmp_path / "s"))
    with pytest.raises(StoreError, match=r"passages\.npy holds \(16, 8\), expected \(8, 16\)"):
        shard.passages()


def test_a_matrix_with_a_broken_head(tmp_path: Path):
    random_store(tmp_path / "s")
    path = tmp_path / "s/shards/00000/passages.npy"
    path.write_bytes(b"\0" * path.stat().st_size)
    with pytest.raises(StoreError, match=r"passages\.npy cannot be read"):
        next(VectorStore(tmp_path / "s").shards()).passages()


def test_counts_with_a_broken_head(tmp_path: Path):
    random_store(tmp_path / "s")
    path = tmp_path / "s/shards/00000/counts.npy"
    path.write_bytes(b"\0" * path.stat().st_size)
    with pytest.raises(StoreError, match=r"counts\.npy cannot be read"):
        next(VectorStore(tmp_path / "s").shards()).counts(LANGUAGES)


# Writing


def test_the_same_make_is_taken_and_another_is_refused_with_what_differs(tmp_path: Path):
    random_store(tmp_path / "s")
    meta = read_meta(tmp_path / "s")
    before = sorted((path, path.read_bytes()) for path in (tmp_path / "s").rglob("*") if path.is_file())
    prepare_store(tmp_path / "s", meta)
    with pytest.raises(OutputError, match=r"dtype was 'float32', is now 'float16'"):
        random_store(tmp_path / "s", dtype="float16")
    with pytest.raises(OutputError, match=r"fingerprint was 'f+', is now 'e+'"):
        random_store(tmp_path / "s", fingerprint="e" * 64)
    assert sorted((path, path.read_bytes()) for path in (tmp_path / "s").rglob("*") if path.is_file()) == before


def test_a_store_without_a_shard_is_made_anew(tmp_path: Path):
    """As after a first shard that failed: the advice to try another precision must be one that can be followed."""
    meta = read_meta(random_store(tmp_path / "made").folder)
    other = replace(meta, precision="fp32/onnxruntime")
    prepare_store(tmp_path / "s", meta)
    prepare_store(tmp_path / "s", other)
    assert read_meta(tmp_path / "s") == other


def test_a_folder_with_something_else_is_refused(tmp_path: Path):
    random_store(tmp_path / "s")
    meta = read_meta(tmp_path / "s")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.tex").write_text("x")
    with pytest.raises(OutputError, match="is there already and is not a vector store"):
        prepare_store(tmp_path / "mine", meta)
    with pytest.raises(OutputError, match="is there already and is not a vector store"):
        prepare_store(tmp_path / "mine/thesis.tex", meta)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.tex"]


def test_a_shard_is_never_written_over(tmp_path: Path):
    random_store(tmp_path / "s")
    other = random_store(tmp_path / "t", seed=1)
    before = (tmp_path / "s/shards/00000/passages.npy").read_bytes()
    shard = next(VectorStore(other.folder).shards())
    with pytest.raises(OutputError):
        write_shard(tmp_path / "s", 0, ShardContents(shard.docids(), shard.passages(), shard.counts(LANGUAGES), {}))
    assert (tmp_path / "s/shards/00000/passages.npy").read_bytes() == before
    assert sorted(path.name for path in (tmp_path / "s/shards").iterdir()) == ["00000", "00001", "00002"]


HOLD = """
import sys
from pathlib import Path
from pyserini_xqg.store.locks import shard_lock
with shard_lock(Path(sys.argv[1]), 0):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process_holding_shard_0(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        try:
            assert other.stdout.readline() == "held\n"
            yield other
        finally:
            other.kill()


def test_two_processes_do_not_write_one_shard(tmp_path: Path):
    with another_process_holding_shard_0(tmp_path) as other:
        with (
            pytest.raises(
                OutputError, match=rf"shard 0 of .* is being written by another process \(process {other.pid} on"
            ),
            shard_lock(tmp_path, 0),
        ):
            pass
        with shard_lock(tmp_path, 1):
            pass
        other.communicate()  # its stdin ends, and it lets go
        assert other.returncode == 0
    with shard_lock(tmp_path, 0):
        pass


def test_a_killed_process_gives_its_lock_back(tmp_path: Path):
    with another_process_holding_shard_0(tmp_path) as other:
        other.kill()
    assert other.returncode == -signal.SIGKILL
    with shard_lock(tmp_path, 0):
        pass
