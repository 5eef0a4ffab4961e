"""A real browser for tests of pages: the system's Chromium, driven by Playwright.

A test file takes it by ``from chromium import browser`` (or its folder's conftest.py does).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str:
    """Where Chromium lies; without one the test fails in CI and is skipped elsewhere."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        message = "pages are tested in a real browser, and there is none: get Chromium by 'apt-get install chromium'"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium; one a test file, since Playwright's event loop would be in the way of other files' own."""
    place = find_chromium()
    arguments = [
        "--disable-dev-shm-usage",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]  # Chromium has no sandbox for root
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=place, args=arguments)
        yield opened
        opened.close()
