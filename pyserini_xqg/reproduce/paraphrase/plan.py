"""The second research question: what cross-lingual query generation does for robustness against adversarial
paraphrases, by language family.

Questions are reworded by rule (words left out, put in another order), written in other letters, put by people into
another language, and attacked: of all valid rewordings, one change laid over another, the one that hurts an index most.
Each index is attacked for itself, and also with what hurts the plain one most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyserini_xqg.datasets.afriqa import VARIATIONS
from pyserini_xqg.errors import UsageError
from pyserini_xqg.expand.registry import kind_by_name
from pyserini_xqg.reproduce.experiments.backbone import Retriever
from pyserini_xqg.reproduce.experiments.material import PLAIN, RECIPES, ExperimentData
from pyserini_xqg.reproduce.steps.sources import TRAIN, Part, check_sets, not_at_hand
from pyserini_xqg.reproduce.steps.step import Step, step

REWORDED, SCRIPT, TRANSLATED, ATTACKED, TRANSFERRED = (
    "reworded",
    "script",
    "translated",
    "attacked",
    "attacked through plain",
)
_XQUAD, _AFRIQA = "xquad", "afriqa"
_OWN_QUERIES = {_XQUAD: "human translations of other questions about the passage"}
_VARIATIONS = {_XQUAD: "topics.en.tsv", _AFRIQA: VARIATIONS}
"""Where people put the same questions into the passages' language."""
_KINDS = (("naturality", "0"), ("order", "0"), ("order", "1"))
"""Kind and seed of each rewording. Another script is none: Latin letters alone would be what hurts Arabic most,
whatever the index.
"""
_OTHER_SCRIPT = (SCRIPT, "0")
_STEPS, _BEAM = 2, 2


@dataclass(frozen=True, slots=True)
class ParaphraseOptions:
    """What can be chosen.

    :param source: the folder of the public data, a folder a data set.
    :param place: everything goes there.
    :param retriever: the one whose indexes are attacked; a pretrained model learns first from the other half of XQuAD's
        articles and AfriQA's training part.
    :param budget: variants that an attack may try, a question.
    :param questions: of each of AfriQA's languages, the first so many, with their passages.
    :param generator: writes queries for passages that have none, as ``expand`` takes it.
    :param languages: what it writes, as ``expand`` takes them.
    :param number: of its queries, a passage and language.
    :param queries: test set -> generated queries of its passages, instead of what the data themselves have.
    :param precision: the encoder's arithmetic.
    """

    source: Path
    place: Path
    retriever: Retriever = field(default_factory=Retriever)
    budget: int = 40
    questions: int = 60
    generator: str = "smollm2"
    languages: str = "en"
    number: int = 2
    queries: Mapping[str, Path] = field(default_factory=dict)
    precision: str = "auto"

    def __post_init__(self) -> None:
        for flag, value in (
            ("--budget", self.budget),
            ("--questions", self.questions),
            ("--queries-per-language", self.number),
        ):
            if value < 1:
                raise UsageError(f"{flag} is {value}; it must be at least 1")
        check_sets(self.queries, self.parts)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The data sets whose questions are asked."""
        xquad = Part(_XQUAD, "xquad", ("--articles", "odd", "--oracle-queries"))
        return (xquad, Part(_AFRIQA, "afriqa", ("--questions", str(self.questions))))


@dataclass(frozen=True, slots=True)
class Attack:
    """A data set with its questions as they are, reworded, and as they hurt each of its indexes most.

    :param materials: augmentation -> the questions that its index is asked, every perturbation with folders of its own.
    :param outcomes: augmentation -> the folder with what the attack tried.
    """

    name: str
    materials: Mapping[str, ExperimentData]
    outcomes: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class ParaphrasePlan:
    """An experiment, ready to run.

    :param not_run: what is left out -> why.
    """

    steps: tuple[Step, ...]
    attacks: tuple[Attack, ...]
    not_run: Mapping[str, str]


def plan(options: ParaphraseOptions) -> ParaphrasePlan:
    """All steps.

    :raises UsageError: no data are at hand.
    """
    lacking = not_at_hand(options.parts, options.source)
    parts = [part for part in options.parts if part.dataset not in lacking]
    if not parts:
        raise UsageError(f"there is nothing to ask: {'; '.join(lacking.values())}")
    made = _learning(options)
    attacks: list[Attack] = []
    for part in parts:
        made.append(part.step(options.source, options.place))
        attack, steps = _attack(part, options)
        made += steps
        attacks.append(attack)
    return ParaphrasePlan(tuple(made), tuple(attacks), lacking)


def _learning(options: ParaphraseOptions) -> list[Step]:
    """The steps that train the retriever first, where that is asked for."""
    if not options.retriever.pretrained:
        return []
    lacking = not_at_hand(TRAIN, options.source)
    parts = [part for part in TRAIN if part.dataset not in lacking]
    made = [part.step(options.source, options.place) for part in parts]
    data = [str(part.folder(options.place)) for part in parts]
    return made + options.retriever.steps(options.place, data, [one.name for one in made])


def _attack(part: Part, options: ParaphraseOptions) -> tuple[Attack, list[Step]]:
    data, store, place = part.folder(options.place), options.place / "stores" / part.name, options.place
    encoder, before = options.retriever.encoder(place), [f"dataset {part.name}", *options.retriever.needs]
    queries, named, steps = _queries(part, data, options)
    words: tuple[str | Path, ...] = (
        "encode",
        "--corpus",
        data / "corpus.jsonl",
        "--queries",
        queries,
        "--encoder",
        encoder,
    )
    needs = [*before, *(one.name for one in steps)]
    steps.append(step(f"encode {part.name}", *words, "--precision", options.precision, output=store, needs=needs))
    folders = {
        (kind, seed): place / "perturbed" / part.name / f"{kind}-{seed}" for kind, seed in (*_KINDS, _OTHER_SCRIPT)
    }
    for (kind, seed), folder in folders.items():
        words = (
            "perturb",
            "--topics",
            data,
            "--kind",
            kind,
            "--seed",
            seed,
            "--encoder",
            encoder,
            "--precision",
            options.precision,
        )
        steps.append(step(f"{kind} {part.name} {seed}", *words, output=folder, needs=before))
    translated = place / TRANSLATED / part.name
    # A cosine across languages says less than one within a language: `perturb` has a threshold of its own for files.
    words = (
        "perturb",
        "--topics",
        data,
        "--kind",
        "paraphrase",
        "--variations",
        data / _VARIATIONS[part.name],
        "--encoder",
        encoder,
    )
    words = (*words, "--precision", options.precision)
    steps.append(step(f"translate {part.name}", *words, output=translated, needs=before))
    attacked = {augmentation: place / ATTACKED / f"{part.name}-{augmentation}" for augmentation in RECIPES}
    for augmentation, folder in attacked.items():
        index = place / "indexes" / f"{part.name}-{augmentation}"
        steps += [
            _indexing(part, augmentation, store, index),
            _attacking(part=part, augmentation=augmentation, index=index, data=data, folder=folder, options=options),
        ]
    materials = {
        augmentation: ExperimentData(
            name=part.name,
            data=data,
            store=store,
            perturbed={
                REWORDED: tuple(folders[one] for one in _KINDS),
                SCRIPT: (folders[_OTHER_SCRIPT],),
                TRANSLATED: (translated,),
                ATTACKED: (folder,),
                TRANSFERRED: (attacked[PLAIN],),
            },
            queries=named,
            only=augmentation,
        )
        for augmentation, folder in attacked.items()
    }
    return Attack(part.name, materials, attacked), steps


def _queries(part: Part, data: Path, options: ParaphraseOptions) -> tuple[Path, str, list[Step]]:
    """The file or folder of queries, whose they are, and the step that makes them where one has to."""
    given = options.queries.get(part.name)
    if given is not None:
        return given, f"the given {given.name}", []
    if part.name in _OWN_QUERIES:
        return data / "queries.jsonl", _OWN_QUERIES[part.name], []
    folder = options.place / "queries" / part.name
    words: tuple[str | Path, ...] = (
        "expand",
        "--corpus",
        data / "corpus.jsonl",
        "--generator",
        options.generator,
        "--languages",
        options.languages,
    )
    words = (*words, "--queries-per-language", str(options.number))
    named = f"{options.number} queries a passage by {Path(options.generator).name} in {options.languages}"
    works_here = not kind_by_name(options.generator).elsewhere
    return (
        folder,
        named,
        [step(f"expand {part.name}", *words, output=folder, needs=[f"dataset {part.name}"], alone=works_here)],
    )


def _indexing(part: Part, augmentation: str, store: Path, index: Path) -> Step:
    recipe = RECIPES[augmentation]
    words = ("index", "--store", store, "--alpha", f"{recipe.alpha:g}", "--fusion", recipe.fusion)
    return step(f"index {part.name} {augmentation}", *words, output=index, needs=[f"encode {part.name}"])


def _attacking(
    *, part: Part, augmentation: str, index: Path, data: Path, folder: Path, options: ParaphraseOptions
) -> Step:
    encoder = options.retriever.encoder(options.place)
    words: tuple[str | Path, ...] = (
        "perturb",
        "--kind",
        "attack",
        "--topics",
        data,
        "--qrels",
        data,
        "--index",
        index,
        "--encoder",
        encoder,
    )
    words = (
        *words,
        "--precision",
        options.precision,
        "--attack-kinds",
        ",".join(dict.fromkeys(kind for kind, _ in _KINDS)),
    )
    words = (*words, "--steps", str(_STEPS), "--beam", str(_BEAM), "--budget", str(options.budget))
    return step(
        f"attack {part.name} {augmentation}", *words, output=folder, needs=[f"index {part.name} {augmentation}"]
    )
