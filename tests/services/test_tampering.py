"""Any byte of the audit chain, and any word of an issued statement, that a superuser changes is found."""

import asyncpg
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.services.test_verifying import register, tamperer  # noqa: F401

from registry.db.pool import Connection, Database
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.signing import Signer
from registry.services.checkpoints import sign_checkpoint
from registry.services.statements import Statement, issue_statement
from registry.services.verifying import verify

BUYER = Actor("key:1", Role.PROCUREMENT, "buyer")
SIGNER = Signer.derive(bytes(range(32)))
CHECK = {"lawDay": "2026-11-23", "position": 4, "answers": [{"code": "INS-1", "verdict": "MEETS"}]}


@pytest.fixture
async def issued(register: Database) -> Statement:  # noqa: F811
    """A statement in a register with a checkpoint before it."""
    await sign_checkpoint(register, BUYER, SIGNER)
    return await issue_statement(register, BUYER, SIGNER, CHECK, {"codes": ["INS-1"]})


async def _rules(database: Database) -> set[str]:
    return {violation.rule for violation in (await verify(database)).violations}


async def test_an_honest_statement_holds(register: Database, issued: Statement) -> None:  # noqa: F811
    report = await verify(register)
    assert report.holds
    assert {check.name: check.examined for check in report.checks}["statements"] == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
async def test_any_byte_of_the_chain_is_found(
    register: Database,  # noqa: F811
    tamperer: Connection,  # noqa: F811
    issued: Statement,
    data: st.DataObject,
) -> None:
    last = await tamperer.fetchval("SELECT max(sequence) FROM register.audit_event")
    row = await tamperer.fetchrow(
        "SELECT * FROM register.audit_event WHERE sequence = $1", data.draw(st.integers(1, last))
    )
    assert row is not None
    column = data.draw(st.sampled_from(["payload", "previous_hash", "hash"]))
    kept = row[column]
    place = data.draw(st.integers(0, len(kept) - 1))
    if column == "payload":
        other: object = data.draw(st.characters(min_codepoint=32, max_codepoint=0x9FFF, exclude_categories=["Cs"]))
        assume(other != kept[place])
        changed: object = kept[:place] + str(other) + kept[place + 1 :]
    else:
        other = data.draw(st.integers(0, 255).filter(lambda byte: byte != kept[place]))
        changed = kept[:place] + bytes([other]) + kept[place + 1 :]  # type: ignore[list-item]
    change = f"UPDATE register.audit_event SET {column} = $2 WHERE sequence = $1"
    try:
        await tamperer.execute(change, row["sequence"], changed)
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError):
        assume(False)  # what is no JSON any more the table itself does not take
    try:
        assert {rule for rule in await _rules(register) if rule.startswith("audit.")}
    finally:
        await tamperer.execute(change, row["sequence"], kept)


@pytest.mark.parametrize(
    ("told", "instead"),
    [('"kid"', '"kiD"'), ('"x"', '"X"'), ('"key"', '"kez"'), ('"key": {', '"key": 1, "was": {')],
    ids=["name", "point", "key", "number"],
)
async def test_a_key_that_is_none_any_more_is_found(
    register: Database,  # noqa: F811
    tamperer: Connection,  # noqa: F811
    issued: Statement,
    told: str,
    instead: str,
) -> None:
    assert issued.text
    changed = "UPDATE register.audit_event SET payload = replace(payload, $1, $2) WHERE action = 'useSigningKey'"
    assert await tamperer.execute(changed, told, instead) == "UPDATE 1"
    assert "audit.changed" in await _rules(register)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
async def test_any_byte_of_a_kept_statement_is_found(
    register: Database,  # noqa: F811
    tamperer: Connection,  # noqa: F811
    issued: Statement,
    data: st.DataObject,
) -> None:
    place = data.draw(st.integers(0, len(issued.text) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=0x7E).filter(lambda one: one != issued.text[place]))
    change = "UPDATE register.procurement_statement SET text = $1, sha256 = sha256(convert_to($1, 'UTF8'))"
    await tamperer.execute(change, issued.text[:place] + other + issued.text[place + 1 :])
    try:
        assert await _rules(register) == {"statement.differs"}
    finally:
        await tamperer.execute(change, issued.text)


@pytest.mark.parametrize(
    ("act", "rule"),
    [
        ("UPDATE register.procurement_statement SET asker = 'key:2'", "statement.differs"),
        ("DELETE FROM register.procurement_statement", "statement.gone"),
        (
            "SELECT register.append_audit_event(asker, 'issueProcurementStatement', 'statement:' || id, NULL, NULL,"
            " encode(sha256, 'hex'), '{}') FROM register.procurement_statement",
            "statement.differs",
        ),
        (
            "INSERT INTO register.procurement_statement SELECT gen_random_uuid(), asker, issued_at, position, text,"
            " sha256 FROM register.procurement_statement",
            "statement.differs",
        ),
    ],
)
async def test_statements_are_held_to_their_events(
    register: Database,  # noqa: F811
    tamperer: Connection,  # noqa: F811
    issued: Statement,
    act: str,
    rule: str,
) -> None:
    await tamperer.execute(act)
    assert await _rules(register) == {rule}
