"""The whole of the stage: survey, then window after window into the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.encode.from_index.open_index import ChosenEncoder, opened_index
from pyserini_xqg.encode.recipe import EncoderAbout
from pyserini_xqg.encode.window import EncodedPassages, encode_window
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.engines.crew import Crew
from pyserini_xqg.engines.jobs import ShardJob, numbered
from pyserini_xqg.engines.local import LocalCrew
from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.text_kind import in_words, is_other
from pyserini_xqg.input.passage_source import PassageRecord
from pyserini_xqg.input.passages import Passage
from pyserini_xqg.input.queries import PassageQueries
from pyserini_xqg.input.records import OnError, Skipped
from pyserini_xqg.input.survey import PassageSurvey, Survey
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

    :param vectors: the kind of index that the passages' vectors were taken from; empty where they were encoded.
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
    vectors: str = ""


def encode(
    *,
    corpus: str | Path | None = None,
    vectors: str | Path | None = None,
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
    :param vectors: in the place of ``corpus`` an index folder from which the passages' vectors are taken.
    :param queries: generated queries, as ``corpus``; None encodes passages alone.
    :param encoder_name: what the store calls the encoder; None for its own name.
    :param output: the store's folder, which :class:`~pyserini_xqg.store.vector_store.VectorStore` reads.
    """
    return encode_by(
        corpus=Path(corpus) if corpus is not None else None,
        vectors=Path(vectors) if vectors is not None else None,
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
    corpus: Path | None = None,
    vectors: Path | None = None,
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

    :param corpus: passages.
    :param vectors: in the place of ``corpus`` an index folder from which the passages' vectors are taken.
    :param crew: who does it; corpus, index and queries are read here alone.
    :param encoder_name: how the encoder was asked for; remembered for people.
    :raises InputError: with file and line, for bad input, before anything is encoded.
    :raises OutputError: ``output`` holds something else, another process writes the same shard, or the disk is full.
    :raises EncoderError: a vector is not finite, the encoder's files are not those that were exported, or the index's
        vectors are another encoder's.
    :raises StoreError: a shard that is there already is damaged, or the index is.
    :raises UsageError: the index's vectors are not those of its passages, or cannot be taken out; or there is not
        either a corpus or an index.
    """
    about = crew.about
    stage = _Stage(crew, about, encoder_name, output, options, job)
    if corpus is not None and vectors is None:
        return stage.run(Survey(corpus, queries, options.languages, on_error), _as_they_are)
    if corpus is not None or vectors is None:
        raise UsageError("passages come either from a corpus or from an index: give one of --corpus and --vectors")
    with opened_index(vectors, ChosenEncoder(encoder_name, about)) as index:
        kind = index.kind if index.exact else f"{index.kind}, which keeps them rounded"
        return stage.run(PassageSurvey(index, queries, options.languages, on_error), index.take, kind)


def _as_they_are(passages: Sequence[Passage]) -> Sequence[Passage]:
    return passages


@dataclass(frozen=True, slots=True)
class _Stage:
    """Everything but where the passages come from; see :func:`encode_by`."""

    crew: Crew[Encoder, EncoderAbout]
    about: EncoderAbout
    encoder_name: str
    output: Path
    options: EncodeOptions
    job: ShardJob

    def run[Record: PassageRecord](
        self,
        survey: PassageSurvey[Record],
        prepare: Callable[[Sequence[Record]], Sequence[Passage] | EncodedPassages],
        vectors: str = "",
    ) -> EncodeResult:
        """Make the shards of this job that are not there.

        :param prepare: makes of a window's passages what a worker takes.
        :param vectors: see :class:`EncodeResult`.
        :raises UsageError: kinds of text are to be told apart, and only one sum shall be kept.
        """
        output, meta = self.output, self._meta(survey)
        prepare_store(output, meta)
        mine = [number for number in range(meta.shards) if self.job.makes(number)]
        missing = {number for number in mine if not _is_there(output, meta, number)}
        windows = (
            Window(output, meta, number, prepare(passages), queries)
            for number, (passages, queries) in numbered(survey.windows(meta.shard_size), missing)
        )
        with progress("encoding", "passages", sum(_size(meta, number) for number in missing)) as bar:
            for done in self.crew.run(make_shard, windows, len(missing), output):
                bar.advance(done)
        left = tuple(number for number in range(meta.shards) if not shard_folder(output, number).is_dir())
        if not missing and not left:
            _verify(output, meta)
        tidy_store(output, meta)
        return EncodeResult(
            meta=meta,
            made=len(missing),
            found=len(mine) - len(missing),
            missing=left,
            queries=survey.queries,
            passages_without_queries=survey.passages - survey.passages_with_queries,
            skipped=survey.skipped,
            vectors=vectors,
        )

    def _meta[Record: PassageRecord](self, survey: PassageSurvey[Record]) -> StoreMeta:
        about, options = self.about, self.options
        if options.keep is Keep.TOTAL and any(map(is_other, survey.columns)):
            raise UsageError(
                f"--keep total keeps one sum of all texts, and here are {in_words(survey.columns)}, which weigh "
                "differently; encode with --keep languages"
            )
        return StoreMeta(
            encoder=self.encoder_name,
            fingerprint=about.fingerprint,
            precision=about.arithmetic,
            dimension=about.dimension,
            dtype=options.dtype,
            languages=survey.columns,
            keep=options.keep,
            ranks=survey.most_queries if options.keep is Keep.RANKS else 0,
            passages=survey.passages,
            shard_size=options.shard_size,
            inputs=survey.inputs_hash(),
            queries_as=str(options.queries_as),
            sources=survey.sources(),
        )


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


@dataclass(frozen=True, slots=True)
class Window:
    """A shard to make.

    :param passages: their texts, or their vectors where they are there already.
    :param queries: those of each passage, or None.
    """

    output: Path
    meta: StoreMeta
    number: int
    passages: Sequence[Passage] | EncodedPassages
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
