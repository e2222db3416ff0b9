"""Administrative regions."""

from datetime import date
from typing import Annotated, Any

import strawberry

from registry.api.planner.connections import Connection
from registry.api.planner.declare import One, column, global_id, planned
from registry.api.planner.keyset import Key
from registry.api.types.filters import condition, containing
from registry.api.types.paging import Node, Page, fixed, paged
from registry.api.types.terms import RegionLevel
from registry.domain.identifiers import normalise_code

VALID_ON_DAY = "{row}.valid_from <= {day} AND ({row}.valid_to IS NULL OR {row}.valid_to >= {day})"


def region_of(code: str, description: str) -> Any:
    """Declare the region that a code column of the parent names: the row valid on the law day, else the latest."""
    order = f"({VALID_ON_DAY}) DESC, {{row}}.valid_from DESC, {{row}}.id"
    return planned(One("{region:{row}}", f"{{row}}.code = {{parent}}.{code}", order), description)


BY_CODE = fixed("regions", Key("{row}.code", "text"), Key("{row}.valid_from", "date"), Key("{row}.id", "bigint"))


@strawberry.type(description="An administrative region by GB/T 2260, or a nation by ISO 3166. 行政区划")
class Region(Node):
    """A region as its register row says."""

    id: strawberry.ID = global_id("Region")
    code: str = column("code", "Six digits by GB/T 2260, or ISO 3166 (`CN`, `US-AL`). 区划代码")
    name: str = column("name", "Its name. 名称")
    name_en: str | None = column("name_en", "Its English name. 英文名称")
    level: RegionLevel = column("level", "Its level. 级别")
    parent: Annotated["Region", strawberry.lazy("registry.api.types.regions")] | None = region_of(
        "parent_code", "The region it belongs to. 上级区划"
    )
    valid_from: date = column("valid_from", "First day of its validity. 生效日期")
    valid_to: date | None = column("valid_to", "Last day of its validity; null while it is open. 失效日期")
    children: Page[Annotated["Region", strawberry.lazy("registry.api.types.regions")]] = paged(
        Connection("{region:{row}}", BY_CODE, f"{{row}}.parent_code = {{parent}}.code AND {VALID_ON_DAY}"),
        "The regions directly below it that are valid on the law day, by code. 下级区划",
    )


@strawberry.input(description="Which regions; all given fields must hold. 区划筛选条件")
class RegionFilter:
    """Conditions on regions."""

    parent: str | None = condition(
        "{row}.parent_code = {value}", "text", "Code of the region directly above. 上级区划代码", normalise_code
    )
    level: RegionLevel | None = condition("{row}.level = {value}", "text", "The level. 级别", str)
    name_contains: str | None = condition("{row}.name LIKE {value}", "text", "Part of the name. 名称包含", containing)
    code: str | None = condition("{row}.code = {value}", "text", "The code. 区划代码", normalise_code)
    valid_on: date | None = condition(
        "{row}.valid_from <= {value} AND ({row}.valid_to IS NULL OR {row}.valid_to >= {value})",
        "date",
        "Valid on this day; if not given, on the law day of the question. 有效日期",
    )
