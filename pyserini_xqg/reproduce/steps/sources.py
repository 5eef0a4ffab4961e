"""The data that experiments begin from: the steps that make folders of it, and what is not at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.datasets.registry import DATASETS
from pyserini_xqg.errors import UsageError
from pyserini_xqg.reproduce.steps.step import Step, step


@dataclass(frozen=True, slots=True)
class Part:
    """A folder that a data set becomes.

    :param name: the folder's, in the experiment's ``data``.
    :param dataset: as ``dataset NAME`` calls it.
    :param words: its flags.
    """

    name: str
    dataset: str
    words: tuple[str, ...] = ()

    def step(self, source: Path, place: Path) -> Step:
        """The step that makes it.

        :param source: the folder that holds the published files, a folder a data set.
        :param place: the experiment's folder.
        """
        return step(
            f"dataset {self.name}",
            "dataset",
            self.dataset,
            "--input",
            source / self.dataset,
            *self.words,
            output=self.folder(place),
        )

    def folder(self, place: Path) -> Path:
        """Where it lies."""
        return place / "data" / self.name


TRAIN = (Part("xquad-train", "xquad", ("--articles", "even")), Part("afriqa-train", "afriqa", ("--split", "train")))
"""What retrievers learn from; what they are judged by shares no article and no question with it."""


def check_sets(queries: Mapping[str, Path], parts: Sequence[Part]) -> None:
    """See that queries were given for test sets that there are.

    :raises UsageError: there is no such test set.
    """
    names = [part.name for part in parts]
    if unknown := [name for name in queries if name not in names]:
        raise UsageError(f"--queries {unknown[0]}=…: there is no such test set; there are {', '.join(names)}")


def not_at_hand(parts: Sequence[Part], source: Path) -> dict[str, str]:
    """Data set -> a sentence that says where it is published, for those without a folder in ``source``."""
    names = dict.fromkeys(part.dataset for part in parts)
    return {name: _sentence(name, source) for name in names if not (source / name).exists()}


def _sentence(name: str, source: Path) -> str:
    publication = DATASETS[name].publication
    return (
        f"{publication.title} ({publication.version}) is not in {source / name}; it is published at "
        f"{publication.address}"
    )
