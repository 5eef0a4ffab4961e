"""From scores to what the experiment shows: each model beside the base, each augmentation beside none. Pure
arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.scoring.systems import Scores
from pyserini_xqg.evaluate.statistics.clusters import Clusters, Resample, clusters_of
from pyserini_xqg.reproduce.experiments.asking import MEASURES, Answers, Nearness
from pyserini_xqg.reproduce.experiments.material import CLEAN, PLAIN, ExperimentData
from pyserini_xqg.reproduce.experiments.scores_file import Asked
from pyserini_xqg.robustness.comparison.analysis import analyse
from pyserini_xqg.robustness.comparison.conditions import Conditions
from pyserini_xqg.robustness.comparison.figures import Figure, IntervalEstimate
from pyserini_xqg.robustness.comparison.remarks import remarks
from pyserini_xqg.robustness.comparison.results import AnalysisSettings, Robustness, Row

type Trained = Mapping[str, tuple[Asked, ...]]
"""Model -> what came of each seed; the baseline first."""


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One model under one augmentation, over all languages of a material.

    :param against: the figures beside the base model under the same augmentation; those of the base itself have no
        differences.
    :param gain: clean and perturbed score less those without augmentation; none without augmentation.
    :param spread: the lowest and the highest drop of a seed; None with one seed.
    :param better: languages in which it loses significantly less than the base: the interval of the difference lies
        below 0.
    """

    model: str
    augmentation: str
    against: Mapping[Figure, IntervalEstimate]
    gain: tuple[IntervalEstimate, IntervalEstimate] | None
    spread: tuple[float, float] | None
    better: tuple[str, ...]
    nearness: Nearness


@dataclass(frozen=True, slots=True)
class ComparedData:
    """A material.

    :param lines: measure -> a line a model and augmentation.
    :param reports: augmentation -> the whole robustness report of all models.
    """

    material: ExperimentData
    seeds: Mapping[str, int]
    lines: Mapping[str, tuple[ModelLine, ...]]
    reports: Mapping[str, Robustness]


def compare_models(
    material: ExperimentData, perturbation: str, trained: Trained, base: str, resamples: int
) -> ComparedData:
    """Compare everything on one material.

    :param perturbation: the name of the one perturbation whose drops are compared.
    :param base: the model that the others are compared with.
    """
    clusters = clusters_of(material.judgments, Resample.PASSAGES)
    settings = AnalysisSettings(baseline=base, resamples=resamples)
    mine = {model: tuple(asked.answers[material.name] for asked in seeds) for model, seeds in trained.items()}
    reports: dict[str, Robustness] = {}
    for augmentation in material.recipes:
        conditions = _of_models(mine, augmentation, material)
        found = analyse(conditions, clusters, MEASURES, settings)
        reports[augmentation] = replace(found, notes=remarks(found, clusters))
    gains = {model: _gains(seeds, material, clusters, resamples) for model, seeds in mine.items()}
    lines = {
        measure: tuple(
            _line(
                measure=measure,
                model=model,
                augmentation=augmentation,
                perturbation=perturbation,
                report=reports[augmentation],
                gains=gains[model],
                seeds=mine[model],
                asked=trained[model],
                material=material,
            )
            for augmentation in material.recipes
            for model in trained
        )
        for measure in MEASURES
    }
    return ComparedData(material, {model: len(seeds) for model, seeds in trained.items()}, lines, reports)


def _of_models(mine: Mapping[str, tuple[Answers, ...]], augmentation: str, material: ExperimentData) -> Conditions:
    def scores(condition: str) -> Scores:
        return {
            model: _averaged([answers[augmentation][condition] for answers in seeds]) for model, seeds in mine.items()
        }

    return conditions_of(scores, material)


def _gains(
    seeds: tuple[Answers, ...], material: ExperimentData, clusters: Clusters, resamples: int
) -> Robustness | None:
    """One model's augmentations beside none."""
    if len(material.recipes) == 1:
        return None

    def scores(condition: str) -> Scores:
        return {
            augmentation: _averaged([answers[augmentation][condition] for answers in seeds])
            for augmentation in material.recipes
        }

    return analyse(
        conditions_of(scores, material),
        clusters,
        MEASURES,
        AnalysisSettings(baseline=PLAIN, groups=(), resamples=resamples),
    )


def conditions_of(scores: Callable[[str], Scores], material: ExperimentData) -> Conditions:
    """A material's conditions.

    :param scores: condition, ``clean`` or ``NAME-NUMBER``, -> its scores.
    """
    return Conditions(
        scores(CLEAN),
        {
            name: tuple(scores(f"{name}-{number}") for number in range(len(folders)))
            for name, folders in material.perturbed.items()
        },
    )


def _averaged(seeds: list[dict[str, RunScores]]) -> dict[str, RunScores]:
    """Each question's mean score over the seeds."""
    return {
        code: RunScores(
            {
                measure: {
                    qid: sum(seed[code].per_query[measure][qid] for seed in seeds) / len(seeds)
                    for qid in first.per_query[measure]
                }
                for measure in MEASURES
            }
        )
        for code, first in seeds[0].items()
    }


def _line(
    *,
    measure: str,
    model: str,
    augmentation: str,
    perturbation: str,
    report: Robustness,
    gains: Robustness | None,
    seeds: tuple[Answers, ...],
    asked: tuple[Asked, ...],
    material: ExperimentData,
) -> ModelLine:
    row = _overall(report, measure, perturbation, model)
    gain = None
    if gains is not None and augmentation != PLAIN:
        figures = _overall(gains, measure, perturbation, augmentation).figures
        gain = (figures[Figure.CLEAN_DIFFERENCE], figures[Figure.PERTURBED_DIFFERENCE])
    near = [one.nearness[material.name] for one in asked]
    drops = [_drop(answers[augmentation], measure, perturbation, material) for answers in seeds]
    return ModelLine(
        model=model,
        augmentation=augmentation,
        against=row.figures,
        gain=gain,
        spread=(min(drops), max(drops)) if len(drops) > 1 else None,
        better=tuple(
            scope.codes[0] for scope in report.languages if _loses_less(report.row(measure, scope, perturbation, model))
        ),
        nearness=Nearness(
            *(sum(values) / len(values) for values in zip(*((one.passages, one.base) for one in near), strict=True))
        ),
    )


def _overall(report: Robustness, measure: str, perturbation: str, system: str) -> Row:
    row = report.row(measure, report.groups[-1], perturbation, system)
    assert row is not None  # all systems were asked in all languages
    return row


def _loses_less(row: Row | None) -> bool:
    difference = row.figures.get(Figure.DROP_DIFFERENCE) if row is not None else None
    return difference is not None and difference.high is not None and difference.high < 0


def _drop(
    conditions: Mapping[str, Mapping[str, RunScores]], measure: str, perturbation: str, material: ExperimentData
) -> float:
    """Of one seed, over all languages."""

    def mean(condition: str) -> float:
        languages = conditions[condition]
        return sum(scores.mean(measure) for scores in languages.values()) / len(languages)

    variants = range(len(material.perturbed[perturbation]))
    return mean(CLEAN) - sum(mean(f"{perturbation}-{number}") for number in variants) / len(variants)
