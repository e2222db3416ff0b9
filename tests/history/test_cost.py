"""What history costs: nothing for a row that does not change, and about a row for one that does."""

import io
from collections.abc import Awaitable

import pytest
from tests.services.importing.conftest import (
    EVERYTHING_IN,
    KEYS,
    ONE_OCCUPATION,
    OPERATOR,
    REGIONS,
    Row,
    as_csv,
    institution,
    organisation,
    person,
    put_rules,
)

from registry.db.pool import Connection, Database
from registry.services.importing import import_file

TABLES = """SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'register'::regnamespace AND c.relkind = 'r'
   AND (c.relname LIKE '%\\_history' OR EXISTS (
     SELECT FROM pg_class AS h WHERE h.relnamespace = c.relnamespace AND h.relname = c.relname || '_history'))"""
TOUCHED = f"""
SELECT s.relname, s.n_tup_ins, s.n_tup_upd, s.n_tup_del, s.n_dead_tup, pg_total_relation_size(s.relid) AS size
  FROM pg_stat_all_tables AS s WHERE s.schemaname = 'register' AND s.relname IN ({TABLES}) ORDER BY 1"""
MOST_FOR_A_CHANGE = 1.3


async def _import(database: Database, kind: str, content: bytes) -> None:
    names = {"file_name": f"{kind}.csv", "source": "test"}
    await import_file(database, OPERATOR, KEYS, kind, io.BytesIO(content), **names)


async def _state(admin: Connection) -> list[tuple[object, ...]]:
    """Counters and sizes of every table with history, once all sessions have told theirs."""
    await admin.execute("SELECT pg_stat_force_next_flush()")
    await admin.execute("SELECT pg_stat_clear_snapshot()")
    return [tuple(row) for row in await admin.fetch(TOUCHED)]


async def _tell_statistics(database: Database) -> None:
    async with database.staff.acquire() as connection:
        await connection.execute("SELECT pg_stat_force_next_flush()")


@pytest.mark.parametrize("kind", EVERYTHING_IN)
async def test_a_file_that_changes_nothing_touches_no_table_with_history(
    database: Database, admin: Connection, kind: str
) -> None:
    await admin.execute(ONE_OCCUPATION)
    await put_rules(database)
    for known, rows in EVERYTHING_IN.items():
        await _import(database, known, as_csv(known, rows))
        if known == kind:
            break
    await _tell_statistics(database)
    before = await _state(admin)
    again = as_csv(kind, EVERYTHING_IN[kind])
    logged = [await _logged(admin, _import(database, kind, again)) for _ in range(3)]
    await _tell_statistics(database)
    assert await _state(admin) == before
    assert min(logged) < 250_000, "the catalogue's share of temporary tables, and the batch's record"


async def _logged(admin: Connection, work: Awaitable[None]) -> int:
    """Bytes of the log meanwhile: the work's, and what the server adds just then (a checkpoint, a vacuum)."""
    begun = await admin.fetchval("SELECT pg_current_wal_insert_lsn()::text")
    await work
    return int(await admin.fetchval("SELECT pg_current_wal_insert_lsn() - $1::text::pg_lsn", begun))


MANY = 4_000
AMENDED: dict[str, tuple[list[Row], dict[str, object]]] = {
    "person": ([person(number, education="COLLEGE") for number in range(MANY)], {"education": "BACHELOR"}),
    "institution": ([institution(number) for number in range(MANY)], {"beds": 7}),
}
"""By table: the rows that stand, and what they are amended to."""
KIND_OF = {"person": "people", "institution": "institutions"}


@pytest.mark.parametrize("table", AMENDED)
async def test_a_change_costs_no_more_than_its_share_of_the_row(
    database: Database, admin: Connection, table: str
) -> None:
    rows, amended = AMENDED[table]
    if table == "institution":
        await _import(database, "regions", as_csv("regions", REGIONS))
        organisations = [organisation(number) for number in range(MANY)]
        await _import(database, "organisations", as_csv("organisations", organisations))
    await _import(database, KIND_OF[table], as_csv(KIND_OF[table], rows))
    size = "SELECT pg_total_relation_size(('register.' || $1)::regclass)"
    row, empty = await admin.fetchval(size, table), await admin.fetchval(size, f"{table}_history")
    await _import(database, KIND_OF[table], as_csv(KIND_OF[table], [{**one, **amended} for one in rows]))
    assert await admin.fetchval(f"SELECT count(*) FROM register.{table}_history") == MANY
    grown = await admin.fetchval(size, f"{table}_history") - empty
    assert 0 < grown <= MOST_FOR_A_CHANGE * row
