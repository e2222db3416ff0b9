"""The trace of one rating: every step from the measure to the grade, as JSON-able values."""

from decimal import Decimal
from typing import Any

import numpy as np

from scoring.comparison import group_name
from scoring.facts import holds
from scoring.inputs import Population
from scoring.measuring import Measured, measure_all
from scoring.outcome import SCORE_CUTS, Outcome
from scoring.policy.comparisons import MinMax, Percentile, Placing, Relative
from scoring.policy.conditions import Condition
from scoring.policy.grades import Demand
from scoring.policy.measures import Measure
from scoring.policy.policy import Policy
from scoring.policy.text import Text
from scoring.policy.transforms import (
    Identity,
    Linear,
    Matrix,
    Steps,
    Transform,
    highest_points,
)
from scoring.vocabulary import MILLION

Json = dict[str, Any]
Compared = tuple[str | None, tuple[int, ...]]


def decimal_text(scaled: int, decimals: int) -> str:
    """An integer of 10**-decimals as plain digits with all its decimals."""
    return format(Decimal(int(scaled)).scaleb(-decimals), "f") if decimals else str(int(scaled))


def explain(policy: Policy, population: Population, outcome: Outcome, i: int) -> Json:
    """The trace of row `i` of an outcome, given the population it was scored from. Numbers are exact texts."""
    known = measure_all(policy.measures, population.take(np.array([i], dtype=np.int64)))
    return {
        "policy": {
            "code": policy.code,
            "version": policy.version,
            "sha256": policy.sha256,
            "title": _text(policy.title),
        },
        "engine_version": outcome.engine_version,
        "measures": [_measure(measure, known, at) for at, measure in enumerate(policy.measures)],
        "indicators": [
            {**_indicator(policy, population, outcome, i, at), "withheld": _withheld(indicator.when, known)}
            for at, indicator in enumerate(policy.indicators)
        ],
        "domains": [_domain(policy, population, outcome, i, at) for at in range(len(policy.domains))],
        "score": decimal_text(outcome.score[i], policy.decimals) if outcome.scored[i] else None,
        "stages": _stages(policy, population, outcome, i),
        "stars": int(outcome.stars[i]),
        "grade": _grade(policy, int(outcome.stars[i])),
        "reason": _reason(outcome, i),
        "ranks": {scope: int(getattr(outcome.ranks, scope)[i]) or None for scope in ("nation", "region", "kind")},
    }


def _text(text: Text) -> dict[str, str] | None:
    return text.as_dict() if text.en or text.zh else None


def _grade(policy: Policy, stars: int) -> Json | None:
    if stars == 0:
        return None
    grade = policy.grades[stars - 1]
    return {"code": grade.code, "title": _text(grade.title)}


def _reason(outcome: Outcome, i: int) -> Json | None:
    reason = outcome.reasons[int(outcome.reason[i])]
    return {"code": reason.code, "text": _text(reason.text)} if reason.code else None


def _measure(measure: Measure, known: Measured, at: int) -> Json:
    column = known.columns[at]
    there = bool(column.present[0])
    return {
        "code": measure.code,
        "title": _text(measure.title),
        "source": measure.source,
        "numerator": int(column.numerator[0]) if there else None,
        "denominator": int(column.denominator[0]) if there else None,
        "times": str(measure.times),
        "value": decimal_text(known.rounded.values[at][0], measure.decimals) if there else None,
        "withheld": _withheld(measure.when, known),
    }


def _withheld(when: Condition | None, known: Measured) -> bool:
    """Whether a condition keeps the one row's figure from counting."""
    return when is not None and not bool(holds(when, known)[0])


def _indicator(policy: Policy, population: Population, outcome: Outcome, i: int, at: int) -> Json:
    indicator = policy.indicators[at]
    measure = policy.measures[indicator.measure]
    present, counted = bool(outcome.present[i, at]), bool(outcome.counted[i, at])
    return {
        "code": indicator.code,
        "title": _text(indicator.title) or _text(measure.title),
        "measure": measure.code,
        "value": decimal_text(outcome.values[i, at], measure.decimals) if present else None,
        "transform": _transform(policy, indicator.transform, _compared(policy, population, outcome, i, at)),
        "points": decimal_text(outcome.points[i, at], policy.points_decimals) if counted else None,
        "most_points": decimal_text(highest_points(indicator.transform), policy.points_decimals),
        "transformed": int(outcome.transformed[i, at]) if counted else None,
        "missing_rule": None if present else indicator.missing.rule,
        "counted": counted,
        "weight": decimal_text(outcome.weights.final[at], 6) if policy.weighted else None,
        "base_weight": decimal_text(outcome.weights.base[at], 6) if policy.weighted else None,
        "contribution": decimal_text(outcome.contributions[i, at], policy.decimals),
        "domains": [policy.domains[member.domain].code for member in indicator.memberships],
    }


def _transform(policy: Policy, transform: Transform, compared: Compared) -> Json:
    decimals = policy.measures[transform.measure].decimals
    shown: Json = {"points": _texts(transform.points, policy.points_decimals)}
    match transform:
        case Linear():
            shown = {"kind": "linear", "values": _texts(transform.values, decimals), **shown}
        case Steps():
            shown = {"kind": "steps", "cuts": _texts(transform.cuts, decimals), "closed": transform.closed, **shown}
        case Matrix():
            shown = _matrix(policy, transform)
        case Percentile() | Relative():
            shown = {**placing_trace(transform, compared), **shown}
        case MinMax():
            shown = {"kind": "minmax", "group": compared[0], "bounds": _texts(compared[1], decimals), **shown}
        case Identity():
            shown = {"kind": "identity", "times": str(transform.times), "limits": shown["points"]}
    return shown


def placing_trace(rule: Placing, compared: Compared) -> Json:
    """How a figure is placed among its group, and the cuts of the group it was placed by."""
    shown: Json = {"group": compared[0], "cuts": _texts(compared[1], rule.cut_decimals), "hold": rule.hold}
    if isinstance(rule, Relative):
        multiples = [str(multiple) for multiple in rule.multiples]
        return {"kind": "relative", **shown, "of": rule.statistic, "multiples": multiples, "closed": rule.closed}
    percents = [str(share * 100) for share in rule.shares]
    return {"kind": "percentile", **shown, "counted_from": rule.counted_from, "percents": percents}


def _matrix(policy: Policy, transform: Matrix) -> Json:
    column = policy.measures[transform.column_measure]
    return {
        "kind": "matrix",
        "column_measure": column.code,
        "row_cuts": _texts(transform.row_cuts, policy.measures[transform.measure].decimals),
        "column_cuts": _texts(transform.column_cuts, column.decimals),
        "points": [_texts(row, policy.points_decimals) for row in transform.table],
        "closed": transform.closed,
        "column_closed": transform.column_closed,
    }


def _texts(values: tuple[int, ...], decimals: int) -> list[str]:
    return [decimal_text(value, decimals) for value in values]


def _compared(policy: Policy, population: Population, outcome: Outcome, i: int, at: int) -> Compared:
    """The group the row was compared with and its cuts, where the transform compares with a group."""
    indicator = policy.indicators[at]
    if not isinstance(indicator.transform, (Percentile, Relative, MinMax)):
        return None, ()
    cuts = (outcome.frozen.cuts or {}).get(indicator.code, {})
    name = group_name(indicator.transform, population, cuts, i)
    return name, cuts[name] if name else ()


def _placed(population: Population, outcome: Outcome, i: int, rule: Placing | None, name: str) -> Json | None:
    """How a grade came from the place among the group; None where it did not."""
    if rule is None:
        return None
    cuts = (outcome.frozen.cuts or {}).get(name, {})
    group = group_name(rule, population, cuts, i)
    return {**placing_trace(rule, (group, cuts[group] if group else ())), "grades": list(rule.points)}


def _domain(policy: Policy, population: Population, outcome: Outcome, i: int, at: int) -> Json:
    domain = policy.domains[at]
    members = [
        place
        for place, indicator in enumerate(policy.indicators)
        if any(member.domain == at for member in indicator.memberships)
    ]
    weight = sum(outcome.weights.final[place] for place in members)
    there = bool(outcome.domain_present[i, at])
    return {
        "code": domain.code,
        "title": _text(domain.title),
        "points": decimal_text(outcome.domain_points[i, at], policy.decimals) if there else None,
        "weight": decimal_text(min(weight, MILLION), 6) if policy.weighted else None,
        "cuts": _texts(domain.cuts, policy.decimals),
        "placing": _placed(population, outcome, i, domain.placing, f"domain:{domain.code}"),
        "grade": int(outcome.domain_grades[i, at]) or None,
        "missing_rule": None if there else domain.missing.rule,
        "rescaled": there and not bool(outcome.counted[i, members].all()),
        "indicators": [policy.indicators[place].code for place in members],
    }


def _stages(policy: Policy, population: Population, outcome: Outcome, i: int) -> list[Json]:
    """Each stage with the grade before and after it, whether it applied, and its title."""
    known = _entries(policy)
    before = 0
    traces = []
    for at, code in enumerate(outcome.stage_codes):
        after = int(outcome.stages[i, at])
        kind, entry = known.get(code, ("base" if code == "base" else "upgrade-limit", None))
        trace: Json = {
            "stage": kind,
            "code": code,
            "applied": bool(outcome.limits[i, at]),
            "before": before,
            "after": after,
        }
        if code == "base" and policy.rules.overall.placing is not None:
            trace["placing"] = _placed(population, outcome, i, policy.rules.overall.placing, SCORE_CUTS)
        if entry is not None:
            trace["title"] = _text(entry.title)
            trace["legal_basis"] = getattr(entry, "legal_basis", "") or None
        if isinstance(entry, Demand):
            trace["demand"] = _demand(policy, population, outcome, i, entry)
        traces.append(trace)
        before = after
    return traces


def _entries(policy: Policy) -> dict[str, tuple[str, Any]]:
    rules = policy.rules
    kinds = (
        ("step", rules.overall.steps),
        ("floor", rules.floors),
        ("requirement", rules.requirements),
        ("cap", rules.caps),
        ("exception", rules.exceptions),
    )
    return {entry.code: (kind, entry) for kind, entries in kinds for entry in entries}


def _demand(policy: Policy, population: Population, outcome: Outcome, i: int, demand: Demand) -> Json:
    if demand in policy.rules.floors:
        name, decimals = policy.domains[demand.index].code, policy.decimals
        value = outcome.domain_points[i, demand.index] if outcome.domain_present[i, demand.index] else None
    else:
        measure = policy.measures[demand.index]
        name, decimals = measure.code, measure.decimals
        row = population.take(np.array([i], dtype=np.int64))
        figures = measure_all(policy.measures, row).rounded
        value = figures.values[demand.index][0] if figures.present[demand.index][0] else None
    limits = [None if limit is None else decimal_text(limit, decimals) for limit in demand.limits]
    return {
        "of": name,
        "value": None if value is None else decimal_text(value, decimals),
        "at_most" if demand.at_most else "at_least": limits,
        "when_missing": demand.when_missing,
    }
