"""What acts on grades: the overall base, steps, floors, requirements, caps, exceptions, credit lists."""

from dataclasses import dataclass, field
from typing import TypeAlias

from scoring.policy.comparisons import Placing
from scoring.policy.conditions import Condition
from scoring.policy.text import Text

BY_SCORE = "score"
BY_RULES = "rules"
BY_DOMAIN = "domain"
BY_TABLE = "table"
BY_PLACING = "placing"
BASES = (BY_SCORE, BY_RULES, BY_DOMAIN, BY_TABLE, BY_PLACING)


@dataclass(frozen=True, slots=True)
class CountingRule:
    """Gives a grade where its condition holds."""

    grade: int
    when: Condition


@dataclass(frozen=True, slots=True)
class Step:
    """Moves the grade by `change`, or sets it, then clamps it to the scale."""

    code: str
    when: Condition
    change: int
    sets: int
    title: Text


@dataclass(frozen=True, slots=True)
class Overall:
    """The base grade: `cuts` rise with it; `rules` are asked in order; `table` is by the grades of two domains.

    `placing` gives grades by the score's place among the scores of the institution's group.
    """

    base: str
    below_first: str
    cuts: tuple[int, ...] = ()
    rules: tuple[CountingRule, ...] = ()
    otherwise: int = 1
    domain: int = -1
    column_domain: int = -1
    table: tuple[tuple[int, ...], ...] = ()
    placing: Placing | None = None
    steps: tuple[Step, ...] = ()
    upgrade_limit: int = 0


@dataclass(frozen=True, slots=True)
class Demand:
    """What each grade demands of one figure: a floor of a domain's points or a staffing requirement on a measure.

    `limits[g - 1]` is the least (or, with `at_most`, the greatest) figure for grade g; None demands nothing.
    """

    code: str
    index: int
    limits: tuple[int | None, ...]
    at_most: bool
    when_missing: str
    title: Text
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Cap:
    """Holds a grade at or below `at_most` (0: suspended, no rating) where its condition holds; `domain` -1: overall."""

    code: str
    when: Condition
    domain: int
    at_most: int
    title: Text
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Exceptional:
    """Fixes a grade (0: not rated) where its condition holds, whatever was computed; the first that holds wins."""

    code: str
    when: Condition
    domain: int
    grade: int
    title: Text
    legal_basis: str


@dataclass(frozen=True, slots=True)
class CreditCap:
    """What an entry in force on a list of a kind (and ground, where named) does to the grade when it is asked for."""

    code: str
    list_kind: str
    ground: str
    at_most: int
    while_disputed: bool
    title: Text
    legal_basis: str


@dataclass(frozen=True, slots=True)
class CreditPoints:
    """Points (in 10**-decimals of the score) for an entry in force on a red list, of one ground where named."""

    code: str
    ground: str
    points: int
    while_disputed: bool
    title: Text
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All that acts on grades."""

    overall: Overall
    floors: tuple[Demand, ...] = ()
    requirements: tuple[Demand, ...] = ()
    caps: tuple[Cap, ...] = ()
    exceptions: tuple[Exceptional, ...] = ()
    credit_caps: tuple[CreditCap, ...] = field(default=())
    credit_points: tuple[CreditPoints, ...] = field(default=())


Named: TypeAlias = Step | Demand | Cap | Exceptional | CreditCap | CreditPoints
"""What carries a code and a title."""
