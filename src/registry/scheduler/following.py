"""Following the register: a change set is heard of at once, and what it concerns is rated anew."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from registry.db.pool import Database
from registry.scheduler.leadership import Leadership
from registry.scheduler.metrics import FOLLOW_SECONDS
from registry.services.event_runs import Followed

Follow = Callable[[Database], Awaitable[Followed | None]]
Behind = Callable[[Database], Awaitable[None]]
"""What is done behind the ratings and may take a minute: nothing that is followed next waits for it."""

BUSY_SECONDS = 0.2
GRACE_SECONDS = 10.0
_log = structlog.get_logger("registry.worker")


@asynccontextmanager
async def following(
    database: Database, leadership: Leadership, follow: Follow | None, poll_seconds: float, behind: Behind | None = None
) -> AsyncIterator[None]:
    """Follow for as long as the block lasts; what is under way in the end may finish within GRACE_SECONDS."""
    if follow is None:
        yield
        return
    news, ended, beside = asyncio.Event(), asyncio.Event(), _Beside(behind)
    async with leadership.hearing(news.set):
        task = asyncio.create_task(_keep_following(database, beside.after(follow), news, ended, poll_seconds))
        try:
            yield
        finally:
            ended.set()
            news.set()
            _, late = await asyncio.wait({task}, timeout=GRACE_SECONDS)
            for unfinished in late:
                unfinished.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await beside.end()


class _Beside:
    """What is done behind, once at a time; what comes meanwhile is found the time after."""

    def __init__(self, work: Behind | None) -> None:
        self._work = work
        self._task: asyncio.Task[None] | None = None

    def after(self, follow: Follow) -> Follow:
        async def follow_and_begin(database: Database) -> Followed | None:
            followed = await follow(database)
            if followed is not None and self._work is not None and (self._task is None or self._task.done()):
                self._task = asyncio.create_task(self._run(self._work, database))
            return followed

        return follow_and_begin

    async def end(self) -> None:
        """Leave off; the next leader makes up for it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @staticmethod
    async def _run(work: Behind, database: Database) -> None:
        try:
            await work(database)
        except Exception:  # the next attempt finds what this one left
            _log.exception("follow.behind-failed")


async def _keep_following(
    database: Database, follow: Follow, news: asyncio.Event, ended: asyncio.Event, poll_seconds: float
) -> None:
    """Follow at once, at every piece of news, and now and then without; several pieces are followed together."""
    while not ended.is_set():
        news.clear()
        try:
            followed = await follow(database)
        except Exception:  # whatever a database answers, the next attempt finds what this one left
            _log.exception("follow.failed")
            await _wait(ended, poll_seconds)
            continue
        if followed is None:
            await _wait(ended, BUSY_SECONDS)
            news.set()
        elif followed.changes:
            _tell(followed)
        await _wait(news, poll_seconds)


def _tell(followed: Followed) -> None:
    FOLLOW_SECONDS.observe(followed.waited_seconds)
    _log.info(
        "follow.done",
        changes=followed.changes,
        institutions=followed.institutions,
        changed=followed.changed,
        seconds=round(followed.waited_seconds, 3),
    )


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
