"""Why an institution is rated as it is: every step of a published rating, what changed it, and the way up."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from registry.db.pool import Database
from registry.domain.access import STAFF_ROLES
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, NotFound
from registry.domain.lawdays import law_day
from registry.services.circumstances import Asked, Circumstances, Told, find_circumstances
from registry.services.credit_explained import credit_trace
from registry.services.rating_rows import content_digests
from scoring import Outcome, explain, people_behind, rate, split_change, way_up

FEW = 5
"""Counts that tell of fewer people than this are shown to the institution itself and to staff alone."""

Trace = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoodAt:
    """A moment of the register: a position, the newest unless given, and the law day on which entries are in force."""

    position: int | None = None
    day: date | None = None


NOW = StoodAt()


@dataclass(frozen=True, slots=True)
class Explanation:
    """One published rating worked out anew from what its run read.

    `position` is that of the register that the run read. `reproduced` tells whether the published content came out
    again. `rating` is the trace from measures to grade; `change` splits the difference from the rating before (None
    for a first one); `way_up` is the least number of certified carers that reaches the next grade and what stands in
    the way. `credit` is what entries in force on a law day make of grade and score. All are JSON-able, numbers as exact
    texts. `counts_withheld` tells that counts of few people are left out.
    """

    institution: str
    as_of: date
    position: int
    published_at: datetime
    policy_id: int
    run_id: int
    reproduced: bool
    counts_withheld: bool
    rating: Mapping[str, Any]
    change: Mapping[str, Any] | None
    way_up: Mapping[str, Any]
    credit: Mapping[str, Any]


async def explain_rating(
    database: Database, actor: Actor, institution: str | int, moment: StoodAt = NOW
) -> Explanation:
    """Explain the rating of an institution (code or id) that stood at a moment of the register.

    Rules: `institution.unknown`, `rating.none`.
    """
    found, told = await _explained(database, actor, institution, moment)
    if found is None:
        message = Bilingual(f"没有机构 {institution}", f"There is no institution {institution}")
        raise NotFound(message, rule="institution.unknown", path=("code",))
    if told is None:
        message = Bilingual(
            f"{institution} 尚无评级：没有适用的政策，或尚未评定",
            f"{institution} has no rating: no policy governs it, or no run was made yet",
        )
        raise NotFound(message, rule="rating.none", path=("code",))
    return told


async def find_explanation(
    database: Database, actor: Actor, institution: str | int, moment: StoodAt = NOW
) -> Explanation | None:
    """Explain as `explain_rating` does; None for what is unknown or was never rated."""
    return (await _explained(database, actor, institution, moment))[1]


async def _explained(
    database: Database, actor: Actor, institution: str | int, moment: StoodAt
) -> tuple[Told | None, Explanation | None]:
    asked = Asked(institution, moment.position, moment.day or law_day(datetime.now(UTC)))
    told = await find_circumstances(database, asked)
    if told is None or not told.circumstances:
        return told, None
    open_to_actor = actor.role in STAFF_ROLES or actor.institution_code == told.code
    return told, await asyncio.to_thread(_work_out, told, asked.day, open_to_actor)


def _work_out(told: Told, day: date, open_to_actor: bool) -> Explanation:
    now = told.circumstances[0]
    version, population = now.version, now.population()
    outcome = rate(version.policy, population, now.frozen, now.previous())
    rating = explain(version.policy, population, outcome, 0)
    way = way_up(version.policy, now.situation(), outcome)
    withheld = not open_to_actor and _withhold_few(now, rating, way)
    return Explanation(
        institution=told.code,
        as_of=version.as_of,
        position=version.position,
        published_at=version.published_at.astimezone(UTC),
        policy_id=version.policy_id,
        run_id=version.run_id,
        reproduced=_reproduced(outcome, now),
        counts_withheld=withheld,
        rating=rating,
        change=_change(told.circumstances[1], now) if len(told.circumstances) > 1 else None,
        way_up=way,
        credit=credit_trace(version.policy, rating, day, told.listed),
    )


def _reproduced(outcome: Outcome, now: Circumstances) -> bool:
    return int(content_digests(outcome, now.version.policy_id)[0]) == now.version.content_digest


def _change(before: Circumstances, now: Circumstances) -> Trace:
    """The change since the rating before, and which that was."""
    earlier = before.version
    another = earlier.policy_id != now.version.policy_id
    split = split_change(before.standpoint(now.version.policy if another else None), now.standpoint())
    since = {"run_id": earlier.run_id, "policy_id": earlier.policy_id, "as_of": earlier.as_of.isoformat()}
    return {"since": since, **split}


def _withhold_few(now: Circumstances, rating: Trace, way: Trace) -> bool:
    """Leave out counts that tell of few people; the rounded shares stay, being what the rating was published on."""
    if not now.version.policy.needs_roster:
        return False
    behind = people_behind(now.version.policy, now.snapshot.roster, now.place, now.day)
    few = {code for code, people in behind.by_measure.items() if 0 < people < FEW}
    for measure in rating["measures"]:
        if measure["code"] in few:
            measure["numerator"] = measure["denominator"] = None
    few_carers = behind.carers < FEW and bool(way["ways"])
    if few_carers:
        way["ways"] = []
    return bool(few) or few_carers
