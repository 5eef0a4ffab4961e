"""An experiment's report: written beside, then put in the place of an earlier one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyserini_xqg.files.whole import partial_path, remove_leftovers, replacing_folder


@contextmanager
def new_report(report: Path) -> Iterator[Path]:
    """An empty folder that becomes ``report`` when all is written; until then the earlier report stays.

    :raises OutputError: the place cannot be written.
    """
    remove_leftovers(report)
    earlier = partial_path(report)
    with replacing_folder(report) as folder:
        yield folder
        if report.exists():
            report.replace(earlier)
    shutil.rmtree(earlier, ignore_errors=True)
