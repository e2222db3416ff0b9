"""The lock of the leader: held by a connection of its own, so that it ends with the process or the connection."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from registry.db.mapping import mapped_errors
from registry.db.pool import STAFF_ROLE, Connection, connect, fetch_value
from registry.domain.errors import RegisterError

PATIENCE_SECONDS = 5.0
CHANNEL = "register_changes"


class Leadership:
    """A standing bid for the lock on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def try_take(self) -> bool:
        """Take the lock unless another holds it; never waits, since a waiting statement would hold back VACUUM."""
        return bool(await fetch_value(self._connection, "job/try_lead"))

    async def is_held(self) -> bool:
        """Tell whether the connection lives and still holds the lock."""
        with suppress(RegisterError, TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                return bool(await fetch_value(self._connection, "job/still_leads"))
        return False

    @asynccontextmanager
    async def hearing(self, told: Callable[[], None]) -> AsyncIterator[None]:
        """Call `told` whenever a change set is published, for as long as the block and the connection last."""

        def hear(*_: object) -> None:
            told()

        with mapped_errors():
            await self._connection.add_listener(CHANNEL, hear)
        try:
            yield
        finally:
            if not self._connection.is_closed():
                with suppress(RegisterError, TimeoutError), mapped_errors():
                    await self._connection.remove_listener(CHANNEL, hear)


@asynccontextmanager
async def bidding(address: str) -> AsyncIterator[Leadership]:
    """Open the connection of a bid; closing it gives the lock up."""
    connection = await connect(address, STAFF_ROLE)
    try:
        yield Leadership(connection)
    finally:
        with suppress(TimeoutError, RegisterError), mapped_errors():
            await connection.close(timeout=PATIENCE_SECONDS)
