"""Random draws that give the same values everywhere for the same seed.

Only uniform doubles are taken from the generator (PCG64); everything else is comparison, interpolation and whole-number
arithmetic, so that no library's transcendental functions can move a value.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Quantiles = tuple[Sequence[float], Sequence[float]]
"""Shares from 0 to 1 and the value at each."""


class Draws:
    """A stream of draws; streams of other numbers are independent of it."""

    def __init__(self, seed: int, stream: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, stream])))

    def uniform(self, count: int) -> Floats:
        """`count` doubles from 0 (inclusive) to 1 (exclusive)."""
        return self._generator.random(count)

    def chance(self, share: float | Floats, count: int) -> Bools:
        """True with the given share, one for all or one each."""
        hit: Bools = self.uniform(count) < share
        return hit

    def pick(self, weights: Sequence[float] | Floats, count: int) -> Ints:
        """Indexes into `weights`, each as often as its weight says."""
        cumulative = np.cumsum(np.asarray(weights, np.float64))
        found = np.searchsorted(cumulative, self.uniform(count) * cumulative[-1], side="right")
        drawn: Ints = np.minimum(found, cumulative.shape[0] - 1).astype(np.int64)
        return drawn

    def between(self, low: int | Ints, high: int | Ints, count: int) -> Ints:
        """Whole numbers from low to high, both inclusive; low where high is below it."""
        span = np.maximum(np.asarray(high) - np.asarray(low) + 1, 1)
        drawn: Ints = (np.asarray(low) + np.floor(self.uniform(count) * span)).astype(np.int64)
        return drawn

    def quantile(self, table: Quantiles, count: int) -> Floats:
        """Values of a distribution given by its quantiles, linear between them."""
        return np.interp(self.uniform(count), table[0], table[1])


def scattered(index: Ints, multiplier: int, modulus: int) -> Ints:
    """A one-to-one scattering of 0 … modulus-1 that keeps neighbours apart (multiplier coprime to modulus)."""
    return (index * multiplier + 12_345) % modulus


def rank_within(keys: Ints) -> Ints:
    """For each element how many equal ones stand before it."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.searchsorted(ordered, ordered, side="left")
    ranks = np.empty(keys.shape[0], np.int64)
    ranks[order] = np.arange(keys.shape[0]) - starts
    return ranks
