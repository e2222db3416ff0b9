"""Comparisons with a group: cuts that are quantiles of its figures, or lie about its mean; the range of its figures."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from scoring.policy.context import Names
from scoring.policy.reader import Reader
from scoring.vocabulary import NATION

LEFT = "left"
RIGHT = "right"
CLOSED = (LEFT, RIGHT)

LOWEST_FIRST = "lowest"
HIGHEST_FIRST = "highest"
METHODS = ("nearest-rank", "midpoint", "linear")

MEAN = "mean"
MEDIAN = "median"
DEVIATION = "deviation"
STATISTICS = (MEAN, MEDIAN, DEVIATION)


@dataclass(frozen=True, slots=True)
class Percentile:
    """Steps whose cuts are quantiles of the institution's group.

    `groups` are tried in order until one holds at least `minimum_group` values. `counted_from` lowest: a
    value at or below the cut of a share belongs to it; highest: the same counted from the top. `method`
    nearest-rank takes the ceil(share × n)-th value, midpoint averages it with the next where share × n is
    whole, linear interpolates between ranks; cuts are rounded half up to `cut_decimals`. With `hold` what is
    given moves only when the institution's own value moved. `points` are points of an indicator, or grades.
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
class Relative:
    """Steps whose cuts lie about the middle of the institution's group.

    `statistic` mean or median: each cut is a multiple of it; deviation: the mean plus a multiple of the population
    standard deviation. Cuts are rounded half up to `cut_decimals`; `closed` left: a value equal to a cut belongs
    above it, right: below it. The rest is as for percentiles.
    """

    measure: int
    groups: tuple[str, ...]
    minimum_group: int
    statistic: str
    multiples: tuple[Fraction, ...]
    points: tuple[int, ...]
    closed: str
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


Placing: TypeAlias = Percentile | Relative
"""What places a figure among a group: in one of several steps."""

Comparing: TypeAlias = Percentile | Relative | MinMax
"""What looks at a group."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a placing gives: the key of the list, the decimals of its entries, the measure compared and its decimals."""

    key: str
    decimals: int
    measure: int
    measure_decimals: int


def read_grade_placing(parent: Reader, decimals: int, highest: int) -> Placing:
    """Reads the table `placing`, whose steps give grades; `decimals` are those of the figure that is placed."""
    reader = parent.child("placing", required=True)
    given = Given("grades", 0, -1, decimals)
    kind = reader.choice("kind", ("percentile", "relative"), required=parent.has("placing"))
    placing = read_relative(reader, given) if kind == "relative" else read_percentile(reader, given)
    for index, grade in enumerate(placing.points):
        if reader.has("grades") and not 1 <= grade <= highest:
            reader.note(f"grades.{index}", "grade", found=grade, high=highest)
    reader.finish()
    return placing


def read_percentile(reader: Reader, given: Given) -> Percentile:
    """Reads quantile cuts."""
    groups, minimum = _groups(reader)
    percents = reader.each("percents", lambda place, value: reader.exact(place, value, Fraction(0)), required=True)
    reader.rising("percents", percents)
    for index, percent in enumerate(percents):
        if not 0 < percent <= 100:
            reader.note(f"percents.{index}", "range", found=percent, low=0, high=100)
    return Percentile(
        measure=given.measure,
        groups=groups,
        minimum_group=minimum,
        shares=tuple(percent / 100 for percent in percents),
        points=_gives(reader, given, len(percents) + 1),
        counted_from=reader.choice("counted_from", (LOWEST_FIRST, HIGHEST_FIRST), required=True),
        method=reader.choice("method", METHODS),
        cut_decimals=_cut_decimals(reader, given),
        hold=reader.flag("hold"),
    )


def read_relative(reader: Reader, given: Given) -> Relative:
    """Reads cuts about the group's mean or median."""
    groups, minimum = _groups(reader)
    multiples = reader.each("multiples", lambda place, value: reader.exact(place, value, Fraction(0)), required=True)
    reader.rising("multiples", multiples)
    for index, multiple in enumerate(multiples):
        if abs(multiple) > 1000 or multiple.denominator > 10**6:
            reader.note(f"multiples.{index}", "range", found=multiple, low=-1000, high=1000)
    return Relative(
        measure=given.measure,
        groups=groups,
        minimum_group=minimum,
        statistic=reader.choice("of", STATISTICS, required=True),
        multiples=multiples,
        points=_gives(reader, given, len(multiples) + 1),
        closed=reader.choice("closed", CLOSED, required=True),
        cut_decimals=_cut_decimals(reader, given),
        hold=reader.flag("hold"),
    )


def read_borrowed(reader: Reader, statistic: str, decimals: int) -> Relative:
    """Reads of which group the mean or median stands in for a missing value of so many decimals."""
    groups, minimum = _groups(reader)
    one = (Fraction(1),)
    return Relative(-1, groups, minimum, statistic, one, points=(0, 0), closed=LEFT, cut_decimals=decimals, hold=False)


def read_minmax(reader: Reader, measure: int, names: Names) -> MinMax:
    """Reads the stretch over a group's range."""
    groups, minimum = _groups(reader)
    low = reader.scaled("lowest", names.points_decimals, required=True)
    high = reader.scaled("highest", names.points_decimals, required=True)
    return MinMax(measure, groups, minimum, low, high, reader.scaled("constant", names.points_decimals, high))


def _groups(reader: Reader) -> tuple[tuple[str, ...], int]:
    group = reader.code("group", NATION, required=False)
    fallback = reader.texts("fallback")
    return (group, *fallback), reader.integer("minimum_group", 1, 1)


def _cut_decimals(reader: Reader, given: Given) -> int:
    return reader.integer("cut_decimals", given.measure_decimals, given.measure_decimals, 12)


def _gives(reader: Reader, given: Given, wanted: int) -> tuple[int, ...]:
    return listed_points(reader, given.key, given.decimals, wanted, "steps")


def listed_points(reader: Reader, key: str, decimals: int, wanted: int, hint: str) -> tuple[int, ...]:
    """The list that says what each step gives, of the wanted length."""
    points = reader.each(key, lambda place, value: reader.to_scale(place, value, decimals), required=True)
    if reader.has(key) and len(points) != wanted:
        zh, en = POINT_HINTS[hint]
        reader.note(key, "length", wanted=wanted, found=len(points), zh_hint=zh, en_hint=en)
        return (points + (0,) * wanted)[:wanted]
    return points or (0,) * wanted


POINT_HINTS = {
    "steps": (
        "分值比分级线多一项：最低一档也要有分值。",
        "Give one more than there are cuts: the lowest step has points too.",
    ),
    "line": ("一条线至少要两个取值点。", "A line needs two values at least."),
    "linear": ("每个取值点一项分值。", "Give one for every value."),
    "matrix": ("行数、列数各比分级线多一。", "Give one row and one column more than there are cuts."),
}
