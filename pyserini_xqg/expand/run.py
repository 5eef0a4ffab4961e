"""The whole of the stage: survey, then chunk after chunk in each language, put together group by group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.collection import OnError, Passage, Skipped
from pyserini_xqg.errors import GeneratorError, UsageError
from pyserini_xqg.expand.clean import Reason, clean
from pyserini_xqg.expand.folder import (
    Settings,
    Tally,
    UnitResult,
    prepare_folder,
    queries_file,
    read_group,
    read_unit,
    tidy_folder,
    write_group,
    write_unit,
)
from pyserini_xqg.expand.generator import Answer, Generator, Unit, unit_seed
from pyserini_xqg.jobs import Job
from pyserini_xqg.languages import language
from pyserini_xqg.lock import building
from pyserini_xqg.progress import Progress, progress
from pyserini_xqg.survey import Survey

CHUNK_SIZE = 32
"""Passages a unit of work: what a kill can cost, a language, and what batches are made from."""
GROUP_SIZE = 1024
"""Passages a file of the output."""


@dataclass(frozen=True, slots=True)
class ExpandOptions:
    """What decides the output's bytes, beside generator and corpus.

    :param languages: canonical codes.
    :param number: queries a language and passage.
    :param chunk_size: passages a unit of work.
    :param group_size: passages a file, a multiple of ``chunk_size``.
    :raises UsageError: a number that cannot be.
    """

    languages: tuple[str, ...]
    number: int = 5
    seed: int = 0
    chunk_size: int = CHUNK_SIZE
    group_size: int = GROUP_SIZE

    def __post_init__(self) -> None:
        if not self.languages:
            raise UsageError("--languages is empty; name at least one, such as ar,ja")
        for flag, value in (("--queries-per-language", self.number), ("--chunk-size", self.chunk_size), ("--shard-size", self.group_size)):
            if value < 1:
                raise UsageError(f"{flag} is {value}; it must be at least 1")
        if self.group_size % self.chunk_size:
            raise UsageError(f"--shard-size {self.group_size} is no multiple of --chunk-size {self.chunk_size}; chunks are not divided between files")


@dataclass(frozen=True, slots=True)
class ExpandResult:
    """What was done, and what all finished groups hold together.

    :param made: groups made now.
    :param found: groups of this job that were there already.
    """

    settings: Settings
    made: int
    found: int
    tally: Tally
    skipped: Skipped

    @property
    def whole(self) -> bool:
        """Whether every group of the output is there."""
        return self.tally.passages == self.settings.passages


def expand(
    corpus: Path,
    generator: Generator,
    output: Path,
    options: ExpandOptions,
    job: Job = Job(),
    on_error: OnError = OnError.STOP,
) -> ExpandResult:
    """Write queries for a corpus.

    Run it again after a kill and it goes on; the output is the same, byte for byte, as from an unbroken run.

    :raises InputError: with file and line, for bad input, before anything is written.
    :raises OutputError: ``output`` holds something else, another process makes the same group, or the disk is full.
    :raises GeneratorError: the generator cannot go on.
    """
    survey = Survey(corpus, None, None, on_error)
    settings = Settings(
        generator=generator.name,
        fingerprint=generator.fingerprint,
        arithmetic=generator.arithmetic,
        languages=options.languages,
        queries_per_language=options.number,
        seed=options.seed,
        chunk_size=options.chunk_size,
        group_size=options.group_size,
        passages=survey.passages,
        inputs=survey.inputs_hash(),
    )
    prepare_folder(output, settings)
    mine = [group for group in range(settings.groups) if job.makes(group)]
    missing = {group for group in mine if not read_group(output, group)}
    with progress("generating", "queries", _passages(settings, missing) * len(options.languages) * options.number) as bar:
        for group, (passages, _) in enumerate(survey.windows(options.group_size) if missing else ()):
            if group in missing:
                _Group(output, settings, group, passages, generator, bar).make()
    tally = Tally()
    for group in range(settings.groups):
        tally.add(read_group(output, group) or Tally())
    tidy_folder(output, settings)
    return ExpandResult(settings, len(missing), len(mine) - len(missing), tally, survey.skipped)


def _passages(settings: Settings, groups: set[int]) -> int:
    return sum(min(settings.group_size, settings.passages - group * settings.group_size) for group in groups)


@dataclass(frozen=True, slots=True)
class _Group:
    """One group in the making."""

    output: Path
    settings: Settings
    number: int
    passages: Sequence[Passage]
    generator: Generator
    bar: Progress

    def make(self) -> None:
        with building(queries_file(self.output, self.number)):
            if read_group(self.output, self.number):  # another process finished it between our look and our lock
                return
            units = [[self._unit(chunk, start, code) for code in self.settings.languages] for chunk, start in self._chunks()]
            docids = [passage.docid for passage in self.passages]
            write_group(self.output, self.number, docids, self.settings.languages, units)

    def _chunks(self) -> Iterator[tuple[int, int]]:
        """Each chunk's number in the corpus, and where it begins in the group."""
        first = self.number * (self.settings.group_size // self.settings.chunk_size)
        for position, start in enumerate(range(0, len(self.passages), self.settings.chunk_size)):
            yield first + position, start

    def _unit(self, chunk: int, start: int, code: str) -> UnitResult:
        passages = self.passages[start : start + self.settings.chunk_size]
        made = read_unit(self.output, self.number, chunk, code, len(passages))
        if made is None:
            made = self._generate(chunk, passages, code)
            prepare_folder(self.output, self.settings)  # another process may have begun another make here before any unit was there
            write_unit(self.output, self.number, chunk, code, made)
        self.bar.advance(len(passages) * self.settings.queries_per_language)
        return made

    def _generate(self, chunk: int, passages: Sequence[Passage], code: str) -> UnitResult:
        target, number = language(code), self.settings.queries_per_language
        unit = Unit([passage.contents for passage in passages], target, number, unit_seed(self.settings.seed, chunk, code))
        answers = self.generator.generate(unit)
        if len(answers) != len(passages):
            raise GeneratorError(f"{self.generator.name} gave {len(answers)} answers for {len(passages)} passages; this is a fault of the generator")
        return cleaned(passages, answers, code, number, self.generator.phrases(target))


def cleaned(passages: Sequence[Passage], answers: Sequence[Answer], code: str, number: int, phrases: Sequence[str]) -> UnitResult:
    """Keep of each answer what is a query, and count what is not.

    :param number: how many were asked for, of each passage.
    :param phrases: the sentences of the prompt.
    """
    tally = Tally()
    queries = []
    for passage, answer in zip(passages, answers, strict=True):
        outcomes = [clean(text, passage.contents, phrases) for text in answer.texts[:number]]
        kept = [outcome for outcome in outcomes if not isinstance(outcome, Reason)]
        tally.drop(code, [Reason.FAILED] * answer.failed + [outcome for outcome in outcomes if isinstance(outcome, Reason)])
        tally.queries[code] += len(kept)
        tally.repaired += sum(query.repaired for query in kept)
        tally.cut += answer.cut
        tally.short += len(kept) < number
        queries.append([query.text for query in kept])
    return UnitResult(queries, tally)
