"""A matrix's report as a page."""

from __future__ import annotations

import platform
from importlib.metadata import version

from pyserini_xqg.evaluate.statistics.power import in_words
from pyserini_xqg.report.model import Commands, CopiedCommand, Page, Part, Prose, Section
from pyserini_xqg.reproduce.matrix.report.claims import claim_table
from pyserini_xqg.reproduce.matrix.report.plots import plots
from pyserini_xqg.reproduce.matrix.report.tables import difference_table, score_table
from pyserini_xqg.reproduce.matrix.results import MatrixResult
from pyserini_xqg.reproduce.matrix.statistics import Statistics, statistics
from pyserini_xqg.reproduce.matrix.texts import complaints, summary

_PACKAGES = ("pyserini-xqg", "pyserini", "faiss-cpu", "onnxruntime", "torch", "numpy")


def to_page(found: MatrixResult) -> Page:
    """Scores, plots, significance and commands of a matrix."""
    chance = statistics(found)
    measures = found.matrix.measures
    sections = [
        Section("Claims", (claim_table(found),) if found.claims else ()),
        Section("Scores", (*_told(found), *(score_table(found, chance, measure) for measure in measures))),
        Section("Plots", tuple(plots(found, chance, measures[-1]))),
        Section("Significance", tuple(_chance(found, chance))),
        Section(
            "Notes on runs", tuple(Prose("\n\n".join(outcome.notes)) for outcome in found.outcomes if outcome.notes)
        ),
        Section("Commands", tuple(_commands(found))),
    ]
    return Page(
        title=found.matrix.display,
        summary=found.matrix.about,
        sections=tuple(section for section in sections if section.parts),
        facts=(
            *((package, version(package)) for package in _PACKAGES),
            ("Python", platform.python_version()),
            ("machine", f"{platform.system()} {platform.machine()}"),
        ),
    )


def _told(found: MatrixResult) -> tuple[Part, ...]:
    source = f"Expected scores: {found.matrix.source}." if found.matrix.source else ""
    return (Prose("\n\n".join(filter(None, [f"{summary(found)}.", source, *complaints(found)]))),)


def _chance(found: MatrixResult, chance: Statistics) -> list[Part]:
    if not chance.evaluation.comparisons:
        return []
    last = found.matrix.measures[-1]
    powers = [one for one in chance.evaluation.powers if one.measure == last and one.language == "macro"]
    told = [Prose("What could not have been shown: " + "; ".join(in_words(powers)) + ".")] if powers else []
    return [*told, *(difference_table(found, chance, measure) for measure in found.matrix.measures)]


def _commands(found: MatrixResult) -> list[Part]:
    shared = (
        [
            Commands(
                "For all conditions, in this order",
                tuple(CopiedCommand(name, line) for name, line in found.builds.items()),
            )
        ]
        if found.builds
        else []
    )
    own = [
        Commands(outcome.condition.display, tuple(CopiedCommand(key, line) for key, line in outcome.commands.items()))
        for outcome in found.outcomes
        if outcome.commands
    ]
    return [*shared, *own]
