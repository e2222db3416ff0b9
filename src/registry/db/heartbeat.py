"""Notices a database that stands still: one that neither answers nor refuses, as a machine that was stopped."""

import asyncio

import asyncpg

from registry.db.pool import Connection, connect, fetch_value
from registry.domain.errors import RegisterError

ANSWER_SECONDS = 10.0
"""How long the database may take to answer the least question, and how long to let somebody in."""


class Heartbeat:
    """A connection of its own that asks the least question, so that no crowded pool is taken for a database at rest."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._connection: Connection | None = None

    async def is_heard(self) -> bool:
        """False when the database answers neither on the connection that was open nor on a new one.

        A refusal is an answer: whoever refuses is there, and pools survive that by themselves.
        """
        return await self._answers() or await self._answers()

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                if self._connection is None:
                    self._connection = await connect(self._address)
                await fetch_value(self._connection, "doctor/ping")
        except TimeoutError:
            self.stop()
            return False
        except (RegisterError, asyncpg.PostgresError):
            self.stop()
        return True

    def stop(self) -> None:
        """Leave without a word: who does not answer takes no leave either."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
