"""Law days: the calendar dates of Asia/Shanghai on which the law counts."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LAW_ZONE = ZoneInfo("Asia/Shanghai")


def law_day(instant: datetime, zone: ZoneInfo = LAW_ZONE) -> date:
    """The law day on which an aware instant falls; ValueError for a naive one."""
    if instant.tzinfo is None:
        msg = "an instant without a time zone has no law day"
        raise ValueError(msg)
    return instant.astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo = LAW_ZONE) -> datetime:
    """The instant (UTC) at which a law day begins."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def day_window(day: date, zone: ZoneInfo = LAW_ZONE) -> tuple[datetime, datetime]:
    """The instants (UTC) between which a law day lies: the first belongs to it, the second to the next day."""
    return day_start(day, zone), day_start(day + timedelta(days=1), zone)


def next_law_midnight(instant: datetime, zone: ZoneInfo = LAW_ZONE) -> datetime:
    """The instant (UTC) at which the law day of an aware instant ends."""
    return day_window(law_day(instant, zone), zone)[1]


def add_months(day: date, months: int) -> date:
    """The same day `months` later (earlier when negative); a month without that day ends on its last.

    Legal source: Civil Code art. 202. As the day of the act is not counted (art. 201), this is the last day of a term
    of so many months that begins with an act on `day`; that day counts in full.
    """
    year, month_index = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month_index + 1, min(day.day, monthrange(year, month_index + 1)[1]))


def add_years(day: date, years: int) -> date:
    """The same day `years` later by the rule of `add_months` (29 February becomes 28 February)."""
    return add_months(day, 12 * years)
