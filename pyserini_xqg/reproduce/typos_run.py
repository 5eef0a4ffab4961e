"""The whole of ``reproduce typos``: run the steps, ask every model, compare, write the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import read_config
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.files import write_text
from pyserini_xqg.lock import building
from pyserini_xqg.reproduce.asking import MEASURES, ask, nearness
from pyserini_xqg.reproduce.comparison import Compared, compare_models
from pyserini_xqg.reproduce.how import How
from pyserini_xqg.reproduce.material import Material
from pyserini_xqg.reproduce.report_folder import new_report
from pyserini_xqg.reproduce.runner import Runner
from pyserini_xqg.reproduce.scores_file import Asked, read_asked, write_asked
from pyserini_xqg.reproduce.typos import BASE, MISSPELLED, Plan, TyposOptions
from pyserini_xqg.reproduce.typos_plot import write_plot
from pyserini_xqg.reproduce.typos_texts import to_csv, to_markdown
from pyserini_xqg.robustness.run import write_report
from pyserini_xqg.store import read_meta

SUMMARY = "typos"
"""The name of the summary's files, ``typos.md`` and ``typos.csv``."""


def run_typos(plan: Plan, options: TyposOptions, resamples: int, how: How) -> tuple[Compared, ...]:
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


def _ask_all(plan: Plan, options: TyposOptions, say: Callable[[str], None]) -> Mapping[str, tuple[Asked, ...]]:
    base = _Late(resolve_encoder(options.retriever.encoder(options.place)), Precision(options.precision))
    asked: dict[str, tuple[Asked, ...]] = {}
    asked[BASE] = (_asked(plan.materials, base, base, options.place / "scores" / f"{BASE}.csv.gz", say),)
    for model, folders in plan.trainings.items():
        encoders = ((folder.name, _Late(folder, Precision(options.precision))) for folder in folders)
        asked[model] = tuple(_asked(plan.materials, mine, base, options.place / "scores" / f"{name}.csv.gz", say) for name, mine in encoders)
    return asked


class _Late:
    """An encoder that is loaded when it is needed: what was asked already needs none."""

    def __init__(self, folder: Path, precision: Precision) -> None:
        self._folder, self._precision = folder, precision
        self._loaded: Encoder | None = None

    @property
    def encoder(self) -> Encoder:
        if self._loaded is None:
            self._loaded = Encoder(self._folder, self._precision)
        return self._loaded

    @property
    def fingerprint(self) -> str:
        return read_config(self._folder).fingerprint


def _asked(materials: Sequence[Material], mine: _Late, base: _Late, place: Path, say: Callable[[str], None]) -> Asked:
    """What this encoder scores; asked again only where encoder, vectors or questions are others than those of the file."""
    inputs = {material.name: [mine.fingerprint, read_meta(material.store).inputs, material.asked] for material in materials}
    if place.exists() and (found := read_asked(place)).inputs == inputs:
        return found
    say(f"asking: {place.name.removesuffix('.csv.gz')}")
    answers = {material.name: ask(material, mine.encoder) for material in materials}
    near = {material.name: nearness(material, mine.encoder, base.encoder) for material in materials}
    write_asked(place, Asked(answers, near, inputs))
    return read_asked(place)  # rounded as the file has it: the report is the same whoever asked


def _write(report: Path, found: Sequence[Compared], notes: Sequence[str]) -> None:
    with new_report(report) as folder:
        write_text(folder / f"{SUMMARY}.md", to_markdown(found, notes))
        write_text(folder / f"{SUMMARY}.csv", to_csv(found))
        for measure in MEASURES:
            write_plot(found, measure, folder / "plots")
        for compared in found:
            for augmentation, robustness in compared.reports.items():
                write_report(folder / f"{compared.material.name}-{augmentation}", robustness, plots=False)
