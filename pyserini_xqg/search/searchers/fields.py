"""Which fields of a BM25 index a search looks into, and how much each counts: pure arithmetic on names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.text_kind import columns_of, in_words
from pyserini_xqg.languages import language
from pyserini_xqg.manifests.sparse import CONTENTS, SparseManifest, field_of

OWN = field_of("LANG")
"""Begins in ``--fields`` the fields of the search's own ``--language``: ``xqg_LANG``, ``xqg_LANG_gloss``."""


def parse_fields(words: Iterable[str]) -> dict[str, float]:
    """Turn ``contents=1.0 xqg_ar=0.5`` into weights, as Pyserini's ``--fields`` has them.

    :raises UsageError: a word of another shape, a weight that is no number of at least 0, or a field twice.
    """
    weights: dict[str, float] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise UsageError(f"--fields {word!r}: expected FIELD=WEIGHT, such as contents=1.0")
        if name in weights:
            raise UsageError(f"--fields names {name!r} twice")
        weights[name] = parse_weight(name, value)
    return weights


def parse_weight(name: str, text: str) -> float:
    """The weight of a field.

    :raises UsageError: it is no number of at least 0.
    """
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not (math.isfinite(weight) and weight >= 0):
        raise UsageError(f"--fields {name}={text}: a weight must be a number of at least 0")
    return weight


def default_fields(manifest: SparseManifest, code: str | None = None) -> dict[str, float]:
    """The passages' text and the generated queries, all alike: of one language where it is given, else of all.

    :raises UsageError: the index has no generated queries in that language.
    """
    if code is None:
        return dict.fromkeys(manifest.fields, 1.0)
    code = language(code).code
    own = columns_of([code], manifest.languages)
    if code == manifest.language and not own:
        return {CONTENTS: 1.0}
    if not own:
        raise UsageError(
            f"the index has no generated queries in {code}; it has {in_words(manifest.languages) or 'none'}"
        )
    return {CONTENTS: 1.0, **{field_of(name): 1.0 for name in own}}


def choose_fields(manifest: SparseManifest, weights: Mapping[str, float], code: str | None = None) -> dict[str, float]:
    """What to search with: the weights that were asked for, without those that are 0; the defaults where nothing was.

    :param weights: field -> weight; ``xqg_LANG`` is the field of ``code``.
    :raises UsageError: a field that the index has not, ``xqg_LANG`` without a language, or nothing but weights of 0.
    """
    if not weights:
        return default_fields(manifest, code)
    named: dict[str, float] = {}
    for name, weight in weights.items():
        own = name
        if name == OWN or name.startswith(f"{OWN}_"):
            if code is None:
                raise UsageError(f"{name} stands for the field of --language; give that too")
            own = field_of(language(code).code) + name.removeprefix(OWN)
        if own in named:
            raise UsageError(f"--fields names {own!r} twice: {OWN} stands for {field_of(language(code or '').code)}")
        named[own] = weight
    unknown = [name for name in named if name not in manifest.fields]
    if unknown:
        raise UsageError(f"the index has no field {', '.join(map(repr, unknown))}; it has {', '.join(manifest.fields)}")
    chosen = {name: weight for name, weight in named.items() if weight > 0}
    if not chosen:
        raise UsageError("every field has the weight 0, so that nothing could be found")
    return chosen


def as_words(weights: Mapping[str, float]) -> list[str]:
    """Weights as ``--fields`` takes them."""
    return [f"{name}={weight:.12g}" for name, weight in weights.items()]
