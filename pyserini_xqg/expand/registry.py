"""The kinds of generators that there are. A new one is a file in ``kinds/``."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from pyserini_xqg.expand import kinds
from pyserini_xqg.expand.kind import GeneratorKind, Precedence
from pyserini_xqg.expand.option import GeneratorOption

_KINDS: dict[str, GeneratorKind] = {}


def register(kind: GeneratorKind) -> None:
    """Make a kind known to every command.

    :raises ValueError: it does not say what it must, or another kind has its name.
    """
    where = f"the kind of generator {kind.name!r}"
    if kind.name in _KINDS:
        raise ValueError(f"{where} is there already; choose another name")
    if not kind.takes:
        raise ValueError(f"{where} does not say in `takes` which values of --generator are its own")
    if unknown := {*kind.options, *kind.refusals} - set(GeneratorOption):
        raise ValueError(f"{where} speaks of options that there are not: {', '.join(sorted(unknown))}")
    if both := kind.options & kind.refusals.keys():
        raise ValueError(f"{where} both takes and refuses {', '.join(sorted(both))}")
    _KINDS[kind.name] = kind


def candidates(name: str) -> list[GeneratorKind]:
    """The kinds that a generator of this name may be of, those first that are asked first."""
    return [kind for kind in sorted(_KINDS.values(), key=lambda kind: (kind.precedence, kind.name)) if kind.knows(name)]


def kind_by_name(name: str) -> GeneratorKind:
    """The kind, as far as the name tells: where models of several kinds may have that name, they agree in what is asked
    of a kind before its model is read (``top_k``, ``elsewhere``).
    """
    return candidates(name)[0]


def accepted() -> str:
    """What ``--generator`` may be, in words."""
    by_generality = sorted(_KINDS.values(), key=lambda kind: (-kind.precedence, kind.name))
    *others, last = dict.fromkeys(words for kind in by_generality for words in kind.takes)
    return f"{', '.join(others)}, or {last}"


def _find_kinds() -> None:
    for module in iter_modules(kinds.__path__):
        kind = getattr(import_module(f"{kinds.__name__}.{module.name}"), "KIND", None)
        if not isinstance(kind, GeneratorKind):
            raise ValueError(f"{kinds.__name__}.{module.name} states no kind of generator as KIND")
        register(kind)
    if not any(kind.precedence is Precedence.GENERAL for kind in _KINDS.values()):
        raise ValueError("no kind of generator takes the names that no other one knows")


_find_kinds()
