"""`past` shows every versioned table as it stood at a position, to statements that name tables without a schema."""

from registry.db.pool import Connection, Database, fetch_value
from registry.domain.actors import operator
from registry.services.transactions import ChangeKind, publishing

CLI = operator("cli")

TABLES = """
SELECT c.relname AS name, (
         SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attname)
           FROM pg_attribute AS a
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns
  FROM pg_class AS c
 WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('r', 'v')
   AND EXISTS (
     SELECT FROM pg_class AS h
      WHERE h.relnamespace = c.relnamespace AND h.relname = replace(c.relname, '_history', '') || '_history')
"""
NAMED = """INSERT INTO register.organisation (code, scheme, name, legal_form, region_code, status, change_id, ordinal)
           VALUES ($1, 'FAC', $2, 'OTHER', 'CN', 'ACTIVE', $3, 1)"""


async def test_every_versioned_table_is_shown_with_its_columns(admin: Connection) -> None:
    shown, tables = [
        {(row["name"], row["columns"]) for row in await admin.fetch(TABLES, schema)} for schema in ("past", "register")
    ]
    assert len(tables) > 20
    assert shown == tables


async def _names(database: Database, position: int | None) -> tuple[list[str], int, list[str]]:
    async with database.staff.acquire() as connection, connection.transaction():
        await connection.execute("SELECT set_config('registry.scope', 'ALL', true)")
        # Prepared before the path changes, as on a connection of the pool that has served runs.
        text = "SELECT name FROM organisation ORDER BY code"
        await connection.fetch(text)
        if position is not None:
            await fetch_value(connection, "session/read_as_of", position)
        found = [row[0] for row in await connection.fetch(text)]
        ended = [row[0] for row in await connection.fetch("SELECT name FROM organisation_history ORDER BY code, name")]
        return found, await fetch_value(connection, "change/position"), ended


async def _write(database: Database, text: str, *values: object) -> None:
    async with publishing(database, CLI, ChangeKind.CORRECTION, "test", action="test") as change:
        await change.reserve_from(1)
        await change.connection.execute(text.replace(":change", str(change.change_id)), *values)


async def test_rows_are_those_that_stood_at_the_position(database: Database) -> None:
    put = NAMED.replace("$3", ":change")
    await _write(database, put, "FAC:1", "first")
    await _write(database, "UPDATE register.organisation SET name = 'second', change_id = :change, ordinal = 1")
    await _write(database, put, "FAC:2", "other")
    await _write(database, "DELETE FROM register.organisation WHERE code = 'FAC:1'")
    stood = [(await _names(database, position))[0] for position in range(1, 5)]
    assert stood == [["first"], ["second"], ["second", "other"], ["other"]]
    assert (await _names(database, None))[0] == ["other"]
    assert await _names(database, 2) == (["second"], 2, ["first"])
    assert (await _names(database, 4))[2] == ["first", "second"]


async def test_what_was_begun_before_and_published_after_the_position_is_not_there(database: Database) -> None:
    put = NAMED.replace("$3", ":change")
    async with publishing(database, CLI, ChangeKind.CORRECTION, "slow", action="test") as slow:
        await slow.reserve_from(1)
        await slow.connection.execute(put.replace(":change", str(slow.change_id)), "FAC:1", "slow")
        await _write(database, put, "FAC:2", "quick")
    await _write(database, "UPDATE register.organisation SET name = 'amended', change_id = :change, ordinal = id")
    assert [(await _names(database, position))[0] for position in (1, 2)] == [["quick"], ["slow", "quick"]]
    assert (await _names(database, 3))[2] == ["slow", "quick"]
