"""The database of one process: where it is, and its pools."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import structlog

from registry.db.embedded import EmbeddedServer, status
from registry.db.heartbeat import Heartbeat
from registry.db.mapping import domain_error
from registry.db.pool import STAFF_ROLE, Addresses, Database, connect, open_database
from registry.domain.errors import Bilingual, RegisterError, Unavailable
from registry.services.readiness import require_migrated
from registry.settings import Settings

LOGINS = ("registry_staff", "registry_public", "registry_admin")
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
WATCH_SECONDS = 2.0
_log = structlog.get_logger("registry.hosting")


def configured_addresses(settings: Settings) -> Addresses | None:
    """Return the addresses that the settings name, None where the embedded server serves."""
    if settings.database_url is None:
        return None
    staff = settings.database_url
    return Addresses(
        staff=staff.get_secret_value(),
        public=(settings.public_database_url or staff).get_secret_value(),
        owner=(settings.owner_database_url or staff).get_secret_value(),
    )


@contextmanager
def database_addresses(settings: Settings) -> Iterator[Addresses]:
    """Give the database's addresses; the embedded server runs as long as this lasts. Blocks while it starts."""
    given = configured_addresses(settings)
    if given is not None:
        yield given
        return
    with EmbeddedServer.open(settings.data_dir) as server:
        yield Addresses(*(server.dsn(login) for login in LOGINS))


@asynccontextmanager
async def opened_pools(addresses: Addresses, *, size: int = 10) -> AsyncIterator[Database]:
    """Open the pools of a database whose migrations are up to date; ConfigurationError says why one is refused."""
    await _require_migrated(addresses)
    async with open_database(addresses, size=size) as database:
        yield database


async def _require_migrated(addresses: Addresses) -> None:
    """The owner is asked where it is somebody of its own: before the first migration there is no other role."""
    owned = addresses.owner != addresses.staff
    connection = await (connect(addresses.owner) if owned else connect(addresses.staff, STAFF_ROLE))
    try:
        await require_migrated(connection)
    finally:
        await connection.close()


@asynccontextmanager
async def opened_register(settings: Settings, *, size: int = 4) -> AsyncIterator[Database]:
    """Open the register for one command; refuses a database whose migrations are not up to date."""
    with database_addresses(settings) as addresses:
        async with opened_pools(addresses, size=size) as database:
            yield database


class Host:
    """The pools of a serving process; while the database cannot be reached it keeps trying, and says why."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._closing = asyncio.Event()
        self._tried = asyncio.Event()
        self.addresses: Addresses | None = None
        self.database: Database | None = None
        self.problem = Unavailable(
            Bilingual("正在连接数据库", "Connecting to the database"), rule="database.connecting"
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hold the pools; begins after the first try, whether or not the database answered it."""
        task = asyncio.create_task(self._keep_trying())
        task.add_done_callback(lambda _: self._tried.set())
        try:
            await self._tried.wait()
            yield
        finally:
            self._closing.set()
            await task

    async def _keep_trying(self) -> None:
        pause_seconds = FIRST_PAUSE_SECONDS
        while not self._closing.is_set():
            try:
                await self._serve()
                pause_seconds = FIRST_PAUSE_SECONDS
            except Exception as error:  # whatever a database answers, a server goes on trying
                self._tell(error)
            self._tried.set()
            await self._wait(pause_seconds)
            pause_seconds = min(2 * pause_seconds, LONGEST_PAUSE_SECONDS)

    async def _serve(self) -> None:
        entered = database_addresses(self._settings)
        self.addresses = await asyncio.to_thread(entered.__enter__)
        try:
            async with opened_pools(self.addresses) as database:
                await self._serve_with(database, Heartbeat(self.addresses.staff))
        finally:
            await asyncio.to_thread(entered.__exit__, None, None, None)

    async def _serve_with(self, database: Database, heartbeat: Heartbeat) -> None:
        self.database = database
        self._tried.set()
        _log.info("database.opened")
        try:
            while not self._closing.is_set() and await self._is_kept():
                if not await heartbeat.is_heard():
                    self._give_up(database)
                    return
                await self._wait(WATCH_SECONDS)
        finally:
            self.database = None
            heartbeat.stop()

    def _give_up(self, database: Database) -> None:
        """End what waits for a database that stands still: who asked is told so, and pools are opened anew."""
        self._tell(Unavailable(Bilingual("数据库停滞，没有应答", "The database stands still"), rule="database.still"))
        database.terminate()

    async def _is_kept(self) -> bool:
        """False when the embedded server is gone with its keeper; any other end the pools survive by themselves."""
        if self._settings.database_url is not None:
            return True
        return (await asyncio.to_thread(status, self._settings.data_dir)).running

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    def _tell(self, error: Exception) -> None:
        known = error if isinstance(error, RegisterError) else domain_error(error)
        if known is None:
            _log.error("database.open-failed", exc_info=error)
            known = Unavailable(Bilingual("数据库没有应答", "The database does not answer"), rule="database.away")
        if known.rule != self.problem.rule:
            _log.warning("database.unavailable", rule=known.rule, reason=known.message.en)
        self.problem = Unavailable(known.message, rule=known.rule)
