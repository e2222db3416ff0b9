"""Every table that grows or is amended has settings by which the server keeps up with it."""

import pytest
from tests.services.importing.conftest import REGIONS, as_csv, institution, organisation

from registry.db.pool import Connection, Database
from registry.domain.actors import operator
from registry.services.importing import import_file
from registry.services.transactions import ChangeKind, publishing

CLI = operator("cli")
FULL_ROWS = 4_000_000
AMENDED_AT_ONCE = 10_000
OPTIONS = """
SELECT c.relname, o.option_name, o.option_value::float
  FROM pg_class AS c CROSS JOIN LATERAL pg_options_to_table(c.reloptions) AS o
 WHERE c.relnamespace = 'register'::regnamespace AND c.relkind = 'r'
"""
DEFAULTS = {
    "autovacuum_vacuum_threshold": 50.0,
    "autovacuum_vacuum_scale_factor": 0.2,
    "autovacuum_vacuum_insert_threshold": 1000.0,
    "autovacuum_vacuum_insert_scale_factor": 0.2,
}


async def _options(admin: Connection) -> dict[str, dict[str, float]]:
    given: dict[str, dict[str, float]] = {}
    for table, name, value in await admin.fetch(OPTIONS):
        given.setdefault(table, {})[name] = value
    return given


def _due_at(options: dict[str, float], rows: int, kind: str = "") -> float:
    """After how many dead (or inserted) rows the server vacuums a table."""
    merged = DEFAULTS | options
    return merged[f"autovacuum_vacuum{kind}_threshold"] + merged[f"autovacuum_vacuum{kind}_scale_factor"] * rows


async def test_every_versioned_table_is_cleared_after_a_few_imports_at_full_size(admin: Connection) -> None:
    options = await _options(admin)
    rows = await admin.fetch("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'keep_amended'")
    versioned = [row[0].removeprefix("register.") for row in rows]
    assert len(versioned) >= 13
    for table in versioned:
        assert _due_at(options[table], FULL_ROWS) <= 5 * AMENDED_AT_ONCE, table
        assert _due_at(options[table], 10_000) >= 1_000, table
        assert _due_at(options[f"{table}_history"], FULL_ROWS, "_insert") <= 10 * AMENDED_AT_ONCE, table
    for table in ("audit_event", "change_set", "rating_rank_block"):
        assert _due_at(options[table], FULL_ROWS, "_insert") <= 10 * AMENDED_AT_ONCE, table


@pytest.fixture
async def amended(database: Database) -> Database:
    """A register of 600 institutions."""
    import io

    for kind, rows in (
        ("regions", REGIONS),
        ("organisations", [organisation(1)]),
        ("institutions", [institution(n, organisation_code=organisation(1)["organisation_code"]) for n in range(600)]),
    ):
        content = io.BytesIO(as_csv(kind, rows))
        await import_file(database, CLI, None, kind, content, file_name=f"{kind}.csv", source="test")
    return database


async def _amend(database: Database, count: int) -> None:
    async with publishing(database, CLI, ChangeKind.CORRECTION, "a round", action="test") as change:
        await change.connection.execute(
            """UPDATE register.institution AS i
                  SET beds = beds + 1, change_id = register.current_change(), ordinal = n.ordinal
                 FROM (SELECT id, row_number() OVER (ORDER BY id) AS ordinal FROM register.institution
                        ORDER BY id LIMIT $1) AS n WHERE n.id = i.id""",
            count,
        )
        await change.reserve_from(count)


async def test_fifty_rounds_of_amendments_leave_a_table_of_bounded_size(amended: Database, admin: Connection) -> None:
    """The server's own rule, applied by hand so that no clock decides: vacuum when as many rows are dead as it says."""
    scale = (await _options(admin))["institution"]["autovacuum_vacuum_scale_factor"]
    threshold = 60 + scale * 600
    await admin.execute("ALTER TABLE register.institution SET (autovacuum_enabled = off)")
    await admin.execute("VACUUM ANALYZE register.institution")
    size = "SELECT pg_total_relation_size('register.institution')"
    before, dead, sizes = await admin.fetchval(size), 0.0, []
    for _ in range(50):
        await _amend(amended, 60)
        dead += 60
        if dead > threshold:
            await admin.execute("VACUUM register.institution")
            dead = 0
        sizes.append(await admin.fetchval(size))
    assert max(sizes) <= 2 * before
    assert max(sizes[25:]) <= 1.15 * max(sizes[:25])
    assert await admin.fetchval("SELECT count(*) FROM register.institution_history") == 3_000
    hot = await admin.fetchval("SELECT n_tup_hot_upd FROM pg_stat_all_tables WHERE relname = 'institution'")
    assert hot == 0, "an amendment stayed on its page: a fillfactor would pay"
