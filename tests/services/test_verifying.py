"""Verification finds what a superuser does behind the register's back, and nothing in an honest register."""

import asyncpg
import pytest

from registry.db.pool import Connection, Database
from registry.db.statements import statement
from registry.domain.actors import operator
from registry.services.transactions import Change, ChangeKind, publishing
from registry.services.verifying import KEPT_PER_CHECK, verify

CLI = operator("cli")
COPIED = (
    "id, code, scheme, organisation_id, name, name_pinyin, name_initials, kind, region_code, status, beds, change_id"
)
"""What a doubled row of an institution says; the rest is generated or empty."""


async def _add(change: Change, table: str, columns: str, values: str, count: int = 1) -> None:
    base = await change.reserve_from(count)
    await change.connection.execute(
        f"INSERT INTO register.{table} ({columns}, ordinal)"
        f" SELECT {values}, {base} + n FROM generate_series(1, {count}) AS n"
    )


async def _found_register(change: Change) -> None:
    await _add(
        change,
        "region",
        "code, name, level, path, valid",
        "'CN', '中国', 'NATION', 'CN', daterange('2000-01-01', NULL)",
    )
    await _add(
        change,
        "organisation",
        "code, scheme, name, legal_form, region_code, status",
        "'ORG-' || n, 'X', 'Org ' || n, 'COMPANY', 'CN', 'ACTIVE'",
        4,
    )
    await _add(
        change,
        "institution",
        "code, scheme, organisation_id, name, name_pinyin, name_initials, kind, region_code, status, beds",
        "'INS-' || n, 'X', (SELECT id FROM register.organisation WHERE code = 'ORG-' || n), 'Home ' || n, 'h', 'h', "
        "'CARE_HOME', 'CN', 'ACTIVE', 10",
        3,
    )


async def _rename(change: Change, code: str, name: str) -> None:
    base = await change.reserve_from(1)
    await change.connection.execute(
        "UPDATE register.institution SET name = $2, change_id = $3, ordinal = $4 WHERE code = $1",
        code,
        name,
        change.change_id,
        base + 1,
    )


@pytest.fixture
async def register(database: Database) -> Database:
    """A register of five change sets: foundation, two amendments of one row, an ending, a reasoned no-op."""
    async with publishing(database, CLI, ChangeKind.SEED, "foundation", action="test") as change:
        await _found_register(change)
    for name in ("Second name", "Third name"):
        async with publishing(database, CLI, ChangeKind.CORRECTION, "name", action="test") as change:
            await _rename(change, "INS-1", name)
    async with publishing(database, CLI, ChangeKind.CORRECTION, "gone", action="test") as change:
        await change.connection.execute("DELETE FROM register.organisation WHERE code = 'ORG-4'")
        await change.reserve_from(1)
    async with publishing(database, CLI, ChangeKind.CORRECTION, "nothing", action="test"):
        pass
    return database


@pytest.fixture
async def tamperer(admin: Connection) -> Connection:
    """A superuser whom neither trigger nor foreign key stops."""
    await admin.execute("SET session_replication_role = replica")
    return admin


async def _rules(database: Database) -> set[str]:
    report = await verify(database)
    assert report.holds == (not report.violations)
    return {violation.rule for violation in report.violations}


async def test_an_empty_register_holds(database: Database) -> None:
    report = await verify(database)
    assert report.holds
    assert report.position == 0


async def test_an_honest_register_holds_and_says_what_was_examined(register: Database) -> None:
    report = await verify(register)
    assert report.violations == []
    assert report.position == 4
    examined = {check.name: check.examined for check in report.checks}
    assert examined == {
        "audit-chain": 5,
        "checkpoints": 0,
        "change-sets": 4,
        "ordinals": 4,
        "history": 10,
        "references": 10,
        "audited": 4,
        "digests": 4,
        "statements": 0,
        "policies": 0,
        "erasures": 0,
        "standing": 3,
    }


@pytest.mark.parametrize(
    ("tampering", "rule"),
    [
        (
            "UPDATE register.audit_event SET payload = replace(payload, 'cli', 'elf') WHERE sequence = 3",
            "audit.changed",
        ),
        ("DELETE FROM register.audit_event WHERE sequence = 2", "audit.missing"),
        ("DELETE FROM register.audit_event WHERE sequence = 5", "audit.tail"),
        ("DELETE FROM register.audit_event WHERE sequence = 1", "audit.missing"),
        (
            "UPDATE register.audit_event SET sequence = 91 - sequence WHERE sequence IN (2, 3);"
            "UPDATE register.audit_event SET sequence = 2 WHERE sequence = 88;"
            "UPDATE register.audit_event SET sequence = 3 WHERE sequence = 89",
            "audit.order",
        ),
        (
            "INSERT INTO register.audit_event (sequence, payload, previous_hash, hash)"
            " SELECT sequence + 1, payload, hash, sha256(hash || convert_to(payload, 'UTF8'))"
            " FROM register.audit_event WHERE sequence = 5",
            "audit.order",
        ),
        (
            "INSERT INTO register.audit_event (sequence, payload, previous_hash, hash) SELECT 6, p, hash,"
            " sha256(hash || convert_to(p, 'UTF8')) FROM register.audit_event,"
            " LATERAL (SELECT json_build_object('sequence', 6, 'action', 'x', 'actor', 'y')::text AS p) AS e"
            " WHERE sequence = 5",
            "audit.tail",
        ),
        ("UPDATE register.audit_head SET hash = sha256('x')", "audit.tail"),
        ("UPDATE register.audit_head SET sequence = 6", "audit.tail"),
        ("DELETE FROM register.change_set WHERE position = 2", "change-set.gap"),
        (
            "SELECT register.append_audit_event(actor, 'test', NULL, NULL, NULL, NULL, jsonb_build_object("
            "'position', position, 'changeKind', kind, 'changeCause', cause)) FROM register.change_set"
            " WHERE position = 2",
            "change-set.audit",
        ),
        ("UPDATE register.change_set SET actor = 'somebody else' WHERE position = 2", "change-set.audit"),
        ("UPDATE register.change_set SET cause = 'another cause' WHERE position = 2", "change-set.audit"),
        ("UPDATE register.change_set SET kind = 'RUN' WHERE position = 2", "change-set.audit"),
        ("UPDATE register.change_set SET recorded_at = '2000-01-01' WHERE position = 3", "change-set.time"),
        ("DELETE FROM register.change_set WHERE position = 4", "change-set.head"),
        ("UPDATE register.register_head SET position = 9", "change-set.head"),
        ("UPDATE register.register_head SET recorded_at = recorded_at + interval '1 s'", "change-set.head"),
        ("UPDATE register.change_set SET changes = changes + 1 WHERE position = 1", "change-set.ordinals"),
        ("UPDATE register.organisation SET ordinal = 99 WHERE code = 'ORG-3'", "change-set.ordinals"),
        ("UPDATE register.organisation SET ordinal = 2 WHERE code = 'ORG-3'", "change-set.ordinals"),
        ("DELETE FROM register.institution WHERE code = 'INS-3'", "change-set.ordinals"),
        ("DELETE FROM register.organisation_history", "change-set.ordinals"),
        ("UPDATE register.institution SET change_id = 4711 WHERE code = 'INS-2'", "version.unknown-change"),
        ("UPDATE register.organisation_history SET ended_by = 4711", "version.unknown-end"),
        (
            "UPDATE register.institution_history SET change_id = ended_by WHERE name = 'Second name'",
            "version.ended-before-begun",
        ),
        (
            "INSERT INTO register.organisation OVERRIDING SYSTEM VALUE SELECT id, code, scheme, name, legal_form,"
            " region_code, status, registered_on, address, legal_representative, change_id, ordinal"
            " FROM register.organisation_history",
            "version.overlap",
        ),
        (
            "UPDATE register.institution_history SET ended_by = (SELECT id FROM register.change_set WHERE position = 4)"
            " WHERE name = 'Second name'",
            "version.overlap",
        ),
        ("DELETE FROM register.institution_history WHERE name = 'Second name'", "version.gap"),
        (
            "ALTER TABLE register.institution DROP CONSTRAINT institution_pkey CASCADE;"
            "ALTER TABLE register.institution DROP CONSTRAINT institution_code_key;"
            f"INSERT INTO register.institution ({COPIED}, ordinal) OVERRIDING SYSTEM VALUE"
            f" SELECT {COPIED}, ordinal FROM register.institution WHERE code = 'INS-1'",
            "entity.doubled",
        ),
        (
            "ALTER TABLE register.region DROP CONSTRAINT region_code_valid; DROP INDEX register.region_code_from;"
            "INSERT INTO register.region (code, name, level, path, valid, change_id, ordinal)"
            " SELECT code, name, level, path, valid, change_id, ordinal FROM register.region",
            "entity.doubled",
        ),
        ("UPDATE register.institution SET organisation_id = 4711 WHERE code = 'INS-2'", "reference.orphan"),
        ("UPDATE register.institution_history SET organisation_id = 4711", "reference.orphan"),
        ("UPDATE register.institution SET region_code = '999999' WHERE code = 'INS-2'", "reference.region"),
        ("UPDATE register.institution SET beds = 11 WHERE code = 'INS-2'", "change-set.altered"),
        ("UPDATE register.institution SET address = '' WHERE code = 'INS-2'", "change-set.altered"),
        (
            "UPDATE register.institution_history SET name = 'Second name!' WHERE name = 'Second name'",
            "change-set.altered",
        ),
        ("UPDATE register.organisation_history SET status = 'CLOSED' WHERE code = 'ORG-4'", "change-set.altered"),
        (
            "UPDATE register.institution AS t SET name = o.name, name_pinyin = o.name_pinyin"
            " FROM register.institution AS o WHERE t.code = 'INS-2' AND o.code = 'INS-3'",
            "change-set.altered",
        ),
        ("UPDATE register.standing SET score = 99.5 WHERE code = 'INS-2'", "standing.differs"),
        ("UPDATE register.standing SET several = true WHERE code = 'INS-2'", "standing.differs"),
        ("UPDATE register.standing SET listed_on = '{[2020-01-01,)}' WHERE code = 'INS-2'", "standing.differs"),
        ("DELETE FROM register.standing WHERE code = 'INS-2'", "standing.differs"),
    ],
)
async def test_tampering_is_found(register: Database, tamperer: Connection, tampering: str, rule: str) -> None:
    await tamperer.execute(tampering)
    assert rule in await _rules(register)


async def test_the_first_broken_event_is_named(register: Database, tamperer: Connection) -> None:
    await tamperer.execute("UPDATE register.audit_event SET payload = payload || ' ' WHERE sequence >= 3")
    chain = (await verify(register)).checks[0]
    assert [violation.subject for violation in chain.kept] == ["audit event 3"]
    assert chain.examined == 3


async def test_many_violations_are_counted_and_the_first_kept(register: Database, tamperer: Connection) -> None:
    await tamperer.execute(
        "INSERT INTO register.resident_count (institution_id, ability_class, day_from, headcount, change_id, ordinal)"
        " SELECT 4711, 'DISABLED', date '2020-01-01' + n, 1, 1, n FROM generate_series(1, 250) AS n"
    )
    references = next(check for check in (await verify(register)).checks if check.name == "references")
    assert (references.violations, len(references.kept)) == (250, KEPT_PER_CHECK)


async def test_verification_waits_for_nobody(register: Database, admin: Connection) -> None:
    async with publishing(register, CLI, ChangeKind.CORRECTION, "slow", action="test") as change:
        await _rename(change, "INS-2", "Unpublished")
        assert (await verify(register)).holds
    assert (await verify(register)).position == 5


async def test_every_versioned_table_is_covered(admin: "asyncpg.Connection[asyncpg.Record]") -> None:
    rows = await admin.fetch(
        "SELECT replace(relname, '_history', '') AS name FROM pg_class"
        " WHERE relnamespace = 'register'::regnamespace AND relkind = 'r' AND relname LIKE '%\\_history'"
    )
    assert len(rows) >= 14
    for name in ("verify/versions", "verify/ordinals", "verify/extent"):
        text = statement(name)
        assert [row["name"] for row in rows if f"register.{row['name']}_history" not in text] == [], name


async def test_every_foreign_key_is_covered(admin: "asyncpg.Connection[asyncpg.Record]") -> None:
    rows = await admin.fetch(
        "SELECT c.conrelid::regclass::text AS entity, a.attname AS reference"
        "  FROM pg_constraint AS c JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " WHERE c.contype = 'f' AND c.connamespace = 'register'::regnamespace"
    )
    text = statement("verify/references")
    for row in rows:
        entity = row["entity"].removeprefix("register.")
        assert f"FROM register.{entity} AS t" in text, entity
        assert f"t.{row['reference']}" in text, row
