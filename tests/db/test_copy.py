"""Columns by binary COPY into a temporary table."""

import random
import struct
from collections.abc import AsyncGenerator, Sequence
from datetime import date
from decimal import Decimal

import pytest

from registry.db.copy import column_types, copy_encoded, encode_columns
from registry.db.pool import Connection, Database
from registry.db.statements import statement, statement_names
from registry.domain.errors import Unavailable

CREATE = (
    "CREATE TEMPORARY TABLE rows_in (line integer, day date, amount numeric, name text, hash bytea, level smallint) "
    "ON COMMIT DROP"
)
COLUMNS = ("line", "day", "amount", "name", "hash", "level")
TYPES = ("integer", "date", "numeric", "text", "bytea", "smallint")
Row = tuple[object, ...]


async def _in_batches(types: Sequence[str], *batches: Sequence[Row]) -> AsyncGenerator[bytes, None]:
    for batch in batches:
        yield encode_columns(types, list(zip(*batch, strict=True)))


async def copied(connection: Connection, *batches: Sequence[Row]) -> list[Row]:
    """What stands in the table after a COPY of batches of rows."""
    await connection.execute(CREATE)
    types = await column_types(connection, "rows_in", COLUMNS)
    count = await copy_encoded(connection, "rows_in", COLUMNS, _in_batches(types, *batches))
    assert count == sum(map(len, batches))
    return [tuple(row) for row in await connection.fetch("SELECT * FROM rows_in ORDER BY line")]


ROWS: list[Row] = [
    (1, date(2024, 2, 29), Decimal("1.500"), "养老\t院\n", b"\x00\xff", 8),
    (2, None, None, None, None, None),
    (3, date(1900, 1, 1), Decimal("-120.05"), "养老\t院\n", b"", -1),
]


async def test_rows_arrive_in_order_with_their_types_and_nulls(database: Database) -> None:
    async with database.staff.acquire() as connection, connection.transaction():
        assert await copied(connection, ROWS[:1], ROWS[1:]) == ROWS


async def test_nothing_may_be_copied(database: Database) -> None:
    async with database.staff.acquire() as connection, connection.transaction():
        assert await copied(connection) == []


async def test_numbers_that_are_equal_keep_their_own_decimals(database: Database) -> None:
    amounts = ["1.0", "1.00", "0", "0.00", "-0.0001", "10000", "99999999.9999", "1E+5", "123456789012.345678"]
    rows: list[Row] = [(line, None, Decimal(text), None, None, None) for line, text in enumerate(amounts)]
    async with database.staff.acquire() as connection, connection.transaction():
        await copied(connection, rows)
        found = [row["amount"] for row in await connection.fetch("SELECT amount::text FROM rows_in ORDER BY line")]
    assert found == [f"{Decimal(text):f}" for text in amounts]


async def test_any_values_arrive_as_they_are(database: Database) -> None:
    rows = _drawn(random.Random(7), 2_000)
    async with database.staff.acquire() as connection, connection.transaction():
        assert await copied(connection, rows[:1_999], rows[1_999:]) == rows


def _drawn(draw: random.Random, count: int) -> list[Row]:
    """Rows of random values, some of them again and again, some of them None."""
    names = ["养老院", "", '\t"\\', "🏠" * 50]
    return [
        (
            line,
            draw.choice([None, date.fromordinal(draw.randint(1, date.max.toordinal()))]),
            draw.choice([None, Decimal(draw.randint(-(10**18), 10**18)).scaleb(-draw.randint(0, 18))]),
            draw.choice([None, *names, str(draw.random())]),
            draw.choice([None, draw.randbytes(draw.randint(0, 40))]),
            draw.choice([None, draw.randint(-(2**15), 2**15 - 1)]),
        )
        for line in range(count)
    ]


@pytest.mark.parametrize("name", [name for name in statement_names() if name.endswith("/stage")])
async def test_every_staging_table_can_be_copied_into(database: Database, name: str) -> None:
    async with database.staff.acquire() as connection, connection.transaction():
        await connection.execute(statement(name))
        fetched = await connection.fetch(statement("copy/column_types"), "import_staged")
        columns = [row["name"] for row in fetched]
        types = await column_types(connection, "import_staged", columns)
        assert encode_columns(types, [[None]] * len(types)) == struct.pack(">h", len(types)) + b"\xff" * 4 * len(types)


async def test_columns_may_come_in_another_order(database: Database) -> None:
    async with database.staff.acquire() as connection, connection.transaction():
        await connection.execute(CREATE)
        types = await column_types(connection, "rows_in", ("name", "line"))
        await copy_encoded(connection, "rows_in", ("name", "line"), _in_batches(types, [("x", 7)]))
        assert tuple(await connection.fetchrow("SELECT line, name FROM rows_in") or ()) == (7, "x")


async def test_no_table_of_the_register_can_be_reached(database: Database) -> None:
    async with database.staff.acquire() as connection:
        with pytest.raises(KeyError, match="code"):
            await column_types(connection, "occupation", ("code",))
        await connection.execute(CREATE.replace("DROP", "DELETE ROWS"))
        with pytest.raises(Exception, match=r"pg_temp.occupation"):
            await copy_encoded(connection, "occupation", ("code",), _in_batches(["text"], [("X",)]))


async def test_a_lost_connection_is_said_in_the_register_s_terms(database: Database) -> None:
    async with database.staff.acquire() as connection:
        await connection.close()
        with pytest.raises(Unavailable):
            await copy_encoded(connection, "rows_in", ("line",), _in_batches(["integer"], [(1,)]))
