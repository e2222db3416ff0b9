"""Every act tells digests of what it replaced and of what it left, and they hold whatever is erased or sealed anew."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from tests.services.test_verifying import CLI, _add, _rename, register, tamperer  # noqa: F401

from registry.db.migrate import shipped_migrations
from registry.db.pool import Connection, Database
from registry.domain.access import Role
from registry.domain.documents import document_hash
from registry.domain.lawdays import law_day
from registry.domain.signing import Signer
from registry.services.api_keys import NewKey, create_key, revoke_key
from registry.services.calendar import extend_calendar
from registry.services.checkpoints import sign_checkpoint
from registry.services.client_documents import register_documents, remove_document, set_mode
from registry.services.request_limits import RequestLimit, Window, set_limit
from registry.services.retention import Kept, RetentionRule, set_rule
from registry.services.transactions import ChangeKind, publishing
from registry.services.verifying import verify

ALTERED = "change-set.altered"
SMALL_LIMIT = "CREATE OR REPLACE FUNCTION register.digest_limit() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 2"


async def _events(admin: Connection) -> list[dict[str, object]]:
    rows = await admin.fetch("SELECT payload FROM register.audit_event ORDER BY sequence")
    return [json.loads(row["payload"]) for row in rows]


async def _altered(database: Database) -> list[tuple[str, str]]:
    report = await verify(database)
    return [(each.subject, each.text.en.partition(": ")[2]) for each in report.violations if each.rule == ALTERED]


async def test_what_was_there_is_before_and_what_stands_is_after(register: Database, admin: Connection) -> None:  # noqa: F811
    told = [(event["before"] is not None, event["after"] is not None) for event in await _events(admin)]
    founded, renamed, again, ended, nothing = told
    assert (founded, renamed, again, ended, nothing) == (
        (False, True),
        (True, True),
        (True, True),
        (True, False),
        (False, False),
    )


async def test_what_an_act_left_is_what_the_next_replaces(register: Database, admin: Connection) -> None:  # noqa: F811
    _, second, third, _, _ = await _events(admin)
    assert second["after"] == third["before"]
    assert len({second["before"], second["after"], third["after"]}) == 3
    assert len(str(second["after"])) == 64


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE register.institution SET beds = 11 WHERE code = 'INS-2'", [("change set 1", "what it left")]),
        (
            "UPDATE register.institution_history SET name = 'X' WHERE name = 'Second name'",
            [("change set 2", "what it left"), ("change set 3", "what it replaced")],
        ),
        ("UPDATE register.region SET name = name || ' '", [("change set 1", "what it left")]),
        ("UPDATE register.organisation SET legal_representative = 'X' WHERE code = 'ORG-1'", []),
    ],
)
async def test_where_a_version_was_altered_is_told(
    register: Database,  # noqa: F811
    tamperer: Connection,  # noqa: F811
    tampering: str,
    found: list[tuple[str, str]],
) -> None:
    await tamperer.execute(tampering)
    assert await _altered(register) == found


async def test_many_rows_are_digested_in_blocks(register: Database, tamperer: Connection) -> None:  # noqa: F811
    async with publishing(register, CLI, ChangeKind.IMPORT, "many", action="test") as change:
        values = "(SELECT min(id) FROM register.institution), 'DISABLED', date '2000-01-01' + n, 1"
        await _add(change, "resident_count", "institution_id, ability_class, day_from, headcount", values, 9_000)
    assert await _altered(register) == []
    await tamperer.execute("UPDATE register.resident_count SET headcount = 2 WHERE ordinal = 8999")
    assert await _altered(register) == [("change set 5", "what it left")]


async def test_a_large_change_set_is_digested_before_the_next_checkpoint(
    register: Database,  # noqa: F811
    admin: Connection,
) -> None:
    await admin.execute(SMALL_LIMIT)
    async with publishing(register, CLI, ChangeKind.IMPORT, "many", action="test") as change:
        values = "'NEW-' || n, 'X', 'Org ' || n, 'COMPANY', 'CN', 'ACTIVE'"
        await _add(change, "organisation", "code, scheme, name, legal_form, region_code, status", values, 3)
    published = (await _events(admin))[-1]
    assert (published["before"], published["after"], published["details"]["digests"]) == (None, None, "apart")  # type: ignore[index]
    assert await sign_checkpoint(register, CLI, Signer.derive(bytes(32))) is not None
    apart = [event for event in await _events(admin) if event["action"] == "digestChangeSet"]
    assert [event["subject"] for event in apart] == ["change-set:1", "change-set:5"]
    assert await sign_checkpoint(register, CLI, Signer.derive(bytes(32))) is None
    await admin.execute("SET session_replication_role = replica")
    await admin.execute("UPDATE register.organisation SET name = 'Y' WHERE code = 'NEW-2'")
    assert await _altered(register) == [("change set 5", "what it left")]


async def test_rows_without_a_digest_are_no_change_set(register: Database) -> None:  # noqa: F811
    with pytest.raises(Exception, match="left no version to digest"):
        async with publishing(register, CLI, ChangeKind.IMPORT, "nothing", action="test") as change:
            await change.reserve_from(1)


async def test_acts_on_what_has_no_versions_tell_how_it_was_and_is(database: Database, admin: Connection) -> None:
    key = await create_key(database, b"s" * 32, CLI, NewKey("reader", Role.AUDITOR))
    await revoke_key(database, CLI, key.id)
    today = law_day(datetime.now(UTC))
    for months in (12, 24):
        await set_rule(database, CLI, RetentionRule(Kept.JOB_RUN, months, 0, today, None, "档案法"), today)
        today += timedelta(days=1)
    await extend_calendar(database, CLI, "day,working,holiday\n2031-01-01,false,元旦\n", "国办发明电〔2030〕1号")
    for most in (1, 2):
        limit = RequestLimit(f"key:{key.id}", Window.DAY, most, today, None, "合同")
        await set_limit(database, CLI, limit, today)
    await register_documents(database, CLI, "reader", {document_hash("{ __typename }"): "{ __typename }"})
    await set_mode(database, CLI, "reader", only_own=True)
    await remove_document(database, CLI, "reader", document_hash("{ __typename }"))
    events = [event for event in await _events(admin) if event["action"] not in ("seedCatalogues",)]
    assert len(events) == 10
    assert all(event["after"] for event in events[:-1])
    assert (events[-1]["before"], events[-1]["after"]) == (events[-3]["after"], None), "it had one document"
    assert [bool(event["before"]) for event in events].count(True) >= 6
    assert all(event["before"] != event["after"] for event in events)
    assert events[0]["after"] == events[1]["before"], "what was made is what was revoked"


async def test_digests_know_every_table_and_column(database: Database, admin: Connection) -> None:
    """After all migrations the stored functions are those that the catalogue asks for."""
    assert shipped_migrations()
    stale = await admin.fetch(
        "SELECT k.versioned FROM register.change_kind AS k"
        " LEFT JOIN pg_proc AS p ON p.proname = 'digest_' || k.versioned AND p.pronamespace = 'register'::regnamespace"
        " WHERE p.prosrc IS NULL OR strpos(p.prosrc, register.digest_text(k.versioned, 'before', false)) = 0"
        "    OR strpos(p.prosrc, register.digest_text(k.versioned, 'after', false)) = 0"
    )
    assert stale == []
    left_out = await admin.fetch(
        "SELECT replace(c.relname, '_history', '') FROM pg_class AS c WHERE c.relnamespace = 'register'::regnamespace"
        " AND c.relname LIKE '%\\_history' AND c.relkind = 'r'"
        " AND replace(c.relname, '_history', '') NOT IN (SELECT versioned FROM register.change_kind)"
    )
    assert left_out == []


async def test_columns_that_erasure_takes_are_in_no_digest(database: Database, admin: Connection) -> None:
    columns = {
        row["relation"]: await admin.fetchval("SELECT register.digested_columns($1)", row["relation"])
        for row in await admin.fetch(
            "SELECT DISTINCT relation FROM register.personal_column WHERE relation <> 'complaint'"
        )
    }
    for row in await admin.fetch("SELECT relation, column_name FROM register.personal_column"):
        assert f"t.{row['column_name']}," not in f"{columns.get(row['relation'], '')},"
    assert "t.fte_thousandths" in columns["employment"]
