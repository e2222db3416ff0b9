"""Rows into the database by COPY, the one place where an import's rows cross over."""

from collections.abc import Sequence

from registry.db.mapping import mapped_errors
from registry.db.pool import Connection

TEMPORARY_SCHEMA = "pg_temp"


async def copy_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> int:
    """Append rows, in the order of `columns`, to a temporary table of this connection; return how many."""
    with mapped_errors():
        tag = await connection.copy_records_to_table(
            table, schema_name=TEMPORARY_SCHEMA, columns=list(columns), records=rows
        )
    return int(tag.rsplit(" ", 1)[-1])
