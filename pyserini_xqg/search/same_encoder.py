"""Queries and passages have the same encoder, or two that were trained for each other."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.encoder.folder import EncoderConfig
from pyserini_xqg.errors import EncoderError
from pyserini_xqg.manifests.dense import Manifest


def check_encoder(index: Path, manifest: Manifest, folder: Path, config: EncoderConfig) -> None:
    """See that queries are encoded for the passages of an index.

    :param folder: where the queries' encoder lies.
    :param config: its settings.
    :raises EncoderError: they are not.
    """
    if not config.searches(manifest.fingerprint):
        raise EncoderError(
            f"{index} was made with the encoder {manifest.encoder} ({manifest.fingerprint[:12]}, "
            f"{manifest.dimension} dimensions), the queries' encoder is {folder} ({config.fingerprint[:12]}, "
            f"{config.dimension}); search with the same one"
        )
