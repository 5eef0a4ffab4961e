"""What a data set says of itself, and all data sets by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.datasets.options import flags_of
from pyserini_xqg.datasets.output import DatasetRecord
from pyserini_xqg.datasets.source import Publication


@dataclass(frozen=True, slots=True)
class Installed[Options]:
    """What there is to know of a data set that comes in packages of the operating system.

    :param place: where they install it; read where no other place is named.
    :param line: the command that installs what the options ask for.
    """

    place: Path
    line: Callable[[Options], str]


@dataclass(frozen=True, slots=True)
class Dataset[Options]:
    """A data set that can be loaded.

    :param options: the dataclass of what can be chosen; its fields become flags.
    :param build: writes the data set found at the first path into the folder at the second.
    :param advice: what to tell the user beside the counts.
    :param installed: for a data set that packages of the operating system bring.
    """

    publication: Publication
    options: type[Options]
    build: Callable[[Path, Path, Options], DatasetRecord]
    advice: str = ""
    installed: Installed[Options] | None = None


DATASETS: dict[str, Dataset[Any]] = {}
"""The data sets by name, in the order of registration."""


def register(dataset: Dataset[Any]) -> None:
    """Make a data set known to everyone.

    :raises TypeError: its name is taken, or its particulars or what can be chosen are incomplete.
    """
    publication, options = dataset.publication, dataset.options
    name = publication.name
    if name in DATASETS:
        raise TypeError(f"there is a data set {name!r} already, {DATASETS[name].publication.title}")
    told = (publication.title, publication.address, publication.version, publication.licence, publication.pattern)
    if not (name and all(told)):
        raise TypeError(f"data set {name!r} lacks some of title, address, version, licence and pattern")
    if not is_dataclass(options):
        raise TypeError(f"the options of data set {name!r} are no dataclass")
    try:
        flags_of(options)
    except KeyError as error:
        raise TypeError(f"an option of data set {name!r} lacks {error}; describe it with about()") from error
    DATASETS[name] = dataset
