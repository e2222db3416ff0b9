"""Cron expressions as cron means them: weekday 0 (and 7) is Sunday."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from registry.domain.errors import Bilingual, ConfigurationError

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PART = re.compile(r"(\*|[a-z]{3}|[0-7])(?:-([a-z]{3}|[0-7]))?(?:/([1-9]))?")
_INSTANT = timedelta(microseconds=1)
_WINDOWS = (timedelta(hours=1), timedelta(days=1), timedelta(days=32), timedelta(days=367), timedelta(days=1500))


def _refuse(text: str, zh: str, en: str) -> ConfigurationError:
    message = Bilingual(f"定时设置“{text}”无效：{zh}", f"The schedule '{text}' is wrong: {en}")
    return ConfigurationError(message, rule="settings.schedule", path=("SCHEDULE",))


def _weekday(text: str) -> int:
    return int(text) if text.isdigit() else WEEKDAYS.index(text)


def _weekdays(part: str) -> list[int]:
    match = _PART.fullmatch(part)
    if match is None:
        raise ValueError(part)
    first, last, step = match.groups()
    if first == "*":
        return list(range(0, 7, int(step or 1)))
    start = _weekday(first)
    end = _weekday(last) if last else 6 if step else start
    if end < start:
        raise ValueError(part)
    return [day % 7 for day in range(start, end + 1, int(step or 1))]


def weekday_names(cron_field: str) -> str:
    """Return a weekday field of cron as names, which mean the same to every program."""
    if cron_field == "*":
        return "*"
    days = {day for part in cron_field.lower().split(",") for day in _weekdays(part)}
    return ",".join(WEEKDAYS[day] for day in sorted(days))


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job is due; ConfigurationError for what is no schedule."""

    text: str
    zone: ZoneInfo
    trigger: CronTrigger = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Parse the text."""
        object.__setattr__(self, "trigger", self._parse())

    def _parse(self) -> CronTrigger:
        parts = self.text.split()
        if len(parts) != 5:
            raise _refuse(self.text, "须为五个字段", "five fields are needed: minute hour day month weekday")
        minute, hour, day, month, weekday = parts
        if "*" not in (day, weekday):
            zh, en = "日与星期只能限定其一", "restrict the day of the month or the weekday, not both"
            raise _refuse(self.text, zh, en)
        try:
            names = weekday_names(weekday)
            return CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=names, timezone=self.zone)
        except ValueError as error:
            raise _refuse(self.text, "字段值无效", str(error)) from error

    def due_from(self, instant: datetime) -> datetime | None:
        """Return the first due instant (UTC) not before `instant`; None when there is none."""
        due: datetime | None = self.trigger.get_next_fire_time(None, instant)
        return None if due is None else due.astimezone(UTC)

    def newest_due(self, after: datetime, now: datetime) -> datetime | None:
        """Return the newest due instant (UTC) later than `after` and not later than `now`; None when there is none."""
        for window in _WINDOWS:
            start = max(after + _INSTANT, now - window)
            newest = None
            while (due := self.due_from(start)) is not None and due <= now:
                newest, start = due, due + _INSTANT
            if newest is not None or start <= after + _INSTANT:
                return newest
        return None
