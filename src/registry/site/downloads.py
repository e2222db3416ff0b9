"""Downloads: the exports that are served, with counts and digests."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from registry.site.documents import HEAD
from registry.site.frame import Page, Visit


async def downloads(visit: Visit) -> Page | Response:
    """Every set, the newest first, with the files of each."""
    await visit.answer(HEAD)
    found = sorted(await visit.register.exports(), key=_newest, reverse=True)
    return Page("downloads.html", {"exports": found}, kept=False)


def _newest(export: Mapping[str, Any]) -> tuple[int, str]:
    return int(export["position"]), str(export["folder"])
