"""The root fields of the query type; all but `viewer` are answered by the planner."""

from datetime import datetime
from typing import Any

import strawberry

from registry.api.planner.compile import Plan
from registry.api.planner.connections import Connection
from registry.api.planner.declare import Argument, One, argument
from registry.api.planner.roots import ROOT, Root
from registry.api.types.institutions import Institution, InstitutionFilter, InstitutionOrder, institution_ordering
from registry.api.types.organisations import Organisation
from registry.api.types.paging import Page, paged
from registry.domain.identifiers import normalise_code

AS_OF = argument(
    "as_of",
    datetime | None,
    "What the register said at this instant (recorded time); later than the newest change set, it means that one, and "
    "`extensions.register.asOf` says so. A day in the future is refused. 查询时点",
)


def canonical_code(text: str) -> str:
    """Return a typed code as the register writes it: folded, upper case, the implied scheme USCC left out."""
    return normalise_code(text).removeprefix("USCC:")


def root(plan: Plan, description: str, arguments: Any = (), *, staff: Plan | None = None) -> Any:
    """Declare a root field that the planner answers."""
    declared = strawberry.field(description=description, metadata={ROOT: Root(plan, staff)})
    declared.arguments = list(arguments)
    return declared


@strawberry.type(description="What can be asked of the register. 查询")
class Query:
    """The query type."""

    institution: Institution | None = root(
        One("{institution:{row}}", "{row}.code = {code}", arguments={"code": Argument("text", canonical_code)}),
        "The institution with this code; null when the code is unknown. 按代码查询机构",
        (
            argument("code", str, "A unified social credit code as it is, another scheme as `SCHEME:CODE`. 机构代码"),
            AS_OF,
        ),
    )
    institutions: Page[Institution] = paged(
        Connection("{institution:{row}}", institution_ordering),
        "Institutions, filtered and ordered; by code if no order is asked for. 机构列表",
        (
            argument("filter", InstitutionFilter | None, "Which institutions. 筛选条件"),
            argument("order_by", list[InstitutionOrder] | None, "In which order; several keys in turn. 排序"),
            AS_OF,
        ),
        wrap=root,
    )
    organisation: Organisation | None = root(
        One("{organisation:{row}}", "{row}.code = {uscc}", arguments={"uscc": Argument("text", canonical_code)}),
        "The legal entity with this unified social credit code; null when the code is unknown. 按代码查询经营主体",
        (argument("uscc", str, "Unified social credit code, or `SCHEME:CODE`. 统一社会信用代码"), AS_OF),
    )
