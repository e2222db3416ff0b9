"""How values of the register are written for readers of either language."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from registry.domain.lawdays import law_day
from registry.site.words import Language

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def day_text(language: Language, value: str | date | None) -> str:
    """Return a day in words: 2026年4月1日, 1 April 2026; empty for none."""
    if value is None:
        return ""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def law_day_of(instant: str) -> date:
    """Return the law day of an instant as the API writes it."""
    return law_day(datetime.fromisoformat(instant).astimezone(UTC))


def number_text(value: int | str | Decimal, places: int | None = None) -> str:
    """Return a number with thousands separated; rounded half up to so many places if given."""
    number = Decimal(value)
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{number:,f}"


def share_text(value: str | Decimal | None, places: int = 1) -> str:
    """Return a share as per cent: 0.9231 is 92.3%."""
    if value is None:
        return ""
    percent = (Decimal(value) * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{percent:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"
