"""Conditions: the one small language in which steps, counting rules, caps and exceptions say when.

A condition has exactly one subject: all, any, not, flag, group, missing, measure, indicator, domain_points,
domain_grade, score, grade, count. A comparison on something that is missing is false.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt
from typing import TypeAlias

from scoring.policy.context import Names
from scoring.policy.reader import Reader

OPERATORS = ("at_least", "at_most", "above", "below", "equals")
COUNTABLE = ("domains", "indicators", "conditions")


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


@dataclass(frozen=True, slots=True)
class Flag:
    """The institution carries the flag."""

    code: str


@dataclass(frozen=True, slots=True)
class InGroup:
    """The institution's group at a level (kind, province …) is one of the codes."""

    level: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """The measure has no value."""

    measure: int


@dataclass(frozen=True, slots=True)
class Compare:
    """A figure of the institution against a number, or against another domain's grade (`other` ≥ 0)."""

    subject: str
    index: int
    operator: str
    value: int
    other: int = -1


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the listed domains or indicators satisfy `inner` (operator, value), against a number."""

    subject: str
    indexes: tuple[int, ...]
    inner: tuple[str, int]
    outer: tuple[str, int]


@dataclass(frozen=True, slots=True)
class HowMany:
    """How many of some conditions hold, against a number (operator, value)."""

    parts: tuple["Condition", ...]
    outer: tuple[str, int]


Condition: TypeAlias = All | AnyOf | Not | Flag | InGroup | Missing | Compare | Count | HowMany

# Stages at which a condition is asked; each knows what the ones before it produced.
AT_MEASURE = 0
AT_DOMAIN = 1
AT_OVERALL = 2
AT_GRADE = 3


def read_condition(parent: Reader, key: str, names: Names, stage: int) -> Condition:
    """Reads the condition at a key; `stage` says which results exist by then."""
    return _Asked(parent.child(key, required=True), names, stage).read()


def read_when(parent: Reader, names: Names) -> Condition | None:
    """Reads on what condition a measure or an indicator counts; None where it always does."""
    return read_condition(parent, "when", names, AT_MEASURE) if parent.has("when") else None


@dataclass(frozen=True, slots=True)
class _Asked:
    """One table that is a condition; each method reads one subject."""

    reader: Reader
    names: Names
    stage: int

    def read(self) -> Condition:
        found = [subject for subject in SUBJECTS if self.reader.has(subject)]
        if len(found) != 1:
            self.without_subject()
            return All(())
        if self.stage == AT_MEASURE and found[0] in LATER_THAN_MEASURES and not self.counts_conditions():
            self.reader.seen.update(self.reader.table)
            self.reader.note(found[0], "not-known-yet", name=found[0])
            return All(())
        condition = SUBJECTS[found[0]](self)
        self.reader.finish()
        return condition

    def without_subject(self) -> None:
        """Notes what is wrong where no subject, or more than one, is named."""
        strange = [key for key in self.reader.table if key not in SUBJECTS and key not in (*OPERATORS, "of", "having")]
        self.reader.seen.update(self.reader.table)
        if not strange:
            self.reader.one_of(tuple(SUBJECTS))
        for key in strange:
            self.reader.note(key, "unknown-key", name=key, known=", ".join(SUBJECTS))

    def inner(self, reader: Reader) -> Condition:
        return _Asked(reader, self.names, self.stage).read()

    def all_of(self) -> Condition:
        return All(tuple(self.inner(part) for part in self.reader.children("all", required=True)))

    def any_of(self) -> Condition:
        return AnyOf(tuple(self.inner(part) for part in self.reader.children("any", required=True)))

    def negated(self) -> Condition:
        return Not(self.inner(self.reader.child("not")))

    def flag(self) -> Condition:
        return Flag(self.reader.code("flag"))

    def group(self) -> Condition:
        inner = self.reader.child("group")
        level, codes = inner.code("level"), inner.texts("in", required=True)
        inner.finish()
        return InGroup(level, codes)

    def missing(self) -> Condition:
        return Missing(self.names.measure(self.reader, "missing"))

    def measure(self) -> Condition:
        index = self.names.measure(self.reader, "measure")
        return Compare("measure", index, *operator(self.reader, self.names.measure_decimals(index)))

    def indicator(self) -> Condition:
        index = self.names.indicator(self.reader, "indicator")
        return Compare("indicator", index, *operator(self.reader, self.names.points_decimals))

    def domain_points(self) -> Condition:
        index = self.names.domain(self.reader, "domain_points")
        return Compare("domain_points", index, *operator(self.reader, self.names.score_decimals))

    def domain_grade(self) -> Condition:
        index = self.names.graded_domain(self.reader, "domain_grade")
        for name in OPERATORS:
            if isinstance(self.reader.table.get(name), Mapping):
                against = self.reader.child(name)
                other = self.names.graded_domain(against, "domain_grade")
                against.finish()
                return Compare("domain_grade", index, name, 0, other)
        compared = operator(self.reader, 0)
        never_holds(self.reader, "", compared, 1, self.names.highest_grade(index))
        return Compare("domain_grade", index, *compared)

    def score(self) -> Condition:
        return self.result("score", self.names.score_decimals, AT_OVERALL)

    def grade(self) -> Condition:
        compared = self.result("grade", 0, AT_GRADE)
        never_holds(self.reader, "grade", (compared.operator, compared.value), 1, self.names.grades)
        return compared

    def result(self, subject: str, decimals: int, needed: int) -> Compare:
        if self.stage < needed:
            self.reader.note(subject, "not-known-yet", name=subject)
        return Compare(subject, 0, *closed_operator(self.reader.child(subject), decimals))

    def count(self) -> Condition:
        if self.counts_conditions():
            return self.how_many()
        names, subject = self.names, self.reader.choice("count", COUNTABLE, required=True)
        if subject == "domains":
            known, find, decimals = (
                [name for name in names.domains if name in names.graded_domains],
                names.graded_domain,
                0,
            )
        else:
            known, find, decimals = list(names.indicators), names.indicator, names.points_decimals
        listed = self.reader.texts("of") or tuple(known)
        indexes = tuple(find(self.reader, f"of.{place}", name) for place, name in enumerate(listed))
        inner = closed_operator(self.reader.child("having", required=True), decimals)
        if subject == "domains":
            most = max((self.names.highest_grade(index) for index in indexes), default=0)
            never_holds(self.reader, "having", inner, 1, most)
        outer = operator(self.reader, 0)
        never_holds(self.reader, "", outer, 0, len(indexes))
        return Count(subject, indexes, inner, outer)

    def counts_conditions(self) -> bool:
        return self.reader.table.get("count") == COUNTABLE[-1]

    def how_many(self) -> Condition:
        self.reader.seen.add("count")
        parts = tuple(self.inner(part) for part in self.reader.children("of", required=True))
        outer = operator(self.reader, 0)
        never_holds(self.reader, "", outer, 0, len(parts))
        return HowMany(parts, outer)


def operator(reader: Reader, decimals: int) -> tuple[str, int]:
    """The one operator of a comparison and its number, scaled."""
    found = reader.one_of(OPERATORS)
    if len(found) == 1:
        return found[0], reader.scaled(found[0], decimals)
    reader.seen.update(OPERATORS)
    return "at_least", 0


def closed_operator(reader: Reader, decimals: int) -> tuple[str, int]:
    """The operator of a table that holds nothing else."""
    found = operator(reader, decimals)
    reader.finish()
    return found


def never_holds(reader: Reader, key: str, asked: tuple[str, int], low: int, high: int) -> None:
    """Notes a comparison that no whole number between two ends can meet."""
    if reader.sound(key or asked[0]) and not any(_MEETS[asked[0]](number, asked[1]) for number in range(low, high + 1)):
        reader.note(key, "never-holds", low=low, high=high)


_MEETS: dict[str, Callable[[int, int], bool]] = dict(zip(OPERATORS, (ge, le, gt, lt, eq), strict=True))

SUBJECTS: dict[str, Callable[[_Asked], Condition]] = {
    "all": _Asked.all_of,
    "any": _Asked.any_of,
    "not": _Asked.negated,
    "flag": _Asked.flag,
    "group": _Asked.group,
    "missing": _Asked.missing,
    "measure": _Asked.measure,
    "indicator": _Asked.indicator,
    "domain_points": _Asked.domain_points,
    "domain_grade": _Asked.domain_grade,
    "score": _Asked.score,
    "grade": _Asked.grade,
    "count": _Asked.count,
}


LATER_THAN_MEASURES = ("indicator", "domain_points", "domain_grade", "score", "grade", "count")


def flags_of(condition: Condition) -> set[str]:
    """Every flag code that the condition asks about."""
    match condition:
        case Flag(code):
            return {code}
        case All(parts) | AnyOf(parts) | HowMany(parts, _):
            return set().union(*(flags_of(part) for part in parts))
        case Not(part):
            return flags_of(part)
        case _:
            return set()
