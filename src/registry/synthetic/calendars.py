"""A working calendar for years whose holidays nobody has announced yet."""

from datetime import date, timedelta

SOURCE = "invented: Monday to Friday 虚构：周一至周五"


def weekdays(after: date, to: date) -> str:
    """Return a calendar file of the days after one day to another, in which all from Monday to Friday are worked."""
    days = (after + timedelta(days=number) for number in range(1, (to - after).days + 1))
    return "day,working,holiday\n" + "".join(f"{day},{str(day.weekday() < 5).lower()},\n" for day in days)
