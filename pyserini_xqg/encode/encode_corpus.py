"""The whole of the stage: survey, then window after window into the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.encode.recipe import EncoderAbout
from pyserini_xqg.encode.window import encode_window
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.engines.crew import Crew
from pyserini_xqg.engines.jobs import ShardJob, numbered
from pyserini_xqg.engines.local import LocalCrew
from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.input.passages import Passage
from pyserini_xqg.input.queries import PassageQueries
from pyserini_xqg.input.records import OnError, Skipped
from pyserini_xqg.input.survey import Survey
from pyserini_xqg.progress import progress
from pyserini_xqg.store.locks import shard_lock, tidy_store
from pyserini_xqg.store.meta import StoreMeta, prepare_store, shard_folder
from pyserini_xqg.store.shard import Shard, write_shard

SHARD_SIZE = 4096
"""Passages a shard: the unit of work that a kill can cost, and what is held in memory at a time."""


@dataclass(frozen=True, slots=True)
class EncodeOptions:
    """What decides the store's bytes, beside encoder and input.

    :param languages: keep only these languages' queries; None for all that are there.
    :param dtype: ``float16`` or ``float32`` on disk.
    :param shard_size: passages a shard.
    :param queries_as: the side whose prefix and length limit generated queries get.
    :raises UsageError: a number that cannot be.
    """

    languages: tuple[str, ...] | None = None
    keep: Keep = Keep.LANGUAGES
    dtype: str = "float16"
    shard_size: int = SHARD_SIZE
    queries_as: Side = Side.QUERY

    def __post_init__(self) -> None:
        if self.shard_size < 1:
            raise UsageError(f"--shard-size is {self.shard_size}; it must be at least 1")


@dataclass(frozen=True, slots=True)
class EncodeResult:
    """What was done.

    :param made: shards made now.
    :param found: shards of this job that were there already.
    :param missing: shards of the whole store that are not there, other jobs' work.
    """

    meta: StoreMeta
    made: int
    found: int
    missing: tuple[int, ...]
    queries: int
    passages_without_queries: int
    skipped: Skipped


def encode(
    *,
    corpus: str | Path,
    queries: str | Path | None = None,
    encoder: Encoder,
    output: str | Path,
    encoder_name: str | None = None,
    options: EncodeOptions = EncodeOptions(),
    job: ShardJob = ShardJob(),
    on_error: OnError = OnError.STOP,
) -> EncodeResult:
    """Encode a corpus and its generated queries into a vector store, in this process; see :func:`encode_by`.

    :param corpus: passages, a JSONL file or a folder of such files.
    :param queries: generated queries, likewise; None encodes passages alone.
    :param encoder_name: what the store calls the encoder; None for its own name.
    :param output: the store's folder, which :class:`~pyserini_xqg.store.vector_store.VectorStore` reads.
    """
    return encode_by(
        corpus=Path(corpus),
        queries=Path(queries) if queries is not None else None,
        crew=LocalCrew(encoder, EncoderAbout.of(encoder)),
        encoder_name=encoder_name or encoder.name,
        output=Path(output),
        options=options,
        job=job,
        on_error=on_error,
    )


def encode_by(
    *,
    corpus: Path,
    queries: Path | None,
    crew: Crew[Encoder, EncoderAbout],
    encoder_name: str,
    output: Path,
    options: EncodeOptions = EncodeOptions(),
    job: ShardJob = ShardJob(),
    on_error: OnError = OnError.STOP,
) -> EncodeResult:
    """Encode a corpus and its generated queries into a vector store.

    Run it again after a kill and it goes on; the store is the same, byte for byte, as from an unbroken run, whoever
    does the work.

    :param crew: who does it; corpus and queries are read here alone.
    :param encoder_name: how the encoder was asked for; remembered for people.
    :raises InputError: with file and line, for bad input, before anything is encoded.
    :raises OutputError: ``output`` holds something else, another process writes the same shard, or the disk is full.
    :raises EncoderError: a vector is not finite, or the encoder's files are not those that were exported.
    :raises StoreError: a shard that is there already is damaged.
    """
    about = crew.about
    survey = Survey(corpus, queries, options.languages, on_error)
    meta = StoreMeta(
        encoder=encoder_name,
        fingerprint=about.fingerprint,
        precision=about.arithmetic,
        dimension=about.dimension,
        dtype=options.dtype,
        languages=survey.languages,
        keep=options.keep,
        ranks=survey.most_queries if options.keep is Keep.RANKS else 0,
        passages=survey.passages,
        shard_size=options.shard_size,
        inputs=survey.inputs_hash(),
        queries_as=str(options.queries_as),
        sources=survey.sources(),
    )
    prepare_store(output, meta)
    mine = [number for number in range(meta.shards) if job.makes(number)]
    missing = {number for number in mine if not _is_there(output, meta, number)}
    with progress("encoding", "passages", sum(_size(meta, number) for number in missing)) as bar:
        for done in crew.run(make_shard, _windows(survey, meta, missing, output), len(missing), output):
            bar.advance(done)
    left = tuple(number for number in range(meta.shards) if not shard_folder(output, number).is_dir())
    if not missing and not left:
        _verify(output, meta)
    tidy_store(output, meta)
    without = survey.passages - survey.passages_with_queries
    return EncodeResult(meta, len(missing), len(mine) - len(missing), left, survey.queries, without, survey.skipped)


def _is_there(output: Path, meta: StoreMeta, number: int) -> bool:
    """Whether a shard was made already.

    :raises StoreError: a copy of it broke off, or it comes from another store.
    """
    folder = shard_folder(output, number)
    if not folder.is_dir():
        return False
    count, expected = Shard(folder, meta).passages_count, _size(meta, number)
    if count != expected:
        raise StoreError(
            f"{folder} holds {count:,} passages, {expected:,} expected: it is another store's; remove it and run "
            "encode again"
        )
    return True


def _size(meta: StoreMeta, number: int) -> int:
    return min(meta.shard_size, meta.passages - number * meta.shard_size)


def _windows(survey: Survey, meta: StoreMeta, missing: set[int], output: Path) -> Iterator[Window]:
    """The shards to make, with what goes into them."""
    for number, (passages, queries) in numbered(survey.windows(meta.shard_size), missing):
        yield Window(output, meta, number, passages, queries)


@dataclass(frozen=True, slots=True)
class Window:
    """A shard to make.

    :param queries: those of each passage, or None.
    """

    output: Path
    meta: StoreMeta
    number: int
    passages: Sequence[Passage]
    queries: Sequence[PassageQueries | None]

    def __str__(self) -> str:
        return f"shard {self.number} of {self.output}"


def make_shard(encoder: Encoder, window: Window) -> Iterator[int]:
    """Make a shard, unless it is there.

    :returns: its passages, once it is made.
    :raises BusyError: another process is writing it.
    :raises EncoderError: a vector is not finite, or does not fit the store's dtype.
    """
    with shard_lock(window.output, window.number):
        if not shard_folder(
            window.output, window.number
        ).is_dir():  # else another process finished it between our look and our lock
            made = encode_window(encoder, window.meta, window.passages, window.queries)
            prepare_store(
                window.output, window.meta
            )  # another process may have begun another store here before any shard was there
            write_shard(window.output, window.number, made)
    yield len(window.passages)


def _verify(output: Path, meta: StoreMeta) -> None:
    """See that a store which was there already is what was written: this run has nothing else to do."""
    with progress("checking", "shards", meta.shards) as bar:
        for number in range(meta.shards):
            Shard(shard_folder(output, number), meta).verify()
            bar.advance()
