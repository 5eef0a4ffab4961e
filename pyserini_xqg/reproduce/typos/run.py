"""The whole of ``reproduce typos``: run the steps, ask every model, compare, write the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import read_config
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.files.lock import building
from pyserini_xqg.files.text import write_text
from pyserini_xqg.reproduce.experiments.asking import MEASURES, EmbeddedQuestions, ask, embed, nearness
from pyserini_xqg.reproduce.experiments.comparison import ComparedData, compare_models
from pyserini_xqg.reproduce.experiments.material import CLEAN, ExperimentData
from pyserini_xqg.reproduce.experiments.report_folder import new_report
from pyserini_xqg.reproduce.experiments.scores_file import Asked, read_asked, write_asked
from pyserini_xqg.reproduce.steps.how import ExperimentOptions
from pyserini_xqg.reproduce.steps.runner import Runner
from pyserini_xqg.reproduce.typos.plan import BASE, MISSPELLED, TyposOptions, TyposPlan
from pyserini_xqg.reproduce.typos.plot import write_plot
from pyserini_xqg.reproduce.typos.texts import to_csv, to_markdown
from pyserini_xqg.robustness.compare_runs import write_report
from pyserini_xqg.store.meta import read_meta

SUMMARY = "typos"
"""The name of the summary's files, ``typos.md`` and ``typos.csv``."""


def run_typos(
    plan: TyposPlan, options: TyposOptions, resamples: int, how: ExperimentOptions
) -> tuple[ComparedData, ...]:
    """Run everything that is not there yet, and write ``report/`` anew.

    :raises EngineError: a step failed.
    :raises BusyError: another process works in the same place.
    """
    with building(options.place):
        Runner(options.place, how.jobs, how.say).run(plan.steps)
        trained = _ask_all(plan, options, how.say)
        found = []
        for material in plan.materials:
            how.say(f"comparing: {material.name}")
            found.append(compare_models(material, MISSPELLED, trained, BASE, resamples))
        _write(options.place / "report", found, [f"not run: {why}" for why in plan.not_run.values()])
    return tuple(found)


def _ask_all(plan: TyposPlan, options: TyposOptions, say: Callable[[str], None]) -> Mapping[str, tuple[Asked, ...]]:
    precision = Precision(options.precision)
    base = _Asker(
        plan.materials,
        resolve_encoder(options.retriever.encoder(options.place)),
        precision,
        options.place / "scores",
        say,
    )
    asked: dict[str, tuple[Asked, ...]] = {BASE: (base.asked(BASE, base),)}
    for model, folders in plan.trainings.items():
        askers = (
            (folder.name, _Asker(plan.materials, folder, precision, options.place / "scores", say))
            for folder in folders
        )
        asked[model] = tuple(mine.asked(name, base) for name, mine in askers)
    return asked


class _Asker:
    """Asks all questions with one encoder, which is loaded when it is needed: what was asked already needs none."""

    def __init__(
        self,
        materials: Sequence[ExperimentData],
        folder: Path,
        precision: Precision,
        place: Path,
        say: Callable[[str], None],
    ) -> None:
        self._materials = materials
        self._folder = folder
        self._precision = precision
        self._place = place
        self._say = say
        self._clean: dict[str, EmbeddedQuestions] = {}

    @cached_property
    def _encoder(self) -> Encoder:
        return Encoder(self._folder, self._precision)

    def clean(self, material: ExperimentData) -> EmbeddedQuestions:
        """The clean questions."""
        if material.name not in self._clean:
            self._clean[material.name] = embed({CLEAN: material.questions(CLEAN)}, self._encoder)[CLEAN]
        return self._clean[material.name]

    def asked(self, name: str, base: _Asker) -> Asked:
        """What this encoder scores; asked again only where encoder, vectors or questions are others than those of the
        file.
        """
        fingerprint = read_config(self._folder).fingerprint
        inputs = {
            material.name: [fingerprint, read_meta(material.store).inputs, material.asked]
            for material in self._materials
        }
        place = self._place / f"{name}.csv.gz"
        if place.exists() and (found := read_asked(place)).inputs == inputs:
            return found
        self._say(f"asking: {name}")
        answers, near = {}, {}
        for material in self._materials:
            embedded = embed(
                {condition: material.questions(condition) for condition in material.conditions}, self._encoder
            )
            self._clean[material.name] = embedded[CLEAN]
            answers[material.name] = ask(material, embedded)
            near[material.name] = nearness(material, embedded[CLEAN], base.clean(material))
        write_asked(place, Asked(answers, near, inputs))
        return read_asked(place)  # rounded as the file has it: the report is the same whoever asked


def _write(report: Path, found: Sequence[ComparedData], notes: Sequence[str]) -> None:
    with new_report(report) as folder:
        write_text(folder / f"{SUMMARY}.md", to_markdown(found, notes))
        write_text(folder / f"{SUMMARY}.csv", to_csv(found))
        for measure in MEASURES:
            write_plot(found, measure, folder / "plots")
        for compared in found:
            for augmentation, robustness in compared.reports.items():
                write_report(folder / f"{compared.material.name}-{augmentation}", robustness, plots=False)
