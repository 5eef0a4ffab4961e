"""Which systems and languages can be compared, and what had to be left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyserini_xqg.errors import UsageError

type Cover[Value] = Mapping[str, Mapping[str, Value]]
"""System -> language -> something, such as a run file or its scores."""


def keep_shared[Value](
    clean: Cover[Value], perturbed: Mapping[str, Sequence[Cover[Value]]]
) -> tuple[dict[str, dict[str, Value]], dict[str, tuple[dict[str, dict[str, Value]], ...]], tuple[str, ...]]:
    """Keep the systems and languages that the clean condition and every variant of a perturbation share.

    :param perturbed: perturbation -> its variants.
    :returns: what is kept of ``clean`` and of ``perturbed``, and a sentence for each thing left out.
    :raises UsageError: a perturbation shares no system and language with the clean condition.
    """
    notes: list[str] = []
    kept: dict[str, tuple[dict[str, dict[str, Value]], ...]] = {}
    for name, variants in perturbed.items():
        shared = {
            system: _shared_languages(clean[system], [variant.get(system, {}) for variant in variants])
            for system in clean
        }
        if not any(shared.values()):
            raise UsageError(_nothing_shared(name, clean, variants))
        notes += _left_out(name, clean, variants, shared)
        kept[name] = tuple(
            {s: {code: variant[s][code] for code in codes} for s, codes in shared.items() if codes}
            for variant in variants
        )
    used = {system: {code for variants in kept.values() for code in variants[0].get(system, {})} for system in clean}
    return (
        {s: {code: clean[s][code] for code in clean[s] if code in codes} for s, codes in used.items() if codes},
        kept,
        tuple(notes),
    )


def _shared_languages[Value](clean: Mapping[str, Value], variants: Sequence[Mapping[str, Value]]) -> list[str]:
    return [code for code in clean if all(code in variant for variant in variants)]


def _left_out[Value](
    name: str, clean: Cover[Value], variants: Sequence[Cover[Value]], shared: Mapping[str, list[str]]
) -> list[str]:
    notes = []
    for system in dict.fromkeys([*clean, *(system for variant in variants for system in variant)]):
        here = {code for variant in variants for code in variant.get(system, {})}
        if system not in clean:
            notes.append(f"{system}: no clean run, so its runs under {name!r} are left out")
        elif not here:
            notes.append(f"{system}: no run under {name!r}, so it is left out there")
        elif odd := sorted((here | clean[system].keys()) - set(shared[system])):
            notes.append(
                f"{system}, {name}: not in every folder, so left out here and out of all averages: {', '.join(odd)}"
            )
    return notes


def _nothing_shared[Value](name: str, clean: Cover[Value], variants: Sequence[Cover[Value]]) -> str:
    here = dict.fromkeys(f"{system} ({', '.join(codes)})" for variant in variants for system, codes in variant.items())
    there = [f"{system} ({', '.join(codes)})" for system, codes in clean.items()]
    return (
        f"{name!r} and the clean runs share no system in any language: clean are {'; '.join(there)}, {name} are "
        f"{'; '.join(here)}; a run is called SYSTEM.LANG.txt, by the same name in every folder (run.LANG.txt would "
        "take its folder's name)"
    )
