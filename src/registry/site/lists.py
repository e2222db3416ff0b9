"""Credit lists: who is on them today, by region, ground and day."""

import asyncio
from datetime import date
from typing import Any

from starlette.responses import Response

from registry.site.asking import Answer, Refused, or_refusal
from registry.site.documents import ENTRIES
from registry.site.find import kept_parameters, paging
from registry.site.frame import Page, Visit
from registry.site.places import find_place

KINDS = ("red", "watch", "black")
PAGE_SIZE = 25


async def overview(visit: Visit) -> Page | Response:
    """The three kinds of lists, and the newest entries of any."""
    told = await visit.answer(ENTRIES, first=10, filter={}, lists={"inForceOn": visit.today.isoformat()})
    return Page("lists.html", {"entries": told.data["creditEntries"], "lists": told.data["creditLists"]["nodes"]})


def chosen_filter(visit: Visit, kind: str) -> dict[str, Any]:
    """Return the filter that the address asks for."""
    given = visit.request.query_params
    chosen: dict[str, Any] = {"kinds": [kind.upper()]}
    for key in ("ground", "region", "subject"):
        if given.get(key, "").strip():
            chosen[key] = given[key].strip()[:60]
    if given.get("on"):
        chosen["inForceOn"] = _day(given["on"])
    return chosen


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise Refused("BAD_USER_INPUT", "日期须写作 2026-04-01", "A day is written 2026-04-01") from None


async def one_list(visit: Visit) -> Page | Response:
    """Everybody on lists of one kind, the newest decision first."""
    kind = visit.request.path_params["kind"]
    if kind not in KINDS:
        return Page("error.html", {"status": 404, "reason": ""}, 404, indexed=False)
    given = visit.request.query_params
    place, told = await asyncio.gather(find_place(visit, given.get("region", "")), or_refusal(_listed(visit, kind)))
    values: dict[str, Any] = {"kind": kind, "place": place, "problem": "", "kept": kept_parameters(visit)}
    values["form"] = {key: given.get(key, "")[:60] for key in ("ground", "on", "subject")}
    if isinstance(told, Refused):
        values |= {"found": None, "lists": [], "grounds": [], "problem": told.reason[visit.language]}
        return Page("list.html", values, 400, indexed=False)
    rules = told.data["creditLists"]["nodes"]
    grounds = {ground["code"]: ground for rule in rules for ground in rule["grounds"]}
    values |= {"found": told.data["creditEntries"], "lists": rules, "grounds": list(grounds.values())}
    return Page("list.html", values, indexed=not given)


async def _listed(visit: Visit, kind: str) -> Answer:
    lists = {"kind": kind.upper(), "inForceOn": visit.today.isoformat()}
    return await visit.answer(ENTRIES, filter=chosen_filter(visit, kind), lists=lists, **paging(visit, PAGE_SIZE))
