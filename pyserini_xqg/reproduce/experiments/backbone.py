"""Which retriever an experiment is about: one that is there, or one that is trained first from a pretrained model such
as mBERT or XLM-R.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.reproduce.steps.step import Step, step

FULL = {"mbert": "bert-base-multilingual-cased", "xlm-r": "xlm-roberta-base"}
"""What the full form is about: the paper's two pretrained models, by the folder that each experiment gets."""
TRAINED = "train retriever"
"""The name of the step that trains it."""


@dataclass(frozen=True, slots=True)
class Retriever:
    """The model behind the base system.

    :param name: a retriever, as ``encode`` takes it; or, to be trained first, a pretrained model.
    :param pretrained: whether it has to be trained first.
    :param data: more to learn from then, as ``train retriever`` takes it.
    :param epochs: of that training.
    """

    name: str = "e5-small"
    pretrained: bool = False
    data: tuple[Path, ...] = ()
    epochs: float = 40

    def __post_init__(self) -> None:
        if not self.epochs > 0:
            raise UsageError(f"--backbone-epochs is {self.epochs}; it must be above 0")
        if self.data and not self.pretrained:
            raise UsageError(
                "--backbone-data are for a --backbone, which is trained first; --model takes a retriever as it is"
            )

    def encoder(self, place: Path) -> str:
        """What embeds passages, and the base system's queries."""
        return str(place / "encoders" / "retriever") if self.pretrained else self.name

    def as_model(self, place: Path) -> tuple[str, ...]:
        """What ``train retriever`` is told, to train a query tower beside it."""
        if not self.pretrained:
            return ("--model", self.name)
        return ("--model", str(Path(self.encoder(place)) / "checkpoint"), "--passage-encoder", self.encoder(place))

    def steps(self, place: Path, data: Sequence[str], needs: Sequence[str]) -> list[Step]:
        """The training, where there is one: both towers, with the numbers that the xQG paper gives for its retriever
        (batch 128, rate 1e-5, 40 epochs, 32 and 128 tokens); negatives are the other passages of the batch.
        """
        if not self.pretrained:
            return []
        words = (
            "train",
            "retriever",
            "--model",
            self.name,
            "--tower",
            "both",
            "--objective",
            "contrastive",
            "--train",
            *data,
            *map(str, self.data),
        )
        words = (
            *words,
            "--batch-size",
            "128",
            "--chunk",
            "32",
            "--learning-rate",
            "1e-5",
            "--epochs",
            f"{self.epochs:g}",
        )
        words = (*words, "--query-max-length", "32", "--passage-max-length", "128")
        return [step(TRAINED, *words, output=Path(self.encoder(place)), needs=needs)]

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of the steps that come before anything is encoded."""
        return (TRAINED,) if self.pretrained else ()
