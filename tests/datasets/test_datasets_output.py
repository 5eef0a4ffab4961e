from __future__ import annotations

from pathlib import Path

import pytest

from pyserini_xqg.datasets.output import DatasetRecord, one_line, write_dataset
from pyserini_xqg.errors import InputError, Location, OutputError


def builder(text: str):
    def build(folder: Path) -> DatasetRecord:
        (folder / "corpus.jsonl").write_text(text)
        return DatasetRecord("toy", "Toy", "v1", "https://example.org", "CC0", (), {}, {"corpus.jsonl": 1})

    return build


def test_written_once_and_left_alone_when_it_would_be_the_same(tmp_path: Path):
    assert write_dataset(tmp_path / "out", builder("a"))[1]
    stamp = (tmp_path / "out" / "corpus.jsonl").stat().st_mtime_ns
    (tmp_path / "out" / "index").mkdir()  # what later stages put there does not matter
    assert not write_dataset(tmp_path / "out", builder("a"))[1]
    assert (tmp_path / "out" / "corpus.jsonl").stat().st_mtime_ns == stamp


def test_other_content_is_refused_and_kept(tmp_path: Path):
    write_dataset(tmp_path / "out", builder("a"))
    with pytest.raises(
        OutputError, match=r"holds another data set, or this one from other input or flags \(corpus\.jsonl differs\)"
    ):
        write_dataset(tmp_path / "out", builder("b"))
    assert (tmp_path / "out" / "corpus.jsonl").read_text() == "a"


@pytest.mark.parametrize("content", [None, "{}", "[]", "3", "{broken"])
def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path, content: str | None):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ("thesis.tex" if content is None else "dataset.json")).write_text(content or "")
    with pytest.raises(
        OutputError, match=r"is not empty and holds no data set of ours \(found (thesis\.tex|dataset\.json)\)"
    ):
        write_dataset(tmp_path / "out", builder("a"))
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_a_file_in_the_way_is_refused(tmp_path: Path):
    (tmp_path / "out").write_text("precious")
    with pytest.raises(OutputError, match="holds no data set of ours"):
        write_dataset(tmp_path / "out", builder("a"))
    assert (tmp_path / "out").read_text() == "precious"


def test_an_empty_folder_is_used(tmp_path: Path):
    (tmp_path / "out").mkdir()
    assert write_dataset(tmp_path / "out", builder("a"))[1]
    assert (tmp_path / "out" / "dataset.json").is_file()


def test_files_in_folders_are_compared_too(tmp_path: Path):
    def nested(text: str):
        def build(folder: Path) -> DatasetRecord:
            (folder / "conv-1").mkdir()
            (folder / "conv-1" / "corpus.jsonl").write_text(text)
            return DatasetRecord("toy", "Toy", "v1", "https://example.org", "CC0", (), {}, {})

        return build

    write_dataset(tmp_path / "out", nested("a"))
    assert not write_dataset(tmp_path / "out", nested("a"))[1]
    with pytest.raises(OutputError, match=r"conv-1/corpus\.jsonl differs"):
        write_dataset(tmp_path / "out", nested("b"))
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_failure_leaves_nothing(tmp_path: Path):
    def failing(folder: Path) -> DatasetRecord:
        (folder / "half").write_text("half")
        raise InputError(Location(Path("x.json"), 3), "bad")

    with pytest.raises(InputError):
        write_dataset(tmp_path / "out", failing)
    assert list(tmp_path.iterdir()) == []


def test_one_line():
    assert one_line("\ta\tb\r\nc\u2028d\u0085 ") == "a b c d"
    assert one_line('quotes " and  two spaces stay') == 'quotes " and  two spaces stay'
