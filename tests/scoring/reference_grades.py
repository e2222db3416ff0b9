"""Grades of the plain reference: domain grades, the overall stages."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.scoring.reference_conditions import holds
from tests.scoring.reference_points import group_cuts, step_of
from tests.scoring.reference_rows import Institution, Number, Rating

from scoring.policy.comparisons import Percentile, Relative
from scoring.policy.policy import Policy

Crowd = tuple[Sequence[Institution], Sequence[Rating]]


def grade_domains(policy: Policy, institution: Institution, rating: Rating, everybody: Crowd) -> None:
    for at, domain in enumerate(policy.domains):
        grade = 0
        points = rating.domain_points[at]
        if domain.placing is not None:
            grade = place(domain.placing, institution, everybody, points, [r.domain_points[at] for r in everybody[1]])
        if domain.cuts and points is not None:
            grade = sum(points >= Fraction(cut, 10**policy.decimals) for cut in domain.cuts)
            grade += domain.below_first == "lowest"
        rating.domain_grades.append(grade)
        if domain.grades:
            for cap in policy.rules.caps:
                if cap.domain == at and holds(cap.when, policy, institution, rating):
                    rating.domain_grades[at] = min(rating.domain_grades[at], cap.at_most)
            for exception in policy.rules.exceptions:
                if exception.domain == at and holds(exception.when, policy, institution, rating):
                    rating.domain_grades[at] = exception.grade
                    break


def overall(policy: Policy, institution: Institution, rating: Rating, everybody: Crowd) -> None:
    rules = policy.rules
    gone = [
        points is None and not grade for points, grade in zip(rating.domain_points, rating.domain_grades, strict=True)
    ]
    strict = [domain.missing.rule == "not-rated" for domain in policy.domains]
    blocked = any(one and other for one, other in zip(gone, strict, strict=True))
    rating.grade = 0 if blocked else base_grade(policy, institution, rating, everybody)
    for step in rules.overall.steps:
        if rating.grade and holds(step.when, policy, institution, rating):
            moved = rating.grade + step.change if step.change else step.sets
            rating.grade = min(max(moved, 1), len(policy.grades)) if step.change else moved
    for floor in rules.floors:
        demand(policy, rating, floor, rating.domain_points[floor.index], policy.decimals)
    for need in rules.requirements:
        demand(policy, rating, need, rating.rounded[need.index], policy.measures[need.index].decimals)
    for cap in rules.caps:
        if cap.domain < 0 and holds(cap.when, policy, institution, rating):
            rating.grade = min(rating.grade, cap.at_most)
    fixed = [e for e in rules.exceptions if e.domain < 0 and holds(e.when, policy, institution, rating)]
    rating.grade = fixed[0].grade if fixed else rating.grade


def place(
    rule: Percentile | Relative, institution: Institution, everybody: Crowd, figure: Number, figures: list[Number]
) -> int:
    cuts = group_cuts(rule, institution, everybody[0], figures)
    return 0 if figure is None or cuts is None else rule.points[step_of(rule, figure, cuts)]


def base_grade(policy: Policy, institution: Institution, rating: Rating, everybody: Crowd) -> int:
    rule = policy.rules.overall
    if rule.placing is not None:
        return place(rule.placing, institution, everybody, rating.score, [other.score for other in everybody[1]])
    if rule.base == "score":
        if rating.score is None:
            return 0
        reached = sum(rating.score >= Fraction(cut, 10**policy.decimals) for cut in rule.cuts)
        return reached + (rule.below_first == "lowest")
    if rule.base == "rules":
        for entry in rule.rules:
            if holds(entry.when, policy, institution, rating):
                return entry.grade
        return rule.otherwise
    row = rating.domain_grades[rule.domain]
    if rule.base == "domain":
        return row
    column = rating.domain_grades[rule.column_domain]
    return rule.table[row - 1][column - 1] if row and column else 0


def demand(policy: Policy, rating: Rating, need: Any, figure: Number, decimals: int) -> None:
    def met(grade: int) -> bool:
        limit = need.limits[grade - 1]
        if limit is None:
            return True
        if figure is None:
            return bool(need.when_missing == "met")
        bound = Fraction(limit, 10**decimals)
        return figure <= bound if need.at_most else figure >= bound

    while rating.grade and not all(met(grade) for grade in range(1, rating.grade + 1)):
        if rating.grade == 1 and policy.rules.overall.below_first == "lowest":
            break
        rating.grade -= 1
