"""What the plain reference is given and what it fills in: one institution, one rating."""

from dataclasses import dataclass, field
from fractions import Fraction

Number = Fraction | None


@dataclass
class Institution:
    """Measures by code (None: missing), flags, group codes by level."""

    measures: dict[str, Number]
    flags: set[str] = field(default_factory=set)
    groups: dict[str, str] = field(default_factory=dict)


@dataclass
class Rating:
    values: list[Number] = field(default_factory=list)
    points: list[Number] = field(default_factory=list)
    measured: list[bool] = field(default_factory=list)
    domain_points: list[Number] = field(default_factory=list)
    domain_grades: list[int] = field(default_factory=list)
    score: Number = None
    grade: int = 0
    contributions: list[Fraction] = field(default_factory=list)
    ranks: dict[str, int] = field(default_factory=dict)
    rounded: list[Number] = field(default_factory=list)
