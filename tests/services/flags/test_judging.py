"""Flags resolved by people: once, with a reason, in their region, recorded and told; dismissed stays dismissed."""

import asyncio
import json
from dataclasses import dataclass

import pytest
from tests.services.flags.conftest import Findings
from tests.services.importing.conftest import OPERATOR

from registry.db.pool import Connection as Admin
from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, Actor
from registry.domain.errors import Conflict, Forbidden, InputError, NotFound, RegisterError, Unauthenticated
from registry.domain.flags import FlagState
from registry.services.flags.judging import Escalation, flag_violation, resolve_flag
from registry.services.flags.raising import raise_flags
from registry.services.transactions import acting
from registry.services.verifying import verify
from registry.synthetic import DEFAULT_AS_OF

CASE = Escalation("CN-BLACK", "OBSTRUCTING_INSPECTION")


@dataclass(frozen=True)
class Told:
    """A flag with its authority, and an authority that it is no business of."""

    id: int
    institution: str
    own: Actor
    other: Actor


def regulator(code: str, path: str) -> Actor:
    return Actor(f"key:{code}", Role.REGULATOR, code, code, path)


@pytest.fixture
async def flag(planted: Findings, admin: Admin) -> Told:
    """A flag about a person."""
    row = await admin.fetchrow(
        "SELECT f.id, i.code, r.code AS region, r.path FROM register.flag AS f"
        " JOIN register.institution AS i ON i.id = f.institution_id JOIN register.region AS r ON r.code = f.region_code"
        " WHERE f.rule = 'LISTED_PERSON' ORDER BY f.id LIMIT 1"
    )
    assert row is not None
    other = "110000" if not row["region"].startswith("11") else "220000"
    return Told(row["id"], row["code"], regulator(row["region"], row["path"]), regulator(other, f"CN/{other}"))


async def test_dismissed_stays_dismissed(flag: Told, database: Database, admin: Admin) -> None:
    taken = await resolve_flag(database, flag.own, flag.id, "查无实据", idempotency_key="once")
    assert taken.state is FlagState.DISMISSED
    assert await resolve_flag(database, flag.own, flag.id, "查无实据", idempotency_key="once") == taken
    with pytest.raises(Conflict) as refused:
        await resolve_flag(database, flag.own, flag.id, "又一次")
    assert refused.value.rule == "flag.resolved"
    await admin.execute("UPDATE register.flag_follow SET position = 0, looked_on = '-infinity'")
    raised = await raise_flags(database, OPERATOR, DEFAULT_AS_OF)
    assert raised is not None
    assert raised.flags == 0
    row = await admin.fetchrow("SELECT * FROM register.flag WHERE id = $1", flag.id)
    assert row is not None
    assert (row["state"], row["reason"], row["resolved_by"]) == ("DISMISSED", "查无实据", flag.own.identity)
    assert await admin.fetchval("SELECT state FROM register.flag_history WHERE id = $1", flag.id) == "OPEN"
    told = await admin.fetchrow(
        "SELECT * FROM register.staff_change WHERE kind = 'FLAG' ORDER BY position DESC LIMIT 1"
    )
    assert told is not None
    assert (told["action"], json.loads(told["current"])["state"]) == ("AMENDED", "DISMISSED")
    assert await admin.fetchval("SELECT count(*) FROM register.audit_event WHERE payload LIKE '%\"resolveFlag\"%'") == 1
    assert (await verify(database)).holds


@pytest.mark.parametrize("on_person", [False, True])
async def test_an_escalated_flag_is_a_case(flag: Told, database: Database, admin: Admin, on_person: bool) -> None:
    wanted = Escalation(CASE.list_code, CASE.ground_code, on_person)
    taken = await resolve_flag(database, flag.own, flag.id, "拟立案", wanted)
    assert taken.state is FlagState.ESCALATED
    case = await admin.fetchrow("SELECT * FROM register.credit_case WHERE id = $1", taken.case_id)
    assert case is not None
    assert (case["intake"], case["intake_reference"]) == ("FLAG", f"flag:{flag.id}")
    assert (case["person_id"] is not None, case["institution_id"] is not None) == (on_person, not on_person)
    assert await admin.fetchval("SELECT case_id FROM register.flag WHERE id = $1", flag.id) == taken.case_id
    assert (await verify(database)).holds


async def test_a_refused_case_leaves_the_flag_open(flag: Told, database: Database, admin: Admin) -> None:
    with pytest.raises(InputError) as refused:
        await resolve_flag(database, flag.own, flag.id, "拟立案", Escalation("CN-BLACK", "COURT_DEFAULTER"))
    assert refused.value.rule == "case.ground"
    assert await admin.fetchval("SELECT state FROM register.flag WHERE id = $1", flag.id) == "OPEN"


async def test_of_many_who_resolve_a_flag_one_wins(flag: Told, database: Database) -> None:
    async def attempt(number: int) -> object:
        try:
            return (await resolve_flag(database, flag.own, flag.id, f"理由{number}")).state
        except RegisterError as error:
            return error.rule

    outcomes = await asyncio.gather(*map(attempt, range(8)))
    assert sorted(map(str, outcomes)) == ["DISMISSED"] + ["flag.resolved"] * 7


async def test_flags_are_the_business_of_their_region(flag: Told, database: Database) -> None:
    with pytest.raises(NotFound) as refused:
        await resolve_flag(database, flag.other, flag.id, "不归我管")
    assert refused.value.rule == "flag.unknown"
    with pytest.raises(Forbidden) as forbidden:
        await flag_violation(database, flag.other, flag.institution, "不归我管")
    assert forbidden.value.rule == "flag.region"
    for actor, seen in (
        (flag.own, True),
        (flag.other, False),
        (Actor("k", Role.INSTITUTION, institution_code=flag.institution), False),
    ):
        async with acting(database, actor, readonly=True) as work:
            found = await work.connection.fetch("SELECT id FROM register.flag")
        assert (flag.id in {row["id"] for row in found}) is seen


async def test_a_violation_is_flagged_by_hand_once(flag: Told, database: Database, admin: Admin) -> None:
    taken = await flag_violation(database, flag.own, flag.institution, "消防通道堵塞")
    row = await admin.fetchrow("SELECT * FROM register.flag WHERE id = $1", taken.flag_id)
    assert row is not None
    assert (row["rule"], row["state"], row["region_code"]) == ("MANUAL", "OPEN", flag.own.region_code)
    with pytest.raises(Conflict) as refused:
        await flag_violation(database, flag.own, flag.institution, "消防通道堵塞")
    assert refused.value.rule == "flag.second"
    for actor, error in ((ANONYMOUS, Unauthenticated), (OPERATOR, Forbidden)):
        with pytest.raises(error):
            await flag_violation(database, actor, flag.institution, "x")


async def test_nothing_is_passed_over_when_a_process_dies(flag: Told, database: Database, admin: Admin) -> None:
    """The position moves with the flags or not at all."""
    await admin.execute("UPDATE register.flag_follow SET position = 0, looked_on = '-infinity'")
    await admin.execute("DELETE FROM register.flag_history")
    await admin.execute("ALTER TABLE register.flag DISABLE TRIGGER USER")
    await admin.execute("DELETE FROM register.flag WHERE rule = 'DOUBLE_POST'")
    await admin.execute("ALTER TABLE register.flag ENABLE TRIGGER USER")
    await admin.execute("ALTER TABLE register.flag ADD CONSTRAINT killed CHECK (rule <> 'DOUBLE_POST') NOT VALID")
    with pytest.raises(Exception, match="killed"):
        await raise_flags(database, OPERATOR, DEFAULT_AS_OF)
    assert await admin.fetchval("SELECT position FROM register.flag_follow") == 0
    await admin.execute("ALTER TABLE register.flag DROP CONSTRAINT killed")
    raised = await raise_flags(database, OPERATOR, DEFAULT_AS_OF)
    assert raised is not None
    assert raised.flags == 20
