"""A worker: stands by until it leads, then follows the register and runs each job when it is due, once if missed."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from registry.db.mapping import domain_error
from registry.db.pool import Database
from registry.domain.errors import RegisterError
from registry.scheduler import history
from registry.scheduler.following import Behind, Follow, following
from registry.scheduler.history import Outcome, PastRun
from registry.scheduler.jobs import Job
from registry.scheduler.leadership import Leadership, bidding
from registry.scheduler.metrics import JOB_RUNS, JOB_SECONDS, LEADING

LONGEST_ABSENCE = timedelta(days=1500)
_DEFAULTS = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
_log = structlog.get_logger("registry.worker")


@dataclass(frozen=True, slots=True)
class Register:
    """The register as it can be reached now: its pools, and the address for the leader's own connection."""

    database: Database
    address: str


@dataclass(slots=True)
class Worker:
    """One worker process; `find_register` gives None while the database is away."""

    find_register: Callable[[], Register | None]
    jobs: Sequence[Job]
    poll_seconds: float = 5.0
    grace_seconds: float = 60.0
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    follow: Follow | None = None
    behind: Behind | None = None
    _running: set[asyncio.Task[object]] = field(default_factory=set)

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until told to stop; then give a running job `grace_seconds` to finish, or abandon it."""
        _log.info("worker.standing-by", jobs=[job.name for job in self.jobs])
        while not stopping.is_set():
            register = self.find_register()
            if register is not None:
                await self._bid(register, stopping)
            await _wait(stopping, self.poll_seconds)
        _log.info("worker.stopped")

    async def _bid(self, register: Register, stopping: asyncio.Event) -> None:
        try:
            async with bidding(register.address) as leadership:
                while not stopping.is_set() and self.find_register() == register:
                    if await leadership.try_take():
                        await self._lead(register.database, leadership, stopping)
                        return
                    await _wait(stopping, self.poll_seconds)
        except Exception as error:  # whatever a database answers, a worker goes on trying
            known = error if isinstance(error, RegisterError) else domain_error(error)
            if known is None:
                _log.exception("worker.failed")
            else:
                _log.warning("worker.unavailable", rule=known.rule, reason=known.message.en)

    async def _lead(self, database: Database, leadership: Leadership, stopping: asyncio.Event) -> None:
        _log.info("worker.leading")
        for name in await history.abandon_unfinished(database):
            _log.warning("job.abandoned", job=name)
            JOB_RUNS.labels(name, Outcome.ABANDONED).inc()
        LEADING.set(1)
        try:
            async with self._scheduled(database), self._following(database, leadership):
                while not stopping.is_set() and await leadership.is_held():
                    await _wait(stopping, self.poll_seconds)
                if stopping.is_set():
                    await self._finish(self.grace_seconds)
                else:
                    _log.warning("worker.deposed")
        finally:
            LEADING.set(0)

    def _following(self, database: Database, leadership: Leadership) -> AbstractAsyncContextManager[None]:
        return following(database, leadership, self.follow, self.poll_seconds, self.behind)

    @asynccontextmanager
    async def _scheduled(self, database: Database) -> AsyncIterator[None]:
        """Fire the jobs when they are due, and at once what was missed; in the end nothing of them runs any more."""
        scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=_DEFAULTS)
        for job in self.jobs:
            at_once = await self._find_missed(database, job)
            added = scheduler.add_job(self._fire, job.schedule.trigger, (database, job))
            if at_once is not None:
                _log.info("job.catching-up", job=job.name, scheduled_for=at_once.isoformat())
                added.modify(next_run_time=self.clock())
        scheduler.start()
        try:
            yield
        finally:
            scheduler.pause()
            await self._finish(0)
            scheduler.shutdown(wait=False)
            await asyncio.sleep(0)

    async def _find_missed(self, database: Database, job: Job) -> datetime | None:
        runs = await history.newest_runs(database, job.name)
        return self._slot(job, runs) if runs else None

    def _slot(self, job: Job, runs: Sequence[PastRun]) -> datetime | None:
        """The instant that a run beginning now is for: the newest due and not run yet; now itself for a second try."""
        now = self.clock()
        after = runs[0].scheduled_for if runs else now - LONGEST_ABSENCE
        due = job.schedule.newest_due(after, now)
        return now if due is None and _deserves_another(runs) else due

    async def _fire(self, database: Database, job: Job) -> None:
        """Run the job unless this instant was run before, and record how it ended."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._running.add(task)
        try:
            slot = self._slot(job, await history.newest_runs(database, job.name))
            run_id = None if slot is None else await history.begin(database, job.name, slot)
            if run_id is not None:
                await self._run(database, job, run_id)
        except Exception:  # the next leader finds the run unfinished and marks it
            _log.exception("job.unrecorded", job=job.name)
        finally:
            self._running.discard(task)

    async def _run(self, database: Database, job: Job, run_id: int) -> None:
        begun = time.perf_counter()
        _log.info("job.begun", job=job.name, job_run=run_id)
        try:
            outcome, detail = Outcome.DONE, await job.call(database)
        except asyncio.CancelledError:
            outcome, detail = Outcome.ABANDONED, "the worker was stopped or lost its lead"
        except RegisterError as error:
            outcome, detail = Outcome.FAILED, str(error)
        except Exception as error:
            outcome, detail = Outcome.FAILED, _log_failure(job, error)
        seconds = time.perf_counter() - begun
        JOB_RUNS.labels(job.name, outcome).inc()
        JOB_SECONDS.labels(job.name).observe(seconds)
        _log.info("job.ended", job=job.name, job_run=run_id, outcome=outcome, detail=detail, seconds=round(seconds, 3))
        await history.end(database, run_id, outcome, detail)

    async def _finish(self, grace_seconds: float) -> None:
        """Wait for running jobs, then cancel what has not finished."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def _deserves_another(runs: Sequence[PastRun]) -> bool:
    """True when the newest run was abandoned and the one before it was not: what kills its worker twice waits."""
    outcomes = [run.outcome for run in runs]
    return outcomes[:1] == [Outcome.ABANDONED] and outcomes[1:] != [Outcome.ABANDONED]


def _log_failure(job: Job, error: Exception) -> str:
    known = domain_error(error)
    if known is not None:
        return str(known)
    error_id = secrets.token_hex(8)
    _log.error("job.failed", job=job.name, error_id=error_id, exc_info=error)
    return f"internal error {error_id}"


async def _wait(stopping: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
