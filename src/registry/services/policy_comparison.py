"""Two policies over today's register: who would stand where under the other, without publishing anything."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from registry.db.pool import Connection, Database, fetch, fetch_row
from registry.domain.access import Role
from registry.domain.actors import EVERYTHING, Actor
from registry.domain.errors import NotFound
from registry.domain.lawdays import law_day
from registry.services.earlier_ratings import read_earlier_ratings
from registry.services.permissions import require
from registry.services.policies import check_policy, unknown_policy
from registry.services.policy_runs import (
    InForce,
    PolicyRun,
    governed,
    load_policies,
    newest_frozen,
    policy_of,
    run_policy,
)
from registry.services.scoring_inputs import Snapshot, read_snapshot
from registry.services.transactions import acting
from scoring import moves

NOT_STORED = -1
MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A policy to compare: `CODE` or `CODE@VERSION` of the register, or the text of a document that is in none."""

    name: str
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """What a policy makes of its institutions: `counts` by stars, index 0 = not rated; `weights` by indicator."""

    code: str
    version: str
    institutions: int
    counts: tuple[int, ...]
    weights: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Mover:
    """An institution whose grade differs; 0 for none. `reasons` begin with what weighs most."""

    institution: str
    stars: tuple[int, int]
    score: tuple[Decimal | None, Decimal | None]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyComparison:
    """Both sides, the moves [from, to, count] of the institutions that both govern, and movers, the furthest first.

    `only_a` and `only_b` count what one policy alone governs; `movers` may hold fewer than `moved`.
    """

    as_of: date
    position: int
    a: Side
    b: Side
    both: int
    only_a: int
    only_b: int
    moved: int
    moves: tuple[tuple[int, int, int], ...]
    movers: tuple[Mover, ...]


async def compare_policies(
    database: Database, actor: Actor, a: Candidate, b: Candidate, *, limit: int | None = None
) -> PolicyComparison:
    """Score today's register under both, each in place of what its code has in force; nothing is written.

    `limit` is how many movers are told, all unless given. Rules: `policy.unknown`, those of policy documents.
    """
    require(actor, Role.ADMIN)
    day = law_day(datetime.now(UTC))
    everywhere = replace(actor, scope=EVERYTHING)
    async with acting(database, everywhere, isolation="repeatable_read", readonly=True) as work:
        pair = [await _candidate(work.connection, one, day) for one in (a, b)]
        others = await _others(work.connection, day, {one.policy.code for one in pair})
        snapshot = await read_snapshot(work.connection, day)
        runs = [await asyncio.to_thread(_run, snapshot, [*others, one], one) for one in pair]
        found = _Moved(snapshot, runs[0], runs[1])
        told = found.rows if limit is None else found.rows[:limit]
        codes = await _codes(work.connection, snapshot.ids[told].tolist())
    return found.comparison(told, codes)


async def _candidate(connection: Connection, one: Candidate, day: date) -> InForce:
    """The policy with what stands under it; of a document that is in no register nothing does."""
    if one.document is not None:
        policy, number = check_policy(one.document), NOT_STORED
    else:
        code, _, version = one.name.partition("@")
        row = await fetch_row(connection, "policy/show", code, version or None)
        if row is None:
            raise unknown_policy(one.name)
        policy, number = policy_of(row["document"]), row["id"]
    fixed = await newest_frozen(connection, number, day)
    return InForce(number, policy, *fixed, await read_earlier_ratings(connection, policy, number, day))


async def _others(connection: Connection, day: date, compared: set[str]) -> list[InForce]:
    """What else is in force, for it governs its share before or after either."""
    try:
        return [one for one in await load_policies(connection, None, day) if one.policy.code not in compared]
    except NotFound:
        return []


def _run(snapshot: Snapshot, policies: Sequence[InForce], one: InForce) -> PolicyRun:
    rows = next((rows for each, rows in governed(snapshot, policies) if each is one), np.empty(0, np.int64))
    return run_policy(snapshot, one, rows)


async def _codes(connection: Connection, ids: list[int]) -> dict[int, str]:
    return {row["id"]: row["code"] for row in await fetch(connection, "run/institution_codes", ids)}


class _Moved:
    """The institutions that both policies govern, where they stand under each, and why."""

    def __init__(self, snapshot: Snapshot, a: PolicyRun, b: PolicyRun) -> None:
        self.snapshot, self.runs = snapshot, (a, b)
        self.both, *self.places = np.intersect1d(a.rows, b.rows, assume_unique=True, return_indices=True)
        self.stars = [run.outcome.stars[at].astype(np.int64) for run, at in zip(self.runs, self.places, strict=True)]
        self._place = {row: place for place, row in enumerate(self.both.tolist())}

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """Rows of the snapshot whose grade differs: the furthest first, those that fall before those that rise."""
        change = self.stars[1] - self.stars[0]
        order = np.lexsort((self.both, change, -np.abs(change)))
        rows: npt.NDArray[np.int64] = self.both[order[change[order] != 0]]
        return rows

    def comparison(self, told: npt.NDArray[np.int64], codes: dict[int, str]) -> PolicyComparison:
        """Put all together."""
        a, b = self.runs
        width = max((int(stars.max()) for stars in self.stars if stars.size), default=0)
        table = moves(self.stars[0].astype(np.int8), self.stars[1].astype(np.int8), width)
        return PolicyComparison(
            as_of=self.snapshot.as_of,
            position=self.snapshot.position,
            a=_side(a),
            b=_side(b),
            both=int(self.both.size),
            only_a=int(a.rows.size - self.both.size),
            only_b=int(b.rows.size - self.both.size),
            moved=int((self.stars[0] != self.stars[1]).sum()),
            moves=tuple((old, new, n) for old, line in enumerate(table) for new, n in enumerate(line) if n),
            movers=tuple(self._mover(row, codes[int(self.snapshot.ids[row])]) for row in told.tolist()),
        )

    def _mover(self, row: int, code: str) -> Mover:
        place = self._place[row]
        at = [int(places[place]) for places in self.places]
        scores = [_score(run, i) for run, i in zip(self.runs, at, strict=True)]
        stars = [int(stars[place]) for stars in self.stars]
        return Mover(code, (stars[0], stars[1]), (scores[0], scores[1]), self._reasons(at[0], at[1]))

    def _reasons(self, i: int, j: int) -> tuple[str, ...]:
        """Why there is no grade, stages that apply under one alone, then indicators that give most more or less."""
        a, b = self.runs
        stages = [_stages(a, i), _stages(b, j)]
        reasons = [f"{name}: {code}" for name, code in (("A", _reason(a, i)), ("B", _reason(b, j))) if code]
        reasons += [f"-{code}" for code in stages[0] if code not in stages[1]]
        reasons += [f"+{code}" for code in stages[1] if code not in stages[0]]
        parts = [_contributions(a, i), _contributions(b, j)]
        change = {
            code: parts[1].get(code, Decimal()) - parts[0].get(code, Decimal()) for code in {**parts[0], **parts[1]}
        }
        largest = sorted((code for code, by in change.items() if by), key=lambda code: (-abs(change[code]), code))
        return (*reasons, *(f"{code} {change[code]:+}" for code in largest[:MOST_REASONS]))


def _side(run: PolicyRun) -> Side:
    policy, weights = run.in_force.policy, run.outcome.weights.final
    named = {one.code: Decimal(weight).scaleb(-6) for one, weight in zip(policy.indicators, weights, strict=True)}
    return Side(policy.code, policy.version, run.outcome.n, run.outcome.counts, named)


def _score(run: PolicyRun, i: int) -> Decimal | None:
    outcome = run.outcome
    return Decimal(int(outcome.score[i])).scaleb(-run.in_force.policy.decimals) if outcome.scored[i] else None


def _reason(run: PolicyRun, i: int) -> str:
    return run.outcome.reasons[int(run.outcome.reason[i])].code


def _stages(run: PolicyRun, i: int) -> list[str]:
    outcome = run.outcome
    return [code for code, applied in zip(outcome.stage_codes, outcome.limits[i].tolist(), strict=True) if applied]


def _contributions(run: PolicyRun, i: int) -> dict[str, Decimal]:
    parts = run.outcome.contributions[i].tolist()
    decimals = run.in_force.policy.decimals
    named = zip(run.in_force.policy.indicators, parts, strict=True)
    return {indicator.code: Decimal(part).scaleb(-decimals) for indicator, part in named}
