"""A scoring run: read one instant of the register, score what is governed, publish what changed in one change set."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime

import numpy as np
import numpy.typing as npt

from registry.db.pool import Database, execute, fetch_value
from registry.domain.access import Role
from registry.domain.actors import EVERYTHING, Actor
from registry.domain.errors import Bilingual, Conflict, InputError
from registry.domain.lawdays import law_day
from registry.services.grade_moves import Standing, read_standing
from registry.services.idempotency import find_answer, remember_answer
from registry.services.permissions import require
from registry.services.policy_runs import InForce, PolicyRun, governed, load_policies, population_of, score_population
from registry.services.rating_publication import RunRecord, find_changes, publish_ratings, reserve_run_id
from registry.services.read_digests import read_digests
from registry.services.run_stages import Progress, Stages
from registry.services.run_telling import FULL, INCREMENTAL, BegunRun, cause_of_run, told
from registry.services.scoring_inputs import Snapshot, read_snapshot
from registry.services.transactions import Change, ChangeKind, acting, acting_beside, publishing
from scoring import Population

Part = tuple[InForce, npt.NDArray[np.int64]]
"""A policy with the rows of the snapshot that it governs."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did: `counts_by_stars` per policy, index 0 = not rated; `durations_ms` per stage."""

    id: int
    kind: str
    as_of: date
    institutions: int
    changed: int
    position: int | None
    counts_by_stars: dict[str, list[int]]
    durations_ms: dict[str, int]


def _checked_day(as_of: date | None) -> date:
    today = law_day(datetime.now(UTC))
    if as_of is not None and as_of > today:
        message = Bilingual(f"评定日 {as_of} 在将来", f"The as-of day {as_of} lies in the future")
        raise InputError(message, rule="as-of.future", path=("input", "asOf"))
    return as_of or today


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """What a run read and what came of it; `read` holds a digest per table."""

    snapshot: Snapshot
    runs: list[PolicyRun]
    read: dict[str, str]


@dataclass(slots=True, eq=False)
class ReadRegister:
    """One instant of the register as a run takes it in: what is rated, and under which policies; `code` keeps one."""

    snapshot: Snapshot
    policies: list[InForce]
    code: str | None = None


async def _read_register(
    database: Database,
    actor: Actor,
    code: str | None,
    as_of: date,
    *,
    only: list[int] | None = None,
    position: int | None = None,
) -> ReadRegister:
    everywhere = replace(actor, scope=EVERYTHING)
    async with (
        acting(database, everywhere, isolation="repeatable_read", readonly=True) as work,
        acting_beside(database, work) as other,
    ):
        if position is not None:
            for connection in {work.connection, other.connection}:
                await execute(connection, "session/read_as_of", position)
        policies = await load_policies(work.connection, code, as_of, only)
        return ReadRegister(await read_snapshot(work.connection, as_of, only, other.connection), policies, code)


async def _score_read(read: ReadRegister, incremental: bool) -> Scored:
    snapshot = read.snapshot
    parts = [(one, rows) for one, rows in governed(snapshot, read.policies, read.code) if rows.size]
    populations, digests = await asyncio.gather(
        asyncio.to_thread(_populations, snapshot, parts), asyncio.to_thread(read_digests, snapshot, read.policies)
    )
    # Most of a snapshot is its people; they have been counted, and the memory is wanted for what comes of them.
    snapshot = read.snapshot = snapshot.counted()
    runs = await asyncio.to_thread(_score, snapshot, parts, populations, incremental)
    return Scored(snapshot, runs, digests)


async def score_register(
    database: Database,
    actor: Actor,
    code: str | None,
    as_of: date,
    *,
    incremental: bool,
    stages: Stages,
    only: list[int] | None = None,
    position: int | None = None,
) -> Scored:
    """Read the register, as it stands or as it stood at a position, and score what is governed.

    `only` are the ids of the institutions asked for, None for all.
    """
    with stages.stage("read"):
        read = await _read_register(database, actor, code, as_of, only=only, position=position)
    with stages.stage("score"):
        return await _score_read(read, incremental)


def _populations(snapshot: Snapshot, parts: Sequence[Part]) -> list[Population]:
    return [population_of(snapshot, in_force.policy, rows) for in_force, rows in parts]


def _score(
    snapshot: Snapshot, parts: Sequence[Part], populations: Sequence[Population], incremental: bool
) -> list[PolicyRun]:
    return [
        score_population(snapshot, in_force, rows, population, incremental=incremental)
        for (in_force, rows), population in zip(parts, populations, strict=True)
    ]


def _held(scored: Scored) -> tuple[list[PolicyRun], list[PolicyRun]]:
    """What is held to weights and cuts of a full run, and what must wait for its policy's first."""
    held = [run for run in scored.runs if run.in_force.frozen is not None]
    return held, [run for run in scored.runs if run.in_force.frozen is None]


async def _answered(change: Change, key: str | None, wanted: dict[str, object]) -> RunSummary | None:
    earlier = await find_answer(change, key, "recomputeRatings", wanted, wait=False)
    if earlier is None:
        return None
    change.nothing_done = True
    position = await fetch_value(change.connection, "run/position", earlier["id"])
    return RunSummary(**{**earlier, "as_of": date.fromisoformat(earlier["as_of"]), "position": position})


async def _refuse_second_run(change: Change) -> None:
    if not await fetch_value(change.connection, "run/try_lock"):
        message = Bilingual("另一次评定正在进行，请稍后再试", "Another run is under way; try again when it has ended")
        raise Conflict(message, rule="run.under-way")
    await execute(change.connection, "run/await_follow")


async def _score_beside(change: Change, read: ReadRegister, incremental: bool) -> tuple[Scored, Standing]:
    """Score, while what stands is read: only runs write ratings, and no other goes beside this one."""
    standing = asyncio.create_task(read_standing(change.connection, None))
    try:
        scored = await _score_read(read, incremental)
    finally:
        stood = await standing
    return scored, stood


async def _run(database: Database, change: Change, begun: BegunRun, progress: Progress) -> RunSummary:
    stages, started_at, incremental = Stages(progress), datetime.now(UTC), begun.kind == INCREMENTAL
    day, policy = begun.as_of, begun.policy
    with stages.stage("read"):
        read = await _read_register(database, change.actor, policy, day)
    with stages.stage("score"):
        scored, standing = await _score_beside(change, read, incremental)
    runs, waiting = _held(scored) if incremental else (scored.runs, [])
    spared = np.concatenate([np.empty(0, np.int64), *(scored.snapshot.ids[run.rows] for run in waiting)])
    record = RunRecord(begun.kind, started_at, begun.cause, policy, stages, scored.read, spared=spared)
    with stages.stage("write"):
        changes = await find_changes(change, scored.snapshot, runs, record, standing)
        await publish_ratings(change, begun.id, scored.snapshot, changes, record)
    if policy is None and day == law_day(started_at):
        await execute(change.connection, "follow/advance", scored.snapshot.position)
    change.details["outputs"] = {str(run.in_force.id): run.outcome.output_digest for run in runs}
    counts = {run.in_force.policy.code: list(run.outcome.counts) for run in runs}
    rows = sum(run.outcome.n for run in runs)
    return RunSummary(begun.id, begun.kind, day, rows, changes.count, None, counts, stages.durations_ms)


async def recompute(
    database: Database,
    actor: Actor,
    *,
    policy: str | None = None,
    as_of: date | None = None,
    incremental: bool = False,
    idempotency_key: str | None = None,
    request_id: str | None = None,
    progress: Progress = lambda _: None,
) -> RunSummary:
    """Run and publish; a second run at the same time is refused with Conflict.

    `policy` restricts the run to the institutions that this policy governs; `incremental` keeps the weights, cuts and
    bounds of the last full run. `as_of` is a law day, today by default.
    """
    require(actor, Role.ADMIN)
    day = _checked_day(as_of)
    wanted: dict[str, object] = {"policy": policy, "asOf": as_of, "incremental": incremental}
    async with publishing(
        database, actor, ChangeKind.RUN, cause_of_run(policy, day), action="recomputeRatings", request_id=request_id
    ) as change:
        if (earlier := await _answered(change, idempotency_key, wanted)) is not None:
            return earlier
        await _refuse_second_run(change)
        change.publishes_empty = True
        begun = BegunRun(await reserve_run_id(change), INCREMENTAL if incremental else FULL, day, policy)
        async with told(database, actor, begun, progress) as tell:
            summary = await _run(database, change, begun, tell)
        change.subject = f"run:{summary.id}"
        change.details |= {"changed": summary.changed, "institutions": summary.institutions}
        await remember_answer(change, idempotency_key, "recomputeRatings", wanted, asdict(summary))
    return replace(summary, position=change.published.position if change.published else None)
