"""The way up: the least number of certified carers that reaches the next grade, found by search, checked by rescoring.

Three ways are tried, each by itself: carers on post who gain a certificate of the lowest level, certified carers who
move up one level, and newly hired full-time carers with a certificate of the lowest level. Everything else, above all
weights and cuts, stays as the last full run fixed it. Every number is tried in turn, none is skipped on the assumption
that more is better; only among carers whose certificates differ in hours alone are the longest hours taken first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from scoring import staff
from scoring.engine import grade, rate
from scoring.explain import decimal_text
from scoring.facts import Facts, Grades
from scoring.inputs import Column, Ints, Population, Previous
from scoring.obstacles import obstacles
from scoring.outcome import Frozen, Outcome
from scoring.policy.policy import Policy
from scoring.roster import Roster
from scoring.team import Team, team_of
from scoring.workforce import Counts, measures_of_counts

Json = dict[str, Any]
BATCH = 4096
MIXTURES = 250_000
CERTIFY, PROMOTE, HIRE = "certify", "promote", "hire"


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """One institution as it was rated: `population` and `previous` hold its row alone.

    `roster` must hold the institution at `place`, and the other institutions at which its people have posts; None
    where the policy needs none. `day` in days since 1970-01-01. `frozen` is what the last full run fixed.
    """

    population: Population
    frozen: Frozen
    roster: Roster | None = None
    place: int = 0
    day: int = 0
    previous: Previous | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Candidates:
    """Staff counts int64[c, COLUMNS] of imagined changes and how many carers each takes, int64[c], rising."""

    tables: Ints
    numbers: Ints


@dataclass(slots=True, eq=False)
class _Way:
    """One way, how many carers it has room for, and what is still to be tried; then the least that was found."""

    kind: str
    most: int
    batches: Iterator[_Candidates]
    table: Ints | None = None
    count: int = 0
    grade: int = 0

    def take_first(self, batch: _Candidates, grades: Grades, target: int) -> None:
        """Take the least of a batch that reaches the target, if one does."""
        reached = np.flatnonzero(grades >= target)
        if reached.size:
            first = int(reached[np.argmin(batch.numbers[reached])])
            self.table, self.count, self.grade = batch.tables[first], int(batch.numbers[first]), int(grades[first])


def way_up(policy: Policy, situation: Situation, today: Outcome | None = None) -> Json:
    """What leads to the next grade: per way the least number of carers (None: not by this way), and what stands there.

    `obstacles` hold the grade below the next one today; `remaining` those that would still, were every carer
    certified. `today` is the institution as it stands, rated, where that is known already. Raises ValueError where
    weights or cuts of a full run are needed and not given.
    """
    _check_frozen(policy, situation.frozen)
    today = today or rate(policy, situation.population, situation.frozen, situation.previous)
    target = int(today.stars[0]) + 1
    if target > len(policy.grades):
        return {"target": None, "ways": [], "obstacles": [], "remaining": []}
    search = _Search(policy, situation, target)
    ways = search.ways()
    reached = any(way["count"] is not None for way in ways)
    best, rated = search.everybody_certified() if search.team and not reached else (situation.population, today)
    return {
        "target": {"stars": target, "code": policy.grades[target - 1].code},
        "ways": ways,
        "obstacles": obstacles(policy, situation.population, today, target, situation.previous),
        "remaining": [] if reached else obstacles(policy, best, rated, target, situation.previous),
    }


def _check_frozen(policy: Policy, frozen: Frozen) -> None:
    if (policy.weighting.alpha and frozen.weights is None) or (policy.compares and frozen.cuts is None):
        raise ValueError("the way up needs the weights and cuts of the last full run")


class _Search:
    """Tries each way, fewest carers first."""

    def __init__(self, policy: Policy, situation: Situation, target: int) -> None:
        self.policy, self.situation, self.target = policy, situation, target
        # Ranks are not asked for here, and standings would be digested with every batch.
        self.frozen = replace(situation.frozen, standings={})
        self.team: Team | None = None
        if situation.roster is not None and policy.workforce is not None and policy.needs_roster:
            self.team = team_of(policy.workforce, situation.roster, situation.place, situation.day)

    def ways(self) -> list[Json]:
        """What each way takes; all are tried together, so that a step costs one rating, until each is found or ends."""
        if self.team is None:
            return []
        ways = [
            _Way(CERTIFY, size(self.team.certified), mixtures(self.team.now, self.team.certified)),
            _Way(PROMOTE, size(self.team.raised), mixtures(self.team.now, self.team.raised)),
            _Way(HIRE, most_hires(self.team), _hires(self.team)),
        ]
        searched = ways
        while tried := [(way, batch) for way in searched if (batch := next(way.batches, None)) is not None]:
            found = self.grades(np.concatenate([batch.tables for _, batch in tried])).grade
            ends = np.cumsum([batch.numbers.shape[0] for _, batch in tried])[:-1]
            for (way, batch), grades in zip(tried, np.split(found, ends), strict=True):
                way.take_first(batch, grades, self.target)
            searched = [way for way, _ in tried if way.table is None]
        return self._rated_again(ways)

    def _rated_again(self, ways: "list[_Way]") -> list[Json]:
        """What is told of the ways; those that were found are rated once more, without what was tried beside them."""
        tables = [way.table for way in ways if way.table is not None]
        facts = self.grades(np.stack(tables)) if tables else None
        places = iter(range(len(tables)))
        told = []
        for way in ways:
            line: Json = {"way": way.kind, "count": None, "searched_up_to": way.most, "stars": None, "score": None}
            if way.table is not None and facts is not None:
                place = next(places)
                if int(facts.grade[place]) != way.grade:
                    raise ArithmeticError("an institution rated again differs from the same rated among others")
                score = decimal_text(facts.score[place], self.policy.decimals) if facts.scored[place] else None
                line |= {"count": way.count, "stars": way.grade, "score": score}
            told.append(line)
        return told

    def everybody_certified(self) -> tuple[Population, Outcome]:
        """The institution with every carer certified."""
        assert self.team is not None  # noqa: S101 - asked only where there is a team
        table = self.team.now + sum(rows.sum(axis=0) for rows in self.team.certified)
        return self.rate(table.reshape(1, -1))

    def rate(self, tables: Ints) -> tuple[Population, Outcome]:
        """Rates imagined staff counts."""
        population = self._population(tables)
        return population, rate(self.policy, population, self.frozen, self._previous(population.n))

    def grades(self, tables: Ints) -> Facts:
        """Scores and grades of imagined staff counts; what they came from is not told."""
        population = self._population(tables)
        return grade(self.policy, population, self.frozen, self._previous(population.n)).trail.facts

    def _previous(self, rows: int) -> Previous | None:
        previous = self.situation.previous
        return None if previous is None else previous.take(np.zeros(rows, dtype=np.int64))

    def _population(self, tables: Ints) -> Population:
        rows = np.zeros(tables.shape[0], dtype=np.int64)
        one, roster = replace(self.situation.population, keys=None).take(rows), self.situation.roster
        assert roster is not None  # noqa: S101 - there are candidates only where there is a roster
        place = np.full(rows.shape, self.situation.place)
        measures: dict[str, Column] = dict(one.measures)
        measures |= measures_of_counts(self.policy, Counts(tables, roster.beds[place], roster.residents[place]))
        return replace(one, measures=measures)


def mixtures(now: Ints, classes: tuple[Ints, ...]) -> Iterator[_Candidates]:
    """Every number of the first of each class in every mixture, fewest carers first."""
    if not classes:
        return
    if len(classes) > 1 and prod(rows.shape[0] + 1 for rows in classes) > MIXTURES:
        classes = _merged(classes)
    sums = [np.concatenate([np.zeros_like(rows[:1]), np.cumsum(rows, axis=0)]) for rows in classes]
    taken = np.indices([rows.shape[0] for rows in sums]).reshape(len(sums), -1)
    numbers = taken.sum(axis=0)
    order = np.argsort(numbers, kind="stable")[1:]
    for start in range(0, order.shape[0], BATCH):
        part = order[start : start + BATCH]
        tables = now + sum(rows[taken[at, part]] for at, rows in enumerate(sums))
        yield _Candidates(tables, numbers[part])


def _merged(classes: tuple[Ints, ...]) -> tuple[Ints, ...]:
    """Two classes where there are too many mixtures: those whom it makes senior and the others, by the skill added."""
    rows = np.concatenate(classes)
    rows = rows[np.argsort(-rows[:, staff.SKILL_FTE], kind="stable")]
    senior = rows[:, staff.SENIOR_FTE] > 0
    return rows[senior], rows[~senior]


def size(classes: tuple[Ints, ...]) -> int:
    """How many carers the classes hold."""
    return sum(int(rows.shape[0]) for rows in classes)


def most_hires(team: Team) -> int:
    """How many hires are tried: what turns no certified carer into more than nine in ten, and some more."""
    return 10 * (size(team.certified) + size(team.raised)) + 100


def _hires(team: Team) -> Iterator[_Candidates]:
    numbers = np.arange(1, most_hires(team) + 1)
    for start in range(0, numbers.shape[0], BATCH):
        part = numbers[start : start + BATCH]
        yield _Candidates(team.now + part.reshape(-1, 1) * team.hired, part)
