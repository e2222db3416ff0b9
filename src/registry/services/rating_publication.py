"""What a run writes: its record, weights and ranks, and the ratings whose content changed; all in one change set."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from registry.db.packing import Table, write_table
from registry.db.pool import execute, fetch_value
from registry.services.grade_moves import GradeMoves, MovesFinder, Standing
from registry.services.policy_runs import PolicyRun
from registry.services.rating_rows import (
    content_digests,
    distribution_document,
    rank_blocks,
    rating_table,
    weights_document,
)
from registry.services.run_stages import Stages
from registry.services.scoring_inputs import Snapshot
from registry.services.transactions import Change
from scoring import ENGINE_VERSION

_ROWS_AT_ONCE = 1 << 14
"""Ratings that are laid out for writing at a time: all of a nation's would double what a run holds of them."""
_MANY = 10_000
"""More ratings than this are written with memory for them in the server; of fewer its own setting holds them all."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What is known of a run besides its outcomes.

    `policy` and `only` are the policy and the ids of institutions that it was restricted to, None for all; `read` holds
    a digest per table; `spared` int64[k] are the ids of those left as they stand.
    """

    kind: str
    started_at: datetime
    cause: str
    policy: str | None
    stages: Stages
    read: dict[str, str]
    only: list[int] | None = None
    spared: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class RatingChanges:
    """What a run changes: of each policy's part the digests and the rows that differ; the ids of ratings that end.

    `moves` are those of a full run, by policy id.
    """

    parts: Sequence[tuple[PolicyRun, npt.NDArray[np.int64], npt.NDArray[np.int64]]]
    gone: npt.NDArray[np.int64]
    moves: Mapping[int, GradeMoves] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many ratings are added, changed or ended."""
        return sum(int(rows.size) for _, _, rows in self.parts) + int(self.gone.size)


async def _write_run(change: Change, run_id: int, snapshot: Snapshot, record: RunRecord, changed: int) -> None:
    await execute(
        change.connection,
        "run/insert_run",
        run_id,
        record.kind,
        snapshot.as_of,
        snapshot.position,
        record.started_at,
        datetime.now(UTC),
        ENGINE_VERSION,
        record.cause,
        record.policy,
        record.only,
        int(snapshot.asked.sum()),
        changed,
        json.dumps(record.stages.durations_ms),
        json.dumps(record.read),
        change.change_id,
    )


async def _finish_run(change: Change, run_id: int, record: RunRecord) -> None:
    durations = json.dumps(record.stages.durations_ms)
    await execute(change.connection, "run/finish_run", run_id, datetime.now(UTC), durations)


async def _write_policy(
    change: Change, run_id: int, snapshot: Snapshot, run: PolicyRun, *, full: bool, moves: GradeMoves | None
) -> str:
    """Write one policy's part; return the digest of what it tells of its population."""
    outcome, codes = run.outcome, [indicator.code for indicator in run.in_force.policy.indicators]
    digest: str = await fetch_value(
        change.connection,
        "run/insert_run_policy",
        run_id,
        run.in_force.id,
        run.weights_run_id or run_id,
        outcome.n,
        int((outcome.stars > 0).sum()),
        list(outcome.counts),
        weights_document(outcome, codes) if run.weights_run_id is None else None,
        distribution_document(outcome),
        json.dumps(outcome.frozen.as_document()) if full else None,
        bytes.fromhex(outcome.input_digest),
        bytes.fromhex(outcome.output_digest),
        moves.since_run_id if moves else None,
        json.dumps(moves.counts) if moves else None,
    )
    if full:
        await _write_ranks(change, run_id, run, snapshot.ids[run.rows])
    return digest


async def _write_ranks(change: Change, run_id: int, run: PolicyRun, ids: npt.NDArray[np.int64]) -> None:
    blocks = rank_blocks(run.outcome, ids)
    await execute(change.connection, "run/insert_ranks", run_id, run.in_force.id, *blocks)


def _compare(snapshot: Snapshot, runs: Sequence[PolicyRun], standing: Standing, record: RunRecord) -> RatingChanges:
    """Compare what was scored with what stands; a rating that no policy gives any more ends."""
    parts = []
    for run in runs:
        digests = content_digests(run.outcome, run.in_force.id)
        parts.append((run, digests, np.flatnonzero(standing.differs(snapshot.ids[run.rows], digests))))
    kept = np.concatenate([record.spared, *(snapshot.ids[run.rows] for run in runs)])
    return RatingChanges(parts, standing.without(kept) if record.policy is None else np.empty(0, np.int64))


async def _stage(change: Change, snapshot: Snapshot, changes: RatingChanges, run_id: int) -> list[dict[str, object]]:
    """Copy what changed into the staging table, numbered on; return each policy's wording of it."""
    words = []
    for run, digests, rows in changes.parts:
        if not rows.size:
            continue
        base = await change.reserve_from(int(rows.size))
        ratings = rating_table(run.outcome, digests, rows, run.in_force.policy)
        stamp: Table = {
            "ordinal": np.arange(base + 1, base + 1 + rows.size, dtype=np.int32),
            "institution_id": snapshot.ids[run.rows][rows],
            "policy_id": np.full(rows.shape, run.in_force.id, np.int64),
            "weights_run_id": np.full(rows.shape, run.weights_run_id or run_id, np.int64),
        }
        for start in range(0, rows.size, _ROWS_AT_ONCE):
            part = slice(start, start + _ROWS_AT_ONCE)
            own = {name: column[part] for name, column in stamp.items()}
            await write_table(change.connection, "rating_staging", own | ratings.columns(part))
        words.append({"policy_id": run.in_force.id, **ratings.wording})
    return words


async def _end_ratings(change: Change, gone: npt.NDArray[np.int64]) -> None:
    if gone.size:
        base = await change.reserve_from(int(gone.size))
        await execute(change.connection, "change/set_ordinal_base", base)
        await execute(change.connection, "run/end_ratings", gone.tolist())


async def find_changes(
    change: Change, snapshot: Snapshot, runs: Sequence[PolicyRun], record: RunRecord, standing: Standing
) -> RatingChanges:
    """Tell which ratings a run would add, change or end, and between which grades a full one moves them."""
    changes = _compare(snapshot, runs, standing, record)
    return replace(changes, moves=await _moves(change, snapshot, runs, standing)) if record.kind == "FULL" else changes


async def _moves(
    change: Change, snapshot: Snapshot, runs: Sequence[PolicyRun], standing: Standing
) -> dict[int, GradeMoves]:
    finder, found = MovesFinder(change.connection, standing), {}
    for run in runs:
        moves = await finder.find(run.in_force.policy.code, snapshot.ids[run.rows], run.outcome.stars)
        if moves is not None:
            found[run.in_force.id] = moves
    return found


async def reserve_run_id(change: Change) -> int:
    """Return the number that a run will have if it publishes."""
    number: int = await fetch_value(change.connection, "run/next_id")
    return number


async def publish_ratings(
    change: Change, run_id: int, snapshot: Snapshot, changes: RatingChanges, record: RunRecord
) -> None:
    """Write the run and what it changes within the open change set; ratings name a run that is there."""
    await _write_run(change, run_id, snapshot, record, changes.count)
    await execute(change.connection, "run/create_staging")
    await _end_ratings(change, changes.gone)
    words = await _stage(change, snapshot, changes, run_id)
    if changes.count > _MANY:
        await execute(change.connection, "run/keep_in_memory")
    if words:
        stamp = (run_id, snapshot.as_of, change.change_id)
        await execute(change.connection, "run/merge_ratings", *stamp, json.dumps(words, ensure_ascii=False))
    change.details["distributions"] = {
        str(run.in_force.id): await _write_policy(
            change, run_id, snapshot, run, full=record.kind == "FULL", moves=changes.moves.get(run.in_force.id)
        )
        for run, _, _ in changes.parts
    }
    await _finish_run(change, run_id, record)
    change.record = "rating_run_policy", "run_id", str(run_id)
