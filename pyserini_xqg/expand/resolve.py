"""From what ``--generator`` says to the generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyserini_xqg.errors import GeneratorError, UsageError
from pyserini_xqg.expand.registry import accepted, candidates
from pyserini_xqg.expand.request import GeneratorRequest, NamedGenerator

if TYPE_CHECKING:
    from pyserini_xqg.expand.generator import Generator


def resolve_generator(request: GeneratorRequest) -> Generator:
    """Open a generator of whatever kind it is.

    :raises GeneratorError: there is no such generator, or it cannot be loaded or reached.
    :raises SetupError: what it needs is not installed.
    :raises UsageError: an option that its kind refuses.
    """
    named = NamedGenerator(request, accepted())
    kind = next((kind for kind in candidates(request.name) if kind.fits(named)), None)
    if kind is None:
        raise GeneratorError(f"{request.name} is no generator of a kind that is known: give {named.accepted}")
    for option in sorted(request.given(kind.top_k) & kind.refusals.keys()):
        raise UsageError(kind.refusals[option].format(name=request.name))
    return kind.open(named)
