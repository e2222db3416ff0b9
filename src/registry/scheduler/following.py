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

BUSY_SECONDS = 0.2
GRACE_SECONDS = 10.0
_log = structlog.get_logger("registry.worker")


@asynccontextmanager
async def following(
    database: Database, leadership: Leadership, follow: Follow | None, poll_seconds: float
) -> AsyncIterator[None]:
    """Follow for as long as the block lasts; what is under way in the end may finish within GRACE_SECONDS."""
    if follow is None:
        yield
        return
    news, ended = asyncio.Event(), asyncio.Event()
    async with leadership.hearing(news.set):
        task = asyncio.create_task(_keep_following(database, follow, news, ended, poll_seconds))
        try:
            yield
        finally:
            ended.set()
            news.set()
            _, late = await asyncio.wait({task}, timeout=GRACE_SECONDS)
            for unfinished in late:
                unfinished.cancel()
            await asyncio.gather(task, return_exceptions=True)


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
