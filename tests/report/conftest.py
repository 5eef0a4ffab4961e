"""The browser, for the tests of this folder."""

from chromium import browser

__all__ = ["browser"]
