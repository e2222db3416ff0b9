"""Windows in Chinese working days (工作日): statutory holidays and make-up working days count as the calendar says."""

from collections.abc import Mapping
from datetime import date, timedelta

from registry.domain.errors import Bilingual, InputError

_ONE_DAY = timedelta(days=1)


def window_end(day: date, working_days: int, calendar: Mapping[date, bool]) -> date:
    """The last day of a window that an act on `day` opens; that day is not counted, the last one counts in full.

    `calendar` tells of each day whether it is worked. Rule: `calendar.beyond` where the window reaches a day that it
    lacks; nothing is guessed.
    """
    counted = 0
    while counted < working_days:
        day += _ONE_DAY
        if day not in calendar:
            raise beyond_calendar(day)
        counted += calendar[day]
    return day


def beyond_calendar(day: date) -> InputError:
    """The refusal of a window that reaches a day without an entry in the calendar. Rule: `calendar.beyond`."""
    zh = f"期限超出工作日历（缺 {day}）；请由管理员用 registry seed --calendar 补充后重试"
    en = f"The working calendar ends before the window does ({day} is missing); extend it by `registry seed --calendar`"
    return InputError(Bilingual(zh, en), rule="calendar.beyond")
