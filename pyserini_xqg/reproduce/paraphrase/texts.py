"""The tables of the second experiment, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from pyserini_xqg.perturb.attack.outcome import Summary
from pyserini_xqg.report.formats.markdown import grid
from pyserini_xqg.report.model import Table, table_of
from pyserini_xqg.report.numbers import NONE, percent
from pyserini_xqg.reproduce.experiments.asking import MEASURES
from pyserini_xqg.reproduce.experiments.material import PLAIN
from pyserini_xqg.reproduce.paraphrase.plan import ATTACKED, REWORDED, SCRIPT, TRANSFERRED, TRANSLATED, Attack
from pyserini_xqg.robustness.comparison.figures import Figure, IntervalEstimate
from pyserini_xqg.robustness.comparison.results import Robustness
from pyserini_xqg.robustness.comparison.scopes import LanguageScope, ScopeKind

_HOW_TO_READ = (
    "Scores are percent; a group's is the mean of its languages, each weighing the same. *reworded* is the "
    "mean over a question's rewordings by rule, *worst*\n"
    "its lowest. *script*: the same words without accents, in Latin or in wide letters. *translated*: "
    "people's wording in the passages' language. *attacked*: of all valid rewordings the one that hurts this "
    "very index most;\n"
    "*through plain*: the one that hurts the plain index most, asked of this one. What is not *better than "
    "plain* in brackets' whole width may be chance: 95%\n"
    "intervals from a bootstrap that draws relevant passages, each with all its questions. Rewordings that an "
    "encoder finds to have changed their meaning are\n"
    "left out, so that an attack can only use what passes for the same question; that check is a coarse one "
    "(docs/perturb.md)."
)


@dataclass(frozen=True, slots=True)
class Attacked:
    """What came of a data set.

    :param report: its systems are the augmentations.
    :param outcomes: augmentation -> language -> what the attack did.
    """

    attack: Attack
    report: Robustness
    outcomes: Mapping[str, Mapping[str, Summary]]


def to_markdown(found: Sequence[Attacked], notes: Sequence[str]) -> str:
    """The whole summary."""
    parts = [
        "# Paraphrases: what generated queries do for reworded and attacked questions",
        _HOW_TO_READ,
        *(f"- {note}" for note in notes),
    ]
    for one in found:
        queries = next(iter(one.attack.materials.values())).queries
        parts += [f"## {one.attack.name}", f"Augmentation: {queries or 'no generated queries were given'}."]
        parts += [f"### {one.attack.name}: {measure}\n\n{grid(table(one, measure))}" for measure in MEASURES]
        parts.append(f"### {one.attack.name}: what the attack did to reciprocal ranks\n\n{grid(effort(one))}")
    return "\n\n".join(parts) + "\n"


def table(found: Attacked, measure: str) -> Table:
    """A block a family, high- and low-resource languages, and all; a row an augmentation."""
    header = (
        "languages",
        "passages",
        "clean",
        REWORDED,
        "worst",
        SCRIPT,
        TRANSLATED,
        ATTACKED,
        "through plain",
        "better than plain when attacked",
        "through plain",
    )
    blocks = tuple(
        tuple(
            (_named(scope) if not place else "", *_cells(found.report, measure, scope, system))
            for place, system in enumerate(found.report.systems)
        )
        for scope in found.report.groups
    )
    return table_of(f"{found.attack.name}: {measure}", header, 2, blocks)


def _named(scope: LanguageScope) -> str:
    return scope.name if scope.kind is ScopeKind.MACRO else f"{scope.name} ({', '.join(scope.codes)})"


def _cells(report: Robustness, measure: str, scope: LanguageScope, system: str) -> tuple[str, ...]:
    def figure(perturbation: str, which: Figure) -> IntervalEstimate:
        row = report.row(measure, scope, perturbation, system)
        return row.figures.get(which, IntervalEstimate(None)) if row is not None else IntervalEstimate(None)

    return (
        "plain" if system == PLAIN else system,
        percent(figure(ATTACKED, Figure.CLEAN).value),
        percent(figure(REWORDED, Figure.PERTURBED).value),
        percent(figure(REWORDED, Figure.WORST).value),
        *(percent(figure(name, Figure.PERTURBED).value) for name in (SCRIPT, TRANSLATED, ATTACKED, TRANSFERRED)),
        *(_signed(figure(name, Figure.PERTURBED_DIFFERENCE)) for name in (ATTACKED, TRANSFERRED)),
    )


def _signed(estimate: IntervalEstimate) -> str:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return NONE
    return f"{100 * estimate.value:+.1f} [{100 * estimate.low:+.1f}, {100 * estimate.high:+.1f}]"


def effort(found: Attacked) -> Table:
    """What the attacks did to reciprocal ranks, and how far they went; a row a language and augmentation, then the
    mean.
    """
    header = ("language", "passages", "MRR@10", "average", "worst", "broken %", "edits", "variants", "invalid")
    codes = list(next(iter(found.outcomes.values())))
    blocks = [
        tuple(
            (code if not place else "", *_efforts(name, [outcomes[code]]))
            for place, (name, outcomes) in enumerate(found.outcomes.items())
        )
        for code in codes
    ]
    everywhere = ((name, list(outcomes.values())) for name, outcomes in found.outcomes.items())
    blocks.append(
        tuple(("mean" if not place else "", *_efforts(name, some)) for place, (name, some) in enumerate(everywhere))
    )
    return table_of(f"{found.attack.name}: the attack", header, 2, tuple(blocks))


def _efforts(name: str, some: Sequence[Summary]) -> tuple[str, ...]:
    broken = [one.success for one in some if one.success is not None]
    edits = [one.distance for one in some if one.distance is not None]
    return (
        "plain" if name == PLAIN else name,
        *(
            f"{100 * fmean(values):.1f}"
            for values in ([one.clean for one in some], [one.average for one in some], [one.worst for one in some])
        ),
        f"{100 * fmean(broken):.1f}" if broken else NONE,
        f"{fmean(edits):.1f}" if edits else NONE,
        f"{fmean(one.variants for one in some):.1f}",
        f"{fmean(one.invalid for one in some):.1f}",
    )
