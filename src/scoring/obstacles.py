"""What holds one institution's grade below a wished one: score, floors, requirements, caps, limit, exceptions."""

from typing import Any

import numpy as np

from scoring.comparison import group_name
from scoring.explain import decimal_text
from scoring.facts import Facts, holds
from scoring.figures import Pointed
from scoring.inputs import Population, Previous
from scoring.measuring import measure_all
from scoring.outcome import SCORE_CUTS, Outcome
from scoring.policy.comparisons import Percentile
from scoring.policy.grades import BY_PLACING, BY_SCORE, Cap, Demand, Exceptional, Step
from scoring.policy.indicators import LOWEST
from scoring.policy.policy import Policy

Json = dict[str, Any]


def obstacles(
    policy: Policy, population: Population, outcome: Outcome, target: int, previous: Previous | None
) -> list[Json]:
    """Everything that by itself keeps the only row of an outcome below grade `target`, in the order of the stages."""
    facts = facts_of(policy, population, outcome, target)
    rules = policy.rules
    found = [_base(policy, population, outcome, target), *(_step(outcome, step) for step in rules.overall.steps)]
    found += [_demand(policy, facts, "floor", floor, target) for floor in rules.floors]
    found += [_demand(policy, facts, "requirement", demand, target) for demand in rules.requirements]
    found += [_cap(policy, facts, cap, target) for cap in rules.caps]
    found += [_limit(policy, previous, target), _exception(policy, facts, target)]
    return [entry for entry in found if entry]


def facts_of(policy: Policy, population: Population, outcome: Outcome, grade: int) -> Facts:
    """What conditions ask about, as if the grade so far were the given one."""
    pointed = Pointed(outcome.values, outcome.present, outcome.counted, outcome.points, outcome.transformed, {})
    return Facts(
        population=population,
        rounded=measure_all(policy.measures, population).rounded,
        pointed=pointed,
        domain_points=outcome.domain_points,
        domain_present=outcome.domain_present,
        domain_grades=outcome.domain_grades,
        score=outcome.score,
        scored=outcome.scored,
        grade=np.full(outcome.n, grade, dtype=np.int8),
    )


def _base(policy: Policy, population: Population, outcome: Outcome, target: int) -> Json | None:
    """The base grade is lower: for want of data, of score, or of what its rules ask."""
    base = int(outcome.stages[0, 0])
    if base >= target:
        return None
    if not outcome.scored[0] and policy.rules.overall.base in (BY_SCORE, BY_PLACING):
        reason = outcome.reasons[int(outcome.reason[0])]
        return {"stage": "missing", "code": reason.code, "title": reason.text.as_dict()}
    shown = decimal_text(outcome.score[0], policy.decimals) if outcome.scored[0] else None
    demand = _cut(policy, population, outcome, target)
    return {"stage": "base", "code": "base", "grade": base, "value": shown, "demand": demand}


def _cut(policy: Policy, population: Population, outcome: Outcome, target: int) -> str | None:
    """The score that the base grade asks for, where it is by score or by the score's place."""
    overall = policy.rules.overall
    if overall.base == BY_SCORE:
        return decimal_text(overall.cuts[target - 1 - (overall.below_first == LOWEST)], policy.decimals)
    if overall.placing is None:
        return None
    cuts = (outcome.frozen.cuts or {}).get(SCORE_CUTS, {})
    group = group_name(overall.placing, population, cuts, 0)
    steps = [at for at, grade in enumerate(overall.placing.points) if grade >= target]
    if group is None or not steps:
        return None
    from_top = isinstance(overall.placing, Percentile) and overall.placing.counted_from == "highest"
    at = max(steps) if from_top else min(steps) - 1
    inside = 0 <= at < len(cuts[group])
    return decimal_text(cuts[group][at], overall.placing.cut_decimals) if inside else None


def _step(outcome: Outcome, step: Step) -> Json | None:
    at = outcome.stage_codes.index(step.code)
    if not outcome.limits[0, at] or outcome.stages[0, at] >= outcome.stages[0, at - 1]:
        return None
    return {"stage": "step", "code": step.code, "title": step.title.as_dict()}


def _demand(policy: Policy, facts: Facts, stage: str, demand: Demand, target: int) -> Json | None:
    """The first figure up to the target that is not reached."""
    if stage == "floor":
        name, decimals = policy.domains[demand.index].code, policy.decimals
        figure, there = facts.domain_points[0, demand.index], bool(facts.domain_present[0, demand.index])
    else:
        name, decimals = policy.measures[demand.index].code, policy.measures[demand.index].decimals
        figure, there = facts.rounded.values[demand.index][0], bool(facts.rounded.present[demand.index][0])
    lowest = 1 if policy.rules.overall.below_first == LOWEST else 0
    for limit in demand.limits[:target][: target if target > lowest else 0]:
        if limit is None:
            continue
        reached = figure <= limit if demand.at_most else figure >= limit
        if not (reached if there else demand.when_missing == "met"):
            return {
                "stage": stage, "code": demand.code, "of": name, "title": demand.title.as_dict(),
                "value": decimal_text(figure, decimals) if there else None,
                "demand": decimal_text(limit, decimals), "at_most": demand.at_most,
            }  # fmt: skip
    return None


def _cap(policy: Policy, facts: Facts, cap: Cap, target: int) -> Json | None:
    """A cap that would hold the wished grade down, or that holds a domain's grade."""
    entry: Json = {"stage": "cap", "code": cap.code, "title": cap.title.as_dict(), "at_most": cap.at_most}
    if not holds(cap.when, facts)[0]:
        return None
    if cap.domain < 0:
        return entry if cap.at_most < target else None
    held = facts.domain_grades[0, cap.domain] == cap.at_most
    return {**entry, "domain": policy.domains[cap.domain].code} if held else None


def _limit(policy: Policy, previous: Previous | None, target: int) -> Json | None:
    limit = policy.rules.overall.upgrade_limit
    before = int(previous.stars_before[0]) if previous is not None else 0
    if not limit or not before or target <= before + limit:
        return None
    return {"stage": "upgrade-limit", "code": "upgrade-limit", "at_most": before + limit}


def _exception(policy: Policy, facts: Facts, target: int) -> Json | None:
    """The first exception that holds, where it fixes less than the wished grade."""
    held: list[Exceptional] = [one for one in policy.rules.exceptions if one.domain < 0 and holds(one.when, facts)[0]]
    if not held or held[0].grade >= target:
        return None
    return {"stage": "exception", "code": held[0].code, "title": held[0].title.as_dict(), "grade": held[0].grade}
