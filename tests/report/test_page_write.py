from __future__ import annotations

from pathlib import Path

import pytest
from sample_page import sample

from pyserini_xqg.errors import OutputError, UsageError
from pyserini_xqg.report.html.page import to_html
from pyserini_xqg.report.write import check_form, write_page


def test_the_suffix_chooses_the_form(tmp_path: Path):
    for suffix, begins in ((".html", "<!DOCTYPE html>"), (".md", "# Cross"), (".csv", "section,"), (".tex", "% Needs")):
        write_page(tmp_path / f"report{suffix}", sample())
        assert (tmp_path / f"report{suffix}").read_text(encoding="utf-8").startswith(begins)
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == to_html(sample())


@pytest.mark.parametrize("name", ["report.pdf", "report", "report.htm"])
def test_another_suffix_is_refused_before_anything_is_written(tmp_path: Path, name: str):
    with pytest.raises(UsageError, match=r"report.*give a name that ends in \.html, \.md, \.csv or \.tex"):
        write_page(tmp_path / name, sample())
    with pytest.raises(UsageError):
        check_form(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    place = tmp_path / "report.md"
    place.write_text("old", encoding="utf-8")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OutputError, match="No space left"):
        patch.setattr(Path, "write_text", full)
        write_page(place, sample())
    assert place.read_text(encoding="utf-8") == "old" and list(tmp_path.iterdir()) == [place]
