"""Seconds as a linear function of what goes in, fitted to measurements, and how well it predicts the ones that it has
not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from common import table


@dataclass(frozen=True, slots=True)
class Observation:
    """One measured run.

    :param inputs: what went in, by name.
    """

    inputs: Mapping[str, float]
    seconds: float


@dataclass(frozen=True, slots=True)
class Fit:
    """``seconds = constant + sum of rate × input``."""

    title: str
    constant: float
    rates: Mapping[str, float]

    def predict(self, inputs: Mapping[str, float]) -> float:
        """Seconds."""
        return self.constant + sum(rate * inputs[name] for name, rate in self.rates.items())

    def formula(self) -> str:
        """For people."""
        return " + ".join(
            [
                f"{self.constant:.2g}",
                *(f"{name} / {1 / rate:,.3g}" if rate else f"0 × {name}" for name, rate in self.rates.items()),
            ]
        )


def fit(title: str, observations: Sequence[Observation], names: Sequence[str]) -> Fit:
    """Least squares of the relative errors, no rate below zero."""
    from scipy.optimize import nnls

    weights = np.array([1 / observation.seconds for observation in observations])
    inputs = np.array([[1.0, *(observation.inputs[name] for name in names)] for observation in observations])
    constant, *rates = nnls(inputs * weights[:, None], np.ones(len(observations)))[0].tolist()
    return Fit(title, constant, dict(zip(names, rates, strict=True)))


def print_fit(title: str, observations: Sequence[Observation], names: Sequence[str]) -> Fit:
    """Fit all; and show each as the others predict it."""
    rows = []
    for left_out, observation in enumerate(observations):
        others = fit(title, [other for place, other in enumerate(observations) if place != left_out], names)
        predicted = others.predict(observation.inputs)
        error = f"{100 * (predicted / observation.seconds - 1):+.1f}%"
        rows.append(
            [
                *(f"{observation.inputs[name]:,.0f}" for name in names),
                f"{observation.seconds:.2f}",
                f"{predicted:.2f}",
                error,
            ]
        )
    found = fit(title, observations, names)
    print(f"### {title}: {found.formula()} seconds\n")
    print(table([*names, "measured, s", "predicted by the others", "error"], rows), flush=True)
    return found
