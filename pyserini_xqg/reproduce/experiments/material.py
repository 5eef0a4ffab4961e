"""What an experiment asks: a data set with its questions, clean and perturbed, and the vectors that they are asked
of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from pyserini_xqg.evaluate.inputs.judgments import Judgments, read_judgments
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.input.topics import read_topics
from pyserini_xqg.machine import available_cores
from pyserini_xqg.store.blocks import fused_blocks
from pyserini_xqg.store.fused_store import complete
from pyserini_xqg.store.vector_store import VectorStore

type Questions = dict[tuple[str, str], str]
"""(Language, query id) -> text."""

CLEAN = "clean"
"""The condition of the questions as people asked them."""
PLAIN = "none"
"""No augmentation."""
MEAN = "mean"
"""One vector a passage."""
RECIPES = {PLAIN: Recipe(alpha=0.0), MEAN: Recipe(MEAN), "views": Recipe("views")}
"""How passages are augmented; views are one vector a language."""


@dataclass(frozen=True)
class ExperimentData:
    """One data set.

    :param name: as tables print it, and files are called.
    :param data: the folder with ``topics.LANG.tsv`` and ``qrels.LANG.txt``.
    :param store: the vector store of its passages.
    :param perturbed: perturbation -> a folder of topics a variant.
    :param queries: whose queries the store holds, in a few words; empty where it holds none.
    :param by_collection: docids and query ids begin with the name of a collection and ``-``, and a question is searched
        there alone.
    :param only: this augmentation alone; None for all that there are.
    """

    name: str
    data: Path
    store: Path
    perturbed: Mapping[str, tuple[Path, ...]]
    queries: str = ""
    by_collection: bool = False
    only: str | None = None

    @property
    def recipes(self) -> dict[str, Recipe]:
        """Augmentation -> how to fuse."""
        if self.only is not None:
            return {self.only: RECIPES[self.only]}
        # The collections of one material have queries in one language, of which the one view is the mean.
        names = [PLAIN] if not self.queries else [PLAIN, MEAN] if self.by_collection else list(RECIPES)
        return {name: RECIPES[name] for name in names}

    @property
    def conditions(self) -> dict[str, Path]:
        """Condition -> its folder of topics: ``clean``, then each perturbation with the number of the variant,
        ``misspelled-0``.
        """
        variants = {
            f"{name}-{number}": folder
            for name, folders in self.perturbed.items()
            for number, folder in enumerate(folders)
        }
        return {CLEAN: self.data, **variants}

    @cached_property
    def judgments(self) -> dict[str, Judgments]:
        """Language -> judgments."""
        return {path.name.split(".")[1]: read_judgments(path) for path in sorted(self.data.glob("qrels.*.txt"))}

    def questions(self, condition: str) -> Questions:
        """The judged questions as a condition has them."""
        folder = self.conditions[condition]
        return {
            (code, topic.qid): topic.text
            for code, judged in self.judgments.items()
            for topic in read_topics(folder / f"topics.{code}.tsv")
            if topic.qid in judged
        }

    @cached_property
    def asked(self) -> str:
        """SHA-256 of all questions, their conditions and their judgments."""
        questions = {
            condition: [[*key, text] for key, text in self.questions(condition).items()]
            for condition in self.conditions
        }
        return hashlib.sha256(json.dumps([questions, self.judgments]).encode()).hexdigest()

    @cached_property
    def docids(self) -> list[str]:
        """In the store's order."""
        return [docid for shard in VectorStore(self.store).shards() for docid in shard.docids()]

    def fused(self, recipe: Recipe) -> np.ndarray:
        """One vector a passage, of length one: float32 ``[passages, dimension]``. Views, of which a passage has
        several, are for an index.
        """
        store = VectorStore(self.store)
        blocks = fused_blocks(complete(store, recipe), available_cores())
        return np.concatenate([block.vectors.copy() for block in blocks])
