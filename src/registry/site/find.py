"""Find institutions: by name, pinyin or code, region, kind, stars, grade, certified ratio."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from registry.site.asking import Refused, or_refusal
from registry.site.documents import FIND
from registry.site.frame import Page, Visit
from registry.site.places import Place, find_place
from registry.site.policy_words import certified_ratio, shelve

PAGE_SIZE = 20
KEPT = ("q", "region", "kind", "stars", "grade", "certified", "listed", "sort", "ground", "on", "subject")
KINDS = ("CARE_HOME", "COMMUNITY_CENTRE", "DAY_CARE", "MUTUAL_AID_HOME", "HOME_CARE", "NURSING_HOME", "OTHER")
LISTS = ("RED", "WATCH", "BLACK")
ORDERS: Mapping[str, tuple[str, str] | None] = {
    "stars": ("STARS", "DESC"),
    "score": ("SCORE", "DESC"),
    "certified": ("CERTIFIED_RATIO", "DESC"),
    "beds": ("BEDS", "DESC"),
    "name": ("NAME", "ASC"),
    "any": None,
}
_WHOLE_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_CODE = re.compile(r"[A-Z-]*[:0-9][0-9A-Z:-]{3,}")
_LATIN = re.compile(r"[A-Za-züÜ' ]+")


def text_filter(text: str) -> dict[str, object]:
    """Return what a reader who typed this looks for: a code, a reading in pinyin or a part of the name."""
    upper = text.upper()
    if _WHOLE_CODE.fullmatch(upper):
        return {"organisation": upper}
    if _CODE.fullmatch(upper):
        return {"codePrefix": upper}
    if _LATIN.fullmatch(text):
        return {"pinyin": text}
    return {"nameContains": text}


def numbers(values: list[str], low: int, high: int) -> list[int]:
    """Return the whole numbers among the values that lie between the bounds; nothing else in an address is read."""
    return sorted({int(value) for value in values if value.isascii() and value.isdigit() and low <= int(value) <= high})


def chosen_filter(visit: Visit) -> dict[str, Any]:
    """Return the filter that the address asks for."""
    given = visit.request.query_params
    text = given.get("q", "").strip()[:60]
    chosen: dict[str, Any] = text_filter(text) if text else {}
    if given.get("region"):
        chosen["region"] = given["region"][:20]
    kinds = [kind for kind in given.getlist("kind") if kind in KINDS]
    stars, grades = numbers(given.getlist("stars"), 1, 10), numbers(given.getlist("grade"), 1, 5)
    ratio = numbers(given.getlist("certified")[:1], 0, 100)
    listed = [kind for kind in given.getlist("listed") if kind in LISTS]
    lists: dict[str, Any] = {"kinds": kinds, "stars": stars, "assessedGrades": grades, "listed": listed}
    chosen |= {key: values for key, values in lists.items() if values}
    if ratio:
        chosen["minCertifiedRatio"] = str(ratio[0] / 100)
    return chosen


def paging(visit: Visit, size: int = PAGE_SIZE) -> dict[str, object]:
    """Return the arguments of the page that the address asks for, by the cursor that it stands after or before."""
    before = visit.request.query_params.get("before")
    if before:
        return {"last": size, "before": before}
    return {"first": size, "after": visit.request.query_params.get("after") or None}


def kept_parameters(visit: Visit, *without: str) -> dict[str, list[str]]:
    """Return what the address asks for but the cursors and those named, for an address beside it."""
    given = visit.request.query_params
    kept = {key: [value for value in given.getlist(key) if value] for key in KEPT if key not in without}
    return {key: values for key, values in kept.items() if values}


async def find(visit: Visit) -> Page | Response:
    """The page of what was found; the whole of it follows from its address."""
    given = visit.request.query_params
    chosen = chosen_filter(visit)
    standard = "any" if given.get("q", "").strip() else "stars"
    order = given.get("sort", standard)
    order = order if order in ORDERS else standard
    place, found = await asyncio.gather(
        find_place(visit, given.get("region", "")), or_refusal(_found(visit, chosen, order))
    )
    values: dict[str, Any] = {"place": place, "order": order, "orders": ORDERS, "kinds": KINDS, "lists": LISTS}
    if isinstance(found, Refused):
        values |= {"found": None, "problem": found.reason[visit.language]}
        return Page("find.html", _with_form(visit, values), 400, indexed=False)
    await shelve(visit, [node["rating"] for node in found["nodes"]])
    values |= {"found": found, "problem": "", "certified": certified_ratio}
    return Page("find.html", _with_form(visit, values), indexed=not given)


async def _found(visit: Visit, chosen: dict[str, Any], order: str) -> dict[str, Any]:
    keys = ORDERS[order]
    by = [] if keys is None else [{"field": keys[0], "direction": keys[1]}]
    told = await visit.answer(FIND, filter=chosen, order=by, **paging(visit))
    found: dict[str, Any] = told.data["institutions"]
    return found


def _with_form(visit: Visit, values: dict[str, Any]) -> dict[str, Any]:
    given = visit.request.query_params
    place: Place = values["place"]
    form = {
        "q": given.get("q", "")[:60],
        "region": place.code,
        "kind": given.get("kind", ""),
        "stars": given.get("stars", ""),
        "grade": given.get("grade", ""),
        "certified": given.get("certified", ""),
        "listed": given.get("listed", ""),
    }
    return {**values, "form": form, "kept": kept_parameters(visit)}
