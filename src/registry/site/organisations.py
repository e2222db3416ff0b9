"""The page of an organisation: the legal entity, its institutions, the entries on it."""

from starlette.responses import Response

from registry.site.documents import ORGANISATION
from registry.site.frame import Page, Visit
from registry.site.institutions import asked_day, end_of, not_found
from registry.site.policy_words import certified_ratio, shelve


async def organisation(visit: Visit) -> Page | Response:
    """An organisation, now or on a past day."""
    day, problem = asked_day(visit)
    told = await visit.answer(ORGANISATION, code=visit.request.path_params["code"], asOf=end_of(day))
    found = told.data["organisation"]
    if found is None:
        return not_found(visit, day, "organisation.unknown")
    await shelve(visit, [node["rating"] for node in found["institutions"]["nodes"]])
    values = {"organisation": found, "as_of": day, "problem": problem, "certified": certified_ratio}
    return Page("organisation.html", values, indexed=day is None)
