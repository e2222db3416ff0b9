"""The reference data of a new register."""

from datetime import date

import pytest

from registry.db.pool import Connection, Database
from registry.domain.access import Role
from registry.domain.actors import Actor, operator
from registry.domain.errors import Forbidden
from registry.services.rules import SHIPPED, relation_of
from registry.services.seeding import SeedResult, known_calendar_days, seed

OPERATOR = operator("tester")


async def test_a_new_register_gets_everything_once(database: Database, admin: Connection) -> None:
    first = await seed(database, OPERATOR)
    assert first.regions == await admin.fetchval("SELECT count(*) FROM register.region") > 7000
    assert first.occupations == await admin.fetchval("SELECT count(*) FROM register.occupation") == 10
    assert first.calendar_days == await admin.fetchval("SELECT count(*) FROM register.calendar_day")
    state = "SELECT (SELECT max(position) FROM register.change_set), (SELECT sequence FROM register.audit_head)"
    before = await admin.fetchrow(state)
    assert await seed(database, OPERATOR) == SeedResult(0, 0, 0, 0, 0)
    assert await admin.fetchrow(state) == before
    rules = [await admin.fetchval(f"SELECT count(*) FROM register.{relation_of(kind)}") for kind in SHIPPED]
    assert rules == [4, 17, 10, 11, 5, 13]
    assert first.credit_rules == sum(rules)
    assert first.import_rules == await admin.fetchval("SELECT count(*) FROM register.import_rule") == 3
    assert {row["kind"] for row in await admin.fetch("SELECT kind FROM register.change_set")} == {"SEED"}
    actions = await admin.fetch("SELECT action FROM register.audit_event ORDER BY sequence")
    assert [row["action"] for row in actions] == ["seedCatalogues", "importRows", "importRows"]
    broken = "SELECT count(*) FROM register.region AS r WHERE r.path !~ (r.code || '$') OR r.path !~ '^(CN|US)'"
    assert await admin.fetchval(broken) == 0
    assert await admin.fetchval("SELECT path FROM register.region WHERE code = '220102' AND upper(valid) IS NULL") == (
        "CN/220000/220100/220102"
    )


async def test_what_differs_is_brought_up_to_date_and_what_others_put_in_stays(
    database: Database, admin: Connection
) -> None:
    await seed(database, OPERATOR)
    await admin.execute("UPDATE register.occupation SET name_en = 'x' WHERE code = 'CARER'")
    await admin.execute("DELETE FROM register.occupation WHERE code = 'NURSE'")
    await admin.execute("UPDATE register.calendar_day SET working = NOT working WHERE day = '2024-02-10'")
    await admin.execute(
        "UPDATE register.calendar_day SET working = true, source = 'State Council notice' WHERE day = '2024-02-11'"
    )
    await admin.execute(
        "INSERT INTO register.calendar_day VALUES ('2027-01-01', false, '元旦', 'State Council notice')"
    )
    assert await seed(database, OPERATOR) == SeedResult(0, 2, 1, 0, 0)
    assert await admin.fetchval("SELECT working FROM register.calendar_day WHERE day = '2024-02-10'") is False
    assert await admin.fetchval("SELECT working FROM register.calendar_day WHERE day = '2024-02-11'") is True
    assert await admin.fetchval("SELECT count(*) FROM register.calendar_day WHERE day > '2026-12-31'") == 1


def test_the_calendar_tells_holidays_and_make_up_days() -> None:
    days = {day: (working, holiday) for day, working, holiday in known_calendar_days()}
    assert days[date(2024, 2, 10)] == (False, "春节")
    assert days[date(2024, 2, 4)] == (True, "春节")
    assert days[date(2024, 2, 24)] == (False, None)
    assert days[date(2024, 2, 26)] == (True, None)
    assert days[date(2026, 10, 1)] == (False, "国庆节")


def test_years_that_are_not_announced_are_not_guessed() -> None:
    days = [day for day, _, _ in known_calendar_days()]
    assert (min(days), max(days)) == (date(2004, 1, 1), date(2026, 12, 31))
    assert len(days) == len(set(days)) == (max(days) - min(days)).days + 1


async def test_only_administrators_seed(database: Database) -> None:
    with pytest.raises(Forbidden):
        await seed(database, Actor("key:1", Role.REGULATOR, scope="CN/220000"))
