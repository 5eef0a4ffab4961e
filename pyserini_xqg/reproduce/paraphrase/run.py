"""The whole of ``reproduce paraphrase``: run the steps, ask every index, compare, write the report."""

from __future__ import annotations

from dataclasses import replace

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.evaluate.scoring.systems import Scores
from pyserini_xqg.evaluate.statistics.clusters import Resample, clusters_of
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.files.lock import building
from pyserini_xqg.files.text import read_json, write_text
from pyserini_xqg.perturb.attack.attack import SETTINGS
from pyserini_xqg.perturb.attack.outcome import Summary
from pyserini_xqg.reproduce.experiments.asking import MEASURES, Answers, ask, embed
from pyserini_xqg.reproduce.experiments.comparison import conditions_of
from pyserini_xqg.reproduce.experiments.material import PLAIN
from pyserini_xqg.reproduce.experiments.report_folder import new_report
from pyserini_xqg.reproduce.paraphrase.plan import Attack, ParaphraseOptions, ParaphrasePlan
from pyserini_xqg.reproduce.paraphrase.texts import Attacked, to_markdown
from pyserini_xqg.reproduce.steps.how import ExperimentOptions
from pyserini_xqg.reproduce.steps.runner import Runner
from pyserini_xqg.robustness.compare_runs import write_report
from pyserini_xqg.robustness.comparison.analysis import analyse
from pyserini_xqg.robustness.comparison.remarks import remarks
from pyserini_xqg.robustness.comparison.results import AnalysisSettings, Robustness

SUMMARY = "paraphrase.md"


def run_paraphrase(
    plan: ParaphrasePlan, options: ParaphraseOptions, resamples: int, how: ExperimentOptions
) -> tuple[Attacked, ...]:
    """Run everything that is not there yet, and write ``report/`` anew.

    :raises EngineError: a step failed.
    :raises BusyError: another process works in the same place.
    """
    with building(options.place):
        Runner(options.place, how.jobs, how.say).run(plan.steps)
        encoder = Encoder(resolve_encoder(options.retriever.encoder(options.place)), Precision(options.precision))
        found = []
        for attack in plan.attacks:
            how.say(f"asking: {attack.name}")
            found.append(Attacked(attack, _compared(attack, encoder, resamples), _outcomes(attack)))
        with new_report(options.place / "report") as folder:
            write_text(folder / SUMMARY, to_markdown(found, [f"not run: {why}" for why in plan.not_run.values()]))
            for one in found:
                write_report(folder / one.attack.name, one.report)
    return tuple(found)


def _compared(attack: Attack, encoder: Encoder, resamples: int) -> Robustness:
    first = next(iter(attack.materials.values()))
    asked = {
        (augmentation, name): one.questions(name)
        for augmentation, one in attack.materials.items()
        for name in one.conditions
    }
    embedded = embed(asked, encoder)  # all at once: the indexes are asked the same questions but for the attacked ones
    answers: dict[str, Answers] = {
        augmentation: ask(one, {name: embedded[augmentation, name] for name in one.conditions})
        for augmentation, one in attack.materials.items()
    }

    def scores(condition: str) -> Scores:
        return {augmentation: mine[augmentation][condition] for augmentation, mine in answers.items()}

    clusters = clusters_of(first.judgments, Resample.PASSAGES)
    settings = AnalysisSettings(baseline=PLAIN if len(answers) > 1 else None, resamples=resamples)
    found = analyse(conditions_of(scores, first), clusters, MEASURES, settings)
    return replace(found, notes=remarks(found, clusters))


def _outcomes(attack: Attack) -> dict[str, dict[str, Summary]]:
    """Augmentation -> language -> what the attack did."""
    return {
        augmentation: {code: Summary(**found) for code, found in read_json(folder / SETTINGS)["languages"].items()}
        for augmentation, folder in attack.outcomes.items()
    }
