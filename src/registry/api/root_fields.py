"""How the fields of the query type are declared."""

from datetime import datetime
from typing import Any

import strawberry

from registry.api.planner.compile import WEIGHT, Plan
from registry.api.planner.declare import argument
from registry.api.planner.roots import ROOT, Root
from registry.api.prices import OBJECT

AS_OF = argument(
    "as_of",
    datetime | None,
    "What the register said at this instant (recorded time); later than the newest change set, it means that one, and "
    "`extensions.register.asOf` says so. A day in the future is refused. 查询时点",
)

REVIEWED = 5_000
"""What reviewing a statement costs, in rows: its check is made again."""


def root(plan: Plan, description: str, arguments: Any = (), *, weight: int = OBJECT, **options: Any) -> Any:
    """Declare a root field that the planner answers; `options` are those of Root, `weight` is what it costs itself."""
    declared = strawberry.field(description=description, metadata={ROOT: Root(plan, **options), WEIGHT: weight})
    declared.arguments = list(arguments)
    return declared
