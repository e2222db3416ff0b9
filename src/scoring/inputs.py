"""What the engine is given: columns of exact ratios, groupings, the population, what stood before."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Indexes = NDArray[np.int32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One measure of every institution as an exact ratio; a denominator of 0 says that the value is missing.

    `numerator` and `denominator` are int64[n]; a denominator is never negative.
    """

    numerator: Ints
    denominator: Ints

    def __post_init__(self) -> None:
        if self.numerator.shape != self.denominator.shape or self.numerator.ndim != 1:
            raise ValueError("numerator and denominator of a column need one length")
        if self.denominator.size and int(self.denominator.min()) < 0:
            raise ValueError("a denominator may not be negative")

    def __len__(self) -> int:
        return int(self.numerator.shape[0])

    @property
    def present(self) -> Bools:
        """Where there is a value."""
        there: Bools = self.denominator != 0
        return there

    @classmethod
    def of_decimals(cls, values: Ints, decimals: int, present: Bools | None = None) -> "Column":
        """A column of decimals given as integers of 10**-decimals; missing where `present` is false."""
        scale = np.full(values.shape, 10**decimals, dtype=np.int64)
        return cls(values.astype(np.int64), scale if present is None else np.where(present, scale, 0))

    @classmethod
    def missing(cls, rows: int) -> "Column":
        """A column without any value."""
        return cls(np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64))

    def take(self, rows: Indexes | Ints) -> "Column":
        """The column of the given rows, in their order."""
        return Column(self.numerator[rows], self.denominator[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """The group of every institution: `index` int32[n] into `codes`, -1 for none; codes keep from run to run."""

    index: Indexes
    codes: tuple[str, ...]

    def take(self, rows: Indexes | Ints) -> "Grouping":
        """The grouping of the given rows, in their order."""
        return Grouping(self.index[rows], self.codes)


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """The institutions that one policy rates in one run.

    `n` institutions; `measures` by the policy's measure codes (derived measures are worked out, absent ones are
    missing throughout); `flags` by flag code, bool[n] (an absent flag is false); `groups` by level name: nation,
    province, prefecture, county, kind, or any other name that a policy's percentiles use. `keys` int64[n] are
    stable identities: digests run in their order, so that the order of rows does not matter; without them the
    given order is the order. Ranks use nation, province and kind; without a nation grouping all rows are one nation.
    """

    n: int
    measures: Mapping[str, Column]
    groups: Mapping[str, Grouping] = field(default_factory=dict)
    flags: Mapping[str, Bools] = field(default_factory=dict)
    keys: Ints | None = None

    def __post_init__(self) -> None:
        for name, column in self.measures.items():
            _same_length(name, len(column), self.n)
        for name, grouping in self.groups.items():
            _same_length(name, int(grouping.index.shape[0]), self.n)
        for name, flag in self.flags.items():
            _same_length(name, int(flag.shape[0]), self.n)
        if self.keys is not None and np.unique(self.keys).shape[0] != self.n:
            raise ValueError("keys must hold one distinct key per institution")

    def take(self, rows: Indexes | Ints) -> "Population":
        """The population of the given rows, in their order."""
        return Population(
            n=int(rows.shape[0]),
            measures={name: column.take(rows) for name, column in self.measures.items()},
            groups={name: grouping.take(rows) for name, grouping in self.groups.items()},
            flags={name: flag[rows] for name, flag in self.flags.items()},
            keys=None if self.keys is None else self.keys[rows],
        )


def _same_length(name: str, found: int, wanted: int) -> None:
    if found != wanted:
        raise ValueError(f"{name} has {found} rows, the population has {wanted}")


@dataclass(frozen=True, slots=True, eq=False)
class Previous:
    """What the last published run of the same policy said, row by row of the population to be scored.

    `values` and `points` int64[n, m] with `present` bool[n, m] in the policy's indicator order serve the hold of
    percentile points (`values` are the rounded measures). `stars_before` int8[n] is the grade a year ago (0 none)
    and serves the upgrade limit. `score` int64[n] (10**-score.decimals) and `base` int8[n], the grade at the base
    stage (0 none), serve the hold of grades by the score's place; None holds nothing.
    """

    values: Ints
    points: Ints
    present: Bools
    stars_before: NDArray[np.int8]
    score: Ints | None = None
    base: NDArray[np.int8] | None = None

    def take(self, rows: Indexes | Ints) -> "Previous":
        """What was said of the given rows, in their order."""
        return Previous(
            values=self.values[rows],
            points=self.points[rows],
            present=self.present[rows],
            stars_before=self.stars_before[rows],
            score=None if self.score is None else self.score[rows],
            base=None if self.base is None else self.base[rows],
        )
