"""The calendar is extended from a file, and windows reach as far as it does."""

from datetime import date, timedelta

import pytest
from tests.services.credit.conftest import OPERATOR, SetDay
from tests.services.credit.kit import OPENER, at, new_case, notice
from tests.services.credit.test_procedure import refused

from registry.db.pool import Connection, Database
from registry.domain.errors import Forbidden, InputError
from registry.services.calendar import extend_calendar
from registry.services.credit import open_case, serve_notice
from registry.services.seeding import seed

HEAD = "day,working,holiday\n"
NOTICE = "国办发明电〔2026〕7号"


def _january() -> str:
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(31)]
    return HEAD + "".join(f"{day},{str(day.day > 3 and day.weekday() < 5).lower()},\n" for day in days)


async def test_a_window_reaches_into_a_year_that_an_operator_put_in(
    database: Database, admin: Connection, set_day: SetDay
) -> None:
    await set_day(date(2026, 12, 30))
    opened = await open_case(database, OPENER, new_case())
    await refused(InputError, "calendar.beyond", serve_notice(database, OPENER, at(opened), notice(date(2026, 12, 30))))
    assert await extend_calendar(database, OPERATOR, _january(), NOTICE) == 31
    taken = await serve_notice(database, OPENER, at(opened), notice(date(2026, 12, 30)))
    assert taken.respond_by == date(2027, 1, 7)
    assert await extend_calendar(database, OPERATOR, _january(), NOTICE) == 0
    events = "SELECT count(*) FROM register.audit_event WHERE action = 'extendCalendar'"
    assert await admin.fetchval(events) == 1


async def test_what_an_operator_states_prevails(database: Database, admin: Connection) -> None:
    assert await extend_calendar(database, OPERATOR, f"{HEAD}2026-06-15,false,洪水\n", NOTICE) == 1
    await seed(database, OPERATOR)
    assert await admin.fetchval("SELECT working FROM register.calendar_day WHERE day = '2026-06-15'") is False


@pytest.mark.parametrize(
    ("text", "source", "rule"),
    [
        ("day,working\n2027-01-01,true\n", NOTICE, "calendar.row"),
        (f"{HEAD}2027-02-30,true,\n", NOTICE, "calendar.row"),
        (f"{HEAD}2027-01-01,yes,\n", NOTICE, "calendar.row"),
        (f"{HEAD}2027-01-01,true,\n2027-01-01,true,\n", NOTICE, "calendar.row"),
        (f"{HEAD}2027-01-01,true,\n", " ", "calendar.source"),
    ],
)
async def test_a_wrong_file_changes_nothing(
    database: Database, admin: Connection, text: str, source: str, rule: str
) -> None:
    await refused(InputError, rule, extend_calendar(database, OPERATOR, text, source))
    assert await admin.fetchval("SELECT max(day) FROM register.calendar_day") == date(2026, 12, 31)
    await refused(Forbidden, "access.role", extend_calendar(database, OPENER, text, source))
