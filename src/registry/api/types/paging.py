"""Relay's shapes: nodes, pages, edges; and the arguments that every page takes."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import strawberry
from strawberry.types.arguments import StrawberryArgument

from registry.api.planner.compile import Plan
from registry.api.planner.declare import argument, planned
from registry.api.planner.keyset import Key, Ordering
from registry.api.scalars import Long

Item = TypeVar("Item")


@strawberry.interface(description="Anything that `node` finds by its global identifier. 有全局标识的对象")
class Node:
    """The Relay interface Node."""

    id: strawberry.ID = strawberry.field(description="Global identifier. 全局标识")


@strawberry.type(description="Where a page stands in its list. 分页信息")
class PageInfo:
    """The Relay type PageInfo."""

    has_next_page: bool = strawberry.field(description="Whether items follow this page. 是否有下一页")
    has_previous_page: bool = strawberry.field(description="Whether items precede this page. 是否有上一页")
    start_cursor: str | None = strawberry.field(description="Cursor of the page's first item. 首项游标")
    end_cursor: str | None = strawberry.field(description="Cursor of the page's last item. 末项游标")


@strawberry.type(description="An item of a page with its cursor. 列表项")
class Edge(Generic[Item]):
    """The Relay edge."""

    cursor: str = strawberry.field(description="Opaque place of the item, for `after` and `before`. 游标")
    node: Item = strawberry.field(description="The item. 对象")


@strawberry.type(name="Connection", description="A page of a list. 分页列表")
class Page(Generic[Item]):
    """The Relay connection."""

    edges: list[Edge[Item]] = strawberry.field(description="The items of this page with their cursors. 列表项")
    nodes: list[Item] = strawberry.field(description="The items of this page. 对象")
    page_info: PageInfo = strawberry.field(description="Where the page stands. 分页信息")
    total_count: Long = strawberry.field(description="How many items the whole list has; see totalCountEstimated. 总数")
    total_count_estimated: bool = strawberry.field(
        description="Whether totalCount is an estimate: so in `institutions` and the root's `creditEntries` beyond "
        "10,000 items, nowhere else. "
        "总数是否为估计值"
    )


FORWARD = (
    argument("first", int | None, "So many items from the start, 0 to 1,000; 50 if neither first nor last is given."),
    argument("after", str | None, "Only items after this cursor."),
)
BOTH_WAYS = (
    *FORWARD,
    argument("last", int | None, "So many items from the end, 0 to 1,000; not together with first."),
    argument("before", str | None, "Only items before this cursor."),
)


def paged(
    plan: Plan,
    description: str,
    arguments: tuple[StrawberryArgument, ...] = (),
    wrap: Callable[..., Any] = planned,
) -> Any:
    """Declare a connection with Relay's four arguments and more of its own."""
    return wrap(plan, description, (*BOTH_WAYS, *arguments))


def fixed(name: str, *keys: Key) -> Callable[[Mapping[str, Any]], Ordering]:
    """Return the one ordering of a connection that cannot be asked for another."""
    ordering = Ordering.of(name, *keys)
    return lambda _: ordering
