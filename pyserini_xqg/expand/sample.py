"""Which passages queries are generated for, where those of some are enough: the others' are predicted from them.

A passage is chosen by a hash of the seed and its docid, so that neither its place in the corpus nor who does which part
of the work matters, and a larger sample holds a smaller one of the same seed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from itertools import accumulate

from pyserini_xqg.errors import UsageError

_KEY_BYTES = 16
"""Enough that no two docids of a corpus have the same hash."""
_BUCKET_BYTES = 2


@dataclass(frozen=True, slots=True)
class PassageSample:
    """How many passages are chosen.

    :param number: exactly so many; None where a share is asked for.
    :param share: about so much of the corpus, above 0 and at most 1.
    """

    number: int | None = None
    share: Fraction | None = None

    def __str__(self) -> str:
        return f"{self.number}" if self.share is None else f"{float(100 * self.share):g}%"


@dataclass(frozen=True, slots=True)
class ChosenPassages:
    """The passages whose hash lies below a limit.

    :param number: how many those are.
    """

    seed: int
    limit: int
    number: int

    def holds(self, docid: str) -> bool:
        """Whether this passage is one of them."""
        return _hash(self.seed, docid) < self.limit


def parse_sample(text: str) -> PassageSample:
    """Turn ``240`` or ``10%`` into a sample.

    :raises UsageError: it is neither, or nothing, or more than everything.
    """
    if re.fullmatch(r"-?\d+", text):
        if int(text) < 1:
            raise UsageError(f"--sample is {text}; it must be at least one passage")
        return PassageSample(number=int(text))
    if re.fullmatch(r"-?\d*\.?\d+%", text):
        share = Fraction(text[:-1]) / 100
        if not 0 < share <= 1:
            raise UsageError(f"--sample is {text}; a share must be above 0% and at most 100%")
        return PassageSample(share=share)
    raise UsageError(f"--sample {text!r}: expected a number of passages, such as 1000, or a share, such as 10%")


def choose_passages(sample: PassageSample, seed: int, docids: Callable[[], Iterable[str]]) -> ChosenPassages:
    """Find which hashes are in the sample; what is held in memory does not grow with the corpus.

    :param docids: all of the corpus, in any order; asked for twice where a number is to be met.
    :raises UsageError: the corpus has too few passages, or so few that the share holds none.
    """
    if sample.share is not None:
        limit = int(sample.share * (1 << 8 * _KEY_BYTES))
        total = number = 0
        for docid in docids():
            total += 1
            number += _hash(seed, docid) < limit
        if not number:
            raise UsageError(f"--sample {sample} holds none of the corpus's {total:,} passages; give a number")
        return ChosenPassages(seed, limit, number)
    assert sample.number is not None  # it is a share or a number
    return ChosenPassages(seed, _limit(sample.number, seed, docids), sample.number)


def _limit(number: int, seed: int, docids: Callable[[], Iterable[str]]) -> int:
    """What the ``number`` smallest hashes lie below: the first look counts them by their first bytes, the second sorts
    those of the bytes in which the limit lies.
    """
    shift = 8 * (_KEY_BYTES - _BUCKET_BYTES)
    counts = [0] * (1 << 8 * _BUCKET_BYTES)
    for docid in docids():
        counts[_hash(seed, docid) >> shift] += 1
    if number > sum(counts):
        raise UsageError(f"--sample is {number:,}, and the corpus has {sum(counts):,} passages; ask for fewer")
    bucket = next(place for place, below in enumerate(accumulate(counts)) if below >= number)
    inside = sorted(hashed for docid in docids() if (hashed := _hash(seed, docid)) >> shift == bucket)
    return inside[number - sum(counts[:bucket]) - 1] + 1


def _hash(seed: int, docid: str) -> int:
    return int.from_bytes(blake2b(f"{seed} {docid}".encode(), digest_size=_KEY_BYTES).digest())
