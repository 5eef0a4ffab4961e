"""The data sets by name. A new one is a file beside this one and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pyserini_xqg.datasets import xor_retrieve, xquad
from pyserini_xqg.datasets.output import Manifest
from pyserini_xqg.datasets.source import Publication
from pyserini_xqg.errors import UsageError

type Build = Callable[[Path, Path], Manifest]
"""Writes the data set found at the first path into the folder at the second."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set that can be loaded.

    :param build: the plain loader.
    :param with_oracle_queries: the loader that also writes ``queries.jsonl``; None where the data has no translations to make it of.
    :param advice: what to tell the user beside the counts.
    """

    publication: Publication
    build: Build
    with_oracle_queries: Build | None = None
    advice: str = ""


DATASETS: dict[str, Dataset] = {
    "xquad": Dataset(xquad.PUBLICATION, partial(xquad.build, oracle_queries=False), partial(xquad.build, oracle_queries=True)),
    "xor-retrieve": Dataset(xor_retrieve.PUBLICATION, xor_retrieve.build, advice=xor_retrieve.NO_PASSAGES),
}


def loader(name: str, *, oracle_queries: bool) -> Build:
    """The function that builds this data set.

    :raises UsageError: it has no oracle queries to give.
    """
    found = DATASETS[name]
    if not oracle_queries:
        return found.build
    if found.with_oracle_queries is None:
        having = ", ".join(other for other, dataset in DATASETS.items() if dataset.with_oracle_queries is not None)
        raise UsageError(f"--oracle-queries: {name} has no translated questions to make them of; these have: {having}")
    return found.with_oracle_queries
