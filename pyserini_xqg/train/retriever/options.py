"""What is particular to retrievers: the objective, the towers, the misspellings. Plain values; importing this is
cheap.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pyserini_xqg.errors import UsageError


class Objective(StrEnum):
    """What is learned. Each may have the alignment to the base model beside it
    (:attr:`RetrieverOptions.align_weight`).
    """

    CONTRASTIVE = "contrastive"
    """A query finds its passage among others; no misspellings."""
    TYPO_AWARE = "typo-aware"
    """The same, with a share of the queries misspelled: Zhuang and Zuccon 2021 (EMNLP)."""
    SELF_TEACHING = "self-teaching"
    """Contrastive on clean queries, whose scores teach those of the misspelled ones: Zhuang and Zuccon 2022 (SIGIR)."""
    DST = "dst"
    """Self-teaching in both directions, with several misspellings a query: Tasawong et al. 2023 (ACL)."""
    ALIGNED = "aligned"
    """The frozen base model's scores of the clean query teach the trained one's of the misspelled query; no labels."""

    @property
    def needs_labels(self) -> bool:
        """Whether it learns from queries whose passages are known."""
        return self is not Objective.ALIGNED

    @property
    def encodes_clean(self) -> bool:
        """Whether the clean queries go through the trained model."""
        return self in (Objective.CONTRASTIVE, Objective.SELF_TEACHING, Objective.DST)

    @property
    def encodes_misspelled(self) -> bool:
        """Whether misspelled queries do."""
        return self is not Objective.CONTRASTIVE


PAPERS_PROBABILITY = {
    Objective.TYPO_AWARE: 0.5,
    Objective.SELF_TEACHING: 1.0,
    Objective.DST: 1.0,
    Objective.ALIGNED: 0.75,
}
"""The share of queries that is misspelled: the papers', and for alignment what was best here."""


class Tower(StrEnum):
    """What is trained."""

    QUERY = "query"
    """The encoder of the queries; passages, and every index of them, stay as the base model made them."""
    BOTH = "both"
    """One encoder for queries and passages; passages have to be encoded again."""


class Freeze(StrEnum):
    """What of the model stays as it is."""

    NOTHING = "nothing"
    EMBEDDINGS = "embeddings"
    """The word embeddings: 96 of e5-small's 118 million parameters."""


@dataclass(frozen=True, slots=True)
class RetrieverOptions:
    """How a retriever is trained, beside :class:`~pyserini_xqg.train.settings.TrainSettings`.

    :param temperature: scores are divided by it in the contrastive part; None for 0.02 where embeddings are normalised,
        else 1.
    :param align_weight: of the alignment beside another objective; 0 for none.
    :param align_temperature: as ``temperature``, in the alignment; None for 0.05 where embeddings are normalised, else
        1.
    :param align_cosine: weight, within the alignment, of one minus the cosine with the base model's embedding.
    :param probability: of a query's being misspelled.
    :param second_word: probability that a misspelled query has two misspelled words instead of one.
    :param variants: misspellings a query.
    :param beta: share of the self-teaching in DST.
    :param gamma: share of the direction from passages to queries in DST's contrastive part.
    :param sigma: the same in its self-teaching.
    :param hard_negatives: of each query, in a batch; None for at most seven where there are any.
    :param candidates: passages that a query's are compared with in a step, where the passages are frozen.
    :param chunk: texts that are encoded at a time, each chunk's activations recomputed for the gradient; 0 to encode a
        batch at once.
    """

    objective: Objective
    tower: Tower
    freeze: Freeze
    probability: float
    temperature: float | None = None
    align_weight: float = 0.0
    align_temperature: float | None = None
    align_cosine: float = 10.0
    second_word: float = 0.0
    variants: int = 1
    beta: float = 0.5
    gamma: float = 0.5
    sigma: float = 0.2
    hard_negatives: int | None = None
    candidates: int = 20_000
    chunk: int = 0

    def __post_init__(self) -> None:
        shares = (("--typo-probability", self.probability), ("--second-word", self.second_word))
        for flag, share in (
            *shares,
            ("--dst-beta", self.beta),
            ("--dst-gamma", self.gamma),
            ("--dst-sigma", self.sigma),
        ):
            if not 0 <= share <= 1:
                raise UsageError(f"{flag} is {share}; it must be between 0 and 1")
        for flag, value in (("--temperature", self.temperature), ("--align-temperature", self.align_temperature)):
            if value is not None and not 0 < value < float("inf"):
                raise UsageError(f"{flag} is {value}; it must be above 0, such as 0.02")
        for flag, weight in (("--align-weight", self.align_weight), ("--align-cosine", self.align_cosine)):
            if not 0 <= weight < float("inf"):
                raise UsageError(f"{flag} is {weight}; it must be at least 0")
        counts = (("--variants", self.variants, 1), ("--hard-negatives", self.hard_negatives, 0))
        for name, count, least in (*counts, ("--candidates", self.candidates, 2), ("--chunk", self.chunk, 0)):
            if count is not None and count < least:
                raise UsageError(f"{name} is {count}; it must be at least {least}")
        if self.objective is Objective.ALIGNED and self.align_weight:
            raise UsageError(
                "--align-weight sets an alignment beside another objective, and --objective aligned is one already; "
                "leave it out"
            )

    @property
    def aligns(self) -> bool:
        """Whether the base model's embeddings of the queries are needed."""
        return self.objective is Objective.ALIGNED or self.align_weight > 0
