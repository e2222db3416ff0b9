"""The domain and the database count the same days: terms, force, windows; on every day that counting trips over."""

import asyncio
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.db.pool import Connection
from registry.domain.credit.entries import (
    EntryDates,
    earliest_repair,
    in_force_to,
    is_in_force,
    is_shown,
    last_day_of_term,
)
from registry.domain.credit.windows import window_end
from registry.domain.errors import InputError
from registry.services.seeding import known_calendar_days

CALENDAR = {day: working for day, working, _ in known_calendar_days()}
ONE_DAY = timedelta(days=1)
DAYS = st.one_of(
    st.dates(date(2019, 1, 1), date(2032, 12, 31)),
    st.sampled_from([date(2024, 2, 29), date(2025, 12, 31), date(2026, 3, 31), date(2026, 4, 1), date(2026, 8, 31)]),
)
MAYBE = st.none() | DAYS


@st.composite
def entry_dates(draw: st.DrawFn) -> EntryDates:
    original = EntryDates(draw(DAYS), draw(MAYBE), draw(MAYBE)) if draw(st.booleans()) else None
    return EntryDates(draw(MAYBE), draw(MAYBE), draw(MAYBE), original)


ENTRIES = """INSERT INTO register.credit_entry (origin, original_id, list_code, list_kind, ground_code, organisation_id,
  region_code, decided_on, document_number, authority, legal_basis, reference, change_id, ordinal)
SELECT 'ADOPTED', CASE WHEN n = 2 THEN 1 END, 'L', 'WATCH', 'G', 1, '220102', '1990-01-01', n, '-', '-', '-', 1, n
  FROM generate_series(1, 3) AS n"""
DATED = "UPDATE register.credit_entry SET published_on = $2, last_day = $3, ended_on = $4, end_kind = $5 WHERE id = $1"
ASKED = """SELECT register.credit_in_force(e.id, $2),
  nullif(register.credit_end(e.last_day, e.ended_on, e.original_id), 'infinity')
  FROM register.credit_entry AS e WHERE e.id = $1"""


async def _asked(admin: Connection, dates: EntryDates, day: date) -> tuple[bool, date | None]:
    """What the database says of entry 3, or of entry 2, which adopts entry 1."""
    number = 3 if dates.original is None else 2
    for entry, told in ((number, dates), (1, dates.original or dates)):
        kind = None if told.ended_on is None else "WITHDRAWN"
        await admin.execute(DATED, entry, told.published_on, told.last_day, told.ended_on, kind)
    row = await admin.fetchrow(ASKED, number, day)
    assert row is not None
    return row[0], row[1]


async def test_both_tell_the_same_of_what_is_in_force(admin: Connection) -> None:
    await admin.execute("SET session_replication_role = replica")  # dates that no procedure would give
    await admin.execute(ENTRIES)
    loop = asyncio.get_running_loop()

    # Others may have the processor for as long as they like.
    @settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
    @given(dates=entry_dates(), day=DAYS)
    def same(dates: EntryDates, day: date) -> None:
        asked = asyncio.run_coroutine_threadsafe(_asked(admin, dates, day), loop).result(60)
        assert asked == (is_in_force(dates, day), in_force_to(dates))

    await asyncio.to_thread(same)


async def test_both_count_terms_alike(admin: Connection) -> None:
    days = [date(2020, 1, 1) + timedelta(days=n) for n in range(0, 2600, 7)] + [date(2024, 2, 29), date(2026, 8, 31)]
    months = [0, 1, 3, 6, 12, 36]
    rows = await admin.fetch(
        "SELECT d, m, register.months_after(d, m) AS last, register.earliest_repair(d, m) AS earliest"
        " FROM unnest($1::date[]) AS d, unnest($2::integer[]) AS m",
        days,
        months,
    )
    for row in rows:
        assert row["last"] == last_day_of_term(row["d"], row["m"])
        assert row["earliest"] == earliest_repair(row["d"], row["m"])


async def test_both_count_working_days_alike(admin: Connection) -> None:
    days = [date(2025, 9, 1) + timedelta(days=n) for n in range(480)]
    for count in (1, 5, 15):
        rows = await admin.fetch(
            "SELECT d, register.working_day_after(d, $2) AS last FROM unnest($1::date[]) AS d", days, count
        )
        assert [row["last"] for row in rows] == [_window(row["d"], count) for row in rows]
    await admin.execute("DELETE FROM register.calendar_day WHERE day = '2026-06-12'")
    assert await admin.fetchval("SELECT register.working_day_after('2026-06-10', 5)") is None


def _window(day: date, count: int) -> date | None:
    try:
        return window_end(day, count, CALENDAR)
    except InputError:
        return None


def test_a_window_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(InputError, match="2027-01-01") as caught:
        window_end(date(2026, 12, 31), 1, CALENDAR)
    assert caught.value.rule == "calendar.beyond"


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        (date(2024, 9, 30), 1, date(2024, 10, 8)),  # the golden week: 1 to 7 October are free
        (date(2024, 9, 27), 2, date(2024, 9, 30)),  # Sunday 29 September is worked to make up for it
        (date(2024, 10, 8), 4, date(2024, 10, 12)),  # so is Saturday 12 October
        (date(2024, 2, 9), 1, date(2024, 2, 18)),  # spring festival to the 17th; Sunday 18 February is worked
        (date(2025, 12, 31), 1, date(2026, 1, 4)),  # new year to the 3rd; Sunday 4 January is worked
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # Saturday 14 February is worked before the spring festival
    ],
)
def test_windows_pass_over_holidays_and_count_make_up_days(day: date, count: int, last: date) -> None:
    assert window_end(day, count, CALENDAR) == last


@pytest.mark.parametrize(
    ("decided", "least", "earliest"),
    [
        (date(2026, 6, 10), 3, date(2026, 9, 11)),
        (date(2025, 11, 30), 3, date(2026, 3, 1)),  # February has no 30th: the term ends on its last day
        (date(2024, 2, 29), 12, date(2025, 3, 1)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
    ],
)
def test_repair_begins_on_the_day_after_the_minimum(decided: date, least: int, earliest: date) -> None:
    assert earliest_repair(decided, least) == earliest


def test_everybody_sees_what_was_in_force_then_and_is_now() -> None:
    first, last = date(2026, 4, 1), date(2026, 6, 30)
    then, ended = EntryDates(first, last), EntryDates(first, last, date(2026, 5, 10))
    assert is_shown(then, first, then, last)
    assert not is_shown(then, first - ONE_DAY, then, last)
    assert not is_shown(then, first, then, last + ONE_DAY)
    assert is_shown(then, first, ended, date(2026, 5, 9))
    assert not is_shown(then, first, ended, date(2026, 5, 10))
