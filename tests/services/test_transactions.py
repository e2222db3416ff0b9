"""Change sets, history in recorded time, the audit chain and the rights of the three database roles."""

import asyncio
import hashlib
from datetime import UTC, datetime

import asyncpg
import pytest

from registry.db.pool import Addresses, Connection, Database, fetch_row, open_database, read_instant
from registry.domain.actors import Actor, operator
from registry.services.transactions import Change, ChangeKind, acting, acting_beside, publishing

CLI = operator("cli")


async def _add_organisation(change: Change, code: str, name: str) -> int:
    base = await change.reserve_from(1)
    number: int = await change.connection.fetchval(
        """INSERT INTO register.organisation (code, scheme, name, legal_form, region_code, status, ordinal)
           VALUES ($1, 'USCC', $2, 'COMPANY', '110000', 'ACTIVE', $3) RETURNING id""",
        code,
        name,
        base + 1,
    )
    return number


async def _rename(change: Change, code: str, name: str) -> None:
    base = await change.reserve_from(1)
    await change.connection.execute(
        "UPDATE register.organisation SET name = $2, change_id = $3, ordinal = $4 WHERE code = $1",
        code,
        name,
        change.change_id,
        base + 1,
    )


async def _publish_one(database: Database, code: str, name: str) -> Change:
    async with publishing(database, CLI, ChangeKind.CORRECTION, "test", action="test") as change:
        await _add_organisation(change, code, name)
    return change


async def _positions(connection: Connection) -> list[int]:
    return [row["position"] for row in await connection.fetch("SELECT position FROM register.change_set ORDER BY 1")]


async def test_history_keeps_what_was_said_before_a_correction(database: Database, admin: Connection) -> None:
    first = await _publish_one(database, "A", "before")
    async with publishing(database, CLI, ChangeKind.CORRECTION, "name was wrong", action="test") as second:
        await _rename(second, "A", "after")
    said = await admin.fetch(
        "SELECT name, recorded_from, recorded_to FROM disclosure.organisation_version ORDER BY recorded_from"
    )
    assert [tuple(row) for row in said] == [("before", 1, 2), ("after", 2, None)]
    feed = await admin.fetch(
        "SELECT change_id, action, current::json->>'name', previous::json->>'name' FROM disclosure.change ORDER BY 1"
    )
    assert [tuple(row) for row in feed] == [
        (first.change_id, "ADDED", "before", None),
        (second.change_id, "AMENDED", "after", "before"),
    ]


async def test_an_ended_row_leaves_its_last_version_and_an_ended_entry_in_the_feed(
    database: Database, admin: Connection
) -> None:
    await _publish_one(database, "A", "gone")
    async with publishing(database, CLI, ChangeKind.CORRECTION, "never existed", action="test") as change:
        await change.connection.execute("SELECT set_config('registry.ordinal_base', '0', true)")
        await change.connection.execute("DELETE FROM register.organisation WHERE code = 'A'")
        change.written += 1
    row = await admin.fetchrow(
        "SELECT ordinal, action, previous::json->>'name' AS was FROM disclosure.change WHERE action = 'ENDED'"
    )
    assert row is not None
    assert tuple(row) == (1, "ENDED", "gone")


async def test_rows_cannot_end_outside_a_change_set(database: Database) -> None:
    await _publish_one(database, "A", "stays")
    async with acting(database, CLI) as work:
        with pytest.raises(asyncpg.RestrictViolationError):
            await work.connection.execute("DELETE FROM register.organisation")


async def test_a_row_changed_twice_in_one_change_set_leaves_one_version(database: Database, admin: Connection) -> None:
    async with publishing(database, CLI, ChangeKind.CORRECTION, "test", action="test") as change:
        await _add_organisation(change, "A", "draft")
        await _rename(change, "A", "final")
    assert await admin.fetchval("SELECT count(*) FROM register.organisation_history") == 0


async def test_positions_have_no_gap_though_ids_do(database: Database, admin: Connection) -> None:
    await _publish_one(database, "A", "one")
    with pytest.raises(RuntimeError):
        async with publishing(database, CLI, ChangeKind.CORRECTION, "fails", action="test") as failing:
            await _add_organisation(failing, "B", "lost")
            raise RuntimeError
    last = await _publish_one(database, "C", "two")
    assert await _positions(admin) == [1, 2]
    assert last.change_id == 3
    assert await admin.fetchval("SELECT count(*) FROM register.audit_event") == 2


async def test_concurrent_publishers_get_gap_free_positions_in_commit_order(
    database: Database, admin: Connection
) -> None:
    await asyncio.gather(*(_publish_one(database, f"O{number}", "x") for number in range(24)))
    assert await _positions(admin) == list(range(1, 25))
    times = await admin.fetch("SELECT recorded_at FROM register.change_set ORDER BY position")
    assert [row[0] for row in times] == sorted({row[0] for row in times})


async def test_a_slow_transaction_does_not_hold_up_another_publisher(database: Database, admin: Connection) -> None:
    async with publishing(database, CLI, ChangeKind.IMPORT, "slow", action="test") as slow:
        await _add_organisation(slow, "S", "slow")
        quick = await asyncio.wait_for(_publish_one(database, "Q", "quick"), timeout=60)
    assert quick.published is not None
    assert slow.published is not None
    assert (quick.published.position, slow.published.position) == (1, 2)


async def test_an_instant_means_the_newest_change_set_recorded_by_then(database: Database, admin: Connection) -> None:
    first = await _publish_one(database, "A", "one")
    second = await _publish_one(database, "B", "two")
    assert first.published is not None
    assert second.published is not None

    async def resolve(instant: datetime) -> tuple[int, bool]:
        row = await fetch_row(admin, "change/resolve_instant", instant)
        assert row is not None
        return row["resolved_position"], row["beyond_head"]

    assert await resolve(datetime(2001, 1, 1, tzinfo=UTC)) == (0, False)
    assert await resolve(first.published.recorded_at) == (1, False)
    assert await resolve(second.published.recorded_at) == (2, False)
    assert await resolve(datetime.now(UTC)) == (2, True)


async def test_a_reader_beyond_the_head_waits_for_a_publisher_about_to_commit(
    database: Database, addresses: Addresses
) -> None:
    await _publish_one(database, "A", "one")
    publisher, reader = await asyncpg.connect(addresses.owner), await asyncpg.connect(addresses.public)
    transaction = publisher.transaction()
    await transaction.start()
    await publisher.execute("SELECT register.publish_change_set(99, 'IMPORT', 'x', 'x', NULL, NULL, 0)")
    asked = asyncio.create_task(fetch_row(reader, "change/resolve_instant", datetime.now(UTC)))
    done, _ = await asyncio.wait({asked}, timeout=0.3)
    assert not done
    await transaction.commit()
    row = await asked
    assert row is not None
    assert row["resolved_position"] == 2
    await publisher.close()
    await reader.close()


async def test_audit_events_chain_by_sha256(database: Database, admin: Connection) -> None:
    for code in "AB":
        await _publish_one(database, code, code)
    previous = bytes(32)
    for row in await admin.fetch("SELECT * FROM register.audit_event ORDER BY sequence"):
        assert row["previous_hash"] == previous
        previous = hashlib.sha256(previous + row["payload"].encode()).digest()
        assert row["hash"] == previous
        assert (row["action"], row["actor"]) == ("test", "cli")
    assert previous == await admin.fetchval("SELECT hash FROM register.audit_head")


@pytest.mark.parametrize(
    "command",
    [
        "UPDATE register.audit_event SET payload = '{}'",
        "DELETE FROM register.audit_event",
        "UPDATE register.audit_head SET sequence = 0",
        "UPDATE register.register_head SET position = 0",
        "DELETE FROM register.change_set",
        "UPDATE register.organisation_history SET name = 'x'",
        "DELETE FROM register.organisation_history",
        "INSERT INTO register.organisation_history SELECT *, 1, 1 FROM register.organisation",
        "UPDATE register.rating_policy SET document = ''",
        "SET ROLE registry_owner",
        "ALTER TABLE register.organisation DISABLE TRIGGER ALL",
    ],
)
async def test_staff_cannot_rewrite_the_past(database: Database, command: str) -> None:
    async with database.staff.acquire() as connection:
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.InvalidParameterValueError)):
            await connection.execute(command)


@pytest.mark.parametrize(
    "command",
    [
        "UPDATE register.organisation SET name = 'rewritten'",
        "UPDATE register.organisation SET name = 'rewritten', change_id = 1",
        "UPDATE register.organisation SET name = 'rewritten', change_id = 4711",
        "SET registry.change_id = '1'; UPDATE register.organisation SET name = 'rewritten', change_id = 1",
        "SET registry.change_id = '1'; DELETE FROM register.organisation",
        "INSERT INTO register.organisation (code, scheme, name, legal_form, region_code, status, change_id, ordinal)"
        " VALUES ('B', 'USCC', 'back-dated', 'COMPANY', '110000', 'ACTIVE', 1, 2)",
        "SET registry.change_id = '1';"
        "INSERT INTO register.organisation (code, scheme, name, legal_form, region_code, status, ordinal)"
        " VALUES ('B', 'USCC', 'back-dated', 'COMPANY', '110000', 'ACTIVE', 2)",
    ],
)
async def test_nothing_is_written_into_a_published_change_set_or_none(database: Database, command: str) -> None:
    await _publish_one(database, "A", "recorded")
    async with database.staff.acquire() as connection:
        with pytest.raises((asyncpg.RestrictViolationError, asyncpg.InsufficientPrivilegeError)):
            await connection.execute(f"SELECT set_config('registry.scope', 'ALL', false); {command}")


async def test_rotating_the_data_key_is_no_change(database: Database, admin: Connection) -> None:
    await _seed_two_regions(admin)
    async with acting(database, CLI) as work:
        await work.connection.execute(
            "UPDATE register.person SET number_encrypted = 'again', number_hash = '\\x07' WHERE id = 1"
        )
        with pytest.raises(asyncpg.RestrictViolationError):
            await work.connection.execute("UPDATE register.person SET name = 'another'")
    assert await admin.fetchval("SELECT count(*) FROM register.person_history") == 0


async def test_no_function_is_open_to_everybody(admin: Connection) -> None:
    opened = await admin.fetch(
        """SELECT p.oid::regprocedure::text FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
            WHERE n.nspname IN ('register', 'disclosure')
              AND EXISTS (
                SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE a.grantee = 0)"""
    )
    assert opened == []


async def test_every_versioned_table_is_under_row_level_security(admin: Connection) -> None:
    bare = await admin.fetch(
        """SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = 'register' AND c.relkind = 'r' AND NOT c.relrowsecurity
              AND (c.relname LIKE '%\\_history' OR EXISTS (
                SELECT FROM pg_class AS h WHERE h.relnamespace = n.oid AND h.relname = c.relname || '_history'))"""
    )
    assert bare == []


@pytest.mark.parametrize(
    "table", ["person", "employment", "certificate", "api_key", "audit_event", "import_batch", "organisation"]
)
async def test_the_public_role_reads_no_table(database: Database, table: str) -> None:
    async with database.public.acquire() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"SELECT * FROM register.{table}")


async def test_the_public_role_can_write_nothing(database: Database, admin: Connection) -> None:
    names = await admin.fetch(
        """SELECT c.oid::regclass::text FROM pg_class AS c
             JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname IN ('register', 'disclosure', 'public') AND c.relkind IN ('r', 'v')
              AND (has_table_privilege('registry_public', c.oid, 'INSERT, UPDATE, DELETE')
                   OR (n.nspname = 'register' AND has_table_privilege('registry_public', c.oid, 'SELECT')))"""
    )
    assert names == []


async def _seed_two_regions(admin: Connection) -> None:
    await admin.execute(
        """
        SET registry.change_id = '1';
        INSERT INTO register.region (code, name, level, parent_code, path, valid, ordinal) VALUES
          ('CN', '中国', 'NATION', NULL, 'CN', '[1949-10-01,)', 1),
          ('110000', '北京市', 'PROVINCE', 'CN', 'CN/110000', '[1949-10-01,)', 2),
          ('220000', '吉林省', 'PROVINCE', 'CN', 'CN/220000', '[1949-10-01,)', 3),
          ('220100', '长春市', 'PREFECTURE', '220000', 'CN/220000/220100', '[1949-10-01,)', 4);
        INSERT INTO register.organisation (code, scheme, name, legal_form, region_code, status, ordinal)
          VALUES ('O', 'USCC', 'o', 'COMPANY', '110000', 'ACTIVE', 5);
        INSERT INTO register.institution
          (code, scheme, organisation_id, name, name_pinyin, name_initials, kind, region_code, status, beds, ordinal)
          VALUES ('I1', 'USCC', 1, 'i1', 'i1', 'i1', 'CARE_HOME', '110000', 'ACTIVE', 1, 6),
                 ('I2', 'USCC', 1, 'i2', 'i2', 'i2', 'CARE_HOME', '220100', 'ACTIVE', 1, 7);
        INSERT INTO register.person (number_hash, number_encrypted, number_mask, name, ordinal)
          VALUES ('\\x01', '\\x', '1', 'p1', 8), ('\\x02', '\\x', '2', 'p2', 9);
        INSERT INTO register.employment (institution_id, person_id, occupation, worked, fte_thousandths, ordinal)
          VALUES (1, 1, 'CARER', '[2020-01-01,)', 1000, 10), (2, 2, 'CARER', '[2020-01-01,)', 1000, 11);
        INSERT INTO register.certificate (number, person_id, kind, occupation, issued_on, ordinal)
          VALUES ('C1', 1, 'FIRST_AID', 'CARER', '2020-01-01', 12), ('C2', 2, 'FIRST_AID', 'CARER', '2020-01-01', 13);
        SELECT register.publish_change_set(1, 'IMPORT', 'test', 'test', NULL, NULL, 13);
        """
    )


@pytest.mark.parametrize(
    ("scope", "institution", "people"),
    [
        ("ALL", None, ["p1", "p2"]),
        ("CN", None, ["p1", "p2"]),
        ("CN/220000", None, ["p2"]),
        ("CN/22", None, []),
        ("", None, []),
        ("", "I1", ["p1"]),
    ],
)
async def test_staff_see_people_of_their_region_only(
    database: Database, admin: Connection, scope: str, institution: str | None, people: list[str]
) -> None:
    await _seed_two_regions(admin)
    actor = Actor("key:1", CLI.role, scope=scope, institution_code=institution)
    async with acting(database, actor, readonly=True) as work:
        seen = await work.connection.fetch("SELECT name FROM register.person ORDER BY 1")
        certificates = await work.connection.fetch("SELECT number FROM register.certificate")
        feed = await work.connection.fetch("SELECT DISTINCT code FROM register.person_version")
    assert [row[0] for row in seen] == people
    assert len(certificates) == len(people) == len(feed)


async def test_without_a_scope_the_staff_pool_sees_nobody(database: Database, admin: Connection) -> None:
    await _seed_two_regions(admin)
    async with database.staff.acquire() as connection:
        assert await connection.fetch("SELECT * FROM register.person") == []


async def test_the_scope_ends_with_its_transaction(database: Database, admin: Connection) -> None:
    await _seed_two_regions(admin)
    async with acting(database, CLI, readonly=True) as work:
        assert len(await work.connection.fetch("SELECT * FROM register.person")) == 2
    for _ in range(4):
        async with database.staff.acquire() as connection:
            assert await connection.fetch("SELECT * FROM register.person") == []


NAMES = "SELECT count(*) FROM register.person"


async def test_two_transactions_beside_each_other_read_one_instant(database: Database, admin: Connection) -> None:
    async with acting(database, CLI, isolation="repeatable_read", readonly=True) as work:
        assert await work.connection.fetchval(NAMES) == 0
        await _seed_two_regions(admin)
        async with acting_beside(database, work) as other:
            assert other.connection is not work.connection
            assert await other.connection.fetchval(NAMES) == 0
    async with (
        acting(database, CLI, isolation="repeatable_read", readonly=True) as work,
        acting_beside(database, work) as other,
    ):
        assert await other.connection.fetchval(NAMES) == 2


async def test_without_a_spare_connection_the_first_is_given(addresses: Addresses) -> None:
    async with (
        open_database(addresses, size=1) as narrow,
        acting(narrow, CLI, isolation="repeatable_read", readonly=True) as work,
        acting_beside(narrow, work) as other,
    ):
        assert other is work


async def test_only_an_instant_of_the_server_is_read(database: Database) -> None:
    async with database.staff.acquire() as connection:
        with pytest.raises(ValueError, match="no instant"):
            await read_instant(connection, "0-1'; DROP TABLE register.person; --")
