"""Schedules: cron as cron means it, and what was missed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.errors import ConfigurationError
from registry.scheduler.schedules import Schedule, weekday_names

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    """An instant written in Shanghai's time."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("*", "*"),
        ("0", "sun"),
        ("7", "sun"),
        ("1", "mon"),
        ("1-5", "mon,tue,wed,thu,fri"),
        ("0-3", "sun,mon,tue,wed"),
        ("5-7", "sun,fri,sat"),
        ("SUN,3", "sun,wed"),
        ("mon-fri/2", "mon,wed,fri"),
        ("*/2", "sun,tue,thu,sat"),
        ("2/2", "tue,thu,sat"),
    ],
)
def test_weekdays_count_from_sunday(field: str, names: str) -> None:
    assert weekday_names(field) == names


def test_the_default_is_two_in_the_morning_of_the_law_zone() -> None:
    schedule = Schedule("0 2 * * *", SHANGHAI)
    assert schedule.due_from(at("2026-11-22T02:00:01")) == at("2026-11-23T02:00")
    assert schedule.due_from(at("2026-11-22T02:00:00")) == datetime(2026, 11, 21, 18, tzinfo=UTC)


def test_sunday_is_sunday() -> None:
    due = Schedule("30 3 * * 0", SHANGHAI).due_from(at("2026-11-18T00:00"))
    assert due == at("2026-11-22T03:30")
    assert due.astimezone(SHANGHAI).strftime("%A") == "Sunday"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0 2 * *",
        "61 2 * * *",
        "0 25 * * *",
        "0 2 * * 8",
        "0 2 * * mon-",
        "0 2 * * fri-mon",
        "x 2 * * *",
        "0 2 1 * 1",
    ],
)
def test_what_is_no_schedule_is_refused_with_the_setting(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Schedule(text, SHANGHAI)
    assert caught.value.path == ("SCHEDULE",)


def test_the_newest_due_is_found_however_long_ago() -> None:
    nightly = Schedule("0 2 * * *", SHANGHAI)
    now = at("2026-11-22T09:00")
    assert nightly.newest_due(at("2026-11-22T02:00"), now) is None
    assert nightly.newest_due(at("2026-11-21T02:00"), now) == at("2026-11-22T02:00")
    assert nightly.newest_due(at("2024-01-01T02:00"), now) == at("2026-11-22T02:00")
    yearly = Schedule("0 0 1 1 *", SHANGHAI)
    assert yearly.newest_due(at("2020-06-01T00:00"), now) == at("2026-01-01T00:00")


@given(
    st.sampled_from(["* * * * *", "*/7 * * * *", "0 2 * * *", "15 4 * * 1-5", "0 0 1 * *"]),
    st.integers(0, 31 * 86_400),
    st.integers(0, 3 * 86_400),
)
def test_newest_due_agrees_with_walking_through_all(text: str, begin_seconds: int, seconds: int) -> None:
    schedule = Schedule(text, SHANGHAI)
    after = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=begin_seconds)
    now = after + timedelta(seconds=seconds)
    newest, cursor = None, after + timedelta(microseconds=1)
    while (due := schedule.due_from(cursor)) is not None and due <= now:
        newest, cursor = due, due + timedelta(microseconds=1)
    assert schedule.newest_due(after, now) == newest
