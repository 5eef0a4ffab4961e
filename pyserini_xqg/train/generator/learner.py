"""What a training needs to know of the architecture of the model that it trains."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.train.fit import Task
from pyserini_xqg.train.generator.data.split import DividedExamples
from pyserini_xqg.train.generator.options import GeneratorOptions
from pyserini_xqg.train.settings import TrainSettings


@dataclass(frozen=True, slots=True)
class Lesson:
    """A model and its examples, ready to be trained.

    :param number: how many are seen in an epoch.
    :param named: of what.
    :param parameters: the model's in all, and how many of them change.
    :param remarks: what was cut or left out, a sentence each.
    """

    task: Task
    number: int
    named: str
    parameters: tuple[int, int]
    remarks: tuple[str, ...] = ()


class Learner(Protocol):
    """An architecture."""

    def settle(self, options: GeneratorOptions) -> GeneratorOptions:
        """Options with what holds for this architecture where nothing was said.

        :raises UsageError: an option that it has no use for.
        """

    def record(self, options: GeneratorOptions) -> dict[str, Any]:
        """Those of the options that decide its weights and its report."""

    def prepare(
        self, split: DividedExamples, files: ModelFiles, settings: TrainSettings, options: GeneratorOptions
    ) -> Lesson:
        """Load the model, and read the examples.

        :raises GeneratorError: the model cannot be loaded.
        :raises TrainingError: the examples are not for this model.
        """

    def finish(self, best: Path, files: ModelFiles, options: GeneratorOptions, place: Path) -> None:
        """Make of the best checkpoint a model that ``expand`` takes.

        :param place: a folder that is not there yet.
        """
