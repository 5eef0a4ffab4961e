"""The whole of the stage: survey, then window after window into the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pyserini_xqg.collection import OnError, Skipped
from pyserini_xqg.encode.window import encode_window
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side, read_config
from pyserini_xqg.errors import UsageError
from pyserini_xqg.jobs import Job
from pyserini_xqg.progress import progress
from pyserini_xqg.store import Keep, ShardContents, StoreMeta, prepare_store, shard_folder, shard_lock, tidy_store, write_shard
from pyserini_xqg.survey import Survey

SHARD_SIZE = 4096
"""Passages a shard: the unit of work that a kill can cost, and what is held in memory at a time."""


@dataclass(frozen=True, slots=True)
class EncodeOptions:
    """What decides the store's bytes, beside encoder and input.

    :param languages: keep only these languages' queries; None for all that are there.
    :param dtype: ``float16`` or ``float32`` on disk.
    :param shard_size: passages a shard.
    :param queries_as: the side whose prefix and length limit generated queries get.
    """

    languages: tuple[str, ...] | None = None
    keep: Keep = Keep.LANGUAGES
    dtype: str = "float16"
    shard_size: int = SHARD_SIZE
    queries_as: Side = Side.QUERY


@dataclass(frozen=True, slots=True)
class EncodeResult:
    """What was done."""

    meta: StoreMeta
    made: int
    """Shards made now."""
    found: int
    """Shards that were there already."""
    queries: int
    passages_without_queries: int
    skipped: Skipped


def encode(
    corpus: Path,
    queries: Path | None,
    encoder: Encoder,
    encoder_name: str,
    output: Path,
    options: EncodeOptions = EncodeOptions(),
    job: Job = Job(),
    on_error: OnError = OnError.STOP,
) -> EncodeResult:
    """Encode a corpus and its generated queries into a vector store.

    Run it again after a kill and it goes on; the store is the same, byte for byte, as from an unbroken run.

    :param encoder_name: how the encoder was asked for; remembered for people.
    :raises InputError: with file and line, for bad input, before anything is encoded.
    :raises OutputError: ``output`` holds something else, another process writes the same shard, or the disk is full.
    :raises EncoderError: a vector is not finite, or the encoder's files are not those that were exported.
    """
    if options.shard_size < 1:
        raise UsageError(f"--shard-size is {options.shard_size}; it must be at least 1")
    read_config(encoder.folder, check_hashes=True)  # the store will be known by this fingerprint for good
    survey = Survey(corpus, queries, options.languages, on_error)
    meta = StoreMeta(
        encoder=encoder_name,
        fingerprint=encoder.config.fingerprint,
        precision=encoder.arithmetic,
        dimension=encoder.dimension,
        dtype=options.dtype,
        languages=survey.languages,
        keep=options.keep,
        ranks=survey.most_queries if options.keep is Keep.RANKS else 0,
        passages=survey.passages,
        shard_size=options.shard_size,
        inputs=survey.inputs_hash(),
        queries_as=str(options.queries_as),
    )
    prepare_store(output, meta)
    made = found = 0
    with progress("encoding", "passages", survey.passages) as bar:
        for number, (passages, window_queries) in enumerate(survey.windows(options.shard_size)):
            if job.makes(number):
                if not shard_folder(output, number).is_dir():
                    made += _make_shard(output, meta, number, partial(encode_window, encoder, meta, passages, window_queries, options.queries_as))
                else:
                    found += 1
            bar.advance(len(passages))
    tidy_store(output, meta)
    return EncodeResult(meta, made, found, survey.queries, survey.passages - survey.passages_with_queries, survey.skipped)


def _make_shard(output: Path, meta: StoreMeta, number: int, contents: Callable[[], ShardContents]) -> int:
    with shard_lock(output, number):
        if shard_folder(output, number).is_dir():  # another process finished it between our look and our lock
            return 0
        made = contents()
        prepare_store(output, meta)  # another process may have begun another store here before any shard was there
        write_shard(output, number, made)
        return 1
