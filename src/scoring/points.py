"""From rounded measures to points: one transform per indicator, missing rules applied."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from scoring.comparison import Comparison, GroupCuts
from scoring.division import linear_points, put_shares, round_half_up
from scoring.exact import LIMIT, NumbersTooLarge, greatest
from scoring.facts import holds
from scoring.figures import Pointed
from scoring.inputs import Bools, Indexes, Ints, Previous
from scoring.kernels import masked, passed
from scoring.measuring import Measured
from scoring.policy.comparisons import MinMax, Percentile, Relative
from scoring.policy.indicators import BORROWED, POINTS, VALUE, ZERO, Indicator
from scoring.policy.policy import Policy
from scoring.policy.transforms import Identity, Linear, Matrix, Steps, Transform, highest_points
from scoring.sharing import side_by_side, threads_for
from scoring.vocabulary import LEVELS_OF_TRANSFORMED


def give_points(
    policy: Policy,
    known: Measured,
    cuts: Mapping[str, GroupCuts] | None,
    previous: Previous | None,
) -> Pointed:
    """Applies every indicator's transform and missing rule; `cuts` of an earlier run are taken over where given."""
    shape = len(policy.indicators), known.n
    pointed = Pointed(
        values=np.zeros(shape, dtype=np.int64).T,
        present=np.zeros(shape, dtype=np.bool_).T,
        counted=np.zeros(shape, dtype=np.bool_).T,
        points=np.zeros(shape, dtype=np.int64).T,
        transformed=np.zeros(shape, dtype=np.int32).T,
        cuts={},
    )
    work = [_Work(policy, indicator, known) for indicator in policy.indicators]

    def give(column: int) -> None:
        work[column].find_cuts(cuts)
        _write(pointed, column, work[column], previous)

    side_by_side(give, range(len(work)), threads_for(known.n))
    pointed.cuts.update((cuts_name(one.indicator), one.compared.cuts) for one in work if one.compared is not None)
    return pointed


def _write(pointed: Pointed, column: int, work: "_Work", previous: Previous | None) -> None:
    indicator, values, present = work.indicator, work.values, work.own
    counted, points = work.points()
    held_by_rule = isinstance(indicator.transform, (Percentile, Relative)) and indicator.transform.hold
    if previous is not None and held_by_rule:
        held = present & previous.present[:, column] & (previous.values[:, column] == values)
        points = np.where(held, previous.points[:, column], points)
    pointed.present[:, column], pointed.counted[:, column] = present, counted
    masked(values, present, pointed.values[:, column])
    masked(points, counted, pointed.points[:, column])
    most = _most(work.policy, indicator)
    put_shares(pointed.points[:, column], most, LEVELS_OF_TRANSFORMED, pointed.transformed[:, column])


def cuts_name(indicator: Indicator) -> str:
    """Under what name a run keeps the figures of the groups that an indicator looks at."""
    return f"missing:{indicator.code}" if indicator.missing.rule in BORROWED else indicator.code


def _most(policy: Policy, indicator: Indicator) -> int:
    """The points that are the whole of an indicator."""
    return policy.score.maximum * 10**policy.points_decimals if policy.weighted else highest_points(indicator.transform)


class _Work:
    """One indicator at work: its values with stated ones put in for missing ones, its groups and cuts."""

    def __init__(self, policy: Policy, indicator: Indicator, known: Measured) -> None:
        self.policy, self.indicator, self.known = policy, indicator, known
        self.rounded = rounded = known.rounded
        self.present = rounded.present[indicator.measure]
        if isinstance(indicator.transform, Matrix):
            self.present = self.present & rounded.present[indicator.transform.column_measure]
        self.values = rounded.values[indicator.measure]
        self.compared: Comparison | None = None
        self.grouped = np.ones(known.n, dtype=np.bool_)

    @property
    def own(self) -> Bools:
        """Where the institution's own value counts: it has one, a group to compare with, and meets the condition."""
        own = self.present & self.grouped
        return own if self.indicator.when is None else own & holds(self.indicator.when, self.known)

    def find_cuts(self, cuts: Mapping[str, GroupCuts] | None) -> None:
        """Finds (or takes over) the cuts of the groups that the indicator is compared with, or borrows from."""
        transform = self.indicator.transform
        rule = transform if isinstance(transform, (Percentile, Relative, MinMax)) else self.indicator.missing.borrowed
        if rule is None:
            return
        decimals = self.policy.measures[self.indicator.measure].decimals
        self.compared = Comparison(rule, self.values, self.present, self.known.population, decimals)
        self.compared.find(None if cuts is None else cuts.get(cuts_name(self.indicator)))
        if rule is transform:
            self.grouped = self.compared.group >= 0

    def points(self) -> tuple[Bools, Ints]:
        """Which rows count, and their points."""
        missing = self.indicator.missing
        counted = self.own
        if missing.rule == VALUE:
            return np.ones_like(counted), self._transform(np.where(counted, self.values, missing.value))
        if missing.rule in BORROWED:
            assert self.compared is not None  # noqa: S101 - what borrows has found its groups
            lent = self.compared.middles()
            return counted | (self.compared.group >= 0), self._transform(np.where(counted, self.values, lent))
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
        if isinstance(transform, Identity):
            return self._identity(transform, values)
        assert self.compared is not None  # noqa: S101 - what compares has found its cuts
        if isinstance(transform, MinMax):
            return self.compared.stretched(values)
        return _array(transform.points)[self.compared.steps(values)]

    def _matrix(self, transform: Matrix, values: Ints) -> Ints:
        rows = _bins(values, transform.row_cuts, transform.closed)
        columns = _bins(self.rounded.values[transform.column_measure], transform.column_cuts, transform.column_closed)
        return np.array(transform.table, dtype=np.int64)[rows, columns]

    def _identity(self, transform: Identity, values: Ints) -> Ints:
        decimals = self.policy.measures[self.indicator.measure].decimals
        times = transform.times * Fraction(10) ** (self.policy.points_decimals - decimals)
        self._fits(values, times.numerator)
        points = round_half_up(values, np.ones_like(values), times.numerator, times.denominator)
        return np.clip(points, transform.minimum, transform.maximum)

    def _fits(self, values: Ints, times: int) -> None:
        if 2 * greatest(values) * abs(times) >= LIMIT:
            raise NumbersTooLarge(f"the values of {self.indicator.code} are too large")


def _array(values: tuple[int, ...]) -> Ints:
    return np.array(values, dtype=np.int64)


def _bins(values: Ints, cuts: tuple[int, ...], closed: str) -> Indexes:
    return passed(values, _array(cuts), closed == "left")
