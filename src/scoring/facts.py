"""What is known about every institution so far, and the conditions asked of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from scoring.comparison import Comparison, GroupCuts
from scoring.figures import Pointed, Rounded
from scoring.inputs import Bools, Ints, Population
from scoring.policy.comparisons import Placing
from scoring.policy.conditions import All, AnyOf, Compare, Condition, Count, Flag, HowMany, InGroup, Missing, Not

Grades = NDArray[np.int8]

OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "at_least": np.greater_equal,
    "at_most": np.less_equal,
    "above": np.greater,
    "below": np.less,
    "equals": np.equal,
}


class Known(Protocol):
    """What a condition may look at: the population with its flags and groups, rounded measures, figures by subject."""

    @property
    def n(self) -> int: ...

    @property
    def population(self) -> Population: ...

    @property
    def rounded(self) -> Rounded: ...

    def figure(self, subject: str, index: int) -> tuple[Any, Bools]: ...


@dataclass(slots=True)
class Facts:
    """Results stage by stage; a condition reads only what earlier stages wrote, which validation sees to."""

    population: Population
    rounded: Rounded
    pointed: Pointed
    domain_points: Ints
    domain_present: Bools
    domain_grades: Grades
    score: Ints
    scored: Bools
    grade: Grades

    @property
    def n(self) -> int:
        return self.population.n

    def figure(self, subject: str, index: int) -> tuple[Any, Bools]:
        """The figures of a subject and where they exist."""
        match subject:
            case "measure":
                return self.rounded.values[index], self.rounded.present[index]
            case "indicator":
                return self.pointed.points[:, index], self.pointed.counted[:, index]
            case "domain_points":
                return self.domain_points[:, index], self.domain_present[:, index]
            case "domain_grade":
                return self.domain_grades[:, index], self.domain_grades[:, index] > 0
            case "score":
                return self.score, self.scored
            case _:
                return self.grade, self.grade > 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A placing that gives grades, the name its cuts are kept under, and the decimals of the figure placed."""

    rule: Placing
    name: str
    decimals: int


def placed(asked: Placed, figures: Ints, present: Bools, facts: Facts, cuts: Mapping[str, GroupCuts] | None) -> Grades:
    """The grades of figures by their place among those of their group, and their cuts noted; 0 where there is none."""
    compared = Comparison(asked.rule, figures, present, facts.population, asked.decimals)
    compared.find(None if cuts is None else cuts.get(asked.name))
    facts.pointed.cuts[asked.name] = compared.cuts
    grades = np.array(asked.rule.points, dtype=np.int8)[compared.steps(figures)]
    return np.where(present & (compared.group >= 0), grades, 0).astype(np.int8)


def holds(condition: Condition, facts: Known) -> Bools:
    """Where a condition holds, bool[n]; a comparison on something missing is false."""
    result: Bools
    match condition:
        case All(parts):
            result = np.logical_and.reduce([np.ones(facts.n, dtype=np.bool_), *(holds(part, facts) for part in parts)])
        case AnyOf(parts):
            result = np.logical_or.reduce([np.zeros(facts.n, dtype=np.bool_), *(holds(part, facts) for part in parts)])
        case Not(part):
            result = ~holds(part, facts)
        case Flag(code):
            result = facts.population.flags.get(code, np.zeros(facts.n, dtype=np.bool_))
        case InGroup():
            result = _in_group(condition, facts)
        case Missing(measure):
            result = ~facts.rounded.present[measure]
        case Compare():
            result = _compare(condition, facts)
        case Count():
            result = _count(condition, facts)
        case HowMany(parts, (operation, wanted)):
            number = np.sum([holds(part, facts) for part in parts], axis=0, dtype=np.int64)
            result = OPERATIONS[operation](number, wanted)
    return result


def _in_group(condition: InGroup, facts: Known) -> Bools:
    grouping = facts.population.groups.get(condition.level)
    if grouping is None:
        return np.zeros(facts.n, dtype=np.bool_)
    wanted = np.array([code in condition.codes for code in grouping.codes] + [False])
    return wanted[grouping.index]


def _compare(condition: Compare, facts: Known) -> Bools:
    figures, there = facts.figure(condition.subject, condition.index)
    against: Any = condition.value
    if condition.other >= 0:
        against, also = facts.figure(condition.subject, condition.other)
        there = there & also
    result: Bools = OPERATIONS[condition.operator](figures, against) & there
    return result


def _count(condition: Count, facts: Known) -> Bools:
    subject = "domain_grade" if condition.subject == "domains" else "indicator"
    number = np.zeros(facts.n, dtype=np.int64)
    for index in condition.indexes:
        figures, there = facts.figure(subject, index)
        number += OPERATIONS[condition.inner[0]](figures, condition.inner[1]) & there
    result: Bools = OPERATIONS[condition.outer[0]](number, condition.outer[1])
    return result
