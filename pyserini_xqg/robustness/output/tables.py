"""The report's tables: one over all languages, what systems gain over the baseline, then language by language and group
by group.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyserini_xqg.evaluate.output.tables import mark_of
from pyserini_xqg.evaluate.statistics.bootstrap import LEVEL
from pyserini_xqg.report.marks import Mark
from pyserini_xqg.report.model import Cell, Table, table_of
from pyserini_xqg.report.numbers import NONE, interval, percent
from pyserini_xqg.robustness.comparison.figures import Figure, IntervalEstimate
from pyserini_xqg.robustness.comparison.results import Robustness, Row
from pyserini_xqg.robustness.comparison.scopes import LanguageScope, ScopeKind

INTERVAL = f"{LEVEL}% interval"


def overall(found: Robustness, measure: str) -> Table | None:
    """A row a system: clean, and for each perturbation score, relative drop and worst case. None where no language is
    in every condition.
    """
    if not found.groups:
        return None
    scope = found.groups[-1]
    header, rows = [measure, "clean"], []
    for name, variants in found.perturbations.items():
        header += [name, "drop %", *(["worst"] if variants > 1 else [])]
    for system in found.systems:
        mine = {name: found.row(measure, scope, name, system) for name in found.perturbations}
        clean = next((percent(row.figures[Figure.CLEAN].value) for row in mine.values() if row is not None), NONE)
        cells = [system, clean]
        for name, row in mine.items():
            figures = [
                Figure.PERTURBED,
                Figure.RELATIVE_DROP,
                *([Figure.WORST] if found.perturbations[name] > 1 else []),
            ]
            cells += [NONE if row is None else percent(row.figures[figure].value) for figure in figures]
        rows.append(cells)
    return table_of(f"{measure} in percent, {_average(scope)}", header, 1, [rows])


def _average(scope: LanguageScope) -> str:
    return scope.name if len(scope.codes) == 1 else f"macro average over {len(scope.codes)} languages"


def against(found: Robustness, measure: str) -> Table | None:
    """A row a system: what its scores and its drops are more than the baseline's. None without a baseline, or where
    there is nothing to average.
    """
    baseline = found.settings.baseline
    if baseline is None or not found.groups or len(found.systems) < 2:
        return None
    scope = found.groups[-1]
    header = ["system", "clean", *(word for name in found.perturbations for word in (name, f"{name}: drop"))]
    rows = []
    for system in found.systems:
        if system == baseline:
            continue
        mine = [found.row(measure, scope, name, system) for name in found.perturbations]
        clean = next((_gain(row, Figure.CLEAN_DIFFERENCE) for row in mine if row is not None), NONE)
        cells = [_gain(row, figure) for row in mine for figure in (Figure.PERTURBED_DIFFERENCE, Figure.DROP_DIFFERENCE)]
        rows.append([system, clean, *cells])
    return table_of(f"{measure}, points above {baseline} with {INTERVAL}s, {_average(scope)}", header, 1, [rows])


def _gain(row: Row | None, figure: Figure) -> str:
    estimate = row.figures.get(figure) if row is not None else None
    if estimate is None or estimate.value is None:
        return NONE
    return f"{percent(estimate.value, signed=True)} {_ends(estimate, signed=True)}".replace(f" {NONE}", "")


def detailed(found: Robustness, measure: str, perturbation: str, scopes: Sequence[LanguageScope]) -> Table:
    """Everything about one perturbation: a block a scope, a row a system."""
    several, baseline = found.perturbations[perturbation] > 1, found.settings.baseline
    languages = all(scope.kind is ScopeKind.LANGUAGE for scope in scopes)
    header = [
        "language" if languages else "group",
        "system",
        "queries",
        "clean",
        perturbation,
        "drop",
        "drop %",
        INTERVAL,
    ]
    header += ["worst"] if several else []
    header += ["better/same/worse"]
    compared = baseline is not None and len(found.systems) > 1
    header += ["Δ clean", f"Δ {perturbation}", "Δ drop", INTERVAL] if compared else []
    blocks = []
    for scope in scopes:
        rows = [row for system in found.systems if (row := found.row(measure, scope, perturbation, system)) is not None]
        blocks.append([[_named(scope) if not n else "", *_cells(row, several, compared)] for n, row in enumerate(rows)])
    what = "by language" if languages else "by group of languages"
    return table_of(f"{measure} in percent, {perturbation}, {what}", header, 2, [block for block in blocks if block])


def _named(scope: LanguageScope) -> str:
    if scope.kind in {ScopeKind.FAMILY, ScopeKind.RESOURCE}:
        return f"{scope.name} ({', '.join(scope.codes)})"
    return scope.name


def _cells(row: Row, several: bool, compared: bool) -> list[Cell | str]:
    cells: list[Cell | str] = [
        row.system,
        str(row.queries),
        *(_marked(row, figure) for figure in (Figure.CLEAN, Figure.PERTURBED, Figure.DROP, Figure.RELATIVE_DROP)),
    ]
    cells.append(_ends(row.figures[Figure.RELATIVE_DROP]).strip("()"))
    cells += [percent(row.figures[Figure.WORST].value)] if several else []
    cells.append(str(row.outcomes))
    if compared:
        cells += [
            _marked(row, figure, signed=True)
            for figure in (Figure.CLEAN_DIFFERENCE, Figure.PERTURBED_DIFFERENCE, Figure.DROP_DIFFERENCE)
        ]
        difference = row.figures.get(Figure.DROP_DIFFERENCE)
        cells.append(NONE if difference is None else _ends(difference, signed=True).strip("()"))
    return cells


def _marked(row: Row, figure: Figure, *, signed: bool = False) -> Cell:
    estimate, test = row.figures.get(figure), row.tests.get(figure)
    if estimate is None or estimate.value is None:
        return Cell(NONE)
    mark = mark_of(test) if test is not None else Mark.NONE
    return Cell(percent(estimate.value, signed=signed), estimate.value, mark=mark)


def _ends(estimate: IntervalEstimate, *, signed: bool = False) -> str:
    return interval(estimate.low, estimate.high, signed=signed)
