"""The picture of the first experiment, from figures made by hand."""

from __future__ import annotations

from pathlib import Path

from matplotlib_settings import settings_stay

from pyserini_xqg.reproduce.experiments.asking import Nearness
from pyserini_xqg.reproduce.experiments.comparison import ComparedData, ModelLine
from pyserini_xqg.reproduce.experiments.material import PLAIN, ExperimentData
from pyserini_xqg.reproduce.typos.plot import write_plot
from pyserini_xqg.robustness.comparison.figures import Figure, IntervalEstimate


def compared(name: str) -> ComparedData:
    lines = tuple(
        ModelLine(
            model,
            augmentation,
            {Figure.CLEAN: IntervalEstimate(0.5 + place / 10), Figure.DROP: IntervalEstimate(0.1 - place / 50)},
            None,
            None,
            (),
            Nearness(0.8, 0.9),
        )
        for augmentation in (PLAIN, "mean", "views")
        for place, model in enumerate(("base", "a $x$ model"))
    )
    material = ExperimentData(name, Path("data"), Path("store"), {})
    return ComparedData(material, {"base": 1, "a $x$ model": 2}, {"R@5": lines}, {})


def test_a_panel_a_material_and_the_same_bytes_each_time(tmp_path: Path):
    found = [compared("xquad"), compared("locomo")]
    with settings_stay():
        paths = write_plot(found, "R@5", tmp_path / "one")
    assert [path.name for path in paths] == ["clean-and-drop.R@5.png", "clean-and-drop.R@5.svg"]
    again = write_plot(found, "R@5", tmp_path / "two")
    assert [path.read_bytes() for path in paths] == [path.read_bytes() for path in again]
    assert "<!-- a $x$ model -->" in paths[1].read_text(encoding="utf-8")
