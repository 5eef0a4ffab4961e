"""Keeps other libraries' bars and advice off the terminal while they do what was asked of them."""

from __future__ import annotations

import logging as standard_logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def quiet() -> Iterator[None]:
    """Silence transformers' loading bars and reports, the exporter's deprecation and tracing warnings, and the
    quantiser's advice.
    """
    from transformers.utils import logging

    transformers_logging: Any = logging  # its functions carry no types
    verbosity, bars = transformers_logging.get_verbosity(), transformers_logging.is_progress_bar_enabled()
    root_level = standard_logging.root.level
    try:
        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()
        standard_logging.root.setLevel(standard_logging.ERROR)  # the quantiser logs to the root
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        standard_logging.root.setLevel(root_level)
        transformers_logging.set_verbosity(verbosity)
        if bars:
            transformers_logging.enable_progress_bar()
