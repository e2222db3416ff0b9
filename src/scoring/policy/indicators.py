"""Domains, indicators, the score and the weighting of a policy."""

from dataclasses import dataclass
from fractions import Fraction

from scoring.policy.comparisons import MEAN, MEDIAN, Placing, Relative, read_borrowed, read_grade_placing
from scoring.policy.conditions import Condition, read_when
from scoring.policy.context import BY_MAXIMUM, Names, define
from scoring.policy.reader import Reader
from scoring.policy.text import NO_TEXT, Text
from scoring.policy.transforms import Identity, Linear, Steps, Transform, highest_points, read_transform
from scoring.vocabulary import MILLION

NOT_RATED = "not-rated"
RESCALE = "rescale"
ZERO = "zero"
POINTS = "points"
VALUE = "value"
BORROWED = (MEAN, MEDIAN)
LOWEST = "lowest"
HIGHEST_DOMAIN_GRADE = 20

BY_POINTS = "points"
FIXED = "fixed"
ENTROPY = "entropy"
CRITIC = "critic"
BLEND = "blend"
METHODS = (BY_POINTS, FIXED, ENTROPY, CRITIC, BLEND)


@dataclass(frozen=True, slots=True)
class MissingRule:
    """What a missing value does; `value` is scaled like the measure, `points` like points.

    `borrowed` says of which group the mean or median stands in: a placing of one cut, rounded like the measure.
    """

    rule: str
    value: int = 0
    points: int = 0
    reason: str = ""
    text: Text = NO_TEXT
    borrowed: Relative | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Base weight with its bounds, in millionths."""

    base: int
    lower: int
    upper: int


@dataclass(frozen=True, slots=True)
class Membership:
    """An indicator's place in a domain; `factor` multiplies its points there."""

    domain: int
    factor: Fraction


@dataclass(frozen=True, slots=True)
class Indicator:
    """One measure turned into points for one domain (or, where points are added, for several).

    Where `when` is given and does not hold, the value counts as missing, though others are compared with it.
    """

    code: str
    measure: int
    memberships: tuple[Membership, ...]
    transform: Transform
    missing: MissingRule
    weight: Bounds | None
    title: Text
    when: Condition | None = None

    @property
    def domain(self) -> int:
        """The first domain it belongs to."""
        return self.memberships[0].domain


@dataclass(frozen=True, slots=True)
class Domain:
    """A part of the rating with its own points and, where it has cuts, its own grade.

    `cuts` are compared with the rounded domain points, or `placing` says where these stand among the group's;
    `below_first` says whether points below the first cut still make grade 1 (lowest) or none. `missing` says what a
    domain without enough indicators does to the score.
    """

    code: str
    title: Text
    cuts: tuple[int, ...]
    below_first: str
    missing: MissingRule
    minimum_indicators: int
    placing: Placing | None = None

    @property
    def grades(self) -> int:
        """The highest grade of the domain by cuts or placing; 0 for a domain without either."""
        if self.placing is not None:
            return max(self.placing.points)
        return len(self.cuts) + (self.below_first == LOWEST) if self.cuts else 0


@dataclass(frozen=True, slots=True)
class Weighting:
    """Whether points are added or weighted, and how weights are recomputed (`alpha`: the objective weights' share)."""

    method: str
    objective: str
    alpha: Fraction
    recompute: str


def read_weighting(document: Reader) -> Weighting:
    """Reads `[weighting]`; without it points are added."""
    reader = document.child("weighting")
    method = reader.choice("method", METHODS)
    objective = reader.choice("objective", (ENTROPY, CRITIC)) if method == BLEND else method
    alpha = reader.number("alpha", 1 if method in (ENTROPY, CRITIC) else 0, required=method == BLEND)
    if not 0 <= alpha <= 1:
        reader.note("alpha", "range", found=alpha, low=0, high=1)
    calendar = reader.choice("recompute", ("monthly", "quarterly", "yearly", "every-run", "never"))
    reader.text("note")
    reader.finish()
    return Weighting(method, objective, alpha, calendar if method in (ENTROPY, CRITIC, BLEND) else "never")


def read_domains(document: Reader, names: Names) -> tuple[Domain, ...]:
    """Reads `[[domains]]`."""
    return tuple(_domain(reader, names) for reader in document.children("domains", required=True))


def _domain(reader: Reader, names: Names) -> Domain:
    decimals = names.score_decimals
    code = define(reader, names.domains, decimals)
    cuts = reader.each("cuts", lambda place, value: reader.to_scale(place, value, decimals))
    reader.rising("cuts", cuts)
    placing = read_grade_placing(reader, decimals, HIGHEST_DOMAIN_GRADE) if reader.has("placing") else None
    if cuts and placing:
        reader.one_of(("cuts", "placing"))
    if placing and isinstance(reader.table["placing"], dict) and "hold" in reader.table["placing"]:
        reader.note("placing.hold", "hold-unsuited")
    below = reader.choice("below_first", (LOWEST, NOT_RATED))
    domain = Domain(
        code=code,
        title=reader.bilingual("title"),
        cuts=cuts,
        below_first=below,
        missing=_missing(reader, (NOT_RATED, RESCALE, ZERO), f"{code}.missing", 0, 0),
        minimum_indicators=reader.integer("minimum_indicators", 1, 1, 100),
        placing=placing,
    )
    if cuts or placing:
        names.graded_domains[code] = domain.grades
    reader.text("note")
    reader.finish()
    return domain


def read_indicators(document: Reader, names: Names, weighting: Weighting) -> tuple[Indicator, ...]:
    """Reads `[[indicators]]`; measures and domains are known by then."""
    return tuple(_indicator(reader, names, weighting) for reader in document.children("indicators", required=True))


def _indicator(reader: Reader, names: Names, weighting: Weighting) -> Indicator:
    code = define(reader, names.indicators, names.points_decimals)
    measure = names.measure(reader, "measure", None if reader.has("measure") else code)
    transform = read_transform(reader, measure, names)
    rules = (NOT_RATED, RESCALE, ZERO, VALUE, POINTS, *BORROWED)
    missing = _missing(reader, rules, f"{code}.missing", names.measure_decimals(measure), names.points_decimals)
    without = names.rescale_by == BY_MAXIMUM and highest_points(transform) <= 0
    if missing.rule in (RESCALE, *BORROWED) and without:
        reader.note("missing", "rescale-without-maximum")
    if missing.rule in (VALUE, *BORROWED) and not isinstance(transform, (Linear, Steps, Identity)):
        reader.note("missing", "value-unsuited", kind=type(transform).__name__.lower())
    indicator = Indicator(
        code=code,
        measure=measure,
        memberships=_memberships(reader, names),
        transform=transform,
        missing=missing,
        weight=_weight(reader, weighting),
        title=reader.bilingual("title"),
        when=read_when(reader, names),
    )
    reader.text("note")
    reader.finish()
    return indicator


def _memberships(reader: Reader, names: Names) -> tuple[Membership, ...]:
    if not reader.has("domains"):
        return (_membership(reader, names),)
    members = []
    for inner in reader.children("domains", required=True):
        members.append(_membership(inner, names))
        inner.finish()
    return tuple(members) or (Membership(-1, Fraction(1)),)


def _membership(reader: Reader, names: Names) -> Membership:
    return Membership(names.domain(reader, "domain"), read_factor(reader))


def read_factor(reader: Reader) -> Fraction:
    """A factor of points or grades: an exact fraction, not negative (a deduction is negative points)."""
    factor = reader.number("factor", 1)
    if not 0 <= factor <= 1_000_000:
        reader.note("factor", "range", found=factor, low=0, high=1_000_000)
    if factor.denominator > 10**6:
        reader.note("factor", "too-fine", found=reader.table["factor"], decimals=6)
    return factor


def _weight(reader: Reader, weighting: Weighting) -> Bounds | None:
    if weighting.method == BY_POINTS:
        if reader.has("weight"):
            reader.raw("weight")
            reader.note("weight", "weight-unused")
        return None
    if not reader.has("weight"):
        reader.note("weight", "weight-missing")
    inner = reader.child("weight")
    base = inner.scaled("base", 6, required=reader.has("weight"))
    bounds = Bounds(base, inner.scaled("lower", 6, 0), inner.scaled("upper", 6, MILLION))
    if not 0 <= bounds.lower <= base <= bounds.upper <= MILLION:
        shown = {"low": bounds.lower / MILLION, "base": base / MILLION, "high": bounds.upper / MILLION}
        inner.note("", "bounds-order", **shown)
    inner.finish()
    return bounds


def _missing(reader: Reader, rules: tuple[str, ...], reason: str, decimals: int, points: int) -> MissingRule:
    """The rule as a bare word, or as a table with its value and reason; not rated unless said otherwise."""
    if isinstance(bare := reader.table.get("missing"), str):
        rule = reader.choice("missing", rules)
        borrowed = read_borrowed(Reader({}, "", []), rule, decimals) if bare in BORROWED else None
        return MissingRule(rule, reason=reason, borrowed=borrowed)
    inner = reader.child("missing")
    rule = inner.choice("rule", rules, required=reader.has("missing"))
    found = MissingRule(
        rule,
        value=inner.scaled("value", decimals, required=rule == VALUE) if VALUE in rules else 0,
        points=inner.scaled("points", points, required=rule == POINTS) if POINTS in rules else 0,
        reason=inner.code("reason", reason, required=False),
        text=inner.bilingual("text"),
        borrowed=read_borrowed(inner, rule, decimals) if rule in BORROWED else None,
    )
    inner.finish()
    return found
