"""Transforms of a policy: how a rounded measure becomes points."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from scoring.policy.comparisons import (
    CLOSED,
    POINT_HINTS,
    Given,
    MinMax,
    Percentile,
    Relative,
    listed_points,
    read_minmax,
    read_percentile,
    read_relative,
)
from scoring.policy.context import Names
from scoring.policy.reader import Reader


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
class Identity:
    """The value itself as points, times a factor, clamped."""

    measure: int
    times: Fraction
    minimum: int
    maximum: int

    @property
    def points(self) -> tuple[int, ...]:
        return (self.minimum, self.maximum)


Transform: TypeAlias = Linear | Steps | Matrix | Percentile | Relative | MinMax | Identity


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
    return listed_points(reader, "points", names.points_decimals, wanted, hint)


def _cuts(reader: Reader, key: str, decimals: int) -> tuple[int, ...]:
    cuts = reader.each(key, lambda place, value: reader.to_scale(place, value, decimals), required=True)
    reader.rising(key, cuts)
    return cuts


def _linear(reader: Reader, measure: int, names: Names) -> Linear:
    values = _cuts(reader, "values", names.measure_decimals(measure))
    points = _points(reader, names, len(values), "linear")
    steepest = max((abs(points[i] - points[i - 1]) for i in range(1, len(points))), default=0)
    if len(values) == 1 and len(points) == 1:
        zh, en = POINT_HINTS["line"]
        reader.note("values", "length", wanted="≥ 2", found=1, zh_hint=zh, en_hint=en)
    if values and measure >= 0 and 2 * steepest * (values[-1] - values[0]) >= 2**62:
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
        zh, en = POINT_HINTS["matrix"]
        found = f"{len(lines)} × {sorted({len(line) if isinstance(line, (list, tuple)) else 1 for line in lines})}"
        reader.note("points", "length", wanted=f"{rows} × {columns}", found=found, zh_hint=zh, en_hint=en)
        return ((0,) * columns,) * rows
    return tuple(
        tuple(reader.to_scale(f"points.{i}.{j}", value, names.points_decimals) for j, value in enumerate(line))
        for i, line in enumerate(lines)
    )


def _percentile(reader: Reader, measure: int, names: Names) -> Percentile:
    return read_percentile(reader, _given(measure, names))


def _relative(reader: Reader, measure: int, names: Names) -> Relative:
    return read_relative(reader, _given(measure, names))


def _given(measure: int, names: Names) -> Given:
    return Given("points", names.points_decimals, measure, names.measure_decimals(measure))


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
    "relative": _relative,
    "minmax": read_minmax,
    "identity": _identity,
}
