from __future__ import annotations

import re
from pathlib import Path

import pytest
from matplotlib_settings import settings_stay
from robustness_world import apart, scored

from pyserini_xqg.report.plots.canvas import save
from pyserini_xqg.robustness.comparison.analysis import analyse
from pyserini_xqg.robustness.comparison.conditions import Conditions
from pyserini_xqg.robustness.comparison.results import AnalysisSettings, Robustness
from pyserini_xqg.robustness.output.plots import drops, scores, write_plots

CODES = ("ar", "fi", "sw", "yo")


def found(systems: tuple[str, ...] = ("plain", "views"), names: tuple[str, ...] = ("typos",)) -> Robustness:
    clean = {system: dict.fromkeys(CODES, scored(1, 1, 1, 0)) for system in systems}
    perturbed = {name: ({system: dict.fromkeys(CODES, scored(1, 0, 1, 0)) for system in systems},) for name in names}
    conditions = Conditions(clean, perturbed)
    return analyse(conditions, apart(conditions), ("R@1",), AnalysisSettings(resamples=100))


def test_rows_are_languages_by_family_and_families_stand_beside_them():
    mine = found()
    picture = drops(mine, "R@1", mine.languages, "language")
    (axes,) = picture.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Arabic", "Swahili", "Yoruba", "Finnish"]
    assert [text.get_text() for text in axes.texts] == ["Afro-Asiatic", "Atlantic-Congo", "Uralic"]


def test_points_lie_at_the_figures():
    mine = found(("plain",))
    (axes,) = scores(mine, "R@1").axes
    at = {
        (line.get_marker(), round(float(line.get_xdata()[0]), 6))
        for line in axes.lines
        if line.get_marker() not in {"None", None}
    }
    assert at == {("o", 75.0), ("o", 50.0)}
    (axes,) = drops(mine, "R@1", mine.languages, "language").axes
    drawn = [float(line.get_xdata()[0]) for line in axes.lines if line.get_marker() == "o"]
    assert drawn == pytest.approx([100 / 3] * len(CODES))


def test_more_perturbations_than_fit_abreast_and_names_that_look_like_mathematics(tmp_path: Path):
    mine = found(("$x$", "$\\frac"), ("a", "b$", "c", "d$_"))
    with settings_stay():
        paths = write_plots(mine, tmp_path)
    assert len(paths) == 6 and all(path.stat().st_size > 5000 for path in paths)


def test_the_same_figures_are_the_same_bytes_and_carry_no_date(tmp_path: Path):
    first, second = (save(scores(found(), "R@1"), tmp_path / name, "plot") for name in ("one", "two"))
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()
    assert not re.search(r"20\d\d-\d\d-\d\dT", first[1].read_text(encoding="utf-8"))
