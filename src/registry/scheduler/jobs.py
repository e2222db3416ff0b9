"""The jobs of a register."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from registry.db.pool import Database
from registry.domain.actors import operator
from registry.domain.lawdays import law_day
from registry.domain.signing import Signer
from registry.scheduler.following import Follow
from registry.scheduler.metrics import FLAGS_RAISED
from registry.scheduler.schedules import Schedule
from registry.services.checkpoints import sign_checkpoint
from registry.services.erasure import erase_due
from registry.services.event_runs import Followed, follow_changes
from registry.services.flags.raising import raise_flags
from registry.services.nightly_exports import export_all, remove_exports, renew_exports
from registry.services.rating_runs import recompute
from registry.services.representatives import erase_representatives
from registry.services.request_limits import forget_counts
from registry.services.retention import prune
from registry.services.statistics import count_workforce

SCHEDULER = operator("scheduler")
_log = structlog.get_logger("registry.worker")
EVERY_FIVE_MINUTES = "*/5 * * * *"
JobCall = Callable[[Database], Awaitable[str]]
"""Does the work of a job and tells in one line what it did."""


@dataclass(frozen=True, slots=True)
class Job:
    """One service call on a schedule; the call returns what it did in one line."""

    name: str
    schedule: Schedule
    call: JobCall


async def score_all(database: Database) -> str:
    """Make a full scoring run as of today, then count the workforce that the ratings stand beside."""
    summary = await recompute(database, SCHEDULER)
    counted = await count_workforce(database, SCHEDULER)
    return (
        f"run {summary.id}: {summary.changed} of {summary.institutions} institutions changed; "
        f"{counted.regions} regions counted"
    )


async def rate_what_changed(database: Database) -> Followed | None:
    """Rate anew what was changed since the last time; None while a run is under way."""
    return await follow_changes(database, SCHEDULER)


async def raise_what_followed(database: Database) -> None:
    """Raise flags for what was changed since the last time, and once a day for all that stands."""
    raised = await raise_flags(database, SCHEDULER)
    FLAGS_RAISED.inc(raised.flags if raised is not None else 0)


async def erase_everybody_due(database: Database) -> str:
    """Erase the people and the names of legal representatives that are past their terms."""
    today = law_day(datetime.now(UTC))
    result = await erase_due(database, SCHEDULER, today)
    names = await erase_representatives(database, SCHEDULER, today)
    return f"{result.erased} of {result.due} people erased, {names} names of legal representatives"


async def prune_all(database: Database) -> str:
    """Remove what is kept for a term only and past it."""
    today = law_day(datetime.now(UTC))
    removed = await prune(database, SCHEDULER, today)
    callers = await forget_counts(database, SCHEDULER, today)
    return ", ".join(f"{count} of {subject}" for subject, count in removed.items()) + f", {callers} callers removed"


def signing_checkpoints(signer: Callable[[], Signer], keep: Callable[[str], object]) -> JobCall:
    """Return the job that signs how far the audit chain reaches and hands the signed text to `keep`."""

    async def sign(database: Database) -> str:
        signed = await sign_checkpoint(database, SCHEDULER, signer())
        if signed is None:
            return "nothing happened since the newest checkpoint"
        keep(signed.text)
        return f"signed up to event {signed.sequence}"

    return sign


class ExportJobs:
    """The jobs over the exports below a folder; they take turns."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = asyncio.Lock()
        self._beside: asyncio.Task[None] | None = None

    async def export(self, database: Database) -> str:
        """Export every set, and remove what is past its term."""
        async with self._turn:
            made = await export_all(database, self._folder)
            removed = await remove_exports(database, SCHEDULER, self._folder, law_day(datetime.now(UTC)))
        return f"{len(made)} exports made, {removed} removed"

    async def renew(self, database: Database) -> str:
        """Export anew what is gone because an entry in it has ended."""
        async with self._turn:
            made = await renew_exports(database, self._folder)
        return f"{len(made)} exports made"

    def after(self, follow: Follow) -> Follow:
        """Return `follow` with a renewal behind it, for which what is followed next does not wait."""

        async def follow_and_renew(database: Database) -> Followed | None:
            followed = await follow(database)
            if followed is not None and followed.changes and (self._beside is None or self._beside.done()):
                self._beside = asyncio.create_task(self._renew_beside(database))
            return followed

        return follow_and_renew

    async def _renew_beside(self, database: Database) -> None:
        try:
            _log.info("exports.renewed", detail=await self.renew(database))
        except Exception:  # the job that comes every five minutes finds what this one left
            _log.exception("exports.renewal-failed")


def scheduled_jobs(
    full_run: Schedule, housekeeping: Schedule, checkpoint: JobCall, exports: ExportJobs
) -> Sequence[Job]:
    """Return every job with its schedule; `checkpoint` signs the audit chain, `exports` write what is published."""
    return [
        Job("full-run", full_run, score_all),
        Job("erase-due", housekeeping, erase_everybody_due),
        Job("prune", housekeeping, prune_all),
        Job("checkpoint", housekeeping, checkpoint),
        Job("export", housekeeping, exports.export),
        Job("renew-exports", Schedule(EVERY_FIVE_MINUTES, housekeeping.zone), exports.renew),
    ]
