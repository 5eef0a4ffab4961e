"""Fixtures that many tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder with the public data sets; in CI it must be there."""
    place = Path(os.environ.get("PYSERINI_XQG_DATA", ROOT.parent / "shared" / "data"))
    if not (place / "xquad").is_dir():
        message = f"no data in {place}: set PYSERINI_XQG_DATA to a folder with xquad/ and xor_retrieve/ (README, 'Data for the tests')"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return place
