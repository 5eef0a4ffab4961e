"""The data sets by name. A new one is a file beside this one and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.datasets import afriqa, ciral, miracl, xor_retrieve, xor_tydi, xquad
from pyserini_xqg.datasets.locomo import build as locomo
from pyserini_xqg.datasets.locomo.options import LocomoOptions
from pyserini_xqg.datasets.options import NoOptions
from pyserini_xqg.datasets.output import DatasetRecord
from pyserini_xqg.datasets.source import Publication
from pyserini_xqg.datasets.trec import NUMBER_SIGNS


@dataclass(frozen=True, slots=True)
class Dataset[Options]:
    """A data set that can be loaded.

    :param options: the dataclass of what can be chosen; its fields become flags.
    :param build: writes the data set found at the first path into the folder at the second.
    :param advice: what to tell the user beside the counts.
    """

    publication: Publication
    options: type[Options]
    build: Callable[[Path, Path, Options], DatasetRecord]
    advice: str = ""


DATASETS: dict[str, Dataset[Any]] = {
    "xquad": Dataset(xquad.PUBLICATION, xquad.XquadOptions, xquad.build),
    "afriqa": Dataset(afriqa.PUBLICATION, afriqa.AfriqaOptions, afriqa.build),
    "locomo": Dataset(locomo.PUBLICATION, LocomoOptions, locomo.build, locomo.ENGLISH_ONLY),
    "xor-retrieve": Dataset(xor_retrieve.PUBLICATION, NoOptions, xor_retrieve.build, xor_retrieve.NO_PASSAGES),
    "xor-tydi": Dataset(xor_tydi.PUBLICATION, xor_tydi.XorTydiOptions, xor_tydi.build),
    "ciral": Dataset(ciral.PUBLICATION, ciral.CiralOptions, ciral.build, NUMBER_SIGNS),
    "miracl": Dataset(miracl.PUBLICATION, miracl.MiraclOptions, miracl.build, NUMBER_SIGNS),
}
