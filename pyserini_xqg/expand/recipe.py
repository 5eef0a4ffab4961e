"""How a worker gets its generator, and what of it decides the output."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pyserini_xqg.expand.generator import Generator
from pyserini_xqg.expand.request import GeneratorRequest
from pyserini_xqg.expand.resolve import resolve_generator


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
    """A generator that works in the worker's process; see :class:`~pyserini_xqg.engines.crew.ToolRecipe`."""

    request: GeneratorRequest

    @property
    def wants_gpu(self) -> bool:
        """Unless another device was asked for."""
        device = self.request.hardware.device
        return device is None or device.startswith("cuda")

    def open(self, cores: int | None) -> Generator:
        """Load the model.

        :param cores: None for all.
        :raises XqgError: see :func:`~pyserini_xqg.expand.resolve.resolve_generator`.
        """
        hardware = self.request.hardware
        if hardware.threads is None:
            hardware = replace(hardware, threads=cores)
        return resolve_generator(replace(self.request, hardware=hardware))

    def about(self, generator: Generator) -> GeneratorAbout:
        """What is to be remembered of it."""
        return GeneratorAbout.of(generator)
