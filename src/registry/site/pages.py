"""The front page, help for readers, and what this site is."""

from starlette.responses import Response

from registry.site.documents import FRONT, TERMS
from registry.site.frame import Page, Visit


async def front(visit: Visit) -> Page | Response:
    """The front page: search, the newest entries, the state of the register."""
    told = await visit.answer(FRONT)
    runs = told.data["ratingRuns"]["nodes"]
    values = {
        "institutions": told.data["institutions"]["totalCount"],
        "entries": told.data["creditEntries"],
        "run": runs[0] if runs else None,
    }
    return Page("front.html", values)


async def help_page(visit: Visit) -> Page | Response:
    """How to object, to ask for repair, to complain; the terms in force."""
    told = await visit.answer(TERMS)
    today = visit.today.isoformat()
    terms = [
        rule
        for rule in told.data["creditTerms"]["nodes"]
        if rule["effectiveFrom"] <= today and (rule["effectiveTo"] is None or today <= rule["effectiveTo"])
    ]
    return Page("help.html", {"terms": terms})


async def about(visit: Visit) -> Page | Response:  # noqa: ARG001 - as every page
    """What this site is, for everybody and for programs; accessibility; privacy."""
    return Page("about.html")
