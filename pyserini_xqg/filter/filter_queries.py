"""The whole of the stage: survey, window after window through the checks, thresholds, and the output in one piece."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side, read_config
from pyserini_xqg.errors import UsageError
from pyserini_xqg.files.lock import building
from pyserini_xqg.files.whole import partial_path, remove_leftovers, replacing_folder
from pyserini_xqg.filter.checks.consistency import reference_places, unit
from pyserini_xqg.filter.checks.detector import LanguageDetector
from pyserini_xqg.filter.decide import Decider, Inputs
from pyserini_xqg.filter.examine import Examiner
from pyserini_xqg.filter.output import VerdictsWriter, is_there, write_report
from pyserini_xqg.filter.reasons import GLOBAL, DropReason, suits
from pyserini_xqg.filter.score import Scorer, located
from pyserini_xqg.filter.settings import DEFAULTS, Consistency, FilterSettings
from pyserini_xqg.filter.tally import FilterTally
from pyserini_xqg.filter.verdict_folder import VerdictFolder
from pyserini_xqg.fusion.text_kind import kind_of, language_of
from pyserini_xqg.input.passages import Passage
from pyserini_xqg.input.records import OnError, Skipped
from pyserini_xqg.input.survey import Survey
from pyserini_xqg.progress import progress

WINDOW = 1024
"""Passages whose queries are held at a time, and the unit of work that a kill can cost."""
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class FilterResult:
    """What was done; ``tally`` is None where the very same result was there already."""

    tally: FilterTally | None
    passages_left_bare: int
    """Passages that had queries and have none left."""
    skipped: Skipped


@dataclass(frozen=True, slots=True)
class ConsistencyEncoder:
    """An encoder, and how it was asked for."""

    encoder: Encoder
    name: str


def filter_queries(
    *,
    corpus: Path,
    queries: Path,
    judge: ConsistencyEncoder | None,
    output: Path,
    settings: FilterSettings = DEFAULTS,
    scores: Path | None = None,
    on_error: OnError = OnError.STOP,
) -> FilterResult:
    """Drop generated queries that are not worth encoding.

    Run it again after a kill and it goes on; the result is the same, byte for byte, as from an unbroken run.

    :param judge: what measures consistency; None only where ``settings`` skip that.
    :param scores: a folder to keep what was measured in, so that another run with other thresholds measures nothing
        again; None for a hidden one beside ``output`` that is gone afterwards.
    :raises InputError: with file and line, for bad input, before anything is done.
    :raises OutputError: ``output`` or ``scores`` holds something else, another process is at it, or the disk is full.
    :raises EncoderError: a vector is not finite, or the encoder's files are not those that were exported.
    :raises SetupError: languages are to be told and there is no detector.
    :raises UsageError: consistency is to be checked and there is no ``judge``.
    """
    judge = judge if settings.checks(DropReason.INCONSISTENT) else None
    if judge is None and settings.checks(DropReason.INCONSISTENT):
        raise UsageError("consistency needs an --encoder; give one, or --skip inconsistent")
    if judge is not None:
        read_config(judge.encoder.folder, check_hashes=True)
    survey = Survey(corpus, queries, settings.languages, on_error, allow_empty=True)
    examiner = Examiner(settings, survey.columns)
    measured = _measured(survey, judge, settings, examiner)
    identity = {**measured, "settings": _plain(settings)}
    place = scores or output.with_name(f".xqg-filter-{output.name}")
    with building(output), building(place):
        if is_there(output, identity):
            _remove_hidden(place, scores)
            return FilterResult(None, 0, survey.skipped)
        remove_leftovers(output)
        verdicts = VerdictFolder(place, measured)
        _measure(survey, examiner, judge, settings, verdicts)
        with replacing_folder(output) as partial:
            tally, bare = _write(partial, survey, examiner, settings, verdicts)
            write_report(partial, identity, judge.name if judge else None, tally)
        _remove_hidden(place, scores)
    return FilterResult(tally, bare, survey.skipped)


def _remove_hidden(place: Path, scores: Path | None) -> None:
    if scores is None:
        shutil.rmtree(place, ignore_errors=True)


def _plain(value: object) -> object:
    """As JSON gives it back: tuples as lists, sets in order."""
    if isinstance(value, FilterSettings):
        return _plain({**asdict(value), "skip": sorted(value.skip)})
    return json.loads(json.dumps(value))


def _measured(
    survey: Survey, judge: ConsistencyEncoder | None, settings: FilterSettings, examiner: Examiner
) -> dict[str, object]:
    """What decides the verdicts on disk: all but the thresholds that are applied afterwards."""
    plain = FilterSettings(
        languages=survey.columns,
        passage_language=settings.passage_language,
        skip=settings.skip - frozenset(GLOBAL),
        min_length=settings.min_length,
        min_distinct=settings.min_distinct,
        min_script=settings.min_script,
        min_language=settings.min_language,
        max_copied=settings.max_copied,
        max_overlap=settings.max_overlap,
        max_length_ratio=settings.max_length_ratio,
    )
    checks = _plain(
        {
            name: value
            for name, value in asdict(plain).items()
            if name not in ("cut", "max_passages", "consistency", "skip")
        }
    )
    config = judge.encoder.config if judge else None
    return {
        "format": _FORMAT,
        "input": survey.inputs_hash(),
        "checks": checks,
        "skipped checks": sorted(plain.skip),
        "detector": LanguageDetector.name() if examiner.detector else None,
        "encoder": config.fingerprint if config else None,
        "arithmetic": judge.encoder.arithmetic if judge else None,
        "consistency": str(settings.consistency) if judge else None,
        "window": WINDOW,
    }


def _windows(survey: Survey) -> int:
    return -(-survey.passages // WINDOW)


def _measure(
    survey: Survey,
    examiner: Examiner,
    judge: ConsistencyEncoder | None,
    settings: FilterSettings,
    verdicts: VerdictFolder,
) -> None:
    missing = [number for number in range(_windows(survey)) if not verdicts.has(number)]
    if not missing:
        return
    scorer = _scorer(survey, judge, settings, verdicts) if judge else None
    with progress("checking", "queries", survey.queries) as bar:
        for number, (passages, queries) in enumerate(survey.windows(WINDOW)):
            if not verdicts.has(number):
                found = examiner.examine(passages, queries)
                if scorer is not None:
                    scorer.score(number * WINDOW, passages, queries, found)
                verdicts.write(number, found)
            bar.advance(sum(len(texts) for record in queries if record for texts in record.queries.values()))


def _scorer(survey: Survey, judge: ConsistencyEncoder, settings: FilterSettings, verdicts: VerdictFolder) -> Scorer:
    if settings.consistency is Consistency.COSINE:
        return Scorer(
            judge.encoder,
            settings.consistency,
            np.empty(0, np.int64),
            np.empty((0, judge.encoder.dimension), np.float32),
        )
    places = reference_places(survey.passages)
    references = verdicts.references()
    if references is None:
        sample = list(_sample(survey, places))
        with located([passage.where for passage in sample]):
            references = unit(judge.encoder.encode([passage.contents for passage in sample], Side.PASSAGE))
        verdicts.write_references(references)
    return Scorer(judge.encoder, settings.consistency, places, references)


def _sample(survey: Survey, places: np.ndarray) -> Iterator[Passage]:
    wanted = set(places.tolist())
    for number, (passages, _) in enumerate(survey.windows(WINDOW)):
        yield from (passage for row, passage in enumerate(passages, number * WINDOW) if row in wanted)


def _write(
    folder: Path, survey: Survey, examiner: Examiner, settings: FilterSettings, verdicts: VerdictFolder
) -> tuple[FilterTally, int]:
    detector = examiner.detector
    work = partial_path(folder / "keys")
    work.mkdir()
    decider = Decider(Inputs(verdicts, _windows(survey), survey.queries, survey.columns), settings, work)
    untold = [
        name
        for name in survey.columns
        if detector is not None and suits(DropReason.LANGUAGE, kind_of(name)) and not detector.knows(language_of(name))
    ]
    tally = FilterTally(survey.columns, untold, decider.thresholds)
    bare = 0
    with (
        VerdictsWriter(folder, settings, decider.thresholds, detector.labels if detector else ()) as writer,
        progress("writing", "queries", survey.queries) as bar,
    ):
        for number, (_, queries) in enumerate(survey.windows(WINDOW)):
            final = decider.window(number)
            bare += writer.write(queries, final)
            tally.add(final)
            bar.advance(len(final))
    shutil.rmtree(work)
    return tally, bare
