"""Reads what acts on grades: the base, steps, floors, requirements, caps, exceptions, credit lists."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from scoring.policy.comparisons import read_grade_placing
from scoring.policy.conditions import AT_DOMAIN, AT_GRADE, AT_OVERALL, read_condition
from scoring.policy.context import Names
from scoring.policy.grades import (
    BASES,
    BY_DOMAIN,
    BY_PLACING,
    BY_RULES,
    BY_SCORE,
    BY_TABLE,
    Cap,
    CountingRule,
    CreditCap,
    CreditPoints,
    Demand,
    Exceptional,
    Overall,
    Rules,
    Step,
)
from scoring.policy.indicators import LOWEST, NOT_RATED
from scoring.policy.reader import Reader


def read_rules(document: Reader, names: Names) -> Rules:
    """Reads `[overall]` and the lists of what acts on grades, those for entries on credit lists among them."""
    return Rules(
        overall=_overall(document.child("overall", required=True), names),
        floors=tuple(_floor(reader, names) for reader in document.children("floors")),
        requirements=tuple(_requirement(reader, names) for reader in document.children("requirements")),
        caps=tuple(_cap(reader, names) for reader in document.children("caps")),
        exceptions=tuple(_exception(reader, names) for reader in document.children("exceptions")),
        credit_caps=tuple(_credit_cap(reader, names) for reader in document.children("credit_caps")),
        credit_points=tuple(_credit_points(reader, names) for reader in document.children("credit_points")),
    )


def _overall(reader: Reader, names: Names) -> Overall:
    base = reader.choice("base", BASES, required=True)
    below = reader.choice("below_first", (LOWEST, NOT_RATED))
    parts = _BASE_READERS[base](reader, names)
    steps = tuple(_step(inner, names, place) for place, inner in enumerate(reader.children("steps")))
    limit = reader.integer("upgrade_limit", 0, 0, names.grades)
    reader.text("note")
    reader.finish()
    return Overall(base=base, below_first=below, steps=steps, upgrade_limit=limit, **parts)


def _score_base(reader: Reader, names: Names) -> dict[str, Any]:
    below = reader.text("below_first") or LOWEST
    cuts = reader.each("cuts", lambda place, value: reader.to_scale(place, value, names.score_decimals), required=True)
    reader.rising("cuts", cuts)
    wanted = names.grades - (below != NOT_RATED)
    if reader.has("cuts") and names.grades and len(cuts) != wanted:
        zh, en = _CUT_HINTS[LOWEST if below != NOT_RATED else below]
        reader.note("cuts", "length", wanted=wanted, found=len(cuts), zh_hint=zh, en_hint=en)
    return {"cuts": cuts}


_CUT_HINTS = {
    LOWEST: ("最低等级不需要分级线。", "The lowest grade needs no cut."),
    NOT_RATED: (
        "每个等级一条分级线，低于第一条者不评级。",
        "Give one cut a grade; below the first there is no rating.",
    ),
}


def _rules_base(reader: Reader, names: Names) -> dict[str, Any]:
    rules = []
    for inner in reader.children("rules", required=True):
        rules.append(CountingRule(_grade(inner, "grade", names), read_condition(inner, "when", names, AT_OVERALL)))
        inner.finish()
    otherwise = _grade(reader, "otherwise", names, 0 if reader.text("below_first") == NOT_RATED else 1)
    return {"rules": tuple(rules), "otherwise": otherwise}


def _domain_base(reader: Reader, names: Names) -> dict[str, Any]:
    return {"domain": names.graded_domain(reader, "domain")}


def _table_base(reader: Reader, names: Names) -> dict[str, Any]:
    lines = reader.items("table", required=True)
    widths = {len(line) if isinstance(line, (list, tuple)) else 0 for line in lines}
    table: tuple[tuple[int, ...], ...] = ()
    if len(widths) == 1 and 0 not in widths:
        table = tuple(
            tuple(_in_grades(reader, f"table.{i}.{j}", value, names) for j, value in enumerate(line))
            for i, line in enumerate(lines)
        )
    elif lines:
        reader.note(
            "table",
            "length",
            wanted="n × m",
            found=sorted(widths),
            zh_hint="每行长度相同。",
            en_hint="Rows of one length.",
        )
    return {
        "domain": names.graded_domain(reader, "domain"),
        "column_domain": names.graded_domain(reader, "column_domain"),
        "table": table,
    }


def _placing_base(reader: Reader, names: Names) -> dict[str, Any]:
    return {"placing": read_grade_placing(reader, names.score_decimals, names.grades)}


_BASE_READERS: dict[str, Callable[[Reader, Names], dict[str, Any]]] = {
    BY_SCORE: _score_base,
    BY_RULES: _rules_base,
    BY_DOMAIN: _domain_base,
    BY_TABLE: _table_base,
    BY_PLACING: _placing_base,
}


def _in_grades(reader: Reader, place: str, value: object, names: Names) -> int:
    number = reader.to_scale(place, value, 0)
    if reader.sound(place) and not 0 <= number <= names.grades:
        reader.note(place, "grade", found=number, high=names.grades)
    return number


def _grade(reader: Reader, key: str, names: Names, default: int = 1, low: int = 0) -> int:
    value = reader.raw(key)
    if value is None:
        return default
    grade = reader.to_scale(key, value, 0)
    if reader.sound(key) and not low <= grade <= names.grades:
        reader.note(key, "grade", found=grade, high=names.grades)
    return grade


def _step(reader: Reader, names: Names, place: int) -> Step:
    reader.one_of(("change", "sets"))
    change = reader.integer("change", 0, -names.grades, names.grades)
    if reader.has("change") and change == 0:
        reader.note("change", "choice", found=0, choices="-1, 1")
    step = Step(
        code=reader.code("code", f"step-{place + 1}", required=False),
        when=read_condition(reader, "when", names, AT_GRADE),
        change=change,
        sets=_grade(reader, "sets", names, 0, low=1),
        title=reader.bilingual("title"),
    )
    reader.text("note")
    reader.finish()
    return step


def _floor(reader: Reader, names: Names) -> Demand:
    index = names.domain(reader, "domain")
    code = reader.code("code", f"floor-{reader.text('domain')}", required=False)
    return _demand(reader, names, code, index, names.score_decimals)


def _requirement(reader: Reader, names: Names) -> Demand:
    index = names.measure(reader, "measure")
    code = reader.code("code", f"requirement-{reader.text('measure')}", required=False)
    return _demand(reader, names, code, index, names.measure_decimals(index))


def _demand(reader: Reader, names: Names, code: str, index: int, decimals: int) -> Demand:
    found = reader.one_of(("at_least", "at_most"))
    if len(found) != 1:
        reader.seen.update(("at_least", "at_most"))
    key = found[0] if found else "at_least"
    demand = Demand(
        code=code,
        index=index,
        limits=_limits(reader, key, names, decimals) if found else (None,) * names.grades,
        at_most=key == "at_most",
        when_missing=reader.choice("when_missing", ("unmet", "met")),
        title=reader.bilingual("title"),
        legal_basis=reader.text("legal_basis"),
    )
    _monotone(reader, key, demand, 10**decimals)
    reader.text("note")
    reader.finish()
    return demand


def _limits(reader: Reader, key: str, names: Names, decimals: int) -> tuple[int | None, ...]:
    """A list with one figure a grade, or a table from the grade's number to its figure."""
    if not isinstance(reader.table[key], Mapping):
        listed = reader.each(key, lambda place, value: reader.to_scale(place, value, decimals), required=True)
        if len(listed) != names.grades:
            zh, en = "每个等级一项。", "Give one a grade."
            reader.note(key, "length", wanted=names.grades, found=len(listed), zh_hint=zh, en_hint=en)
        return listed
    inner = reader.child(key)
    numbered = {str(grade): grade for grade in range(1, names.grades + 1)}
    limits = tuple(inner.scaled(name, decimals) if inner.has(name) else None for name in numbered)
    inner.seen.update(numbered)
    inner.finish()
    return limits


def _monotone(reader: Reader, key: str, demand: Demand, scale: int) -> None:
    last: int | None = None
    for grade, limit in enumerate(demand.limits, 1):
        if last is not None and (limit is None or (limit > last if demand.at_most else limit < last)):
            second = "-" if limit is None else Fraction(limit, scale)
            reader.note(key, "not-monotone", grade=grade, second=second, first=Fraction(last, scale))
            return
        last = limit if limit is not None else last


def _target(reader: Reader, names: Names) -> tuple[int, int]:
    """The domain a cap or exception acts on (-1 overall) and the stage of its condition."""
    return (names.graded_domain(reader, "domain"), AT_DOMAIN) if reader.has("domain") else (-1, AT_GRADE)


def _cap(reader: Reader, names: Names) -> Cap:
    domain, stage = _target(reader, names)
    cap = Cap(
        code=reader.code(),
        when=read_condition(reader, "when", names, stage),
        domain=domain,
        at_most=_held_at(reader, names),
        title=reader.bilingual("title", required=True),
        legal_basis=reader.text("legal_basis"),
    )
    reader.text("note")
    reader.finish()
    return cap


def _held_at(reader: Reader, names: Names) -> int:
    _one_unless_false(reader, "at_most", "suspended")
    return _grade(reader, "at_most", names, 0, low=1)


def _one_unless_false(reader: Reader, key: str, switch: str) -> None:
    """A grade or the switch that stands for none; a switch that is false says nothing."""
    on = reader.flag(switch)
    if reader.has(key) == on:
        found = [name for name, there in ((key, reader.has(key)), (switch, on)) if there]
        reader.note("", "one-of", choices=f"{key}, {switch}", found=", ".join(found) or "-")


def _exception(reader: Reader, names: Names) -> Exceptional:
    domain, stage = _target(reader, names)
    _one_unless_false(reader, "grade", "not_rated")
    exception = Exceptional(
        code=reader.code(),
        when=read_condition(reader, "when", names, stage),
        domain=domain,
        grade=_grade(reader, "grade", names, 0, low=1),
        title=reader.bilingual("title", required=True),
        legal_basis=reader.text("legal_basis"),
    )
    reader.text("note")
    reader.finish()
    return exception


def _credit_cap(reader: Reader, names: Names) -> CreditCap:
    cap = CreditCap(
        code=reader.code(),
        list_kind=reader.choice("list_kind", ("BLACK", "WATCH", "RED"), required=True),
        ground=reader.text("ground"),
        at_most=_held_at(reader, names),
        while_disputed=reader.flag("while_disputed", default=True),
        title=reader.bilingual("title", required=True),
        legal_basis=reader.text("legal_basis"),
    )
    reader.text("note")
    reader.finish()
    return cap


def _credit_points(reader: Reader, names: Names) -> CreditPoints:
    points = CreditPoints(
        code=reader.code(),
        ground=reader.text("ground"),
        points=reader.scaled("points", names.score_decimals, 1, required=True),
        while_disputed=reader.flag("while_disputed", default=True),
        title=reader.bilingual("title", required=True),
        legal_basis=reader.text("legal_basis"),
    )
    if not 1 <= points.points <= 1_000 * 10**names.score_decimals and reader.sound("points"):
        reader.note(
            "points", "range", found=reader.raw("points"), low=Fraction(1, 10**names.score_decimals), high=1_000
        )
    reader.text("note")
    reader.finish()
    return points
