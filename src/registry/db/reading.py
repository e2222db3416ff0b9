"""Reading by a statement that was built for one question: the planner's way to the database."""

from registry.db.mapping import mapped_errors
from registry.db.pool import Connection, Database, Record, fetch_row, fetch_value
from registry.db.rounds import Rounds
from registry.domain.errors import Bilingual, Unavailable


async def answer_publicly(database: Database | Rounds, text: str, values: list[object]) -> Record:
    """Return the one row of a built statement, read as the public role, which can reach disclosed views only.

    Of Rounds, on a round trip that what is asked at this moment may share.
    """
    with mapped_errors():
        row = await database.public.fetchrow(text, *values)
    return _required(row)


async def answer_on(connection: Connection, text: str, values: list[object]) -> Record:
    """Return the one row of a built statement, read on the connection of an open transaction."""
    with mapped_errors():
        row = await connection.fetchrow(text, *values)
    return _required(row)


async def rows_publicly(rounds: Rounds, text: str, values: list[object]) -> list[Record]:
    """Return the rows of a built statement as everybody sees them; what is asked at the same time is read once."""
    with mapped_errors():
        return await rounds.rows(text, values)


async def rows_on(connection: Connection, text: str, values: list[object]) -> list[Record]:
    """Return the rows of a built statement, read on the connection of an open transaction."""
    with mapped_errors():
        return await connection.fetch(text, *values)


async def read_position(database: Database) -> int:
    """Return the position of the newest change set."""
    with mapped_errors():
        async with database.public.acquire() as connection:
            position: int = await fetch_value(connection, "change/read_position")
            return position


def _required(row: Record | None) -> Record:
    if row is None:
        message = Bilingual("登记簿尚未建立", "The register has no head; run the migrations")
        raise Unavailable(message, rule="register.head-missing")
    return row


async def resolve_instant(database: Database, instant: object) -> Record:
    """Return `resolved_position`, `resolved_at` and `beyond_head` of an aware instant."""
    with mapped_errors():
        async with database.public.acquire() as connection:
            row = await fetch_row(connection, "change/resolve_instant", instant)
    return _required(row)
