"""The encoder folder behind the two interfaces that Pyserini expects of an encoder.

They hold Pyserini's contract by its methods, not by inheritance, so that importing them starts no JVM.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import UsageError

_GPU_PROVIDER = "CUDAExecutionProvider"


def _provider(device: str) -> str | None:
    return _GPU_PROVIDER if device.startswith("cuda") else None


class OnnxQueryEncoder:
    """Takes the place of Pyserini's ``AutoQueryEncoder``: ``FaissSearcher(index, OnnxQueryEncoder(folder))``.

    :param encoder_dir: the encoder folder.
    :param tokenizer_name: must be None; the folder has its own tokenizer.
    :param device: ``cpu`` or ``cuda:0`` (needs ONNX Runtime's CUDA build).
    :param prefix: must be None; the folder has its own prefixes.
    :param fp16: ignored, as Pyserini's own encoders ignore it; choose ``precision``.
    :param precision: the arithmetic; the fastest safe one on this machine unless given.
    :param threads: cores to use; None for all.
    :raises EncoderError: the folder is damaged.
    :raises UsageError: a tokenizer or a prefix of another make was asked for.
    """

    has_model = True

    def __init__(
        self,
        encoder_dir: str | Path,
        tokenizer_name: str | None = None,
        device: str = "cpu",
        prefix: str | None = None,
        fp16: bool = False,
        precision: Precision = Precision.AUTO,
        threads: int | None = None,
    ) -> None:
        _refuse_overrides(tokenizer_name, prefix)
        self.encoder = Encoder(Path(encoder_dir), precision, threads, _provider(device))

    @classmethod
    def of(cls, encoder: Encoder) -> OnnxQueryEncoder:
        """The same around an encoder that is loaded already."""
        made = cls.__new__(cls)
        made.encoder = encoder
        return made

    def encode(self, query: str, max_length: int | None = None) -> np.ndarray:
        """Embed one query: float32 ``[dimension]``. ``max_length`` is the folder's, whatever is given."""
        return self.encoder.encode_one(query, Side.QUERY)

    def encode_batch(self, queries: Sequence[str]) -> np.ndarray:
        """Embed many queries: float32 ``[len(queries), dimension]``. ``FaissSearcher.batch_search`` calls it where it
        is there.
        """
        return self.encoder.encode(queries, Side.QUERY)


class OnnxDocumentEncoder:
    """Takes the place of Pyserini's ``AutoDocumentEncoder``.

    :param model_name: the encoder folder; the other parameters are those of :class:`OnnxQueryEncoder`.
    :param pooling: ignored; pooling is inside the graph.
    :param l2_norm: ignored; normalisation is inside the graph.
    :raises EncoderError: the folder is damaged.
    :raises UsageError: a tokenizer or a prefix of another make was asked for.
    """

    has_model = True

    def __init__(
        self,
        model_name: str | Path,
        tokenizer_name: str | None = None,
        device: str = "cpu",
        pooling: str | None = None,
        l2_norm: bool | None = None,
        prefix: str | None = None,
        precision: Precision = Precision.AUTO,
        threads: int | None = None,
    ) -> None:
        _refuse_overrides(tokenizer_name, prefix)
        self.encoder = Encoder(Path(model_name), precision, threads, _provider(device))

    def encode(
        self,
        texts: Sequence[str],
        titles: Sequence[str | None] | None = None,
        max_length: int | None = None,
        add_sep: bool = False,
        fp16: bool = False,
    ) -> np.ndarray:
        """Embed passages: float32 ``[len(texts), dimension]``; a title is put before its text with a space.

        :param max_length: the folder's, whatever is given.
        :raises UsageError: ``add_sep``, which asks for title and text as a pair.
        """
        if add_sep:
            raise UsageError("this encoder takes title and text joined by a space; leave out --add-sep")
        joined = (
            [f"{title} {text}" if title else text for title, text in zip(titles, texts, strict=True)]
            if titles is not None
            else texts
        )
        return self.encoder.encode(joined, Side.PASSAGE)


def _refuse_overrides(tokenizer_name: str | None, prefix: str | None) -> None:
    if tokenizer_name is not None:
        raise UsageError("an encoder folder brings its own tokenizer; leave out --tokenizer")
    if prefix is not None:
        raise UsageError(
            "an encoder folder brings its own prefixes; leave out --query-prefix and --prefix, or export it again "
            "with others"
        )
