"""From rounded measures to points: one transform per indicator, missing rules applied."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np

from scoring.exact import LIMIT, NumbersTooLarge, greatest
from scoring.inputs import Bools, Grouping, Indexes, Ints, Population, Previous
from scoring.kernels import bins, linear_points, round_half_up
from scoring.policy.indicators import POINTS, VALUE, ZERO, Indicator
from scoring.policy.policy import Policy
from scoring.policy.transforms import Identity, Linear, Matrix, MinMax, Percentile, Steps, Transform, highest_points
from scoring.vocabulary import LEVELS_OF_TRANSFORMED, NATION

GroupCuts = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Rounded:
    """All measures rounded: `values` int64[n] and `present` bool[n] by measure index."""

    values: list[Ints]
    present: list[Bools]


@dataclass(frozen=True, slots=True, eq=False)
class Pointed:
    """Indicators as points; arrays as in `Outcome`, `cuts` what percentiles and ranges rest on."""

    values: Ints
    present: Bools
    counted: Bools
    points: Ints
    transformed: Indexes
    cuts: dict[str, GroupCuts]


def give_points(
    policy: Policy,
    rounded: Rounded,
    population: Population,
    cuts: Mapping[str, GroupCuts] | None,
    previous: Previous | None,
) -> Pointed:
    """Applies every indicator's transform and missing rule; `cuts` of an earlier run are taken over where given."""
    n, m = population.n, len(policy.indicators)
    shape = {"shape": (n, m), "order": "F"}
    pointed = Pointed(
        values=np.zeros(**shape, dtype=np.int64),  # type: ignore[call-overload]
        present=np.zeros(**shape, dtype=np.bool_),  # type: ignore[call-overload]
        counted=np.zeros(**shape, dtype=np.bool_),  # type: ignore[call-overload]
        points=np.zeros(**shape, dtype=np.int64),  # type: ignore[call-overload]
        transformed=np.zeros(**shape, dtype=np.int32),  # type: ignore[call-overload]
        cuts={},
    )
    for column, indicator in enumerate(policy.indicators):
        work = _Work(policy, indicator, rounded, population)
        work.find_cuts(cuts)
        _write(pointed, column, work, previous)
    return pointed


def _write(pointed: Pointed, column: int, work: "_Work", previous: Previous | None) -> None:
    indicator = work.indicator
    values, present = work.values, work.present & (work.group >= 0)
    counted, points = work.points()
    if previous is not None and isinstance(indicator.transform, Percentile) and indicator.transform.hold:
        held = present & previous.present[:, column] & (previous.values[:, column] == values)
        points = np.where(held, previous.points[:, column], points)
    pointed.values[:, column] = np.where(present, values, 0)
    pointed.present[:, column] = present
    pointed.counted[:, column] = counted
    pointed.points[:, column] = np.where(counted, points, 0)
    pointed.transformed[:, column] = _transformed(work.policy, indicator, pointed.points[:, column])
    if work.cuts is not None:
        pointed.cuts[indicator.code] = work.cuts


def _transformed(policy: Policy, indicator: Indicator, points: Ints) -> Indexes:
    """Points as 0…10,000 of the maximum, rounded half up."""
    most = highest_points(indicator.transform)
    if policy.weighted:
        most = policy.score.maximum * 10**policy.points_decimals
    if most <= 0:
        return np.zeros(points.shape, dtype=np.int32)
    share = (2 * LEVELS_OF_TRANSFORMED * points + most) // (2 * most)
    return np.clip(share, 0, LEVELS_OF_TRANSFORMED).astype(np.int32)


class _Work:
    """One indicator at work: its values with stated ones put in for missing ones, its groups and cuts."""

    def __init__(self, policy: Policy, indicator: Indicator, rounded: Rounded, population: Population) -> None:
        self.policy, self.indicator, self.population = policy, indicator, population
        self.rounded = rounded
        self.present = rounded.present[indicator.measure]
        if isinstance(indicator.transform, Matrix):
            self.present = self.present & rounded.present[indicator.transform.column_measure]
        self.values = rounded.values[indicator.measure]
        self.cuts: GroupCuts | None = None
        self.group = np.zeros(population.n, dtype=np.int32)
        self.group_names: list[str] = []

    def find_cuts(self, cuts: Mapping[str, GroupCuts] | None) -> None:
        """Finds (or takes over) the cuts of the groups that a percentile or a range compares with."""
        transform = self.indicator.transform
        if isinstance(transform, (Percentile, MinMax)):
            given = None if cuts is None else cuts.get(self.indicator.code)
            self.cuts = self._cuts_by_group(transform) if given is None else given
            self.group, self.group_names = self._assign(transform.groups)

    def _cuts_by_group(self, transform: Percentile | MinMax) -> GroupCuts:
        found: dict[str, tuple[int, ...]] = {}
        for level in transform.groups:
            grouping = grouping_of(self.population, level)
            rows = np.flatnonzero(self.present & (grouping.index >= 0))
            ordered = rows[np.lexsort((self.values[rows], grouping.index[rows]))]
            starts = np.searchsorted(grouping.index[ordered], np.arange(len(grouping.codes) + 1))
            for place, code in enumerate(grouping.codes):
                members = self.values[ordered[starts[place] : starts[place + 1]]]
                if members.shape[0] >= transform.minimum_group:
                    found[f"{level}:{code}"] = self._cuts_of(transform, members)
        return found

    def _cuts_of(self, transform: Percentile | MinMax, ordered: Ints) -> tuple[int, ...]:
        if isinstance(transform, MinMax):
            return int(ordered[0]), int(ordered[-1])
        scale = 10 ** (transform.cut_decimals - self.policy.measures[self.indicator.measure].decimals)
        return tuple(quantile(ordered, share, transform, scale) for share in transform.shares)

    def _assign(self, levels: tuple[str, ...]) -> tuple[Indexes, list[str]]:
        """The first group of the row, in the order of levels, that has cuts; -1 for none."""
        names = list(self.cuts or {})
        place = {name: index for index, name in enumerate(names)}
        assigned = np.full(self.population.n, -1, dtype=np.int32)
        for level in levels:
            grouping = grouping_of(self.population, level)
            table = np.array([place.get(f"{level}:{code}", -1) for code in grouping.codes] + [-1], dtype=np.int32)
            assigned = np.where(assigned < 0, table[grouping.index], assigned)
        return assigned, names

    def points(self) -> tuple[Bools, Ints]:
        """Which rows count, and their points."""
        missing = self.indicator.missing
        counted = self.present & (self.group >= 0)
        if missing.rule == VALUE:
            return np.ones_like(counted), self._transform(np.where(counted, self.values, missing.value))
        points = self._transform(self.values)
        if missing.rule in (ZERO, POINTS):
            stated = missing.points if missing.rule == POINTS else 0
            return np.ones_like(counted), np.where(counted, points, stated)
        return counted, points

    def _transform(self, values: Ints) -> Ints:
        transform: Transform = self.indicator.transform
        if isinstance(transform, Linear):
            return linear_points(values, _array(transform.values), _array(transform.points))
        if isinstance(transform, Steps):
            return _array(transform.points)[_bins(values, transform.cuts, transform.closed)]
        if isinstance(transform, Matrix):
            return self._matrix(transform, values)
        if isinstance(transform, Percentile):
            return self._percentile(transform, values)
        if isinstance(transform, MinMax):
            return self._minmax(transform, values)
        return self._identity(transform, values)

    def _matrix(self, transform: Matrix, values: Ints) -> Ints:
        rows = _bins(values, transform.row_cuts, transform.closed)
        columns = _bins(self.rounded.values[transform.column_measure], transform.column_cuts, transform.column_closed)
        return np.array(transform.table, dtype=np.int64)[rows, columns]

    def _percentile(self, transform: Percentile, values: Ints) -> Ints:
        scale = 10 ** (transform.cut_decimals - self.policy.measures[self.indicator.measure].decimals)
        cuts = np.array(list((self.cuts or {}).values()), dtype=np.int64).reshape(-1, len(transform.shares))
        if transform.counted_from == "lowest":
            found = bins(values * scale, self.group, cuts, False)
        else:
            found = bins(-values * scale, self.group, -cuts, False)
        return _array(transform.points)[found]

    def _minmax(self, transform: MinMax, values: Ints) -> Ints:
        bounds = np.array([*(self.cuts or {}).values(), (0, 0)], dtype=np.int64)
        low, high = bounds[self.group, 0], bounds[self.group, 1]
        inside = np.clip(values, low, high)
        width = high - low
        self._fits(bounds, transform.high - transform.low)
        risen = round_half_up((inside - low), width, transform.high - transform.low, 1)
        return np.where(width > 0, transform.low + risen, transform.constant)

    def _identity(self, transform: Identity, values: Ints) -> Ints:
        decimals = self.policy.measures[self.indicator.measure].decimals
        times = transform.times * Fraction(10) ** (self.policy.points_decimals - decimals)
        self._fits(values, times.numerator)
        points = round_half_up(values, np.ones_like(values), times.numerator, times.denominator)
        return np.clip(points, transform.minimum, transform.maximum)

    def _fits(self, values: Ints, times: int) -> None:
        if 2 * greatest(values) * abs(times) >= LIMIT:
            raise NumbersTooLarge(f"the values of {self.indicator.code} are too large")


def quantile(ordered: Ints, share: Fraction, transform: Percentile, scale: int) -> int:
    """The cut value of a share of a group's rising values, in units of 1/scale of the measure's, rounded half up."""
    count = ordered.shape[0]
    values = ordered if transform.counted_from == "lowest" else ordered[::-1]
    if transform.method == "linear":
        place = share * (count - 1)
        lower = floor(place)
        upper = min(lower + 1, count - 1)
        exact = int(values[lower]) + (place - lower) * (int(values[upper]) - int(values[lower]))
    else:
        place = share * count
        index = max(ceil(place), 1) - 1
        exact = Fraction(int(values[index]))
        if transform.method == "midpoint" and place.denominator == 1 and index + 1 < count:
            exact = (exact + int(values[index + 1])) / 2
    return floor(Fraction(exact) * scale + Fraction(1, 2))


def grouping_of(population: Population, level: str) -> Grouping:
    """The grouping of a level; without a nation grouping all rows are one nation, any other absent one is empty."""
    given = population.groups.get(level)
    if given is not None:
        return given
    if level == NATION:
        return Grouping(np.zeros(population.n, dtype=np.int32), ("",))
    return Grouping(np.full(population.n, -1, dtype=np.int32), ())


def _array(values: tuple[int, ...]) -> Ints:
    return np.array(values, dtype=np.int64)


def _bins(values: Ints, cuts: tuple[int, ...], closed: str) -> Indexes:
    table = _array(cuts).reshape(1, -1)
    return bins(values, np.zeros(values.shape[0], dtype=np.int32), table, closed == "left")
