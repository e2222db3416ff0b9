"""The jobs of a register."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from registry.db.pool import Database
from registry.domain.actors import operator
from registry.scheduler.schedules import Schedule
from registry.services.rating_runs import recompute

SCHEDULER = operator("scheduler")


@dataclass(frozen=True, slots=True)
class Job:
    """One service call on a schedule; the call returns what it did in one line."""

    name: str
    schedule: Schedule
    call: Callable[[Database], Awaitable[str]]


async def score_all(database: Database) -> str:
    """Make a full scoring run as of today."""
    summary = await recompute(database, SCHEDULER)
    return f"run {summary.id}: {summary.changed} of {summary.institutions} institutions changed"


def scheduled_jobs(full_run: Schedule) -> Sequence[Job]:
    """Return every job with its schedule."""
    return [Job("full-run", full_run, score_all)]
