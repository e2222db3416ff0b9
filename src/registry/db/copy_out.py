"""Rows out of the database as text by COPY, chunk by chunk, whatever their number."""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from registry.db.mapping import mapped_errors
from registry.db.pool import LONGEST_WAIT_FOR_CONNECTION_SECONDS, Connection, Database, execute
from registry.db.statements import statement

Sink = Callable[[bytes], Coroutine[Any, Any, None]]
_NEVER_IN_JSON = "\x01", "\x02"
"""PostgreSQL writes control characters of JSON as escapes, so as quote and delimiter these leave a line as it is."""


@asynccontextmanager
async def public_snapshot(database: Database) -> AsyncIterator[Connection]:
    """Open a transaction of the public role whose statements all see one moment, for as long as it takes."""
    with mapped_errors():
        async with (
            database.public.acquire(timeout=LONGEST_WAIT_FOR_CONNECTION_SECONDS) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await execute(connection, "export/begin")
            yield connection


async def copy_out(connection: Connection, name: str, sink: Sink, *arguments: object) -> int:
    """Hand the rows of a named statement to `sink` as UTF-8 CSV with a header, or the lines of one of JSON; count them.

    Which of the two the name tells by its end: `_csv` or `_jsonl`.
    """
    query = statement(name)
    with mapped_errors():
        if name.endswith("_jsonl"):
            quote, delimiter = _NEVER_IN_JSON
            tag = await connection.copy_from_query(
                query, *arguments, output=sink, format="csv", quote=quote, delimiter=delimiter
            )
        else:
            tag = await connection.copy_from_query(query, *arguments, output=sink, format="csv", header=True)
    return int(tag.rsplit(" ", 1)[-1])


async def describe_columns(connection: Connection, name: str) -> Sequence[tuple[str, str]]:
    """Return the columns of a named statement in their order, each with the name of its type."""
    with mapped_errors():
        prepared = await connection.prepare(statement(name))
    return [(attribute.name, attribute.type.name) for attribute in prepared.get_attributes()]
