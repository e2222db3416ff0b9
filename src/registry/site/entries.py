"""The page of one entry of a credit list, while it is in force and not a day longer."""

import base64
import binascii

from starlette.responses import Response

from registry.site.documents import ENTRY
from registry.site.frame import Page, Visit


def is_entry_id(text: str) -> bool:
    """Whether a text names an entry, of which nobody learns whether there ever was one."""
    try:
        named = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return False
    kind, _, number = named.partition(":")
    return kind == "CreditEntry" and number.isdigit()


async def entry(visit: Visit) -> Page | Response:
    """An entry with what an authority said and what follows; 410 once it is not in force."""
    asked = visit.request.path_params["id"]
    if not is_entry_id(asked):
        return Page("error.html", {"status": 404, "reason": ""}, 404, indexed=False)
    told = await visit.answer(ENTRY, id=asked)
    found = told.data["node"]
    if found is None:
        return Page("error.html", {"status": 410, "reason": visit.say("onentry.gone")}, 410, indexed=False)
    return Page("entry.html", {"entry": found}, indexed=found["subject"]["__typename"] != "ListedPerson")
