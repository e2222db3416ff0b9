"""Runs that follow events: what change sets concern is rated anew at once, held to what the last full run fixed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from registry.db.pool import Connection, Database, Record, execute, fetch, fetch_value
from registry.domain.access import Role
from registry.domain.actors import EVERYTHING, Actor
from registry.domain.errors import NotFound
from registry.domain.lawdays import law_day
from registry.services.grade_moves import read_standing
from registry.services.permissions import require
from registry.services.policy_runs import InForce, PolicyRun, governed, load_policies, run_policy
from registry.services.rating_publication import RunRecord, find_changes, publish_ratings, reserve_run_id
from registry.services.read_digests import read_digests
from registry.services.run_stages import Stages
from registry.services.scoring_inputs import Snapshot, read_snapshot
from registry.services.transactions import Change, ChangeKind, acting, publishing

FEW = 1_000
"""So many institutions are always read by index."""
MOST_SHARE = 0.1
"""Where more than this share of the register is concerned, all of it is read in one pass."""
MOST_CAUSES = 5


@dataclass(frozen=True, slots=True)
class Followed:
    """What following did: `changes` change sets read, `institutions` rated anew, `changed` ratings published.

    `waited_seconds` is the time from the oldest of the change sets to the publication's end.
    """

    changes: int = 0
    institutions: int = 0
    changed: int = 0
    waited_seconds: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """One instant of the register: the change sets not followed yet, and what they concern (`only` None: everybody)."""

    changes: Sequence[Record]
    only: list[int] | None = None
    policies: Sequence[InForce] = ()
    snapshot: Snapshot | None = None
    digests: dict[str, str] = field(default_factory=dict)


async def _concerned(connection: Connection, changes: Sequence[Record]) -> list[int] | None:
    await execute(connection, "session/plan_for_values")
    found: list[int] = await fetch_value(connection, "follow/read_concerned", [row["id"] for row in changes])
    if len(found) <= FEW:
        return found
    total = await fetch_value(connection, "follow/count_institutions")
    return found if len(found) <= MOST_SHARE * total else None


async def _read(database: Database, actor: Actor, since: int, stages: Stages) -> _Reading:
    """Read in one REPEATABLE READ transaction what was published after the position `since`, and whom it concerns."""
    day = law_day(datetime.now(UTC))
    everywhere = replace(actor, scope=EVERYTHING)
    async with acting(database, everywhere, isolation="repeatable_read", readonly=True) as work:
        with stages.stage("read"):
            changes = await fetch(work.connection, "follow/read_changes", since)
            only = await _concerned(work.connection, changes) if changes else []
            if only == []:
                return _Reading(changes)
            try:
                policies = await load_policies(work.connection, None, day, only)
            except NotFound:
                return _Reading(changes)
            snapshot = await read_snapshot(work.connection, day, only)
    return _Reading(changes, only, policies, snapshot, read_digests(snapshot, policies))


def score_held(snapshot: Snapshot, policies: Sequence[InForce]) -> tuple[list[PolicyRun], npt.NDArray[np.int64]]:
    """Score what has weights and cuts to be held to; return also the ids that must wait for their first full run."""
    runs, waiting = [], [np.empty(0, np.int64)]
    for in_force, rows in governed(snapshot, policies):
        if in_force.frozen is None:
            waiting.append(snapshot.ids[rows])
        elif rows.size:
            runs.append(run_policy(snapshot, in_force, rows, incremental=True))
    return runs, np.concatenate(waiting)


def cause_of(changes: Sequence[Record]) -> str:
    """Name the change sets that a run follows: their positions, and what each was for."""
    first, last = changes[0]["position"], changes[-1]["position"]
    causes = list(dict.fromkeys(row["cause"] for row in changes))
    told = ", ".join(causes[:MOST_CAUSES]) + (", …" if len(causes) > MOST_CAUSES else "")
    return f"after {first}: {told}" if first == last else f"after {first}-{last}: {told}"


async def _rate(change: Change, reading: _Reading, stages: Stages) -> tuple[int, int]:
    """Rate what the reading holds; return how many institutions were rated and how many ratings changed."""
    if reading.snapshot is None:
        return 0, 0
    started_at = datetime.now(UTC)
    with stages.stage("score"):
        runs, waiting = await asyncio.to_thread(score_held, reading.snapshot, reading.policies)
    change.cause = cause_of(reading.changes)
    record = RunRecord("INCREMENTAL", started_at, change.cause, None, stages, reading.digests, reading.only, waiting)
    rated = sum(run.outcome.n for run in runs)
    with stages.stage("write"):
        standing = await read_standing(change.connection, reading.only)
        changes = await find_changes(change, reading.snapshot, runs, record, standing)
        if not changes.count:
            return rated, 0
        run_id = await reserve_run_id(change)
        await publish_ratings(change, run_id, reading.snapshot, changes, record)
    change.subject, change.nothing_done = f"run:{run_id}", False
    change.details["outputs"] = {str(run.in_force.id): run.outcome.output_digest for run in runs}
    change.details |= {"changed": changes.count, "institutions": rated}
    return rated, changes.count


async def _follow(change: Change, database: Database) -> Followed | None:
    if not await fetch_value(change.connection, "follow/try_lock"):
        return None
    since = await fetch_value(change.connection, "follow/position")
    stages = Stages(lambda _: None)
    reading = await _read(database, change.actor, since, stages)
    if not reading.changes:
        return Followed()
    rated, changed = await _rate(change, reading, stages)
    await execute(change.connection, "follow/advance", reading.changes[-1]["position"])
    waited = datetime.now(UTC) - reading.changes[0]["recorded_at"]
    return Followed(len(reading.changes), rated, changed, waited.total_seconds())


async def follow_changes(database: Database, actor: Actor) -> Followed | None:
    """Rate anew what changed since the last time, and publish where a rating differs; None while a run is under way.

    How far this came is kept in the same transaction, so that each change set is followed once, whatever is killed
    when. Runs and policies are not followed: a new policy's first full run fixes what it needs.
    """
    require(actor, Role.ADMIN)
    async with publishing(database, actor, ChangeKind.RUN, "", action="recomputeRatings") as change:
        change.nothing_done = True
        return await _follow(change, database)
