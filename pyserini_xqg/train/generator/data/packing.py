"""All texts that are learned of one passage in one sequence: the passage is read once, and each text sees it and
itself alone.

What a model computes of a token depends on what the token sees and on the positions of that, and on nothing else; so
under this mask, with every text's positions going on from the passage's, the loss is exactly that of a sequence for
each text. It costs what the passage costs once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from pyserini_xqg.expand.models.causal_prompt import common_beginning
from pyserini_xqg.train.batches import IGNORED

_PASSAGE, _PADDING = 0, -1


@dataclass(frozen=True, slots=True)
class TextToLearn:
    """A prompt and what is to be written after it.

    :param ids: the tokens of both.
    :param prompt: how many of them are the prompt's, at least one.
    :param example: its position among the examples.
    """

    ids: Sequence[int]
    prompt: int
    example: int


@dataclass(frozen=True, slots=True)
class PackedRow:
    """One sequence: int32 arrays ``[tokens]``.

    :param positions: those of the tokens in their own text.
    :param segments: 0 for what all texts begin with, then the number of each text, from 1.
    :param labels: the token to be written after each, or :data:`IGNORED`.
    :param owners: the example that each label belongs to, or :data:`IGNORED`.
    """

    ids: np.ndarray
    positions: np.ndarray
    segments: np.ndarray
    labels: np.ndarray
    owners: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    def examples(self) -> list[int]:
        """The examples in it, in order."""
        return sorted({int(owner) for owner in self.owners} - {IGNORED})


def pack(texts: Sequence[TextToLearn], longest: int) -> list[PackedRow]:
    """The texts of one passage in as few rows as hold them, in their order.

    :param longest: the most tokens in a row; one that a single text is longer than holds it alone.
    """
    beginning = common_beginning([text.ids[: text.prompt] for text in texts])
    # Something of every prompt stays with its text: the text's first token is predicted from there.
    beginning = beginning[: min(text.prompt for text in texts) - 1]
    rows: list[list[TextToLearn]] = []
    filled = 0
    for text in texts:
        more = len(text.ids) - len(beginning)
        if not rows or filled + more > longest:
            rows.append([])
            filled = len(beginning)
        rows[-1].append(text)
        filled += more
    return [_row(beginning, row) for row in rows]


def _row(beginning: Sequence[int], texts: Sequence[TextToLearn]) -> PackedRow:
    known = len(beginning)
    ids, positions, segments = list(beginning), list(range(known)), [_PASSAGE] * known
    labels, owners = [IGNORED] * known, [IGNORED] * known
    for number, text in enumerate(texts, 1):
        rest = len(text.ids) - known
        ids += text.ids[known:]
        positions += range(known, len(text.ids))
        segments += [number] * rest
        unlearned = text.prompt - 1 - known
        labels += [*[IGNORED] * unlearned, *text.ids[text.prompt :], IGNORED]
        owners += [*[IGNORED] * unlearned, *[text.example] * (len(text.ids) - text.prompt), IGNORED]
    return PackedRow(*(np.array(values, dtype=np.int32) for values in (ids, positions, segments, labels, owners)))


def batch_rows(rows: Sequence[PackedRow], pad_id: int) -> dict[str, torch.Tensor]:
    """Rows of different lengths as one batch: int64 ``[rows, tokens]`` by the names of :class:`PackedRow`'s arrays."""
    longest = max(map(len, rows))
    fills = {"ids": pad_id, "positions": 0, "segments": _PADDING, "labels": IGNORED, "owners": IGNORED}
    batch = {}
    for name, fill in fills.items():
        padded = np.full((len(rows), longest), fill, dtype=np.int64)
        for number, row in enumerate(rows):
            padded[number, : len(row)] = getattr(row, name)
        batch[name] = torch.from_numpy(padded)
    return batch


def sees(segments: torch.Tensor, positions: torch.Tensor, window: int | None = None) -> torch.Tensor:
    """Which token sees which: bool ``[rows, 1, tokens, tokens]``, true where the first may look at the second.

    :param segments: as in :class:`PackedRow`, int64 ``[rows, tokens]``; padding sees padding.
    :param window: how many positions back are seen by layers with a sliding window, the token's own among them.
    """
    of_mine = (segments[:, None, :] == segments[:, :, None]) | (segments[:, None, :] == _PASSAGE)
    tokens = segments.shape[1]
    before = torch.ones(tokens, tokens, dtype=torch.bool, device=segments.device).tril()
    seen = of_mine & before
    if window is not None:
        seen &= positions[:, :, None] - positions[:, None, :] < window
    return seen[:, None]
