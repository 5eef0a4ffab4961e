"""The first research question: what training against misspellings does to a retriever across languages and on LoCoMo,
with and without xQG.

Queries are misspelled, one word each, by ``perturb`` with three seeds. Query towers are trained beside frozen passages
on one half of XQuAD's articles and on AfriQA's training part, and judged on the other half, on AfriQA's test part, and
on LoCoMo, which none of them has seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.reproduce.experiments.backbone import Retriever
from pyserini_xqg.reproduce.experiments.material import ExperimentData
from pyserini_xqg.reproduce.steps.sources import TRAIN, Part, check_sets, not_at_hand
from pyserini_xqg.reproduce.steps.step import Step, step

BASE = "base"
MISSPELLED = "misspelled"
_TRAINING = {
    "contrastive": ("--objective", "contrastive"),
    "typo-aware": ("--objective", "typo-aware"),
    "self-teaching": ("--objective", "self-teaching"),
    "aligned": ("--objective", "aligned"),
    "supervised + aligned": ("--objective", "typo-aware", "--align-weight", "1"),
}
"""Model -> what ``train retriever`` is told; the base model is not trained."""
_REPEATED = ("contrastive", "aligned", "supervised + aligned")
"""The best two and the training that they are compared with; these are trained with every seed."""
_TEST = (
    Part("xquad", "xquad", ("--articles", "odd", "--oracle-queries")),
    Part("afriqa", "afriqa"),
    Part("locomo", "locomo", ("--scope", "global", "--observation-queries")),
)
_OWN_QUERIES = {"xquad": "human translations of other questions about the passage", "locomo": "LoCoMo's observations"}
"""What the data themselves have in place of generated queries."""


@dataclass(frozen=True, slots=True)
class TyposOptions:
    """What can be chosen.

    :param source: the folder of the public data, a folder a data set.
    :param place: everything goes there.
    :param retriever: the one that is trained on.
    :param models: of the trained ones, these; all where none is named.
    :param seeds: trainings of each of the models that are repeated.
    :param steps: of each training.
    :param typo_seeds: misspellings of each question.
    :param queries: test set -> generated queries of its passages, instead of what the data themselves have.
    :param precision: the encoder's arithmetic.
    """

    source: Path
    place: Path
    retriever: Retriever = field(default_factory=Retriever)
    models: tuple[str, ...] = ()
    seeds: int = 1
    steps: int = 200
    typo_seeds: int = 3
    queries: Mapping[str, Path] = field(default_factory=dict)
    precision: str = "auto"

    def __post_init__(self) -> None:
        for name, number in (("--seeds", self.seeds), ("--steps", self.steps), ("--typo-seeds", self.typo_seeds)):
            if number < 1:
                raise UsageError(f"{name} is {number}; it must be at least 1")
        if unknown := [name for name in self.models if name not in _TRAINING]:
            raise UsageError(f"--models {unknown[0]}: there is no such training; there are {', '.join(_TRAINING)}")
        check_sets(self.queries, _TEST)


@dataclass(frozen=True, slots=True)
class TyposPlan:
    """An experiment, ready to run.

    :param trainings: model -> the folder of the encoder of each seed; the base model is not among them.
    :param not_run: what is left out -> why.
    """

    steps: tuple[Step, ...]
    materials: tuple[ExperimentData, ...]
    trainings: Mapping[str, tuple[Path, ...]]
    not_run: Mapping[str, str]


def plan(options: TyposOptions) -> TyposPlan:
    """All steps.

    :raises UsageError: data to learn from, or to judge by, are not at hand.
    """
    lacking = not_at_hand([*TRAIN, *_TEST], options.source)
    learned, judged = ([part for part in parts if part.dataset not in lacking] for parts in (TRAIN, _TEST))
    if not learned or not judged:
        raise UsageError(f"there is nothing to learn from: {'; '.join(lacking.values())}")
    materials = tuple(_material(part, options) for part in judged)
    made = [part.step(options.source, options.place) for part in (*learned, *judged)]
    data = [str(part.folder(options.place)) for part in learned]
    made += options.retriever.steps(options.place, data, [f"dataset {part.name}" for part in learned])
    for material in materials:
        made += _misspellings(material, options)
        made.append(_encoding(material, options))
    trainings: dict[str, tuple[Path, ...]] = {}
    for model in options.models or _TRAINING:
        seeds = range(options.seeds if model in _REPEATED else 1)
        trainings[model] = tuple(options.place / "encoders" / f"{model.replace(' ', '')}-{seed}" for seed in seeds)
        made += [
            _training(
                model=model, seed=seed, folder=folder, data=data, parts=[part.name for part in learned], options=options
            )
            for seed, folder in enumerate(trainings[model])
        ]
    return TyposPlan(tuple(made), materials, trainings, lacking)


def _material(part: Part, options: TyposOptions) -> ExperimentData:
    given = options.queries.get(part.name)
    folders = tuple(
        options.place / "perturbed" / part.name / f"{MISSPELLED}-{seed}" for seed in range(options.typo_seeds)
    )
    return ExperimentData(
        name=part.name,
        data=part.folder(options.place),
        store=options.place / "stores" / part.name,
        perturbed={MISSPELLED: folders},
        queries=f"the given {given.name}" if given is not None else _OWN_QUERIES.get(part.name, ""),
        by_collection=part.dataset == "locomo",
    )


def _misspellings(material: ExperimentData, options: TyposOptions) -> list[Step]:
    words = ("perturb", "--topics", material.data, "--kind", "misspelling")
    return [
        step(
            f"misspell {material.name} {seed}",
            *words,
            "--seed",
            str(seed),
            output=folder,
            needs=[f"dataset {material.name}"],
        )
        for seed, folder in enumerate(material.perturbed[MISSPELLED])
    ]


def _encoding(material: ExperimentData, options: TyposOptions) -> Step:
    given = options.queries.get(material.name, material.data / "queries.jsonl" if material.queries else None)
    queries = ("--queries", given) if given is not None else ()
    words: tuple[str | Path, ...] = ("encode", "--corpus", material.data / "corpus.jsonl", *queries)
    words = (*words, "--encoder", options.retriever.encoder(options.place), "--precision", options.precision)
    return step(
        f"encode {material.name}",
        *words,
        output=material.store,
        needs=[f"dataset {material.name}", *options.retriever.needs],
    )


def _training(*, model: str, seed: int, folder: Path, data: list[str], parts: list[str], options: TyposOptions) -> Step:
    # One core each: the weights are then the same on every machine with the same arithmetic, and several are trained
    # side by side.
    words = (
        "train",
        "retriever",
        *options.retriever.as_model(options.place),
        "--train",
        *data,
        *_TRAINING[model],
        "--steps",
        str(options.steps),
    )
    words = (*words, "--seed", str(seed), "--threads", "1", "--vectors", str(options.place / "vectors"))
    return step(
        f"train {model} {seed}",
        *words,
        output=folder,
        needs=[*(f"dataset {name}" for name in parts), *options.retriever.needs],
    )
