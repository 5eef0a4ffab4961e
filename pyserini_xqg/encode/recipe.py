"""How a worker gets its encoder, and what of it decides the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import read_config
from pyserini_xqg.encoder.precision import Precision


@dataclass(frozen=True, slots=True)
class EncoderAbout:
    """What a store remembers of an encoder, and whether its vectors are of length one."""

    fingerprint: str
    arithmetic: str
    dimension: int
    normalized: bool

    @classmethod
    def of(cls, encoder: Encoder) -> EncoderAbout:
        """What is to be remembered of this one, whose files are looked through: a store is known by the fingerprint for
        good.

        :raises EncoderError: its files are not those that were exported.
        """
        read_config(encoder.folder, check_hashes=True)
        config = encoder.config
        return cls(config.fingerprint, encoder.arithmetic, encoder.dimension, config.normalize)


@dataclass(frozen=True, slots=True)
class EncoderRecipe:
    """An encoder and how it runs; see :class:`~pyserini_xqg.engines.crew.ToolRecipe`.

    :param find: gives the encoder folder, wherever it is called.
    :param threads: None for all cores of the worker.
    """

    find: Callable[[], Path]
    precision: Precision
    threads: int | None
    provider: str | None

    @property
    def wants_gpu(self) -> bool:
        """Where an execution provider was asked for that is not the CPU's."""
        return self.provider is not None and not self.provider.startswith("CPU")

    def open(self, cores: int | None) -> Encoder:
        """Load the encoder.

        :param cores: None for all.
        :raises XqgError: there is none, or it cannot be loaded.
        """
        return Encoder(self.find(), self.precision, self.threads if self.threads is not None else cores, self.provider)

    def about(self, encoder: Encoder) -> EncoderAbout:
        """What is to be remembered of it."""
        return EncoderAbout.of(encoder)
