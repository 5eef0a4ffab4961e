"""How a worker gets its generator, and what of it decides the output."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyserini_xqg.expand.generator import Generator
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.resolve import PromptChoice, resolve_model

if TYPE_CHECKING:
    from pyserini_xqg.expand.models.loading import Hardware


@dataclass(frozen=True, slots=True)
class GeneratorAbout:
    """What :class:`~pyserini_xqg.expand.folder.ExpandRecord` remembers of a generator."""

    name: str
    fingerprint: str
    arithmetic: str

    @classmethod
    def of(cls, generator: Generator) -> GeneratorAbout:
        """What is to be remembered of this one."""
        return cls(generator.name, generator.fingerprint, generator.arithmetic)


@dataclass(frozen=True, slots=True)
class GeneratorRecipe:
    """A model and how it runs; see :class:`~pyserini_xqg.engines.crew.ToolRecipe`."""

    name: str
    sampling: Sampling
    hardware: Hardware
    choice: PromptChoice

    @property
    def wants_gpu(self) -> bool:
        """Unless another device was asked for."""
        return self.hardware.device is None or self.hardware.device.startswith("cuda")

    def open(self, cores: int | None = None) -> Generator:
        """Load the model.

        :param cores: None for all.
        :raises XqgError: see :func:`~pyserini_xqg.expand.resolve.resolve_model`.
        """
        return resolve_model(
            self.name, self.sampling, replace(self.hardware, threads=self.hardware.threads or cores), self.choice
        )

    def about(self, generator: Generator) -> GeneratorAbout:
        """What is to be remembered of it."""
        return GeneratorAbout.of(generator)
