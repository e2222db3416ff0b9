"""Signed checkpoints tell of a chain that was cut off or written anew, though it is whole in itself."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.services.test_verifying import register, tamperer  # noqa: F401

from registry.db.pool import Connection, Database
from registry.domain.actors import operator
from registry.domain.signing import Signer, read_signed
from registry.scheduler.jobs import signing_checkpoints
from registry.services.checkpoints import KIND, check_checkpoint, published_keys, sign_checkpoint
from registry.services.readiness import Level
from registry.services.transactions import acting
from registry.services.verifying import verify
from registry.transfer.checkpoints import append_checkpoint, read_checkpoints

CLI = operator("cli")
SIGNER = Signer.derive(bytes(range(32)))
LATER = Signer.derive(bytes(range(1, 33)))
CUT_OFF = """
DELETE FROM register.audit_event WHERE sequence > 5;
UPDATE register.audit_head SET (sequence, hash) = (SELECT sequence, hash FROM register.audit_event WHERE sequence = 5)
"""
ANEW = """
DO $$
DECLARE event record; last bytea := decode(repeat('00', 32), 'hex');
BEGIN
  FOR event IN SELECT * FROM register.audit_event ORDER BY sequence LOOP
    UPDATE register.audit_event SET payload = replace(event.payload, 'name', 'game'), previous_hash = last,
      hash = sha256(last || convert_to(replace(event.payload, 'name', 'game'), 'UTF8')) WHERE sequence = event.sequence
      RETURNING hash INTO last;
  END LOOP;
  UPDATE register.audit_head SET hash = last;
END
$$
"""


async def _rules(database: Database, shipped: bytes = b"") -> set[str]:
    return {violation.rule for violation in (await verify(database, shipped)).violations}


async def _shipped(database: Database, signer: Signer = SIGNER) -> bytes:
    signed = await sign_checkpoint(database, CLI, signer)
    assert signed is not None
    return f"{signed.text}\n".encode()


async def _act(database: Database) -> None:
    async with acting(database, CLI) as work:
        await work.audit("test", None)


async def test_a_checkpoint_covers_what_was_and_holds(register: Database) -> None:  # noqa: F811
    signed = await sign_checkpoint(register, CLI, SIGNER)
    assert signed is not None
    assert (signed.sequence, signed.position) == (6, 4)
    assert await sign_checkpoint(register, CLI, SIGNER) is None
    report = await verify(register, f"{signed.text}\n".encode())
    assert report.holds
    assert {check.name: check.examined for check in report.checks}["checkpoints"] == 2


async def test_several_that_sign_at_once_sign_once(register: Database) -> None:  # noqa: F811
    signed = await asyncio.gather(*(sign_checkpoint(register, CLI, SIGNER) for _ in range(4)))
    assert [one.sequence for one in signed if one is not None] == [6]
    assert {check.name: check.examined for check in (await verify(register)).checks}["audit-chain"] == 7


async def test_a_tail_that_is_gone_is_found_by_the_file(register: Database, tamperer: Connection) -> None:  # noqa: F811
    shipped = await _shipped(register)
    await tamperer.execute(CUT_OFF)
    assert await _rules(register) == set()
    assert await _rules(register, shipped) == {"checkpoint.signature"}


async def test_a_tail_behind_a_known_key_is_found(register: Database, tamperer: Connection) -> None:  # noqa: F811
    await _shipped(register)
    for _ in range(3):
        await _act(register)
    shipped = await _shipped(register)
    await tamperer.execute(CUT_OFF.replace("5", "8"))
    assert await _rules(register) == set()
    assert await _rules(register, shipped) == {"checkpoint.truncated"}


async def test_a_chain_written_anew_is_found_without_the_file(register: Database, tamperer: Connection) -> None:  # noqa: F811
    await tamperer.execute(ANEW)
    assert "audit.changed" not in await _rules(register)
    await _shipped(register)
    await tamperer.execute(ANEW.replace("'name', 'game'", "'foundation', 'fundation'"))
    assert "checkpoint.differs" in await _rules(register)


async def test_a_rotated_key_leaves_what_was_signed_valid(register: Database) -> None:  # noqa: F811
    before = await _shipped(register)
    await _act(register)
    after = await _shipped(register, LATER)
    assert await _rules(register, before + after) == set()
    assert [key["kid"] for key in await published_keys(register, CLI)] == [SIGNER.key_id, LATER.key_id]


@pytest.fixture
async def whole(register: Database) -> bytes:  # noqa: F811
    """A file with one checkpoint of the register."""
    return await _shipped(register)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
async def test_any_byte_of_the_file_is_found(register: Database, whole: bytes, data: st.DataObject) -> None:  # noqa: F811
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    assert await _rules(register, whole[:place] + bytes([other]) + whole[place + 1 :])


async def test_nothing_can_be_put_between_the_lines_of_the_file(register: Database, whole: bytes) -> None:  # noqa: F811
    broken = [b"\xff" + whole, b"\n" + whole, whole + b"\n", whole[:-1] + b"\r\n", whole[:-1] + "\u2028\n".encode()]
    for content in (*broken, whole[:50] + b"\xff" + whole[50:], whole[:-40] + b"\n", whole + whole[:-40]):
        assert await _rules(register, content), content
    assert await _rules(register, whole + whole[:-1]) == set()


@pytest.mark.parametrize("honest_first", [True, False])
async def test_of_two_that_are_signed_about_one_event_the_wrong_one_is_found(
    register: Database,  # noqa: F811
    whole: bytes,
    honest_first: bool,
) -> None:
    """Whoever has the key may sign anything; what was shipped before he had it stays."""
    content = read_signed(whole.decode().strip(), KIND, {SIGNER.key_id: SIGNER.public})
    other = f"{SIGNER.sign(KIND, {**content, 'hash': '00' * 32})}\n".encode()
    shipped = whole + other if honest_first else other + whole
    assert await _rules(register, shipped) == {"checkpoint.differs"}


async def test_the_job_appends_to_the_file_and_doctor_is_content(database: Database, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    await _act(database)
    assert (await check_checkpoint(database, now)).level is Level.WARN
    job = signing_checkpoints(lambda: SIGNER, lambda text: append_checkpoint(tmp_path, text))
    assert await job(database) == "signed up to event 2"
    assert await job(database) == "nothing happened since the newest checkpoint"
    await _act(database)
    assert await job(database) == "signed up to event 4"
    assert len(read_checkpoints(tmp_path).splitlines()) == 2
    assert (await check_checkpoint(database, now)).level is Level.OK
    await _act(database)
    assert (await check_checkpoint(database, now + timedelta(days=2))).level is Level.WARN
    assert await _rules(database, read_checkpoints(tmp_path)) == set()


@pytest.mark.parametrize("table", ["audit_event", "audit_head", "change_set", "register_head"])
async def test_nobody_but_the_owner_can_alter_what_was_recorded(admin: Connection, table: str) -> None:
    able = await admin.fetch(
        "SELECT r.rolname FROM pg_roles AS r WHERE NOT r.rolsuper AND r.rolname !~ '^pg_'"
        " AND (has_table_privilege(r.oid, $1::regclass, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES')"
        "      OR has_any_column_privilege(r.oid, $1::regclass, 'INSERT, UPDATE, REFERENCES'))",
        f"register.{table}",
    )
    assert {row["rolname"] for row in able} == {"registry_owner"}


async def test_no_ordinary_grant_leads_to_the_owner(admin: Connection) -> None:
    assert not await admin.fetchval("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'registry_owner'")
    members = await admin.fetch(
        "SELECT m.member::regrole::text AS member, m.inherit_option, r.rolsuper FROM pg_auth_members AS m"
        " JOIN pg_roles AS r ON r.oid = m.member WHERE m.roleid = 'registry_owner'::regrole"
    )
    assert all(row["rolsuper"] and not row["inherit_option"] for row in members)
    for role in ("registry_staff", "registry_public"):
        assert not await admin.fetchval("SELECT pg_has_role($1, 'registry_owner', 'MEMBER')", role)
        assert await admin.fetchval(
            "SELECT NOT (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)"
            " FROM pg_roles WHERE rolname = $1",
            role,
        )
    granted = await admin.fetch("SELECT defaclacl::text AS acl FROM pg_default_acl")
    assert all("registry_staff" not in row["acl"] and "registry_public" not in row["acl"] for row in granted)
