"""Why an institution is rated as it is: the trace of every step, and the way up to the next grade."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from registry.db.pool import Database, fetch_value
from registry.domain.access import Role
from registry.domain.actors import EVERYTHING, Actor
from registry.domain.errors import Bilingual, NotFound
from registry.domain.lawdays import law_day
from registry.services.permissions import require
from registry.services.policy_runs import EPOCH, InForce, governed, load_policies, population_of
from registry.services.scoring_inputs import Snapshot, read_snapshot
from registry.services.transactions import acting
from scoring import Frozen, Situation, explain, score, way_up


@dataclass(frozen=True, slots=True)
class Explanation:
    """One rating worked out anew from the register at `position`, under the weights and cuts of the last full run.

    `rating` is the trace from measures to grade, `way_up` the least number of certified carers that reaches the next
    grade and what stands in the way; JSON-able, numbers as exact texts.
    """

    institution: str
    as_of: date
    position: int
    rating: Mapping[str, Any]
    way_up: Mapping[str, Any]


async def explain_rating(database: Database, actor: Actor, code: str, as_of: date | None = None) -> Explanation:
    """Explain the rating of an institution for a law day, today unless given; nothing is published."""
    require(actor, Role.ADMIN)
    day = as_of or law_day(datetime.now(UTC))
    everywhere = replace(actor, scope=EVERYTHING)
    async with acting(database, everywhere, isolation="repeatable_read", readonly=True) as work:
        number = await fetch_value(work.connection, "run/find_institution", code)
        only = [] if number is None else [number]
        policies = await load_policies(work.connection, None, day, only)
        snapshot = await read_snapshot(work.connection, day, only)
    row = int(np.searchsorted(snapshot.ids, number)) if number is not None else snapshot.n
    if row >= snapshot.n or snapshot.ids[row] != number:
        message = Bilingual(f"{day} 没有在运营的机构 {code}", f"No institution {code} is open on {day}")
        raise NotFound(message, rule="institution.unknown", path=("code",))
    in_force = _governing(snapshot, policies, row, code)
    rating, way = await asyncio.to_thread(_explained, snapshot, in_force, row)
    return Explanation(code, day, snapshot.position, rating, way)


def _governing(snapshot: Snapshot, policies: list[InForce], row: int, code: str) -> tuple[InForce, Frozen]:
    """The policy that governs the row, with what its last full run fixed."""
    for in_force, rows in governed(snapshot, policies):
        if row in rows and in_force.frozen is not None:
            return in_force, in_force.frozen
    message = Bilingual(
        f"{code} 尚无评级：没有适用的政策，或尚未评定",
        f"{code} has no rating: no policy governs it, or no run was made yet",
    )
    raise NotFound(message, rule="rating.none", path=("code",))


def _explained(
    snapshot: Snapshot, governing: tuple[InForce, Frozen], row: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    in_force, frozen = governing
    policy, rows = in_force.policy, np.array([row], np.int64)
    one = population_of(snapshot, policy, rows)
    earlier = in_force.earlier.of(policy, snapshot.ids[rows]) if in_force.earlier else None
    roster, day = snapshot.roster if policy.needs_roster else None, (snapshot.as_of - EPOCH).days
    trace = explain(policy, one, score(policy, one, frozen, earlier), 0)
    return trace, way_up(policy, Situation(one, frozen, roster, row, day, earlier))
