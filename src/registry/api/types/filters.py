"""How the fields of a filter are declared: each with the condition it puts on the row."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import strawberry

from registry.api.planner.conditions import CONDITION, Condition, Sliced
from registry.api.planner.constants import found_before
from registry.api.planner.rows import Join
from registry.domain.identifiers import normalise_code


def condition(
    template: str,
    type_name: str,
    description: str,
    convert: Callable[[Any], object] = lambda value: value,
    *needs: Join,
    then: str = "",
    looked_at: str = "",
    sliced: Sliced | None = None,
    staff_rule: str = "",
    beside: Mapping[str, str] | None = None,
    gathered: str = "",
) -> Any:
    """Declare an optional field of a filter; `{value}` in the template is the parameter.

    `then` replaces the template in questions about the past, `looked_at` where no index on it is used;
    `staff_rule` keeps the field for staff. `beside` says by field what `{beside}` adds where that field is given too,
    `gathered` what then takes the template's place.
    """
    return strawberry.field(
        default=strawberry.UNSET,
        description=description,
        metadata={
            CONDITION: Condition(
                template,
                type_name,
                convert,
                needs,
                then,
                looked_at,
                sliced,
                staff_rule,
                MappingProxyType(beside or {}),
                gathered,
            )
        },
    )


def containing(text: str) -> str:
    """Return the LIKE pattern of texts that contain `text`."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def codes(members: list[Any]) -> list[str]:
    """Return enumeration members as the codes that are stored."""
    return [str(member) for member in members]


def canonical_code(text: str) -> str:
    """Return a typed code as the register writes it: folded, upper case, the implied scheme USCC left out."""
    return normalise_code(text).removeprefix("USCC:")


WITHIN_REGION = (
    "{row}.region_code IN (SELECT d.code FROM {region:a} JOIN {region:d} "
    "ON d.path >= a.path AND d.path < a.path || '0' AND (d.path = a.path OR starts_with(d.path, a.path || '/')) "
    "WHERE a.code = {value})"
)
"""In a region or below it; an index finds what begins with its path and '/', that is, before the path and '0'."""
SPAN = found_before("disclosure.region_span({value})", "text[]")
IN_REGION = (
    f"{{row}}.region_code >= ({SPAN})[1] AND {{row}}.region_code <= ({SPAN})[2] "
    f"AND (cardinality({SPAN}) = 2 OR {{row}}.region_code = ANY (({SPAN})[3:]))"
)
"""The same of what is there now, as a range of codes, with the codes themselves where others lie between them."""
