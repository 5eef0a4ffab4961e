"""The score over alpha and kappa: a curve a kappa."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pyserini_xqg.tune.curve import Curve


@dataclass(frozen=True, slots=True)
class TuningPoint:
    """A setting and what it scores.

    :param kappa: None where the store's variances say it.
    :param score: 0 to 1.
    """

    alpha: float
    kappa: float | None
    score: float


@dataclass(frozen=True, slots=True)
class Surface:
    """Curves of the same alphas and languages.

    :param kappas: what each curve was asked for with; None for what the store's variances say.
    """

    kappas: tuple[float | None, ...]
    curves: tuple[Curve, ...]

    @property
    def alphas(self) -> tuple[float, ...]:
        """Those of all curves."""
        return self.curves[0].alphas

    @property
    def measure(self) -> str:
        """What was measured."""
        return self.curves[0].measure

    @property
    def codes(self) -> tuple[str, ...]:
        """The languages."""
        return tuple(self.curves[0].languages)

    def scores(self, code: str | None = None) -> np.ndarray:
        """Float64 ``[kappas, alphas]``.

        :param code: a language; None for the mean over all.
        """
        return np.array([curve.average if code is None else curve.languages[code] for curve in self.curves])

    def best(self, code: str | None = None) -> TuningPoint:
        """Where the score is highest; of those that tie, the smallest alpha and then the first kappa.

        :param code: a language; None for the mean over all.
        """
        scores = self.scores(code).round(12)
        alpha, kappa = divmod(int(scores.T.argmax()), len(self.kappas))
        return TuningPoint(self.alphas[alpha], self.kappas[kappa], float(scores[kappa, alpha]))


def kappa_name(kappa: float | None) -> str:
    """As ``--kappa`` takes it."""
    return "moments" if kappa is None else f"{kappa:g}"
