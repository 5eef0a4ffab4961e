"""The registry of data sets: what one more of them takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

from pyserini_xqg.commands import main
from pyserini_xqg.datasets import registry
from pyserini_xqg.datasets.options import about
from pyserini_xqg.datasets.output import DatasetRecord, WrittenFiles, manifest
from pyserini_xqg.datasets.registry import DATASETS, Dataset, register
from pyserini_xqg.datasets.source import Publication, source_files
from pyserini_xqg.errors import InputError
from pyserini_xqg.input.qrels import Judgment
from pyserini_xqg.input.topics import Topic
from pyserini_xqg.reproduce.steps.sources import Part, not_at_hand

ROOT = Path(__file__).resolve().parents[2]
PUBLICATION = Publication("toys", "Toys", "https://example.org/toys", "v1", "CC0", "toys.*.json", {})


@dataclass(frozen=True, slots=True)
class ToyOptions:
    loud: bool = field(default=False, metadata=about("shout"))


def build(place: Path, folder: Path, options: ToyOptions) -> DatasetRecord:
    """The whole of a new data set: {"question": …, "passage": …}, a file a language."""
    files, written = source_files(place, PUBLICATION), WrittenFiles(folder)
    values = {file.name.split(".")[1]: file.json() for file in files}
    written.jsonl("corpus.jsonl", ({"id": code, "contents": value["passage"]} for code, value in values.items()))
    for code, value in values.items():
        text = value["question"].upper() if options.loud else value["question"]
        written.topics(f"topics.{code}.tsv", [Topic("q", text)])
        written.qrels(f"qrels.{code}.txt", [Judgment("q", code, 1)])
    return manifest(publication=PUBLICATION, files=files, options=asdict(options), counts=written.counts, remarks=[])


@pytest.fixture
def own_registry() -> Iterator[None]:
    """What a test registers is forgotten afterwards."""
    before = dict(DATASETS)
    yield
    DATASETS.clear()
    DATASETS.update(before)


@pytest.mark.usefixtures("own_registry")
def test_a_new_data_set_goes_all_the_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    register(Dataset(PUBLICATION, ToyOptions, build, "Play with them."))
    (tmp_path / "toys.sw.json").write_text('{"question": "wapi?", "passage": "here"}', encoding="utf-8")
    flags = ["dataset", "toys", "--input", str(tmp_path), "--output", str(tmp_path / "out"), "--loud"]
    assert main(flags) == 0
    out = capsys.readouterr().out
    assert "Toys (v1, CC0)\n  corpus.jsonl: 1\n  topics.LANG.tsv: sw 1\n  qrels.LANG.txt: sw 1\nPlay with them." in out
    assert (tmp_path / "out" / "topics.sw.tsv").read_text(encoding="utf-8") == "q\tWAPI?\n"
    assert json.loads((tmp_path / "out" / "dataset.json").read_text(encoding="utf-8"))["options"] == {"loud": True}
    with pytest.raises(SystemExit):
        main(["dataset", "--help"])
    assert ", miracl, libreoffice-help, toys;" in " ".join(capsys.readouterr().out.split())
    assert "Toys (v1) is not in" in not_at_hand([Part("toys", "toys")], tmp_path / "nowhere")["toys"]
    with pytest.raises(InputError, match=r"https://example\.org/toys"):
        build(tmp_path / "nowhere", tmp_path, ToyOptions())


def test_a_data_set_that_is_incomplete_is_refused_at_once():
    @dataclass(frozen=True, slots=True)
    class Mute:
        loud: bool = False

    before = dict(DATASETS)
    nameless = Publication("toys", "Toys", "", "v1", "CC0", "*", {})
    taken = Publication("xquad", "Other", "https://example.org", "v1", "CC0", "*", {})
    for dataset, message in (
        (Dataset(nameless, ToyOptions, build), "data set 'toys' lacks some of title, address"),
        (Dataset(taken, ToyOptions, build), "there is a data set 'xquad' already, XQuAD v1"),
        (Dataset(PUBLICATION, str, build), "the options of data set 'toys' are no dataclass"),
        (Dataset(PUBLICATION, Mute, build), r"an option of data set 'toys' lacks 'help'; describe it with about\(\)"),
    ):
        with pytest.raises(TypeError, match=message):
            register(dataset)
    assert before == registry.DATASETS


def test_the_page_lists_every_data_set():
    page = (ROOT / "docs" / "datasets.md").read_text(encoding="utf-8")
    assert [name for name in DATASETS if f"| `{name}` |" not in page] == []
