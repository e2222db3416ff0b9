"""Rows by COPY into a temporary table."""

from datetime import date
from decimal import Decimal

import pytest

from registry.db.copy import copy_rows
from registry.db.pool import Database
from registry.domain.errors import Unavailable

CREATE = "CREATE TEMPORARY TABLE rows_in (line integer, day date, amount numeric, name text, hash bytea) ON COMMIT DROP"
COLUMNS = ("line", "day", "amount", "name", "hash")


async def test_rows_arrive_in_order_with_their_types_and_nulls(database: Database) -> None:
    rows = [(1, date(2024, 2, 29), Decimal("1.500"), "养老\t院\n", b"\x00\xff"), (2, None, None, None, None)]
    async with database.staff.acquire() as connection, connection.transaction():
        await connection.execute(CREATE)
        assert await copy_rows(connection, "rows_in", COLUMNS, rows) == 2
        assert await copy_rows(connection, "rows_in", COLUMNS, rows[:1]) == 1
        assert [tuple(row) for row in await connection.fetch("SELECT * FROM rows_in")] == [*rows, rows[0]]


async def test_columns_may_come_in_another_order(database: Database) -> None:
    async with database.staff.acquire() as connection, connection.transaction():
        await connection.execute(CREATE)
        await copy_rows(connection, "rows_in", ("name", "line"), [("x", 7)])
        assert tuple(await connection.fetchrow("SELECT line, name FROM rows_in") or ()) == (7, "x")


async def test_no_table_of_the_register_can_be_reached(database: Database) -> None:
    async with database.staff.acquire() as connection:
        with pytest.raises(Exception, match="occupation"):
            await copy_rows(connection, "occupation", ("code",), [("X",)])


async def test_a_lost_connection_is_said_in_the_register_s_terms(database: Database) -> None:
    async with database.staff.acquire() as connection:
        await connection.close()
        with pytest.raises(Unavailable):
            await copy_rows(connection, "rows_in", ("line",), [(1,)])
