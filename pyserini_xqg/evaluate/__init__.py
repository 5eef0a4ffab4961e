"""Runs and judgments in, scores out: per query, per language, on average, with significance.

From Python the package is called like the stage: ``pyserini_xqg.evaluate(…)`` is
:func:`~pyserini_xqg.evaluate.evaluate_runs.evaluate`. Python binds a package to its name in the package above,
so that name cannot be a function besides.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _EvaluateStage(ModuleType):
    """The package, which can be called."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        from pyserini_xqg.evaluate.evaluate_runs import evaluate

        return evaluate(*arguments, **options)


sys.modules[__name__].__class__ = _EvaluateStage
