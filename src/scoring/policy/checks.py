"""What only shows when the whole document is read: sums of weights, reachable grades, references backwards, sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from scoring.plan import domain_range, score_range, sizes_fit
from scoring.policy.comparisons import Placing
from scoring.policy.conditions import All, AnyOf, Compare, Condition, Count, HowMany, Not
from scoring.policy.grades import BY_DOMAIN, BY_RULES, BY_SCORE, BY_TABLE, Cap, Demand, Exceptional, Named
from scoring.policy.indicators import LOWEST
from scoring.policy.problems import Problem, problem
from scoring.policy.transforms import highest_points, lowest_points
from scoring.vocabulary import MILLION

if TYPE_CHECKING:
    from scoring.policy.policy import Policy


def check_policy(policy: Policy, wrong: Sequence[str] = ()) -> Iterator[Problem]:
    """Every problem that shows only in the whole document.

    `wrong` are the paths at which parts could not be read: what rests on them is left out, everything else is checked.
    """
    for check, rests_on in _checks(policy):
        if not any(_lies_in(path, part) for path in wrong for part in rests_on):
            yield from (one for one in check(policy) if not _in_wrong_entry(one.path, wrong))


Check: TypeAlias = Callable[["Policy"], Iterator[Problem]]


def _checks(policy: Policy) -> tuple[tuple[Check, tuple[str, ...]], ...]:
    """Each check with the parts of the document it rests on; a star stands for any number."""
    graded = ("grades", "domains", "overall", "exceptions")
    figures = ("score", "weighting", "indicators", "domains", "measures")
    weighing: tuple[tuple[Check, tuple[str, ...]], ...] = (
        (_weights, ("weighting", "indicators.*.weight")),
        (_points, ("weighting", "score")),
    )
    # Under a weighting the most a domain or the score can reach is stated, else it follows from every indicator.
    reach = ("score", "weighting", "grades") + (() if policy.weighted else figures)
    return (
        (_domains, ("domains", "indicators.*.domain", "indicators.*.domains", "indicators.*.code")),
        *(weighing if policy.weighted else ()),
        (_order, ("domains", "caps", "exceptions")),
        (_sizes, figures),
        (_reachable_domains, reach),
        (_reachable_score, (*reach, "overall")),
        (_reachable_floors, (*reach, "domains", "floors")),
        (_base, graded),
        (_rules, graded),
        (_codes, ("overall", "floors", "requirements", "caps", "exceptions", "credit_caps", "credit_points")),
    )


def _lies_in(path: str, part: str) -> bool:
    """Whether a path lies in a part of the document, or holds it."""
    pairs = zip(path.split("."), part.split("."), strict=False)
    return all(wanted in ("*", found) for found, wanted in pairs)


def _in_wrong_entry(path: str, wrong: Sequence[str]) -> bool:
    """Whether the listed entry of a place (`indicators.2`) holds something that could not be read."""
    parts = path.split(".")
    entry = ".".join(parts[:2]) if len(parts) > 1 and parts[1].isdigit() else None
    return entry is not None and any(_lies_in(other, entry) for other in wrong)


def _sizes(policy: Policy) -> Iterator[Problem]:
    if not sizes_fit(policy):
        yield problem("score", "too-large")


def _domains(policy: Policy) -> Iterator[Problem]:
    used = {member.domain for indicator in policy.indicators for member in indicator.memberships}
    for place, domain in enumerate(policy.domains):
        if place not in used:
            yield problem(f"domains.{place}", "domain-empty", name=domain.code)
        most = sum(place in {member.domain for member in one.memberships} for one in policy.indicators)
        if domain.minimum_indicators > most > 0:
            path = f"domains.{place}.minimum_indicators"
            yield problem(path, "range", found=domain.minimum_indicators, low=1, high=most)
    for place, indicator in enumerate(policy.indicators):
        named = [member.domain for member in indicator.memberships]
        if len(set(named)) != len(named):
            yield problem(f"indicators.{place}.domains", "duplicate", name=policy.domains[named[0]].code)


def _weights(policy: Policy) -> Iterator[Problem]:
    bounds = [indicator.weight for indicator in policy.indicators if indicator.weight is not None]
    base, low, high = (sum(getattr(bound, name) for bound in bounds) for name in ("base", "lower", "upper"))
    if base != MILLION:
        yield problem("indicators", "weights-sum", found=base / MILLION)
    if not low <= MILLION <= high:
        yield problem("indicators", "bounds-infeasible", low=low / MILLION, high=high / MILLION)


def _points(policy: Policy) -> Iterator[Problem]:
    maximum = policy.score.maximum * 10**policy.points_decimals
    for place, indicator in enumerate(policy.indicators):
        for found in (lowest_points(indicator.transform), highest_points(indicator.transform)):
            if not 0 <= found <= maximum:
                shown = Fraction(found, 10**policy.points_decimals)
                path = f"indicators.{place}.transform"
                yield problem(path, "points-over-maximum", found=shown, maximum=policy.score.maximum)
                break
        if len(indicator.memberships) > 1 or indicator.memberships[0].factor != 1:
            yield problem(f"indicators.{place}", "several-domains")


def _order(policy: Policy) -> Iterator[Problem]:
    """A domain's cap or exception may look only at domains graded before it."""
    lists: dict[str, Sequence[Cap | Exceptional]] = {"caps": policy.rules.caps, "exceptions": policy.rules.exceptions}
    for name, entries in lists.items():
        for place, entry in enumerate(entries):
            if entry.domain < 0:
                continue
            for seen in sorted(graded_in(entry.when)):
                if seen > entry.domain:
                    yield problem(f"{name}.{place}.when", "later-domain", name=policy.domains[seen].code)


def graded_in(condition: Condition) -> set[int]:
    """The domains whose grade a condition looks at."""
    match condition:
        case Compare(subject="domain_grade"):
            return {index for index in (condition.index, condition.other) if index >= 0}
        case Count(subject="domains"):
            return set(condition.indexes)
        case All(parts) | AnyOf(parts) | HowMany(parts, _):
            return set().union(*(graded_in(part) for part in parts))
        case Not(part):
            return graded_in(part)
        case _:
            return set()


def _reachable_domains(policy: Policy) -> Iterator[Problem]:
    for place, domain in enumerate(policy.domains):
        most = domain_range(policy, place)[1]
        first = 2 if domain.below_first == LOWEST else 1
        yield from _cuts(f"domains.{place}.cuts", domain.cuts, most, 10**policy.score.decimals, first)


def _reachable_score(policy: Policy) -> Iterator[Problem]:
    if policy.rules.overall.base == BY_SCORE:
        first = 2 if policy.rules.overall.below_first == LOWEST else 1
        most = score_range(policy)[1]
        yield from _cuts("overall.cuts", policy.rules.overall.cuts, most, 10**policy.score.decimals, first)


def _reachable_floors(policy: Policy) -> Iterator[Problem]:
    for place, floor in enumerate(policy.rules.floors):
        most = domain_range(policy, floor.index)[1]
        yield from _floor(f"floors.{place}.at_least", floor, most, 10**policy.score.decimals)


def _cuts(path: str, cuts: Sequence[int], most: Fraction, scale: int, first: int) -> Iterator[Problem]:
    for place, cut in enumerate(cuts):
        if Fraction(cut, scale) > most:
            facts = {"grade": place + first, "cut": Fraction(cut, scale), "maximum": most}
            yield problem(f"{path}.{place}", "unreachable-grade", **facts)


def _floor(path: str, floor: Demand, most: Fraction, scale: int) -> Iterator[Problem]:
    for grade, limit in enumerate(floor.limits, 1):
        if limit is not None and not floor.at_most and Fraction(limit, scale) > most:
            yield problem(path, "unreachable-grade", grade=grade, cut=Fraction(limit, scale), maximum=most)


def _base(policy: Policy) -> Iterator[Problem]:
    """A domain's grade that becomes the overall grade lies on the scale; a table has a cell for every pair."""
    overall = policy.rules.overall
    if overall.base == BY_DOMAIN:
        most = _highest_grade(policy, overall.domain)
        if most > len(policy.grades):
            yield problem("overall.domain", "grade", found=most, high=len(policy.grades))
    if overall.base == BY_TABLE:
        yield from _table(policy, len(overall.table), overall.domain, "一行", "row")
        yield from _table(policy, len(overall.table[0]), overall.column_domain, "一列", "column")


def _table(policy: Policy, found: int, domain: int, zh: str, en: str) -> Iterator[Problem]:
    wanted, code = _highest_grade(policy, domain), policy.domains[domain].code
    if found < wanted:
        hints = {"zh_hint": f"领域“{code}”的每个等级{zh}。", "en_hint": f"Give one {en} a grade of domain '{code}'."}
        yield problem("overall.table", "length", wanted=wanted, found=found, **hints)


def _highest_grade(policy: Policy, place: int) -> int:
    """The highest grade a domain can have, by its cuts or by an exception."""
    domain = policy.domains[place]
    fixed = [exception.grade for exception in policy.rules.exceptions if exception.domain == place]
    return max(domain.grades, *fixed, 0)


def _rules(policy: Policy) -> Iterator[Problem]:
    """Counting rules: none behind one with the same condition, and every grade given by somebody."""
    overall = policy.rules.overall
    if overall.placing is not None:
        yield from _placed(policy, overall.placing)
    if overall.base != BY_RULES:
        return
    asked = [rule.when for rule in overall.rules]
    for place, when in enumerate(asked):
        if when in asked[:place]:
            yield problem(f"overall.rules.{place}", "shadowed")
    given = {rule.grade for rule in overall.rules} | {overall.otherwise}
    moved = bool(overall.steps) or any(entry.domain < 0 for entry in policy.rules.exceptions)
    if not moved:
        for grade in range(1, len(policy.grades) + 1):
            if grade not in given:
                yield problem("overall.rules", "unreachable-rule", grade=grade)


def _placed(policy: Policy, placing: Placing) -> Iterator[Problem]:
    moved = bool(policy.rules.overall.steps) or any(entry.domain < 0 for entry in policy.rules.exceptions)
    for grade in range(1, len(policy.grades) + 1):
        if grade not in placing.points and not moved:
            yield problem("overall.placing.grades", "unreachable-rule", grade=grade)


def _codes(policy: Policy) -> Iterator[Problem]:
    """Stage codes name what was applied, so they may not repeat."""
    rules = policy.rules
    lists: dict[str, Sequence[Named]] = {
        "overall.steps": rules.overall.steps,
        "floors": rules.floors,
        "requirements": rules.requirements,
        "caps": rules.caps,
        "exceptions": rules.exceptions,
        "credit_caps": rules.credit_caps,
        "credit_points": rules.credit_points,
    }
    seen = {"base", "upgrade-limit"}
    for name, entries in lists.items():
        for place, entry in enumerate(entries):
            if entry.code in seen:
                yield problem(f"{name}.{place}.code", "duplicate", name=entry.code)
            seen.add(entry.code)
