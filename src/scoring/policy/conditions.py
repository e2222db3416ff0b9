"""Conditions: the one small language in which steps, counting rules, caps, requirements and exceptions say when.

Exactly one subject a condition: all, any, not, flag, kind, missing, measure, indicator, domain_points, domain_grade, score, grade, count.
A comparison on something that is missing is false.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from scoring.policy.context import Names
from scoring.policy.reader import Reader

OPERATORS = ("at_least", "at_most", "above", "below", "equals")


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


Condition: TypeAlias = All | AnyOf | Not | Flag | InGroup | Missing | Compare | Count

# Stages at which a condition is asked; each knows what the ones before it produced.
AT_DOMAIN = 1
AT_OVERALL = 2
AT_GRADE = 3


def read_condition(parent: Reader, key: str, names: Names, stage: int) -> Condition:
    """Reads the condition at a key; `stage` says which results exist by then."""
    return _condition(parent.child(key, required=True), names, stage)


def _condition(reader: Reader, names: Names, stage: int) -> Condition:
    found = [subject for subject in _READERS if reader.has(subject)]
    if len(found) != 1:
        reader.seen.update(reader.table)
        reader.note("", "one-of", choices=", ".join(_READERS))
        return All(())
    condition = _READERS[found[0]](reader, names, stage)
    reader.finish()
    return condition


def _all(reader: Reader, names: Names, stage: int) -> Condition:
    return All(tuple(_condition(inner, names, stage) for inner in reader.children("all", required=True)))


def _any(reader: Reader, names: Names, stage: int) -> Condition:
    return AnyOf(tuple(_condition(inner, names, stage) for inner in reader.children("any", required=True)))


def _not(reader: Reader, names: Names, stage: int) -> Condition:
    return Not(_condition(reader.child("not"), names, stage))


def _flag(reader: Reader, names: Names, stage: int) -> Condition:
    return Flag(reader.code("flag"))


def _in_group(reader: Reader, names: Names, stage: int) -> Condition:
    inner = reader.child("group")
    level, codes = inner.code("level"), inner.texts("in", required=True)
    inner.finish()
    return InGroup(level, codes)


def _missing(reader: Reader, names: Names, stage: int) -> Condition:
    return Missing(names.measure(reader, "missing"))


def _measure(reader: Reader, names: Names, stage: int) -> Condition:
    index = names.measure(reader, "measure")
    return Compare("measure", index, *_operator(reader, names.measure_decimals(index)))


def _indicator(reader: Reader, names: Names, stage: int) -> Condition:
    index = names.indicator(reader, "indicator")
    return Compare("indicator", index, *_operator(reader, names.points_decimals))


def _domain_points(reader: Reader, names: Names, stage: int) -> Condition:
    index = _earlier_domain(reader, "domain_points", names)
    return Compare("domain_points", index, *_operator(reader, names.score_decimals))


def _domain_grade(reader: Reader, names: Names, stage: int) -> Condition:
    index = _graded_domain(reader, "domain_grade", names)
    for operator in OPERATORS:
        if isinstance(reader.table.get(operator), dict):
            inner = reader.child(operator)
            other = _graded_domain(inner, "domain_grade", names)
            inner.finish()
            return Compare("domain_grade", index, operator, 0, other)
    return Compare("domain_grade", index, *_operator(reader, 0))


def _score(reader: Reader, names: Names, stage: int) -> Condition:
    _needs(reader, "score", stage, AT_OVERALL)
    return Compare("score", 0, *_operator(reader.child("score"), names.score_decimals, finish=True))


def _grade(reader: Reader, names: Names, stage: int) -> Condition:
    _needs(reader, "grade", stage, AT_GRADE)
    return Compare("grade", 0, *_operator(reader.child("grade"), 0, finish=True))


def _count(reader: Reader, names: Names, stage: int) -> Condition:
    subject = reader.choice("count", ("domains", "indicators"), required=True)
    grades = subject == "domains"
    known = [name for name in names.domains if name in names.graded_domains] if grades else list(names.indicators)
    find = names.domain if grades else names.indicator
    listed = tuple(reader.texts("of")) or tuple(known)
    indexes = tuple(find(reader, f"of.{place}", name) for place, name in enumerate(listed))
    if grades:
        _all_graded(reader, listed, names)
    inner = _operator(reader.child("having", required=True), 0 if grades else names.points_decimals, finish=True)
    return Count(subject, indexes, inner, _operator(reader, 0))


def _all_graded(reader: Reader, listed: tuple[str, ...], names: Names) -> None:
    for place, name in enumerate(listed):
        if name in names.domains and name not in names.graded_domains:
            reader.note(f"of.{place}", "no-domain-grade", name=name)


def _operator(reader: Reader, decimals: int, finish: bool = False) -> tuple[str, int]:
    found = [operator for operator in OPERATORS if reader.has(operator)]
    operator, value = "at_least", 0
    if len(found) == 1:
        operator, value = found[0], reader.scaled(found[0], decimals)
    else:
        reader.seen.update(OPERATORS)
        reader.note("", "one-of", choices=", ".join(OPERATORS))
    if finish:
        reader.finish()
    return operator, value


def _needs(reader: Reader, key: str, stage: int, needed: int) -> None:
    if stage < needed:
        reader.note(key, "not-known-yet", name=key)


def _earlier_domain(reader: Reader, key: str, names: Names) -> int:
    return names.domain(reader, key)


def _graded_domain(reader: Reader, key: str, names: Names) -> int:
    index = names.domain(reader, key)
    name = reader.text(key)
    if index >= 0 and name not in names.graded_domains:
        reader.note(key, "no-domain-grade", name=name)
    return index


_READERS: dict[str, Callable[[Reader, Names, int], Condition]] = {
    "all": _all,
    "any": _any,
    "not": _not,
    "flag": _flag,
    "group": _in_group,
    "missing": _missing,
    "measure": _measure,
    "indicator": _indicator,
    "domain_points": _domain_points,
    "domain_grade": _domain_grade,
    "score": _score,
    "grade": _grade,
    "count": _count,
}


def flags_of(condition: Condition) -> set[str]:
    """Every flag code that the condition asks about."""
    match condition:
        case Flag(code):
            return {code}
        case All(parts) | AnyOf(parts):
            return set().union(*(flags_of(part) for part in parts))
        case Not(part):
            return flags_of(part)
        case _:
            return set()
