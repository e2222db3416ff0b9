"""A figure among those of its group: cuts found over the population or taken over from an earlier run."""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor, isqrt

import numpy as np

from scoring.division import round_half_up
from scoring.exact import LIMIT, NumbersTooLarge, greatest
from scoring.inputs import Bools, Grouping, Indexes, Ints, Population
from scoring.kernels import bins
from scoring.policy.comparisons import DEVIATION, MEDIAN, RIGHT, Comparing, MinMax, Percentile, Placing, Relative
from scoring.vocabulary import NATION

GroupCuts = Mapping[str, tuple[int, ...]]


class Comparison:
    """One figure int64[n] of 10**-decimals compared within the groups that a rule names.

    `cuts` by group (`province:220000`): of percentiles and relative placings in 10**-cut_decimals, of ranges the
    lowest and highest value; `group` int32[n] is the row's group among them, -1 where none is large enough.
    """

    def __init__(self, rule: Comparing, values: Ints, present: Bools, population: Population, decimals: int) -> None:
        self.rule, self.values, self.present, self.population = rule, values, present, population
        self.decimals = decimals
        self.cuts: GroupCuts = {}
        self.group = np.full(population.n, -1, dtype=np.int32)

    def find(self, given: GroupCuts | None) -> None:
        """Takes over the cuts of an earlier run, or finds them, and assigns every row its group."""
        self.cuts = self._found() if given is None else given
        place = {name: index for index, name in enumerate(self.cuts)}
        for level in self.rule.groups:
            grouping = grouping_of(self.population, level)
            table = np.array([place.get(f"{level}:{code}", -1) for code in grouping.codes] + [-1], dtype=np.int32)
            self.group = np.where(self.group < 0, table[grouping.index], self.group)

    def steps(self, values: Ints) -> Indexes:
        """In which step of its group's cuts each value lies."""
        rule = self.rule
        assert not isinstance(rule, MinMax)  # noqa: S101 - a range has no steps
        width = len(rule.points) - 1
        scale = 10 ** (rule.cut_decimals - self.decimals)
        if greatest(values) * scale >= LIMIT:
            raise NumbersTooLarge("the values compared within a group are too large")
        cuts = np.array(list(self.cuts.values()), dtype=np.int64).reshape(-1, width)
        if isinstance(rule, Relative):
            return bins(values * scale, self.group, cuts, rule.closed != RIGHT)
        if rule.counted_from == "lowest":
            return bins(values * scale, self.group, cuts, False)
        return bins(-values * scale, self.group, -cuts, False)

    def middles(self) -> Ints:
        """The one cut of each row's group, of a rule that has but one; 0 without a group."""
        cuts = np.array([*(cut for (cut,) in self.cuts.values()), 0], dtype=np.int64)
        return cuts[self.group]

    def stretched(self, values: Ints) -> Ints:
        """The values over the range of their group, rounded half up."""
        rule = self.rule
        assert isinstance(rule, MinMax)  # noqa: S101 - only a range stretches
        bounds = np.array([*self.cuts.values(), (0, 0)], dtype=np.int64)
        low, high = bounds[self.group, 0], bounds[self.group, 1]
        if 2 * greatest(bounds) * abs(rule.high - rule.low) >= LIMIT:
            raise NumbersTooLarge("the values compared within a group are too large")
        width = high - low
        risen = round_half_up(np.clip(values, low, high) - low, width, rule.high - rule.low, 1)
        return np.where(width > 0, rule.low + risen, rule.constant)

    def _found(self) -> GroupCuts:
        found: dict[str, tuple[int, ...]] = {}
        for level in self.rule.groups:
            grouping = grouping_of(self.population, level)
            rows = np.flatnonzero(self.present & (grouping.index >= 0))
            ordered = rows[np.lexsort((self.values[rows], grouping.index[rows]))]
            starts = np.searchsorted(grouping.index[ordered], np.arange(len(grouping.codes) + 1))
            for place, code in enumerate(grouping.codes):
                members = self.values[ordered[starts[place] : starts[place + 1]]]
                if members.shape[0] >= self.rule.minimum_group:
                    found[f"{level}:{code}"] = self._cuts_of(members)
        return found

    def _cuts_of(self, ordered: Ints) -> tuple[int, ...]:
        rule = self.rule
        if isinstance(rule, MinMax):
            return int(ordered[0]), int(ordered[-1])
        scale = 10 ** (rule.cut_decimals - self.decimals)
        if isinstance(rule, Percentile):
            return tuple(quantile(ordered, share, rule, scale) for share in rule.shares)
        return relative_cuts(ordered, rule, scale)


def quantile(ordered: Ints, share: Fraction, rule: Percentile, scale: int) -> int:
    """The cut value of a share of a group's rising values, in units of 1/scale of the measure's, rounded half up."""
    count = ordered.shape[0]
    values = ordered if rule.counted_from == "lowest" else ordered[::-1]
    if rule.method == "linear":
        place = share * (count - 1)
        lower = floor(place)
        upper = min(lower + 1, count - 1)
        exact = int(values[lower]) + (place - lower) * (int(values[upper]) - int(values[lower]))
    else:
        place = share * count
        index = max(ceil(place), 1) - 1
        exact = Fraction(int(values[index]))
        if rule.method == "midpoint" and place.denominator == 1 and index + 1 < count:
            exact = (exact + int(values[index + 1])) / 2
    return half_up(Fraction(exact) * scale)


def relative_cuts(ordered: Ints, rule: Relative, scale: int) -> tuple[int, ...]:
    """Cuts about the middle of a group's rising values, exact whole-number arithmetic throughout."""
    count = ordered.shape[0]
    total = sum(ordered.tolist())
    if rule.statistic == DEVIATION:
        spread = count * sum(value * value for value in ordered.tolist()) - total * total
        return tuple(_deviated(total, spread, count, multiple, scale) for multiple in rule.multiples)
    middle = Fraction(total, count)
    if rule.statistic == MEDIAN:
        middle = Fraction(int(ordered[(count - 1) // 2]) + int(ordered[count // 2]), 2)
    return tuple(half_up(middle * multiple * scale) for multiple in rule.multiples)


def _deviated(total: int, spread: int, count: int, multiple: Fraction, scale: int) -> int:
    """floor((total + multiple × √spread) ÷ count × scale + ½), the root taken exactly.

    With multiple = p/q it is floor((A ± √R) ÷ D): A = 2·q·total·scale + q·count, R = (2·p·scale)²·spread,
    D = 2·q·count.
    """
    p, q = multiple.numerator, multiple.denominator
    base, root = 2 * q * total * scale + q * count, (2 * p * scale) ** 2 * spread
    whole = isqrt(root)
    if p >= 0:
        return (base + whole) // (2 * q * count)
    return (base - whole - (whole * whole != root)) // (2 * q * count)


def half_up(number: Fraction) -> int:
    """The nearest whole number, halves up."""
    return floor(number + Fraction(1, 2))


def grouping_of(population: Population, level: str) -> Grouping:
    """The grouping of a level; without a nation grouping all rows are one nation, any other absent one is empty."""
    given = population.groups.get(level)
    if given is not None:
        return given
    if level == NATION:
        return Grouping(np.zeros(population.n, dtype=np.int32), ("",))
    return Grouping(np.full(population.n, -1, dtype=np.int32), ())


def group_name(rule: Comparing | Placing, population: Population, cuts: GroupCuts, row: int) -> str | None:
    """The group that a row was compared with; None where no group was large enough."""
    for level in rule.groups:
        grouping = grouping_of(population, level)
        name = f"{level}:{grouping.codes[grouping.index[row]]}" if grouping.index[row] >= 0 else ""
        if name in cuts:
            return name
    return None
