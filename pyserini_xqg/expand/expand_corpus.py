"""The whole of the stage: survey, then chunk after chunk in each language, put together group by group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.engines.crew import Crew
from pyserini_xqg.engines.jobs import ShardJob, numbered
from pyserini_xqg.engines.local import LocalCrew
from pyserini_xqg.errors import GeneratorError, UsageError
from pyserini_xqg.expand.folder import (
    ExpandRecord,
    ExpandTally,
    UnitResult,
    prepare_folder,
    read_group,
    read_unit,
    tidy_folder,
    write_group,
    write_unit,
)
from pyserini_xqg.expand.generator import Answer, Generator, Unit, unit_seed
from pyserini_xqg.expand.recipe import GeneratorAbout
from pyserini_xqg.expand.sample import ChosenPassages, PassageSample, choose_passages
from pyserini_xqg.expand.wording.clean import NoQueryReason, clean
from pyserini_xqg.expand.wording.taming import Repair
from pyserini_xqg.files.lock import building
from pyserini_xqg.fusion.text_kind import TextKind, column, in_words
from pyserini_xqg.input.passages import Passage
from pyserini_xqg.input.queries import PassageQueries
from pyserini_xqg.input.query_folder import queries_file
from pyserini_xqg.input.records import OnError, Skipped
from pyserini_xqg.input.survey import Survey
from pyserini_xqg.languages import language
from pyserini_xqg.progress import progress

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
    :param sample: which passages; None for all.
    :param kind: what the texts shall be to their passages.
    :raises UsageError: a number that cannot be.
    """

    languages: tuple[str, ...]
    number: int = 5
    seed: int = 0
    chunk_size: int = CHUNK_SIZE
    group_size: int = GROUP_SIZE
    sample: PassageSample | None = None
    kind: TextKind = TextKind.QUESTIONS

    @property
    def columns(self) -> tuple[str, ...]:
        """What is written."""
        return tuple(column(code, self.kind) for code in self.languages)

    def __post_init__(self) -> None:
        if not self.languages:
            raise UsageError("--languages is empty; name at least one, such as ar,ja")
        for flag, value in (
            ("--queries-per-language", self.number),
            ("--chunk-size", self.chunk_size),
            ("--shard-size", self.group_size),
        ):
            if value < 1:
                raise UsageError(f"{flag} is {value}; it must be at least 1")
        if self.group_size % self.chunk_size:
            raise UsageError(
                f"--shard-size {self.group_size} is no multiple of --chunk-size {self.chunk_size}; chunks are not "
                "divided between files"
            )


@dataclass(frozen=True, slots=True)
class ExpandResult:
    """What was done, and what all finished groups hold together.

    :param made: groups made now.
    :param found: groups of this job that were there already.
    :param missing: groups of the whole output that are not there, other jobs' work.
    """

    settings: ExpandRecord
    made: int
    found: int
    missing: tuple[int, ...]
    tally: ExpandTally
    skipped: Skipped


def expand(
    *,
    corpus: Path,
    generator: Generator,
    output: Path,
    options: ExpandOptions,
    beside: Path | None = None,
    job: ShardJob = ShardJob(),
    on_error: OnError = OnError.STOP,
) -> ExpandResult:
    """Write queries for a corpus, in this process; see :func:`expand_by`."""
    return expand_by(
        corpus=corpus,
        crew=LocalCrew(generator, GeneratorAbout.of(generator)),
        output=output,
        options=options,
        beside=beside,
        job=job,
        on_error=on_error,
    )


def expand_by(
    *,
    corpus: Path,
    crew: Crew[Generator, GeneratorAbout],
    output: Path,
    options: ExpandOptions,
    beside: Path | None = None,
    job: ShardJob = ShardJob(),
    on_error: OnError = OnError.STOP,
) -> ExpandResult:
    """Write queries for a corpus.

    Run it again after a kill and it goes on; the output is the same, byte for byte, as from an unbroken run, whoever
    does the work.

    :param crew: who does it; the corpus is read here alone.
    :param beside: other texts of the passages, such as their questions, which are kept on the same lines.
    :raises InputError: with file and line, for bad input, before anything is written.
    :raises UsageError: the corpus has too few passages for the sample, or there are such texts already.
    :raises OutputError: ``output`` holds something else, another process makes the same group, or the disk is full.
    :raises GeneratorError: the generator cannot go on.
    """
    about = crew.about
    survey = Survey(corpus, beside, None, on_error)
    _refuse_clash(survey, options, beside)
    chosen = choose_passages(options.sample, options.seed, survey.docids) if options.sample is not None else None
    settings = ExpandRecord(
        generator=about.name,
        fingerprint=about.fingerprint,
        arithmetic=about.arithmetic,
        languages=options.languages,
        queries_per_language=options.number,
        seed=options.seed,
        chunk_size=options.chunk_size,
        group_size=options.group_size,
        passages=survey.passages if chosen is None else chosen.number,
        inputs=survey.inputs_hash(),
        sample=None if chosen is None else str(options.sample),
        corpus_passages=None if chosen is None else survey.passages,
        kind=str(options.kind),
    )
    prepare_folder(output, settings)
    mine = [group for group in range(settings.groups) if job.makes(group)]
    missing = {group for group in mine if not read_group(output, group)}
    with progress(
        "generating", "queries", _passages(settings, missing) * len(options.languages) * options.number
    ) as bar:
        for done in crew.run(make_group, _groups(survey, settings, chosen, missing, output), len(missing), output):
            bar.advance(done)
    found = {group: read_group(output, group) for group in range(settings.groups)}
    tally = ExpandTally()
    for of_group in found.values():
        tally.add(of_group or ExpandTally())
    tidy_folder(output, settings)
    left = tuple(group for group, of_group in found.items() if of_group is None)
    return ExpandResult(settings, len(missing), len(mine) - len(missing), left, tally, survey.skipped)


def _refuse_clash(survey: Survey, options: ExpandOptions, beside: Path | None) -> None:
    """One kind of text in a language has one origin."""
    if beside is None:
        return
    if clash := sorted({*survey.columns} & {*options.columns}):
        raise UsageError(
            f"{beside} holds {in_words(clash)} already; leave these --languages out, or write another --kind"
        )
    if options.sample is not None:
        raise UsageError(
            f"--sample chooses passages, and all of those in {beside} are kept; generate for the sample first, and "
            "for all passages beside it"
        )


def _passages(settings: ExpandRecord, groups: set[int]) -> int:
    return sum(min(settings.group_size, settings.passages - group * settings.group_size) for group in groups)


def _groups(
    survey: Survey, settings: ExpandRecord, chosen: ChosenPassages | None, missing: set[int], output: Path
) -> Iterator[PassageGroup]:
    """The groups to make, with their passages."""
    windows = survey.windows(settings.group_size, None if chosen is None else chosen.holds)
    for number, (passages, beside) in numbered(windows, missing):
        yield PassageGroup(output, settings, number, passages, beside if any(beside) else ())


@dataclass(frozen=True, slots=True)
class PassageGroup:
    """A group to make.

    :param beside: other texts of the passages; empty for none.
    """

    output: Path
    settings: ExpandRecord
    number: int
    passages: Sequence[Passage]
    beside: Sequence[PassageQueries | None] = ()

    def __str__(self) -> str:
        return str(queries_file(self.output, self.number))

    def chunks(self) -> Iterator[tuple[int, Sequence[Passage]]]:
        """Each chunk's number in the corpus, and its passages."""
        size = self.settings.chunk_size
        first = self.number * (self.settings.group_size // size)
        for position, start in enumerate(range(0, len(self.passages), size)):
            yield first + position, self.passages[start : start + size]


def make_group(generator: Generator, group: PassageGroup) -> Iterator[int]:
    """Make a group, unless it is there.

    :returns: the number of queries that each unit stands for, as it is finished.
    :raises BusyError: another process is making it.
    :raises GeneratorError: the generator cannot go on.
    """
    with building(queries_file(group.output, group.number)):
        if read_group(group.output, group.number):  # another process finished it between our look and our lock
            return
        units: list[list[UnitResult]] = []
        for chunk, passages in group.chunks():
            units.append([])
            for code in group.settings.languages:
                units[-1].append(_unit(generator, group, chunk, passages, code))
                yield len(passages) * group.settings.queries_per_language
        docids = [passage.docid for passage in group.passages]
        columns = [column(code, TextKind(group.settings.kind)) for code in group.settings.languages]
        write_group(
            folder=group.output,
            group=group.number,
            docids=docids,
            columns=columns,
            units=units,
            beside=group.beside,
        )


def _unit(generator: Generator, group: PassageGroup, chunk: int, passages: Sequence[Passage], code: str) -> UnitResult:
    made = read_unit(group.output, group.number, chunk, code, len(passages))
    if made is None:
        made = _generate(generator, group.settings, chunk, passages, code)
        prepare_folder(
            group.output, group.settings
        )  # another process may have begun another make here before any unit was there
        write_unit(group.output, group.number, chunk, code, made)
    return made


def _generate(
    generator: Generator, settings: ExpandRecord, chunk: int, passages: Sequence[Passage], code: str
) -> UnitResult:
    target, number = language(code), settings.queries_per_language
    seed, kind = unit_seed(settings.seed, chunk, code), TextKind(settings.kind)
    unit = Unit([passage.contents for passage in passages], target, number, seed, kind)
    answers = generator.generate(unit)
    if len(answers) != len(passages):
        raise GeneratorError(
            f"{generator.name} gave {len(answers)} answers for {len(passages)} passages; this is a fault of the "
            "generator"
        )
    return cleaned(
        passages=passages,
        answers=answers,
        code=code,
        number=number,
        phrases=generator.phrases(target),
        kind=kind,
    )


def cleaned(
    *,
    passages: Sequence[Passage],
    answers: Sequence[Answer],
    code: str,
    number: int,
    phrases: Sequence[str],
    kind: TextKind = TextKind.QUESTIONS,
) -> UnitResult:
    """Keep of each answer what is a text of its kind, and count what is not.

    :param number: how many were asked for, of each passage.
    :param phrases: the sentences of the prompt.
    """
    tally = ExpandTally()
    queries = []
    for passage, answer in zip(passages, answers, strict=True):
        outcomes = [clean(text, passage.contents, phrases, kind) for text in answer.texts[:number]]
        kept = [outcome for outcome in outcomes if not isinstance(outcome, NoQueryReason)]
        tally.drop(
            code,
            [NoQueryReason.FAILED] * answer.failed
            + [outcome for outcome in outcomes if isinstance(outcome, NoQueryReason)],
        )
        tally.queries[code] += len(kept)
        tally.repaired.update(answer.repairs)
        tally.repaired.update(Repair.CONTROLS for query in kept if query.repaired)
        tally.cut += answer.cut
        tally.unfinished += answer.unfinished
        tally.short += len(kept) < number
        queries.append([query.text for query in kept])
    return UnitResult(queries, tally)
