"""The losses, as pure functions of scores and embeddings.

Scores are float32 ``[queries, passages]``, inner products that are not yet divided by a temperature.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity, cross_entropy, kl_div, log_softmax


def contrastive(scores: Tensor, positive: Tensor, excluded: Tensor, temperature: float) -> Tensor:
    """Minus the log of the share that the positive passage has among all: Karpukhin et al. 2020 (EMNLP, "DPR"),
    equation 2.

    :param positive: int64 ``[queries]``, each query's passage.
    :param excluded: bool ``[queries, passages]``, passages that are no negatives of the query because they are relevant
        too.
    """
    return cross_entropy((scores / temperature).masked_fill(excluded, -torch.inf), positive)


def taught(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """The divergence of the student's distribution over passages from the teacher's, KL(teacher ‖ student), mean over
    queries.

    The consistency loss of self-teaching: Zhuang and Zuccon 2022 (SIGIR, "CharacterBERT and Self-Teaching"), section
    3.2, where the temperature is 1 because scores are not of unit vectors. The teacher gets no gradient.
    """
    return kl_div(
        log_softmax(student / temperature, -1),
        log_softmax(teacher.detach() / temperature, -1),
        reduction="batchmean",
        log_target=True,
    )


def self_teaching(clean: Tensor, misspelled: Tensor, positive: Tensor, excluded: Tensor, temperature: float) -> Tensor:
    """Contrastive on clean queries, plus :func:`taught` for each misspelling: Zhuang and Zuccon 2022, section 3.2.

    :param misspelled: scores ``[variants, queries, passages]``.
    """
    return contrastive(clean, positive, excluded, temperature) + _mean_taught(misspelled, clean, temperature)


def dual_self_teaching(
    *,
    clean: Tensor,
    misspelled: Tensor,
    positive: Tensor,
    excluded: Tensor,
    temperature: float,
    beta: float,
    gamma: float,
    sigma: float,
) -> Tensor:
    """Self-teaching from queries to passages and from passages to queries, in the manner of DST.

    Tasawong et al. 2023 (ACL, "Typo-Robust Representation Learning for Dense Retrieval"), section 2: with ``CE`` and
    ``KL`` of either direction, ``(1 − β)·[(1 − γ)·CE_qp + γ·CE_pq] + β·[(1 − σ)·KL_qp + σ·KL_pq]``. Here the direction
    from passages is that from the batch's positive passages, and queries that share a passage are not each other's
    negatives.

    :param misspelled: scores ``[variants, queries, passages]``.
    """
    same = positive[:, None] == positive[None, :]
    # [passage of query i, query j]
    back = clean[:, positive].T
    diagonal = torch.eye(len(positive), dtype=torch.bool, device=clean.device)
    own = torch.arange(len(positive), device=clean.device)
    learned = (1 - gamma) * contrastive(clean, positive, excluded, temperature) + gamma * contrastive(
        back, own, same & ~diagonal, temperature
    )
    misspelled_back = misspelled[:, :, positive].transpose(1, 2)
    consistent = (1 - sigma) * _mean_taught(misspelled, clean, temperature) + sigma * _mean_taught(
        misspelled_back, back, temperature
    )
    return (1 - beta) * learned + beta * consistent


def alignment(
    *, student_scores: Tensor, base_scores: Tensor, student: Tensor, base: Tensor, temperature: float, cosine: float
) -> Tensor:
    """Stay with the base model: its scores of the clean query teach the trained model's, and embeddings keep their
    direction.

    ``KL(base ‖ trained) + cosine·(1 − cos(base, trained))``, mean over queries. No labels.

    :param student: what the trained model makes of the queries, ``[queries, dimension]``; ``base``: of the clean
        queries, the base model.
    """
    return (
        taught(student_scores, base_scores, temperature)
        + cosine * (1 - cosine_similarity(student, base, dim=-1)).mean()
    )


def _mean_taught(students: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    return torch.stack([taught(student, teacher, temperature) for student in students]).mean()
