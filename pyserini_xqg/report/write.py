"""Writing a page in the format that its file's name asks for."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.files.text import write_text
from pyserini_xqg.report.model import Page
from pyserini_xqg.report.registry import FORMATS

_WRITERS = {one.suffix: one.page for one in FORMATS if one.suffix and one.page is not None}


def check_form(path: Path) -> None:
    """Tell early, before long work, that a page can be written there.

    :raises UsageError: the file's name ends as those of no format that holds pages.
    """
    if path.suffix not in _WRITERS:
        raise UsageError(
            f"{path} ends in {path.suffix or 'no suffix'}; give a name that ends in {', '.join([*_WRITERS][:-1])} or "
            f"{[*_WRITERS][-1]}"
        )


def write_page(path: Path, page: Page) -> None:
    """Write a page whole or not at all, in the format of the file's suffix.

    :raises UsageError: the suffix stands for none that holds pages.
    :raises OutputError: the file cannot be written.
    """
    check_form(path)
    write_text(path, _WRITERS[path.suffix](page))
