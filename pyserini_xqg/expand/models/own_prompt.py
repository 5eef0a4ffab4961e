"""The prompts that a model was trained with, which it carries: ``prompts/KIND.toml``."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.fusion.text_kind import TextKind

FOLDER = "prompts"


def own_prompts(files: ModelFiles) -> dict[TextKind, Path]:
    """By the kind of text that they ask for; empty for a model that was not trained here."""
    places = {kind: files.folder / FOLDER / f"{kind}.toml" for kind in TextKind}
    return {kind: place for kind, place in places.items() if place.is_file()}


def own_prompt(files: ModelFiles, kind: TextKind) -> Path | None:
    """The one for a kind of text; None for a model that was not trained here.

    :raises UsageError: the model was trained to write something else.
    """
    own = own_prompts(files)
    if own and kind not in own:
        raise UsageError(
            f"{files.source} was trained to write {' and '.join(own)}, and no {kind}; give --kind {next(iter(own))}, "
            "or a --prompt that asks for it"
        )
    return own.get(kind)
