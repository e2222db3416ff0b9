"""Law days and terms."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.lawdays import add_months, add_years, day_start, day_window, law_day, next_law_midnight


def test_the_law_day_turns_at_16_utc() -> None:
    assert law_day(datetime(2026, 3, 31, 15, 59, 59, 999999, tzinfo=UTC)) == date(2026, 3, 31)
    assert law_day(datetime(2026, 3, 31, 16, tzinfo=UTC)) == date(2026, 4, 1)


def test_a_naive_instant_has_no_law_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        law_day(datetime(2026, 3, 31, 16))  # noqa: DTZ001


@given(st.integers(700_000_000, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_an_instant_lies_in_the_window_of_its_day(instant: datetime) -> None:
    start, end = day_window(law_day(instant))
    assert start <= instant < end
    assert end - start == timedelta(days=1)
    assert next_law_midnight(instant) == end
    assert law_day(start) == law_day(end - timedelta(microseconds=1)) == law_day(instant)


def test_a_day_starts_in_utc() -> None:
    assert day_start(date(2026, 4, 1)) == datetime(2026, 3, 31, 16, tzinfo=UTC)
    assert day_start(date(2026, 4, 1)).tzinfo is UTC


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 4, 1), 3, date(2026, 7, 1)),
        (date(2026, 8, 31), 3, date(2026, 11, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
    ],
)
def test_a_month_without_the_day_ends_on_its_last(day: date, months: int, last: date) -> None:
    assert add_months(day, months) == last


def test_years() -> None:
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(-600, 600))
def test_terms_keep_the_month_count_and_never_exceed_the_day(day: date, months: int) -> None:
    end = add_months(day, months)
    assert (end.year - day.year) * 12 + end.month - day.month == months
    assert end.day <= day.day
    assert end.day == day.day or (end + timedelta(days=1)).day == 1
