"""Figures on their way to a rating: rounded measures, indicators as points."""

from dataclasses import dataclass

from scoring.comparison import GroupCuts
from scoring.inputs import Bools, Indexes, Ints


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
