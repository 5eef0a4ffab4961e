"""Texts to embeddings with an encoder folder: tokenise, sort by length, run in batches, put back in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from pyserini_xqg.encoder.batching import TOKEN_BUDGET, pad, plan_batches
from pyserini_xqg.encoder.engines import load_runtime
from pyserini_xqg.encoder.folder import EncoderConfig, Side, read_config
from pyserini_xqg.encoder.precision import Precision, resolve
from pyserini_xqg.encoder.tokenizer import TextTokenizer
from pyserini_xqg.errors import EncoderError, UsageError
from pyserini_xqg.machine import available_cores


class NotFiniteError(EncoderError):
    """An embedding that is NaN or infinite; ``position`` is its text's place among those given."""

    def __init__(self, problem: str, position: int) -> None:
        self.position = position
        super().__init__(problem)


class Encoder:
    """An encoder folder, loaded.

    :param folder: the encoder folder.
    :param precision: the arithmetic; :attr:`Precision.AUTO` takes the fastest safe one on this machine.
    :param threads: cores to use; None for all that this process may use.
    :param provider: an ONNX Runtime execution provider; None for the CPU.
    :param token_budget: padded tokens a batch.
    :raises EncoderError: the folder is damaged or has no graph in this precision.
    :raises SetupError: what the precision or the provider needs is not installed.
    :raises UsageError: ``threads`` is below 1.
    """

    def __init__(
        self,
        folder: Path,
        precision: Precision = Precision.AUTO,
        threads: int | None = None,
        provider: str | None = None,
        token_budget: int = TOKEN_BUDGET,
    ) -> None:
        if threads is not None and threads < 1:
            raise UsageError(f"--threads is {threads}; it must be at least 1")
        self.folder = folder
        self.name = str(folder)
        """How it was asked for; stores and cards remember it for people."""
        self.config: EncoderConfig = read_config(folder)
        self.precision = (
            resolve(precision) if provider is None else (Precision.FP32 if precision is Precision.AUTO else precision)
        )
        self._tokenizer = TextTokenizer(folder, self.config)
        self._runtime = load_runtime(folder, self.precision, threads or available_cores(), provider)
        self._token_budget = token_budget

    @property
    def arithmetic(self) -> str:
        """Precision and engine, such as ``bf16/openvino``: what stores remember, since another gives slightly other
        numbers.
        """
        return f"{self.precision}/{self._runtime.engine}"

    @property
    def dimension(self) -> int:
        """The length of an embedding."""
        return self.config.dimension

    def encode(self, texts: Sequence[str], side: Side) -> np.ndarray:
        """Embed texts.

        :returns: float32 ``[len(texts), dimension]``, in the order given.
        :raises NotFiniteError: an embedding is NaN or infinite.
        """
        embeddings = np.empty((len(texts), self.dimension), dtype=np.float32)
        for positions, batch in self.encode_batches(texts, side):
            embeddings[positions] = batch
        return embeddings

    def encode_batches(self, texts: Sequence[str], side: Side) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Embed texts batch by batch, shortest first, without holding all embeddings.

        :returns: pairs of positions in ``texts`` (int64 ``[batch]``) and their embeddings (float32 ``[batch,
            dimension]``).
        :raises NotFiniteError: an embedding is NaN or infinite.
        :raises EncoderError: passages were given to an encoder of queries only.
        """
        self._check_side(side)
        token_ids = self._tokenizer.tokenize(texts, side)
        plan = plan_batches([len(ids) for ids in token_ids], self._token_budget)
        padded = (pad([token_ids[position] for position in positions], self._tokenizer.pad_id) for positions in plan)
        for positions, embeddings in zip(plan, self._runtime.run_all(padded), strict=True):
            self._check(embeddings, texts, positions)
            yield positions, embeddings

    def encode_one(self, text: str, side: Side) -> np.ndarray:
        """Embed one text with all cores: float32 ``[dimension]``."""
        self._check_side(side)
        batch = pad(self._tokenizer.tokenize([text], side), self._tokenizer.pad_id)
        embedding = self._runtime.run(batch)
        self._check(embedding, [text], [0])
        return embedding[0]

    def _check_side(self, side: Side) -> None:
        if side is Side.PASSAGE and self.config.passages is not None:
            raise EncoderError(
                f"{self.folder} embeds queries only; encode passages with {self.config.passages.source}, beside which "
                "it was trained"
            )

    def _check(self, embeddings: np.ndarray, texts: Sequence[str], positions: Sequence[int] | np.ndarray) -> None:
        if embeddings.shape[1] != self.dimension:
            raise EncoderError(
                f"{self.folder} gave {embeddings.shape[1]} dimensions, its encoder.json says {self.dimension}; export "
                "it again"
            )
        finite = np.isfinite(embeddings).all(axis=1)
        if not finite.all():
            position = int(positions[int(np.argmin(finite))])
            raise NotFiniteError(
                f"{self.folder} gave NaN or Inf at {self.precision} for the text {texts[position][:60]!r}; "
                "try --precision fp32, and if that fails too the checkpoint itself is broken",
                position,
            )
