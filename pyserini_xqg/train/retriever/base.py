"""The model that a training starts from, and the encoder of the passages that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pyserini_xqg.encoder.folder import EncoderConfig, is_encoder_folder, read_config
from pyserini_xqg.errors import EncoderError, UsageError
from pyserini_xqg.export.checkpoint import Checkpoint, find_checkpoint, token_limit
from pyserini_xqg.export.embedded.checkpoints import EMBEDDED, EMBEDDED_SETTINGS, e5_checkpoint
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.export.settings import ExportSettings, Wishes, choose_settings

_INSIDE = "checkpoint"


@dataclass(frozen=True, slots=True)
class Base:
    """What is trained, and what stays.

    :param settings: how texts are embedded, in training as in the export.
    :param passages: the folder of the encoder that the passages are, and stay, embedded with; None where they are
        trained as well.
    :param passages_name: what the user calls it.
    :param fingerprint: of that encoder; empty where there is none.
    :param same_make: whether that encoder was made of this very checkpoint.
    """

    checkpoint: Checkpoint
    settings: ExportSettings
    passages: Path | None = None
    passages_name: str = ""
    fingerprint: str = ""
    same_make: bool = True


def find_trainable(model: str) -> Checkpoint:
    """Find a checkpoint that an encoder can be made of.

    :raises EncoderError: there is none, or it is of another architecture, or an exported encoder.
    """
    if model == EMBEDDED:
        return Checkpoint(e5_checkpoint(), EMBEDDED)
    folder = Path(model).expanduser()
    if is_encoder_folder(folder):
        inside = folder / _INSIDE
        advice = f"give {inside}" if inside.is_dir() else "give the checkpoint that it was made of"
        raise EncoderError(f"{model} is an exported encoder, whose graph cannot be trained; {advice}")
    checkpoint = find_checkpoint(model)
    token_limit(checkpoint)  # refuses what is no encoder
    return checkpoint


def with_frozen_passages(model: str, passages: str | None) -> Base:
    """A query tower beside an encoder of the passages, as whose queries' tower it is used: with its pooling, prefixes
    and lengths.

    :param passages: the encoder of the passages; None for the one that ``model`` stands for wherever an encoder is
        named.
    :raises EncoderError: the encoder cannot be had, or embeds queries only.
    """
    checkpoint = find_trainable(model)
    folder = resolve_encoder(passages or model)
    config = read_config(folder)
    if config.passages is not None:
        raise EncoderError(
            f"{folder} embeds queries only, beside passages by {config.passages.source}; give that one as "
            "--passage-encoder"
        )
    same_make = passages is None or config.source_sha256 == checkpoint.sha256()
    return Base(checkpoint, encoder_settings(config), folder, passages or model, config.fingerprint, same_make)


def with_trained_passages(model: str, wishes: Wishes, *, beside_base: bool) -> Base:
    """One encoder for both sides.

    :param wishes: how texts are to be embedded, where the checkpoint's own way is not wanted.
    :param beside_base: whether the base model's embeddings are needed besides.
    :raises EncoderError: the checkpoint states something that an encoder folder cannot hold.
    """
    checkpoint = find_trainable(model)
    settings = _chosen(checkpoint, wishes)
    if not beside_base:
        return Base(checkpoint, settings)
    folder = resolve_encoder(model)
    config = read_config(folder)
    if _way(encoder_settings(config)) != _way(settings):
        raise UsageError(
            "the base model's embeddings are needed beside the trained one's, and it is used as it states itself: "
            "leave out --pooling, --normalize and the prefixes, or train without alignment and --mine dense"
        )
    return Base(checkpoint, settings, folder, model, config.fingerprint)


def _chosen(checkpoint: Checkpoint, wishes: Wishes) -> ExportSettings:
    if checkpoint.source == EMBEDDED and wishes == Wishes():
        return replace(EMBEDDED_SETTINGS, quantize=False)
    return choose_settings(checkpoint.folder, checkpoint.source, wishes, token_limit(checkpoint)).settings


def _way(settings: ExportSettings) -> tuple[object, ...]:
    """How texts are embedded, but for their lengths."""
    return settings.pooling, settings.normalize, settings.query_prefix, settings.passage_prefix


def encoder_settings(config: EncoderConfig) -> ExportSettings:
    """The settings of an encoder folder, without its int8 graph."""
    return replace(ExportSettings.of(config), quantize=False)
