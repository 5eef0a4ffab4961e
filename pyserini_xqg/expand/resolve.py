"""From what ``--generator`` says to the generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyserini_xqg.errors import GeneratorError, UsageError
from pyserini_xqg.expand.kind import GeneratorKind, Precedence
from pyserini_xqg.expand.registry import accepted, candidates, kind_by_name
from pyserini_xqg.expand.request import GeneratorRequest, NamedGenerator
from pyserini_xqg.fusion.text_kind import TextKind

if TYPE_CHECKING:
    from pyserini_xqg.expand.generator import Generator


def usual_text(name: str) -> TextKind:
    """What a generator of this name writes where nothing is said. A model's configuration is read for it, and no more.

    :raises GeneratorError: there is no such generator.
    """
    by_name = kind_by_name(name)
    if by_name.precedence is Precedence.NAME:
        return by_name.writes[0]
    return _kind_of(NamedGenerator(GeneratorRequest(name), accepted())).writes[0]


def _kind_of(named: NamedGenerator) -> GeneratorKind:
    kind = next((kind for kind in candidates(named.request.name) if kind.fits(named)), None)
    if kind is None:
        raise GeneratorError(f"{named.request.name} is no generator of a kind that is known: give {named.accepted}")
    return kind


def resolve_generator(request: GeneratorRequest) -> Generator:
    """Open a generator of whatever kind it is.

    :raises GeneratorError: there is no such generator, or it cannot be loaded or reached.
    :raises SetupError: what it needs is not installed.
    :raises UsageError: an option that its kind refuses, or a kind of text that it does not write.
    """
    named = NamedGenerator(request, accepted())
    kind = _kind_of(named)
    if request.kind not in kind.writes:
        raise UsageError(f"--generator {request.name} writes {' or '.join(kind.writes)}, and no {request.kind}")
    if request.kind is not TextKind.QUESTIONS and request.source in request.languages:
        raise UsageError(
            f"the passages are in {request.source} already; leave it out of --languages, or say with "
            "--passage-language what they are in"
        )
    for option in sorted(request.given(kind.usual_sampling(request.kind)) & kind.refusals.keys()):
        raise UsageError(kind.refusals[option].format(name=request.name))
    return kind.open(named)
