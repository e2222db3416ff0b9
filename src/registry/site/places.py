"""The region that a reader chose: where it lies, and what can be chosen below it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.site.documents import REGION
from registry.site.frame import Visit

Named = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A region, those above it (the highest first, no nation), those directly below it, and those beside it.

    Where nothing is chosen, provinces stand beside it.
    """

    code: str
    above: Sequence[Named]
    chosen: Named | None
    below: Sequence[Named]
    beside: Sequence[Named]


async def find_place(visit: Visit, code: str) -> Place:
    """Return the place of a region code; nothing chosen where the code is empty or unknown."""
    asked = code.strip()[:20]
    told = await visit.answer(REGION, code=asked or "CN")
    found = told.data["regions"]["nodes"]
    if not found:
        return Place("", (), None, (), ())
    chosen = found[0]
    below = chosen["children"]["nodes"]
    if chosen["level"] == "NATION":
        return Place("", (), None, (), below)
    beside = chosen["parent"]["children"]["nodes"] if chosen["parent"] else ()
    return Place(chosen["code"], above(chosen), chosen, below, beside)


def above(region: Mapping[str, Any] | None) -> list[Named]:
    """Return the regions above one, the highest first, without the nation."""
    found: list[Named] = []
    parent = None if region is None else region.get("parent")
    while parent:
        if len(parent["code"]) == 6 or parent.get("level") not in (None, "NATION"):
            found.insert(0, parent)
        parent = parent.get("parent")
    return found
