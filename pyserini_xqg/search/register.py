"""Makes ``xqg`` known in Pyserini's two encoder maps."""

from __future__ import annotations

from functools import partial

from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.encoder.pyserini_classes import OnnxDocumentEncoder, OnnxQueryEncoder
from pyserini_xqg.java.jvm import import_pyserini

ENCODER_CLASS = "xqg"


def register(precision: Precision = Precision.AUTO) -> None:
    """Make ``xqg`` known to ``pyserini.encode``: as ``encoder_class`` in its Python calls and, through our commands, as
    a flag.

    It goes to the end of the maps: Pyserini guesses an encoder's class by the first name that is part of the encoder's
    path, and a path that holds "xqg" by chance must still find its own.

    :raises SetupError: Java or Pyserini is missing or does not fit.
    """
    maps = import_pyserini("pyserini.encode")
    maps.query_encoder_class_map[ENCODER_CLASS] = partial(OnnxQueryEncoder, precision=precision)
    maps.document_encoder_class_map[ENCODER_CLASS] = partial(OnnxDocumentEncoder, precision=precision)
