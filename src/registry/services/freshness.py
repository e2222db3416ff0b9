"""How far the register has come, and how old its newest run and scheduled jobs are."""

from dataclasses import dataclass

from registry.db.mapping import mapped_errors
from registry.db.pool import Database, fetch, fetch_row


@dataclass(frozen=True, slots=True)
class Freshness:
    """The head's position, and ages in seconds by the database's clock; None where there has been no run."""

    position: int
    run_age_seconds: float | None
    job_ages_seconds: dict[tuple[str, str], float]
    """By job and outcome of its newest run that has ended."""


async def read_freshness(database: Database) -> Freshness:
    """Read the ages; a few milliseconds, whatever the size of the register."""
    with mapped_errors():
        async with database.staff.acquire() as connection:
            row = await fetch_row(connection, "doctor/freshness")
            jobs = await fetch(connection, "doctor/job_ages")
    assert row is not None  # noqa: S101 - the head is one row
    ages = {(job["job"], job["outcome"]): job["age_seconds"] for job in jobs}
    return Freshness(row["position"], row["run_age_seconds"], ages)
