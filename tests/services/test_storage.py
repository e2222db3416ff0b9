"""Storage in sickness and in health."""

import pytest

from registry.db.pool import Connection, Database
from registry.services import storage
from registry.services.readiness import Level
from registry.services.storage import check_storage, judge_age, judge_indexes, judge_tables, read_tables

FILL = """
CREATE TABLE register.sample (id bigint PRIMARY KEY, text text NOT NULL);
ALTER TABLE register.sample OWNER TO registry_owner;
ALTER TABLE register.sample SET (autovacuum_enabled = off);
INSERT INTO register.sample SELECT n, repeat('x', 100) FROM generate_series(1, 20000) AS n;
ANALYZE register.sample;
"""


@pytest.fixture
async def sample(admin: Connection) -> Connection:
    """A table that nobody clears but the test."""
    await admin.execute(FILL)
    await admin.execute("SELECT pg_stat_force_next_flush()")
    return admin


async def _sample(database: Database) -> storage.TableHealth:
    return next(table for table in await read_tables(database) if table.table == "sample")


async def test_a_healthy_register_is_told_with_its_sizes(database: Database) -> None:
    findings = await check_storage(database)
    assert {finding.check: finding.level for finding in findings} == dict.fromkeys(
        ("sizes", "bloat", "wraparound", "indexes"), Level.OK
    )
    details = findings[0].details
    assert {"person", "audit_event", "rating_history"} <= {row["table"] for row in details}
    sizes = [row["total_bytes"] for row in details]
    assert sizes == sorted(sizes, reverse=True)  # type: ignore[type-var]


async def test_sizes_and_rows_are_the_servers_own(database: Database, sample: Connection) -> None:
    health = await _sample(database)
    assert health.live_rows == 20_000
    assert health.total_bytes == await sample.fetchval("SELECT pg_total_relation_size('register.sample')")
    assert health.index_bytes == await sample.fetchval("SELECT pg_indexes_size('register.sample')")
    assert health.analysed_at is not None
    assert health.vacuumed_at is None
    assert health.estimated_bloat_bytes is not None
    assert health.estimated_bloat_bytes < 0.1 * health.heap_bytes


async def test_dead_rows_and_the_bloat_that_vacuum_leaves_are_told(
    database: Database, sample: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sample.execute("DELETE FROM register.sample WHERE id % 10 <> 0")
    await sample.execute("SELECT pg_stat_force_next_flush()")
    health = await _sample(database)
    assert (health.dead_rows, health.dead_share, health.is_dying) == (18_000, 0.9, True)
    dying = judge_tables([health], 1)[1]
    assert (dying.check, dying.level) == ("bloat", Level.WARN)
    assert "VACUUM" in (dying.remedy.en if dying.remedy else "")
    await sample.execute("VACUUM ANALYZE register.sample")
    await sample.execute("SELECT pg_stat_force_next_flush()")
    cleared = await _sample(database)
    assert (cleared.dead_rows, cleared.is_dying, cleared.is_bloated) == (0, False, False)
    monkeypatch.setattr(storage, "LEAST_BLOAT_BYTES", 1 << 20)
    assert cleared.is_bloated
    assert "bloated" in judge_tables([cleared], 1)[1].text.en


async def test_broken_and_unused_indexes_are_told(
    database: Database, sample: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "UNUSED_INDEX_BYTES", 8192)
    monkeypatch.setattr(storage, "ENOUGH_SCANS", 3)
    await sample.execute("CREATE INDEX sample_text ON register.sample (text)")
    for _ in range(3):
        await sample.fetch("SELECT count(*) FROM register.sample")
    await sample.execute("SELECT pg_stat_force_next_flush()")
    unused = [finding for finding in await check_storage(database) if finding.check == "indexes"]
    assert ["sample_text" in finding.text.en for finding in unused] == [True]
    assert unused[0].level is Level.WARN
    await sample.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'register.sample_text'::regclass")
    broken = [finding for finding in await check_storage(database) if finding.check == "indexes"]
    assert [finding.level for finding in broken] == [Level.FAIL]
    assert "REINDEX" in (broken[0].remedy.en if broken[0].remedy else "")


@pytest.mark.parametrize(
    ("transactions", "multixacts", "level"),
    [(10, 10, Level.OK), (600_000_000, 0, Level.WARN), (0, 600_000_000, Level.WARN), (1_600_000_000, 0, Level.FAIL)],
)
def test_the_age_of_transactions(transactions: int, multixacts: int, level: Level) -> None:
    finding = judge_age(transactions, multixacts)
    assert finding.level is level
    assert (finding.remedy is None) == (level is Level.OK)


def test_nothing_wrong_with_indexes_is_said() -> None:
    assert [finding.level for finding in judge_indexes([])] == [Level.OK]
