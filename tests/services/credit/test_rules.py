"""The rules of credit lists: what is shipped, and what an authority does to them."""

from datetime import date
from pathlib import Path

import pytest
from tests.services.credit.conftest import OPERATOR

from registry.db.pool import Addresses, Connection, Database, open_database
from registry.services.credit.rules import check_credit_rules
from registry.services.readiness import Level
from registry.services.rules import add_rules
from registry.services.seeding import seed

TERM = """SELECT least_months, most_months, confirmed FROM register.credit_term
 WHERE repair_class = $1 AND effective @> $2::date"""


@pytest.mark.parametrize(
    ("repair_class", "day", "term"),
    [
        ("MINOR", date(2026, 4, 1), (0, 3, True)),
        ("GENERAL", date(2026, 4, 1), (3, 12, True)),
        ("SERIOUS", date(2026, 4, 1), (12, 36, True)),
        ("GENERAL", date(2026, 3, 31), (3, 36, False)),
        ("SERIOUS", date(2023, 5, 1), (3, 36, False)),
        ("SERIOUS", date(2023, 4, 30), (6, 36, False)),
    ],
)
async def test_terms_are_those_of_the_day(
    admin: Connection, repair_class: str, day: date, term: tuple[int, int, bool]
) -> None:
    row = await admin.fetchrow(TERM, repair_class, day)
    assert row is not None
    assert tuple(row) == term


async def test_the_grounds_are_those_of_the_sources(admin: Connection) -> None:
    rows = await admin.fetch(
        "SELECT list_kind, count(*), bool_or(court_only) FROM register.credit_ground GROUP BY 1 ORDER BY 1"
    )
    assert [tuple(row) for row in rows] == [("BLACK", 10, True), ("RED", 4, False), ("WATCH", 3, False)]


async def test_what_is_unconfirmed_is_reported_until_the_authority_confirms_it(
    database: Database, admin: Connection
) -> None:
    found = await check_credit_rules(database)
    assert found.level is Level.WARN
    reported = {(row["relation"], row["code"]) for row in found.details}
    assert {("credit_window", "DEFENCE"), ("credit_window", "LOOK_BACK"), ("credit_term", "WATCH")} <= reported
    assert ("credit_ground", "FRAUD") not in reported
    assert ("retention_rule", "EXPORT") in reported
    relations = ("credit_list", "credit_ground", "credit_term", "credit_consequence", "credit_window", "flag_rule")
    relations += ("retention_rule", "complaint_limit")
    assert {("complaint_limit", "ADDRESS"), ("complaint_limit", "INSTITUTION")} <= reported
    for relation in relations:
        await admin.execute(f"UPDATE register.{relation} SET confirmed = true")
    assert (await check_credit_rules(database)).level is Level.OK
    for relation in relations:
        await admin.execute(f"DELETE FROM register.{relation}")
    assert (await check_credit_rules(database)).level is Level.FAIL


async def test_an_authority_lets_a_rule_follow_another_and_seeding_leaves_it(
    database: Database, tmp_path: Path
) -> None:
    path, today = tmp_path / "windows.csv", date(2026, 7, 1)
    path.write_text(
        "code,days,working,effective_from,legal_basis,confirmed\nDEFENCE,10,true,2026-07-01,吉林省办法,true\n",
        encoding="utf-8",
    )
    await add_rules(database, OPERATOR, "credit-windows", path, today)
    await seed(database, OPERATOR)
    async with database.staff.acquire() as connection:
        days = "SELECT register.credit_window_days('DEFENCE', $1)"
        assert await connection.fetchval(days, date(2026, 6, 30)) == 5
        assert await connection.fetchval(days, today) == 10


async def test_everybody_reads_the_rules(addresses: Addresses) -> None:
    async with open_database(addresses, size=1) as database, database.public.acquire() as connection:
        for name in ("credit_list", "credit_ground", "credit_term", "credit_consequence", "credit_window"):
            assert await connection.fetchval(f"SELECT count(*) FROM disclosure.{name}") > 0
