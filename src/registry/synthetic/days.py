"""Days as whole numbers (since 1970-01-01) and their text, by table."""

from datetime import date

import numpy as np

from registry.synthetic.draws import Ints

_FIRST, _LAST = date(1930, 1, 1), date(2199, 12, 31)
_EPOCH = date(1970, 1, 1).toordinal()
_OFFSET = _EPOCH - _FIRST.toordinal()
_DAYS = np.arange(np.datetime64(_FIRST), np.datetime64(_LAST) + 1)
_TEXTS = np.datetime_as_string(_DAYS).tolist()
_COMPACT = np.array([int(text.replace("-", "")) for text in _TEXTS], np.int64)

NEVER = -(10**6)
"""No day: its text is empty."""


def day_number(day: date) -> int:
    """The number of a day."""
    return day.toordinal() - _EPOCH


def number_day(number: int) -> date:
    """The day of a number."""
    return date.fromordinal(number + _EPOCH)


def texts_of(days: Ints) -> list[str]:
    """The ISO texts of days from 1930 to 2199; empty for NEVER."""
    return [_TEXTS[day + _OFFSET] if day != NEVER else "" for day in days.tolist()]


def compact(days: Ints) -> Ints:
    """Days as numbers like 20240131."""
    return _COMPACT[days + _OFFSET]


def years_of(days: Ints) -> Ints:
    """The calendar year of each day."""
    return compact(days) // 10_000


def later(days: Ints, years: int) -> Ints:
    """The last day of a period of so many years that begins on each day."""
    begun = compact(days)
    year, rest = begun // 10_000 + years, begun % 10_000
    rest = np.where(rest == 229, 228, rest)
    return np.searchsorted(_COMPACT, year * 10_000 + rest) - _OFFSET - 1
