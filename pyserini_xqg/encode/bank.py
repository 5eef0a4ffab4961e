"""A question bank in an encoder's space: encoded once a language and encoder, and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.errors import EncoderError
from pyserini_xqg.files.cache import cache_home
from pyserini_xqg.files.whole import replacing
from pyserini_xqg.fusion.bank import BankKind, BankMeans
from pyserini_xqg.input.bank import QuestionBank

_FORMAT = 1
"""Raise it when the same texts come to another mean."""


def bank_means(bank: QuestionBank, fingerprint: str, precision: str, load: Callable[[], Encoder]) -> BankMeans:
    """The mean vector of each language's texts.

    :param fingerprint: of the encoder.
    :param precision: its arithmetic, such as ``bf16``.
    :param load: loads the encoder, where a language was not encoded before.
    :raises EncoderError: what is loaded is another encoder, or embeds a text to something that is not finite.
    """
    loaded: list[Encoder] = []

    def encoder() -> Encoder:
        if not loaded:
            loaded.append(load())
        if loaded[0].config.fingerprint != fingerprint:
            raise EncoderError(
                f"the encoder {loaded[0].folder} is not the one that the vectors were made with (fingerprint "
                f"{loaded[0].config.fingerprint[:12]}…, expected {fingerprint[:12]}…); give that one with --encoder"
            )
        return loaded[0]

    side = Side.QUERY if bank.kind is BankKind.QUESTIONS else Side.PASSAGE
    means = {
        code: _mean(_place(fingerprint, precision, side, texts), texts, side, encoder)
        for code, texts in bank.texts.items()
    }
    numbers = {code: len(texts) for code, texts in bank.texts.items()}
    return BankMeans(bank.name, bank.kind, bank.sha256, fingerprint, means, numbers)


def _place(fingerprint: str, precision: str, side: Side, texts: tuple[str, ...]) -> Path:
    made_of = "\n".join((str(_FORMAT), fingerprint, precision, str(side), *texts))
    return cache_home() / "banks" / f"{hashlib.sha256(made_of.encode()).hexdigest()[:32]}.npy"


def _mean(place: Path, texts: tuple[str, ...], side: Side, encoder: Callable[[], Encoder]) -> np.ndarray:
    """Float32 ``[dimension]``, out of the cache where it is there and whole."""
    if place.is_file():
        try:
            kept: np.ndarray = np.load(place, allow_pickle=False)
            if kept.ndim == 1 and kept.dtype == np.float32 and np.isfinite(kept).all():
                return kept
        except (OSError, ValueError, EOFError):
            pass  # what a full disk or another hand has left is made anew
    mean = encoder().encode(list(texts), side).mean(axis=0, dtype=np.float64).astype(np.float32)
    place.parent.mkdir(parents=True, exist_ok=True)
    with replacing(place) as partial, partial.open("wb") as stream:
        np.save(stream, mean)
    return mean
