"""Conditions of the plain reference: one institution, what is known of it so far."""

import operator
from fractions import Fraction
from typing import Any

from tests.scoring.reference_rows import Institution, Number, Rating

from scoring.policy.conditions import All, AnyOf, Compare, Condition, Count, Flag, HowMany, InGroup, Missing, Not
from scoring.policy.policy import Policy

OPERATORS = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "above": operator.gt,
    "below": operator.lt,
    "equals": operator.eq,
}


def holds(condition: Condition, policy: Policy, institution: Institution, rating: Rating) -> bool:
    if isinstance(condition, All):
        return all(holds(part, policy, institution, rating) for part in condition.parts)
    if isinstance(condition, AnyOf):
        return any(holds(part, policy, institution, rating) for part in condition.parts)
    if isinstance(condition, Not):
        return not holds(condition.part, policy, institution, rating)
    if isinstance(condition, Flag):
        return condition.code in institution.flags
    if isinstance(condition, InGroup):
        return institution.groups.get(condition.level) in condition.codes
    if isinstance(condition, Missing):
        return rating.rounded[condition.measure] is None
    if isinstance(condition, Count):
        subject = "domain_grade" if condition.subject == "domains" else "indicator"
        found = [figure(subject, index, policy, rating) for index in condition.indexes]
        number = sum(value is not None and OPERATORS[condition.inner[0]](value, condition.inner[1]) for value in found)
        return bool(OPERATORS[condition.outer[0]](number, condition.outer[1]))
    if isinstance(condition, HowMany):
        number = sum(holds(part, policy, institution, rating) for part in condition.parts)
        return bool(OPERATORS[condition.outer[0]](number, condition.outer[1]))
    assert isinstance(condition, Compare)
    value = figure(condition.subject, condition.index, policy, rating)
    against: Any = condition.value
    if condition.other >= 0:
        against = figure(condition.subject, condition.other, policy, rating)
    return value is not None and against is not None and bool(OPERATORS[condition.operator](value, against))


def figure(subject: str, index: int, policy: Policy, rating: Rating) -> Number:
    """The figure in the units in which the policy states its comparisons."""
    if subject == "measure":
        value, decimals = rating.rounded[index], policy.measures[index].decimals
    elif subject == "indicator":
        value, decimals = rating.points[index], policy.points_decimals
    elif subject == "domain_points":
        value, decimals = rating.domain_points[index], policy.decimals
    elif subject == "score":
        value, decimals = rating.score, policy.decimals
    else:
        grade = rating.domain_grades[index] if subject == "domain_grade" else rating.grade
        return Fraction(grade) if grade else None
    return None if value is None else value * 10**decimals
