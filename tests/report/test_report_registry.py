"""The formats of reports: each is complete, tested and told of, and what is none is an error at import."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from pyserini_xqg.report import formats
from pyserini_xqg.report.formats.markdown import to_markdown
from pyserini_xqg.report.registry import FORMATS, members
from pyserini_xqg.report.report_format import ReportFormat

ROOT = Path(__file__).resolve().parents[2]
NAMES = [module.name for module in pkgutil.iter_modules(formats.__path__)]


def module(**attributes: object) -> ModuleType:
    made = ModuleType("pyserini_xqg.report.formats.mine")
    vars(made).update(attributes)
    return made


def test_every_file_is_a_format():
    assert {import_module(f"{formats.__name__}.{name}").FORMAT for name in NAMES} == set(FORMATS)
    assert [one.name for one in FORMATS] == ["text", "HTML", "Markdown", "CSV", "LaTeX", "JSON"]


@pytest.mark.parametrize("name", NAMES)
def test_every_format_is_tested_and_told_of(name: str):
    assert (ROOT / "tests" / "report" / "formats" / f"test_format_{name}.py").is_file()
    one = import_module(f"{formats.__name__}.{name}").FORMAT
    told = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
    assert f"| {one.name} | {f'`{one.suffix}`' if one.suffix else 'none, printed only'} |" in told


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({}, "mine sets no FORMAT"),
        ({"FORMAT": to_markdown}, "mine sets no FORMAT"),
        ({"FORMAT": ReportFormat("Typst", 9, ".typ")}, "Typst writes neither pages nor findings"),
        ({"FORMAT": ReportFormat("Markdown", 9, ".typ", page=to_markdown)}, "shares its name, place or suffix"),
        ({"FORMAT": ReportFormat("Typst", 2, ".typ", page=to_markdown)}, "shares .* with Markdown"),
        ({"FORMAT": ReportFormat("Typst", 9, ".md", page=to_markdown)}, "shares .* with Markdown"),
    ],
)
def test_what_is_no_format_of_its_own_is_an_error(attributes: dict[str, object], said: str):
    there = [import_module(f"{formats.__name__}.{name}") for name in NAMES]
    with pytest.raises(TypeError, match=said):
        members([*there, module(**attributes)])


def test_a_new_file_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A format in a file beside the others is written by what asks for formats by name."""
    (tmp_path / "shout.py").write_text(
        "from pyserini_xqg.report.report_format import ReportFormat\n"
        "FORMAT = ReportFormat('shout', 6, '.shout', page=lambda page: page.title.upper(),\n"
        "                      findings=lambda found: found.name.upper())\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    names = ("pyserini_xqg.report.registry", "pyserini_xqg.report.write", "pyserini_xqg.evaluate.output.report")
    for name in (*names, "pyserini_xqg.report.formats.shout"):
        monkeypatch.delitem(__import__("sys").modules, name, raising=False)
    registry, write, report = map(import_module, names)
    assert registry.FORMATS[-1].name == "shout"
    write.check_form(Path("page.shout"))
    assert report.report_format(Path("report.shout")).name == "shout"
