"""Measures of a policy: what is measured, where it comes from, and how it is rounded before any cut."""

from dataclasses import dataclass, field
from fractions import Fraction

from scoring.policy.conditions import Condition, read_when
from scoring.policy.context import Names, define
from scoring.policy.reader import Reader
from scoring.policy.text import Text
from scoring.vocabulary import ABILITY_CLASSES

ROSTER = "roster"
IMPORTED = "imported"
DERIVED = "derived"
SOURCES = (IMPORTED, ROSTER, DERIVED)

SUM = "sum"
HIGHEST = "highest"
LOWEST = "lowest"
MADE_OF = (SUM, HIGHEST, LOWEST)

MISSING = "missing"
AS_ZERO = "zero"
LEFT_OUT = "left-out"
RENORMALISE = "renormalise"
MISSING_TERMS = (MISSING, AS_ZERO, LEFT_OUT, RENORMALISE)

STATED = -1
"""In place of a measure in a term: the number itself."""

HEADS = "heads"
FTE = "fte"
COUNTS = (HEADS, FTE)

COUNTED = frozenset(
    {"certified_ratio", "senior_skill_ratio", "first_aid_ratio", "social_workers_per_100_beds", "nurse_per_bed"}
)
ADEQUACIES = frozenset({"care_adequacy", "dementia_care_adequacy"})
ROSTER_FUNCTIONS = (
    "certified_ratio",
    "skill_configuration",
    "senior_skill_ratio",
    "care_adequacy",
    "dementia_care_adequacy",
    "social_workers_per_100_beds",
    "first_aid_ratio",
    "nurse_per_bed",
    "carer_turnover_12m",
    "certificates_expiring_90d",
)


@dataclass(frozen=True, slots=True)
class RosterMeasure:
    """A built-in workforce measure; `residents_per_carer` by ability class overrides the policy's table."""

    function: str
    count: str = HEADS
    residents_per_carer: tuple[Fraction, ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """Σ times × measure, or the highest or lowest of them, multiplied and divided by other measures where named.

    A term of measure -1 is a stated number. `when_missing` says what a missing term does: the whole is missing, the
    term counts as zero or is left out, or the terms present are rescaled to the whole of `times` (renormalise).
    `rounded` takes measures as they are shown, rounded to their decimals, and not exact.
    """

    terms: tuple[tuple[int, Fraction], ...]
    divided_by: int = -1
    when_missing: str = "missing"
    of: str = SUM
    multiplied_by: int = -1
    rounded: bool = False

    @property
    def measures(self) -> frozenset[int]:
        """The measures it is made of."""
        asked = {index for index, _ in self.terms} | {self.divided_by, self.multiplied_by}
        return frozenset(asked - {STATED})


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure per institution, rounded half up to `decimals` after multiplying by `times`.

    Where `when` is given and does not hold, the institution has no such figure.
    """

    code: str
    source: str
    decimals: int
    times: Fraction = Fraction(1)
    roster: RosterMeasure | None = None
    derived: Derived | None = None
    title: Text = field(default_factory=lambda: Text("", ""))
    unit: Text = field(default_factory=lambda: Text("", ""))
    when: Condition | None = None

    @property
    def scale(self) -> int:
        """The rounded value is an integer of 1/scale."""
        return int(10**self.decimals)


def read_measures(document: Reader, names: Names) -> tuple[Measure, ...]:
    """Reads `[[measures]]`; a derived measure and a condition may use those before it."""
    readers = document.children("measures", required=True)
    names.all_measures = frozenset(str(reader.table.get("code")) for reader in readers)
    return tuple(_measure(reader, names) for reader in readers)


def _measure(reader: Reader, names: Names) -> Measure:
    source = reader.choice("source", SOURCES, required=True)
    decimals = reader.integer("decimals", 0, 0, 9, required=True)
    derived = _derived(reader, names) if source == DERIVED else None
    roster = _roster_measure(reader) if source == ROSTER else None
    when = read_when(reader, names)
    code = define(reader, names.measures, decimals)
    times = reader.number("times", 1)
    title, unit = reader.bilingual("title"), reader.bilingual("unit")
    reader.text("note")
    reader.finish()
    return Measure(code, source, decimals, times, roster, derived, title, unit, when)


def _roster_measure(reader: Reader) -> RosterMeasure:
    default = reader.text("code")
    function = reader.choice("function", ROSTER_FUNCTIONS, default if default in ROSTER_FUNCTIONS else "")
    if not reader.has("function") and default not in ROSTER_FUNCTIONS:
        reader.note("function", "required", name=reader.at("function"))
    count = reader.choice("count", COUNTS, HEADS)
    if reader.has("count") and function not in COUNTED:
        reader.note("count", "parameter-unused", name="count")
    return RosterMeasure(function, count, _own_ratios(reader, function))


def _own_ratios(reader: Reader, function: str) -> tuple[Fraction, ...]:
    if not reader.has("residents_per_carer"):
        return ()
    if function not in ADEQUACIES:
        reader.note("residents_per_carer", "parameter-unused", name="residents_per_carer")
    return read_residents_per_carer(reader)


def read_residents_per_carer(reader: Reader) -> tuple[Fraction, ...]:
    """How many residents of each ability class one full-time carer may look after; 0 demands nobody."""
    inner = reader.child("residents_per_carer")
    ratios = tuple(inner.number(ability) for ability in ABILITY_CLASSES)
    for ability, ratio in zip(ABILITY_CLASSES, ratios, strict=True):
        if not 0 <= ratio <= 1000:
            inner.note(ability, "range", found=ratio, low=0, high=1000)
    inner.finish()
    return ratios


def _derived(reader: Reader, names: Names) -> Derived:
    made_of = reader.one_of(MADE_OF)
    rule = reader.choice("when_missing", MISSING_TERMS)
    terms = [_term(inner, names) for name in made_of for inner in reader.children(name, required=True)]
    others = {key: names.measure(reader, key) for key in ("divided_by", "multiplied_by") if reader.has(key)}
    of = made_of[0] if made_of else SUM
    reader.asked.update(MADE_OF)
    if rule == RENORMALISE and (of != SUM or any(index == STATED for index, _ in terms)):
        reader.note("when_missing", "renormalise-unsuited")
    return Derived(tuple(terms), when_missing=rule, of=of, rounded=reader.flag("rounded"), **others)


def _term(reader: Reader, names: Names) -> tuple[int, Fraction]:
    """A multiple of a measure, or a stated number."""
    if reader.one_of(("measure", "number")) == ["number"]:
        index, times = STATED, reader.number("number")
    else:
        index, times = names.measure(reader, "measure"), reader.number("times", 1)
        reader.seen.add("number")
    reader.finish()
    return index, times
