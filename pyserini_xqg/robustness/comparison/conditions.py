"""The conditions that are compared: clean queries and, under each perturbation's name, one or more variants of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.systems import Scores

CLEAN = "clean"
"""The condition without a perturbation; no perturbation can be called so."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Scores of the same queries in every condition.

    :param clean: system -> language -> scores.
    :param perturbed: perturbation -> its variants (seeds, say), each system -> language -> scores. All variants of one
        perturbation cover the same systems and languages, and nothing that ``clean`` lacks;
        :func:`pyserini_xqg.robustness.comparison.shared.keep_shared` sees to that.
    """

    clean: Scores
    perturbed: Mapping[str, tuple[Scores, ...]]

    def measured(self, perturbation: str, system: str, code: str) -> bool:
        """Whether there are scores of this system in this language under this perturbation."""
        return code in self.perturbed[perturbation][0].get(system, {})

    @property
    def everywhere(self) -> tuple[str, ...]:
        """The languages that every system has wherever it was measured at all: those that averages are taken over."""
        covers = [
            languages.keys() for variants in self.perturbed.values() for languages in variants[0].values() if languages
        ]
        return tuple(sorted(set.intersection(*map(set, covers)))) if covers else ()


def parse_perturbed(given: Sequence[str], clean: Path) -> dict[str, list[Path]]:
    """Turn ``NAME=DIR`` from flags into perturbation -> the folders of its variants. A name that is given again has one
    more variant.

    :raises UsageError: there is no ``=``, a name is empty or ``clean``, or a folder serves twice.
    """
    found: dict[str, list[Path]] = {}
    seen = {clean.resolve(): "--clean"}
    for word in given:
        name, equals, place = word.partition("=")
        if not equals or not name.strip() or not place:
            raise UsageError(
                f"--perturbed {word}: expected NAME=DIR, such as misspelled={place or name or 'runs/misspelled'}"
            )
        if name.strip() == CLEAN:
            raise UsageError(f"--perturbed {word}: {CLEAN!r} is what the clean runs are called; choose another name")
        folder = Path(place)
        if folder.resolve() in seen:
            raise UsageError(
                f"--perturbed {word}: the same place is given as {seen[folder.resolve()]} already, so nothing would "
                "differ"
            )
        seen[folder.resolve()] = f"--perturbed {word}"
        found.setdefault(name.strip(), []).append(folder)
    return found
