"""Waking whoever waits for changes: one connection listens for all; the tables, not its messages, are the truth."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from registry.db.pool import Connection, Pool

CHANNEL = "register_changes"
PAUSE_SECONDS = 1.0


class Wakeups:
    """Counts the occasions to look for changes; a connection is held only while somebody waits."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._changed = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None
        self.occasions = 0
        self.waiting = 0

    @asynccontextmanager
    async def hearing(self) -> AsyncIterator[None]:
        """Listen for as long as the block lasts."""
        self.waiting += 1
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            self.waiting -= 1
            if self.waiting == 0 and self._listening is not None:
                self._listening.cancel()
                self._listening = None

    async def after(self, occasion: int, patience_seconds: float) -> None:
        """Return when there was an occasion later than this one, or after so long in any case."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_seconds):
                while self.occasions <= occasion:
                    await self._changed.wait()

    def _wake(self, *_: object) -> None:
        self.occasions += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def _listen(self) -> None:
        while True:
            with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                async with self._pool.acquire() as connection:
                    await self._hear(connection)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _hear(self, connection: Connection) -> None:
        ended = asyncio.Event()

        def end(*_: object) -> None:
            ended.set()

        connection.add_termination_listener(end)
        await connection.add_listener(CHANNEL, self._wake)
        self._wake()  # what was published while nobody listened
        try:
            await ended.wait()
        finally:
            connection.remove_termination_listener(end)
            if not connection.is_closed():
                await connection.remove_listener(CHANNEL, self._wake)
