"""Transforms of a policy: how a rounded measure becomes points."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from scoring.policy.context import Names
from scoring.policy.reader import Reader
from scoring.vocabulary import NATION

LEFT = "left"
RIGHT = "right"
CLOSED = (LEFT, RIGHT)


@dataclass(frozen=True, slots=True)
class Linear:
    """Straight lines between breakpoints, clamped at both ends; rounded half up to the points' decimals."""

    measure: int
    values: tuple[int, ...]
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """Constant points between cuts; `closed` left: a value equal to a cut belongs above it, right: below it."""

    measure: int
    cuts: tuple[int, ...]
    points: tuple[int, ...]
    closed: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Two measures binned into a table of points: rows by the first, columns by the second."""

    measure: int
    column_measure: int
    row_cuts: tuple[int, ...]
    column_cuts: tuple[int, ...]
    table: tuple[tuple[int, ...], ...]
    closed: str
    column_closed: str

    @property
    def points(self) -> tuple[int, ...]:
        return tuple(points for row in self.table for points in row)


@dataclass(frozen=True, slots=True)
class Percentile:
    """Steps whose cuts are quantiles of the institution's group.

    `groups` are tried in order until one holds at least `minimum_group` values. `counted_from` lowest: a
    value at or below the cut of a share belongs to it; highest: the same counted from the top. `method`
    nearest-rank takes the ceil(share × n)-th value, midpoint averages it with the next where share × n is
    whole, linear interpolates between ranks; cuts are rounded half up to `cut_decimals`. With `hold` the
    points move only when the institution's own value moved.
    """

    measure: int
    groups: tuple[str, ...]
    minimum_group: int
    shares: tuple[Fraction, ...]
    points: tuple[int, ...]
    counted_from: str
    method: str
    cut_decimals: int
    hold: bool


@dataclass(frozen=True, slots=True)
class MinMax:
    """Stretches a measure over the range of its group: the lowest value gets `low`, the highest `high`."""

    measure: int
    groups: tuple[str, ...]
    minimum_group: int
    low: int
    high: int
    constant: int

    @property
    def points(self) -> tuple[int, ...]:
        return (self.low, self.high, self.constant)


@dataclass(frozen=True, slots=True)
class Identity:
    """The value itself as points, times a factor, clamped."""

    measure: int
    times: Fraction
    minimum: int
    maximum: int

    @property
    def points(self) -> tuple[int, ...]:
        return (self.minimum, self.maximum)


Transform: TypeAlias = Linear | Steps | Matrix | Percentile | MinMax | Identity


def highest_points(transform: Transform) -> int:
    """The most points the transform can give, in 10**-points_decimals."""
    return max(transform.points, default=0)


def lowest_points(transform: Transform) -> int:
    """The fewest points the transform can give, in 10**-points_decimals."""
    return min(transform.points, default=0)


def read_transform(parent: Reader, measure: int, names: Names) -> Transform:
    """Reads `indicators.N.transform`."""
    reader = parent.child("transform", required=True)
    kind = reader.choice("kind", tuple(_READERS), required=True)
    transform = _READERS[kind](reader, measure, names)
    reader.finish()
    return transform


def _points(reader: Reader, names: Names, wanted: int, hint: str) -> tuple[int, ...]:
    decimals = names.points_decimals
    points = reader.each("points", lambda place, value: reader.to_scale(place, value, decimals), required=True)
    if reader.has("points") and len(points) != wanted:
        zh, en = _HINTS[hint]
        reader.note("points", "length", wanted=wanted, found=len(points), zh_hint=zh, en_hint=en)
        return (points + (0,) * wanted)[:wanted]
    return points or (0,) * wanted


_HINTS = {
    "steps": (
        "分值比分级线多一项：最低一档也要有分值。",
        "Give one more than there are cuts: the lowest step has points too.",
    ),
    "linear": ("每个取值点一项分值。", "Give one for every value."),
    "matrix": ("行数、列数各比分级线多一。", "Give one row and one column more than there are cuts."),
}


def _cuts(reader: Reader, key: str, decimals: int) -> tuple[int, ...]:
    cuts = reader.each(key, lambda place, value: reader.to_scale(place, value, decimals), required=True)
    reader.rising(key, cuts)
    return cuts


def _linear(reader: Reader, measure: int, names: Names) -> Linear:
    values = _cuts(reader, "values", names.measure_decimals(measure))
    points = _points(reader, names, len(values), "linear")
    steepest = max((abs(points[i] - points[i - 1]) for i in range(1, len(points))), default=0)
    if values and 2 * steepest * (values[-1] - values[0]) >= 2**62:
        reader.note("points", "too-large")
    return Linear(measure, values, points)


def _steps(reader: Reader, measure: int, names: Names) -> Steps:
    cuts = _cuts(reader, "cuts", names.measure_decimals(measure))
    points = _points(reader, names, len(cuts) + 1, "steps")
    return Steps(measure, cuts, points, reader.choice("closed", CLOSED, required=True))


def _matrix(reader: Reader, measure: int, names: Names) -> Matrix:
    column_measure = names.measure(reader, "column_measure")
    rows = _cuts(reader, "row_cuts", names.measure_decimals(measure))
    columns = _cuts(reader, "column_cuts", names.measure_decimals(column_measure))
    closed = reader.choice("closed", CLOSED, required=True)
    column_closed = reader.choice("column_closed", CLOSED, closed)
    table = _table(reader, names, len(rows) + 1, len(columns) + 1)
    return Matrix(measure, column_measure, rows, columns, table, closed, column_closed)


def _table(reader: Reader, names: Names, rows: int, columns: int) -> tuple[tuple[int, ...], ...]:
    lines = reader.items("points", required=True)
    shape = len(lines) == rows and all(isinstance(line, (list, tuple)) and len(line) == columns for line in lines)
    if not shape:
        zh, en = _HINTS["matrix"]
        found = f"{len(lines)} × {sorted({len(line) if isinstance(line, (list, tuple)) else 1 for line in lines})}"
        reader.note("points", "length", wanted=f"{rows} × {columns}", found=found, zh_hint=zh, en_hint=en)
        return ((0,) * columns,) * rows
    return tuple(
        tuple(reader.to_scale(f"points.{i}.{j}", value, names.points_decimals) for j, value in enumerate(line))
        for i, line in enumerate(lines)
    )


def _groups(reader: Reader) -> tuple[tuple[str, ...], int]:
    group = reader.code("group", NATION, required=False)
    fallback = reader.texts("fallback")
    return (group, *fallback), reader.integer("minimum_group", 1, 1)


def _percentile(reader: Reader, measure: int, names: Names) -> Percentile:
    groups, minimum = _groups(reader)
    percents = reader.each("percents", lambda place, value: reader.exact(place, value, Fraction(0)), required=True)
    reader.rising("percents", percents)
    for index, percent in enumerate(percents):
        if not 0 < percent <= 100:
            reader.note(f"percents.{index}", "range", found=percent, low=0, high=100)
    shares = tuple(percent / 100 for percent in percents)
    points = _points(reader, names, len(shares) + 1, "steps")
    decimals = names.measure_decimals(measure)
    return Percentile(
        measure=measure,
        groups=groups,
        minimum_group=minimum,
        shares=shares,
        points=points,
        counted_from=reader.choice("counted_from", ("lowest", "highest"), required=True),
        method=reader.choice("method", ("nearest-rank", "midpoint", "linear")),
        cut_decimals=reader.integer("cut_decimals", decimals, decimals, 12),
        hold=reader.flag("hold"),
    )


def _minmax(reader: Reader, measure: int, names: Names) -> MinMax:
    groups, minimum = _groups(reader)
    low = reader.scaled("lowest", names.points_decimals, required=True)
    high = reader.scaled("highest", names.points_decimals, required=True)
    return MinMax(measure, groups, minimum, low, high, reader.scaled("constant", names.points_decimals, high))


def _identity(reader: Reader, measure: int, names: Names) -> Identity:
    minimum = reader.scaled("minimum", names.points_decimals)
    maximum = reader.scaled("maximum", names.points_decimals, required=True)
    if reader.has("maximum") and maximum <= minimum:
        reader.note("maximum", "order", second=maximum, first=minimum)
    return Identity(measure, reader.number("times", 1), minimum, maximum)


_READERS: dict[str, Callable[[Reader, int, Names], Transform]] = {
    "linear": _linear,
    "steps": _steps,
    "matrix": _matrix,
    "percentile": _percentile,
    "minmax": _minmax,
    "identity": _identity,
}
