"""The surface over alpha and kappa: its best point, and how it is written."""

from __future__ import annotations

from pathlib import Path

from matplotlib_settings import settings_stay
from tiny_corpus import tree

from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.tune.curve import curve_of
from pyserini_xqg.tune.surface import Surface, TuningPoint
from pyserini_xqg.tune.surface_plot import as_text, write_surface

ALPHAS = (0.0, 0.25, 0.5)


def surface(*languages: dict[str, tuple[float, ...]]) -> Surface:
    curves = tuple(curve_of(Recipe(), "MRR@10", ALPHAS, own) for own in languages)
    return Surface((0.0, 4.0, None)[: len(curves)], curves)


TWO = surface(
    {"ar": (0.5, 0.6, 0.4), "ja": (0.5, 0.5, 0.2)},
    {"ar": (0.5, 0.6, 0.6), "ja": (0.5, 0.6, 0.9)},
    {"ar": (0.5, 0.7, 0.5), "ja": (0.5, 0.5, 0.6)},
)


def test_the_best_is_of_all_or_of_a_language():
    assert TWO.best() == TuningPoint(0.5, 4.0, 0.75)
    assert TWO.best("ar") == TuningPoint(0.25, None, 0.7)


def test_ties_go_to_the_smaller_alpha_and_then_to_the_first_kappa():
    assert surface({"ar": (0.1, 0.5, 0.5)}, {"ar": (0.1, 0.5, 0.5)}).best() == TuningPoint(0.25, 0.0, 0.5)
    assert surface({"ar": (0.1, 0.1, 0.5)}, {"ar": (0.1, 0.5, 0.5)}).best() == TuningPoint(0.25, 4.0, 0.5)


def test_it_reads_as_a_table():
    assert as_text(TWO).splitlines() == [
        "MRR@10 by alpha and kappa, mean of ar, ja",
        "alpha     kappa 0         4   moments",
        "0            50.0      50.0      50.0",
        "0.25         55.0      60.0      60.0",
        "0.5          30.0      75.0*     55.0",
        "",
        "best for   alpha    kappa    MRR@10   at the best for all",
        "ar          0.25  moments      70.0                  60.0",
        "ja           0.5        4      90.0                  90.0",
        "all          0.5        4      75.0",
    ]


def test_files_are_the_same_bytes_each_time(tmp_path: Path):
    for name in ("one", "two"):
        with settings_stay():
            write_surface(TWO, tmp_path / name)
    first = tree(tmp_path / "one")
    assert first == tree(tmp_path / "two")
    assert sorted(first) == ["surface.csv", "surface.png", "surface.svg"]
    assert first["surface.csv"].decode().splitlines()[:2] == [
        "kappa,alpha,ar,ja,mean",
        "0,0,0.500000,0.500000,0.500000",
    ]
    assert first["surface.csv"].decode().splitlines()[-1] == "moments,0.5,0.500000,0.600000,0.550000"
