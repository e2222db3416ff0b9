"""What ran when, and how it ended."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from registry.db.mapping import mapped_errors
from registry.db.pool import Database, execute, fetch, fetch_value


class Outcome(StrEnum):
    """How a run of a job ended."""

    DONE = "DONE"
    FAILED = "FAILED"
    ABANDONED = "ABANDONED"


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run of a job; `outcome` is None while it runs."""

    scheduled_for: datetime
    outcome: str | None


async def begin(database: Database, job: str, scheduled_for: datetime) -> int | None:
    """Record that a run begins and return its id; None where this one was run before."""
    with mapped_errors():
        async with database.staff.acquire() as connection:
            number: int | None = await fetch_value(connection, "job/begin", job, scheduled_for)
            return number


async def end(database: Database, run_id: int, outcome: Outcome, detail: str) -> None:
    """Record how a run ended; a run that has ended already stays as it is."""
    with mapped_errors():
        async with database.staff.acquire() as connection:
            await execute(connection, "job/end", run_id, outcome, detail)


async def abandon_unfinished(database: Database) -> list[str]:
    """Mark as ABANDONED what an earlier leader left running, and return the names of those jobs."""
    with mapped_errors():
        async with database.staff.acquire() as connection:
            return [row["job"] for row in await fetch(connection, "job/abandon_unfinished")]


async def newest_runs(database: Database, job: str) -> list[PastRun]:
    """Return the newest two runs of a job, newest first."""
    with mapped_errors():
        async with database.staff.acquire() as connection:
            return [PastRun(*row) for row in await fetch(connection, "job/newest", job)]
