"""A checkpoint becomes an encoder folder, checked against the original before anybody can see it."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.encoder.folder import (
    INT8_MODEL,
    MODEL,
    TOKENIZER,
    EncoderConfig,
    Quantization,
    Side,
    is_encoder_folder,
    read_config,
    write_config,
)
from pyserini_xqg.errors import EncoderError, OutputError, UsageError
from pyserini_xqg.export.card import encoder_card
from pyserini_xqg.export.checkpoint import Checkpoint, load_model
from pyserini_xqg.export.graph import write_graph
from pyserini_xqg.export.parity import Embeddings, check_parity, original_embeddings
from pyserini_xqg.export.quantize import measure, quantize_graph
from pyserini_xqg.export.sentences import SENTENCES
from pyserini_xqg.export.settings import ExportSettings
from pyserini_xqg.export.tokenizer import load_tokenizer, tokenize
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.text import write_text
from pyserini_xqg.files.whole import replacing_folder
from pyserini_xqg.report.cards.markdown import CARD


def export_encoder(checkpoint: Checkpoint, output: Path, settings: ExportSettings) -> EncoderConfig:
    """Export ``checkpoint`` to the encoder folder ``output``, with a card; a folder that holds this very export already
    is left as it is.

    :raises EncoderError: the checkpoint cannot be exported, or the graph's embeddings are not the original's.
    :raises UsageError: a prefix fills its side's whole length.
    :raises OutputError: ``output`` holds something else, or cannot be written.
    """
    source_sha256 = checkpoint.sha256()
    if present := _same_export(output, source_sha256, settings):
        return present
    with replacing_folder(output) as folder:
        config = _export_into(folder, checkpoint, source_sha256, settings)
        write_config(folder, config)
        write_text(folder / CARD, encoder_card(config))
    return config


def _same_export(output: Path, source_sha256: str, settings: ExportSettings) -> EncoderConfig | None:
    """The configuration of the export in ``output`` when it is the one asked for; None when nothing is there.

    :raises OutputError: something else is there.
    """
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return None
    if not is_encoder_folder(output):
        found = ", ".join(sorted(entry.name for entry in output.iterdir())[:5]) if output.is_dir() else "a file"
        raise OutputError(
            f"{output} is not empty and not an encoder folder (it holds {found}); choose another --output"
        )
    try:
        present = read_config(output, check_hashes=True)
    except EncoderError as error:
        raise OutputError(
            f"{output} holds a damaged encoder ({error}); remove it or choose another --output"
        ) from error
    made_with = ExportSettings.of(present)
    if present.source_sha256 == source_sha256 and made_with == settings:
        return present
    raise OutputError(
        f"{output} holds another export already: of {present.source}, {describe(made_with)}; remove it or "
        "choose another --output"
    )


def describe(settings: ExportSettings) -> str:
    """The settings in a few words."""
    return (
        f"{settings.pooling.value} pooling, {'normalised' if settings.normalize else 'not normalised'}, prefixes "
        f"{settings.query_prefix!r} and {settings.passage_prefix!r}, {settings.query_max_length} and "
        f"{settings.passage_max_length} tokens, {'with' if settings.quantize else 'without'} an int8 graph"
    )


def _export_into(folder: Path, checkpoint: Checkpoint, source_sha256: str, settings: ExportSettings) -> EncoderConfig:
    model = load_model(checkpoint)
    tokenizer = load_tokenizer(checkpoint, model.config.vocab_size)
    (folder / TOKENIZER).write_text(tokenizer.to_str(), encoding="utf-8")
    for side, prefix, length in _sides(settings):
        if len(tokenizer.encode(prefix).ids) >= length:
            raise UsageError(
                f"the {side.value} prefix {prefix!r} alone fills the {length} tokens of a {side.value}; give a longer "
                "length"
            )
    ids = tokenize(
        tokenizer, [settings.passage_prefix + sentence.text for sentence in SENTENCES], settings.passage_max_length
    )
    original = original_embeddings(model, ids, settings.pooling, settings.normalize)
    write_graph(model, settings.pooling, settings.normalize, folder)
    del model
    parity = check_parity(folder / MODEL, ids, original)
    return EncoderConfig(
        dimension=original.shape[1],
        pooling=settings.pooling,
        normalize=settings.normalize,
        query_max_length=settings.query_max_length,
        passage_max_length=settings.passage_max_length,
        query_prefix=settings.query_prefix,
        passage_prefix=settings.passage_prefix,
        source=checkpoint.source,
        source_sha256=source_sha256,
        model_sha256=sha256(folder / MODEL),
        tokenizer_sha256=sha256(folder / TOKENIZER),
        parity=parity,
        quantization=_quantize(folder, ids, original) if settings.quantize else None,
    )


def _sides(settings: ExportSettings) -> tuple[tuple[Side, str, int], ...]:
    return (
        (Side.QUERY, settings.query_prefix, settings.query_max_length),
        (Side.PASSAGE, settings.passage_prefix, settings.passage_max_length),
    )


def _quantize(folder: Path, ids: list[list[int]], original: Embeddings) -> Quantization:
    quantize_graph(folder / MODEL, folder / INT8_MODEL)
    return measure(folder / INT8_MODEL, ids, original)
