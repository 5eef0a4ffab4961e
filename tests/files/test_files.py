"""Files are whole or absent, and what is wrong with one that is read is said with its line."""

from __future__ import annotations

import errno
import gzip
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny_corpus import ROOT

from pyserini_xqg.errors import InputError, OutputError, SetupError
from pyserini_xqg.files.cache import cache_home
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.text import numbered_lines, read_json, write_json, write_text
from pyserini_xqg.files.whole import (
    cannot_write,
    is_partial,
    partial_path,
    remove_partials,
    replacing,
    replacing_folder,
)

LINES = ["first", "", "ثالث é \t\u2028 tail"]
"""A line separator of Unicode does not end a line, nor does a tab."""


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
@pytest.mark.parametrize("final_end", [True, False])
def test_lines_are_numbered_from_one(tmp_path: Path, ends: str, name: str, final_end: bool):
    data = (ends.join(LINES) + (ends if final_end else "")).encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    assert list(numbered_lines(tmp_path / name)) == list(enumerate(LINES, 1))


def test_gzip_members_are_read_one_after_another(tmp_path: Path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n"))
    assert [line for _, line in numbered_lines(tmp_path / "a.gz")] == ["one", "two"]


def test_text_of_another_encoding_is_named_with_its_line(tmp_path: Path):
    (tmp_path / "a.txt").write_bytes("fine\nalso fine\ncaf\xe9\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"a\.txt:3: not UTF-8 text .*byte 3"):
        list(numbered_lines(tmp_path / "a.txt"))


def test_a_gzip_cut_short_is_named_after_the_lines_that_are_there(tmp_path: Path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"".join(b"%d some words\n" % row for row in range(20_000)))[:-300])
    read = []
    with pytest.raises(InputError, match="cut short or damaged") as caught:
        read.extend(number for number, _ in numbered_lines(path))
    assert caught.value.where.line > 1


@pytest.mark.parametrize("damage", ["not gzip", "flipped"])
def test_a_damaged_gzip_is_named(tmp_path: Path, damage: str):
    data = bytearray(gzip.compress(os.urandom(50_000).hex().encode()))
    data[len(data) // 2] ^= 0xFF
    (tmp_path / "a.gz").write_bytes(b'{"id": 1}' if damage == "not gzip" else data)
    with pytest.raises(InputError, match=r"a\.gz:\d+: the gzip stream is cut short or damaged"):
        list(numbered_lines(tmp_path / "a.gz"))


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"none\.txt: cannot be read: No such file"):
        list(numbered_lines(tmp_path / "none.txt"))
    with pytest.raises(InputError, match=f"{tmp_path}: cannot be read: Is a directory"):
        list(numbered_lines(tmp_path))


def test_replacing_is_whole_or_leaves_the_old_file(tmp_path: Path):
    path = tmp_path / "new" / "a.txt"
    write_text(path, "old\nعربي")
    with pytest.raises(RuntimeError), replacing(path) as partial:
        partial.write_text("half of")
        assert path.read_text(encoding="utf-8") == "old\nعربي"
        raise RuntimeError
    assert path.read_bytes() == "old\nعربي".encode()
    assert names(path.parent) == ["a.txt"]


def test_replacing_folder_is_whole_or_absent(tmp_path: Path):
    path = tmp_path / "out"
    with pytest.raises(RuntimeError), replacing_folder(path) as partial:
        (partial / "a").write_text("half of")
        raise RuntimeError
    assert not list(tmp_path.iterdir())
    with replacing_folder(path) as partial:
        (partial / "deep").mkdir()
        (partial / "deep" / "a").write_text("whole")
        assert not path.exists()
    assert (path / "deep" / "a").read_text() == "whole"
    assert names(tmp_path) == ["out"]


def test_replacing_folder_keeps_what_is_there(tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with (
        pytest.raises(OutputError, match=r"out could not be written: Directory not empty"),
        replacing_folder(tmp_path / "out") as partial,
    ):
        (partial / "theirs").touch()
    assert names(tmp_path / "out") == ["mine"]
    assert names(tmp_path) == ["out"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file/a could not be written: (File exists|Not a directory)"):
        write_text(tmp_path / "file" / "a", "")
    with (
        pytest.raises(OutputError, match=r"file/a could not be written: (File exists|Not a directory)"),
        replacing_folder(tmp_path / "file" / "a"),
    ):
        pass


CHILD = """
import resource, sys
from pathlib import Path
import numpy as np
from pyserini_xqg.errors import OutputError
from pyserini_xqg.files.whole import replacing, replacing_folder
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    with replacing_folder(Path(sys.argv[1])) as partial:
        (partial / "small").write_text("fits")
        np.save(partial / "large.npy", np.zeros(10_000))
except OutputError as error:
    print(error)
try:
    with replacing(Path(sys.argv[2])) as partial:
        partial.write_bytes(bytes(30_000))
except OutputError as error:
    print(error)
"""


def test_a_write_that_the_system_refuses_leaves_nothing(tmp_path: Path):
    """A limit on the size of files: a real failure half way, which needs no privileges. NumPy reports it without the
    system's reason.
    """
    (tmp_path / "old").write_text("old")
    done = subprocess.run(
        [sys.executable, "-c", CHILD, tmp_path / "out", tmp_path / "old"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    folder, file = done.stdout.splitlines()
    assert folder.startswith(f"{tmp_path / 'out'} could not be written: the disk is full or a limit was reached")
    assert file.startswith(f"{tmp_path / 'old'} could not be written: File too large; nothing was changed there")
    assert names(tmp_path) == ["old"]
    assert (tmp_path / "old").read_text() == "old"


def test_a_full_disk_is_said_in_words():
    assert "No space left on device" in str(cannot_write(Path("x"), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))


def test_only_partials_are_removed(tmp_path: Path):
    kept = tmp_path / "a"
    kept.touch()
    partial_path(kept).touch()
    partial_path(tmp_path / "b").mkdir()
    partial_path(tmp_path / "b").joinpath("x").mkdir(parents=True)
    remove_partials(tmp_path, "a-")
    assert sorted(is_partial(entry) for entry in tmp_path.iterdir()) == [False, True, True]
    remove_partials(tmp_path)
    assert list(tmp_path.iterdir()) == [kept]


def test_json_comes_back_as_it_was(tmp_path: Path):
    value = {"é": [1, 2.5, None, '\u202b\u0301"\t'], "": {}}
    write_json(tmp_path / "a.json", value)
    assert read_json(tmp_path / "a.json") == value
    assert "é" in (tmp_path / "a.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("damage", [b'{"a": 1,\n "b": ', b"\xff\xfe{}", b""])
def test_damaged_json_is_named(tmp_path: Path, damage: bytes):
    (tmp_path / "a.json").write_bytes(damage)
    with pytest.raises(InputError, match=r"a\.json(:\d)?: not valid JSON; the file is damaged"):
        read_json(tmp_path / "a.json")
    with pytest.raises(InputError, match=r"none\.json: cannot be read"):
        read_json(tmp_path / "none.json")


def test_sha256_is_that_of_the_standard(tmp_path: Path):
    (tmp_path / "abc").write_bytes(b"abc")  # FIPS 180-2, appendix B.1
    assert sha256(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    np.save(tmp_path / "large.npy", np.zeros(300_000))
    system = subprocess.run(
        ["sha256sum", tmp_path / "large.npy"], capture_output=True, text=True, check=True
    ).stdout.split()[0]
    assert sha256(tmp_path / "large.npy") == system


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(tmp_path / "mine"))
    assert cache_home() == tmp_path / "mine"
    monkeypatch.delenv("PYSERINI_XQG_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_home() == tmp_path / "pyserini-xqg"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_home() == tmp_path / "home" / ".cache" / "pyserini-xqg"


def test_no_home_is_said(monkeypatch: pytest.MonkeyPatch):
    for name in ("PYSERINI_XQG_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYSERINI_XQG_CACHE", "~no-such-user-anywhere/cache")
    with pytest.raises(SetupError, match="set PYSERINI_XQG_CACHE"):
        cache_home()
