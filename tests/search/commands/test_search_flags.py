"""A command line, looked into and added to."""

from __future__ import annotations

import pytest

from pyserini_xqg.errors import UsageError
from pyserini_xqg.search.commands.flags import Flags


def test_looking_and_adding():
    flags = Flags(["dense", "--index=a=b", "--hnsw", "sparse", "--hits", "5"])
    assert flags.get("--index") == "a=b"
    assert flags.get("--topics") is None
    assert flags.get("5") is None
    assert flags.has("--hnsw")
    flags.add_after("--index", "--encoder", "e")
    flags.set("--hits", "7")
    flags.default("--hits", "9")
    flags.default("--dense")
    flags.remove("--encoder")
    flags.remove("--not-there")
    assert flags.argv == ["dense", "--index", "a=b", "--hnsw", "sparse", "--hits", "7", "--dense"]


def test_numbers():
    flags = Flags(["--hits", "0", "--threads", "two", "--ef-search", "12"])
    assert flags.whole_number("--ef-search", 1) == 12
    assert flags.whole_number("--threads", 1) is None
    assert flags.whole_number("--k1", 1) is None
    with pytest.raises(UsageError, match="--hits is 0; it must be at least 1"):
        flags.whole_number("--hits", 1)
