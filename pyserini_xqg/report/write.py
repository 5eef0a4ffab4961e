"""Writing a page in the form that its file's name asks for."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.files.text import write_text
from pyserini_xqg.report.csv_text import to_csv
from pyserini_xqg.report.html.page import to_html
from pyserini_xqg.report.latex import to_latex
from pyserini_xqg.report.markdown import to_markdown
from pyserini_xqg.report.model import Page

_FORMS = {".html": to_html, ".md": to_markdown, ".csv": to_csv, ".tex": to_latex}


def check_form(path: Path) -> None:
    """Tell early, before long work, that a page can be written there.

    :raises UsageError: the file's name ends in none of ``.html``, ``.md``, ``.csv`` and ``.tex``.
    """
    if path.suffix not in _FORMS:
        raise UsageError(
            f"{path} ends in {path.suffix or 'no suffix'}; give a name that ends in {', '.join([*_FORMS][:-1])} or "
            f"{[*_FORMS][-1]}"
        )


def write_page(path: Path, page: Page) -> None:
    """Write a page whole or not at all, as HTML, Markdown, CSV or LaTeX by the file's suffix.

    :raises UsageError: the suffix stands for none of them.
    :raises OutputError: the file cannot be written.
    """
    check_form(path)
    write_text(path, _FORMS[path.suffix](page))
