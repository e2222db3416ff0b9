"""Who cares for the elderly of a region: certified carers, skill ladder, occupations, what is missing, wages."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from registry.site.documents import STAFF
from registry.site.frame import Page, Visit
from registry.site.places import find_place

SHOWN_DAYS = 13
"""How many of the days counted in the last year are shown: the newest, and those evenly before it."""


async def staff(visit: Visit) -> Page | Response:
    """What was counted of a region and all below it, the whole nation unless the address names one."""
    place = await find_place(visit, visit.request.query_params.get("region", ""))
    since = visit.today - timedelta(days=366)
    told = await visit.answer(STAFF, region=place.code or "CN", since=since.isoformat())
    days, wages = told.data["regionStatistics"]["days"], told.data["regionStatistics"]["wages"]
    newest = days[-1] if days else None
    values = {"place": place, "newest": newest, "days": spread(days), "wages": wages}
    return Page("staff.html", values)


def spread(days: Sequence[Mapping[str, Any]], most: int = SHOWN_DAYS) -> list[Mapping[str, Any]]:
    """Return so many days, the newest first, evenly out of all."""
    if len(days) <= most:
        return list(reversed(days))
    last = len(days) - 1
    return [days[round(last - last * place / (most - 1))] for place in range(most)]
