"""Connections (Relay): one page of an ordered list, with keyset cursors, page flags and a count, in one subquery."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type

from registry.api.planner.compile import Compiler, NotPlannable, Selected
from registry.api.planner.conditions import Demand, demanded, read_filter
from registry.api.planner.declare import Argument, Element, argument_marks
from registry.api.planner.keyset import Ordering, beyond, order_by
from registry.api.planner.pages import OF_PAGE, Page, free_page
from registry.api.planner.rows import Join, Row
from registry.api.planner.sql import Parameters, literal


@dataclass(frozen=True, slots=True)
class Connection:
    """A list in pages: rows of `relation` where `where` holds, ordered by what `ordering` makes of the arguments.

    `unless_filtered` holds conditions that stand in for fields of the filter that are not given. With `resume`, the
    relation itself takes `{limit}` and the names that `resume` makes of the keys after which the page begins; it is
    in order. `counted` stands in for it where only the number of rows matters.
    """

    relation: str
    ordering: Callable[[Mapping[str, Any]], Ordering]
    where: str = "true"
    joins: tuple[Join, ...] = ()
    unless_filtered: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    resume: Callable[[Sequence[object] | None, Parameters], Mapping[str, str]] | None = None
    counted: str = ""

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return a scalar subquery that gives the connection object."""
        given = compiler.arguments(selected, free=OF_PAGE)
        return Query(self, compiler, row, selected, given).text()


class Query:
    """The parts of one connection's subquery while they are put together."""

    def __init__(
        self, plan: Connection, compiler: Compiler, parent: Row, selected: Selected, given: Mapping[str, Any]
    ) -> None:
        self.plan, self.compiler, self.parent, self.selected = plan, compiler, parent, selected
        self.given, self.ordering = given, plan.ordering(given)
        self.page = self.read_page()
        self.node = compiler.new_row(parent)
        self.demands = self._read_filter()
        self.names = argument_marks(compiler, selected, plan.arguments)
        self.key_columns = [f"{self.node.alias}.key_{n}" for n in range(len(self.ordering.keys))]
        self.reads_page = False

    def read_page(self) -> Page:
        return free_page(self.compiler, self.selected, self.given, self.ordering)

    def text(self) -> str:
        fields = self.compiler.fields(cast("GraphQLObjectType", self.selected.object_type), self.selected.details)
        parts = []
        for key, details in fields.items():
            field = self.compiler.selected(cast("GraphQLObjectType", self.selected.object_type), details)
            value = literal(str(self.selected.object_type)) if field is None else self._part(field)
            parts.append(f"{literal(key)} VALUE {value}")
        value = f"JSON_OBJECT({', '.join(parts)} RETURNING json)"
        if self.reads_page:
            value = f"(SELECT {value} {self.node.from_clause(self.numbered_rows())})"
        return self.beside_count(value)

    def _part(self, field: Selected) -> str:
        if field.name in ("totalCount", "totalCountEstimated"):
            return self.count(estimated=field.name == "totalCountEstimated")
        if field.name == "pageInfo":
            return self._object(field, self._page_info)
        self.reads_page = True
        if field.name == "edges":
            return self._list(self._object(field, self._edge))
        if field.name == "nodes":
            return self._list(self._node(field))
        msg = f"{field.parent_type.name}.{field.name} is no part of a connection"
        raise NotPlannable(msg)

    def _object(self, selected: Selected, part: Callable[[Selected], str]) -> str:
        object_type = cast("GraphQLObjectType", selected.object_type)
        parts = []
        for key, details in self.compiler.fields(object_type, selected.details).items():
            field = self.compiler.selected(object_type, details)
            parts.append(f"{literal(key)} VALUE {literal(object_type.name) if field is None else part(field)}")
        return f"JSON_OBJECT({', '.join(parts)} RETURNING json)"

    def _list(self, item: str) -> str:
        place = f"{self.node.alias}.place"
        direction = "DESC" if self.page.backwards else "ASC"
        limit = self.limit()
        return f"coalesce(json_agg({item} ORDER BY {place} {direction}) FILTER (WHERE {place} <= {limit}), '[]'::json)"

    def _edge(self, field: Selected) -> str:
        return self._cursor() if field.name == "cursor" else self._node(field)

    def _node(self, field: Selected) -> str:
        return Element().compile(self.compiler, self.node, field)

    def _cursor(self) -> str:
        return self.ordering.cursor(self.key_columns)

    def limit(self) -> str:
        return self.compiler.statement.parameters.once(f"limit {self.node.alias}", self.page.size, "bigint")

    def _page_info(self, field: Selected) -> str:
        parts: Mapping[str, Callable[[], str]] = {
            "hasNextPage": partial(self._more, backwards=False),
            "hasPreviousPage": partial(self._more, backwards=True),
            "startCursor": partial(self._edge_cursor, at_end=False),
            "endCursor": partial(self._edge_cursor, at_end=True),
        }
        return parts[field.name]()

    def _more(self, *, backwards: bool) -> str:
        """Whether rows of the list lie beyond this page: cut off by its size, or on the far side of its cursor."""
        bound = self.page.after if backwards else self.page.before
        parts = []
        if backwards is self.page.backwards:
            self.reads_page = True
            parts.append(f"count(*) > {self.limit()}")
        if bound is not None:
            parts.append(self.exists_from(bound, backwards=backwards))
        return f"({' OR '.join(parts)})" if parts else "false"

    def _edge_cursor(self, *, at_end: bool) -> str:
        self.reads_page = True
        place = f"{self.node.alias}.place"
        direction = "DESC" if at_end is not self.page.backwards else "ASC"
        array = f"array_agg({self._cursor()} ORDER BY {place} {direction}) FILTER (WHERE {place} <= {self.limit()})"
        return f"({array})[1]"

    # The rows ------------------------------------------------------------------------------------------------------

    def inner(self) -> tuple[Row, list[str]]:
        """Return a row of the list and the conditions of the filter."""
        row = self.compiler.new_row(self.parent)
        row.need(*self.plan.joins)
        return row, self.conditions(row)

    def conditions(self, row: Row, *, one_by_one: bool = False, weighed: bool = False) -> list[str]:
        filters = self._filters(row, one_by_one=one_by_one, weighed=weighed)
        return [row.fill(self.plan.where, **self.names), *filters]

    def keys(self, row: Row) -> list[str]:
        return [row.fill(key.template, *key.needs) for key in self.ordering.keys]

    def _filters(self, row: Row, *, one_by_one: bool, weighed: bool) -> list[str]:
        given = self.given.get("filter") or {}
        conditions = [
            row.fill(template) for name, template in self.plan.unless_filtered.items() if given.get(name) is None
        ]
        demands = [demand.once() for demand in self.demands] if weighed else self.demands
        return conditions + [demanded(self.compiler, row, demand, one_by_one=one_by_one) for demand in demands]

    def _read_filter(self) -> list[Demand]:
        given = self.given.get("filter")
        if not given:
            return []
        input_type = get_named_type(self.selected.definition.args["filter"].type)
        staff = self.compiler.statement.for_staff
        return read_filter(cast("GraphQLInputObjectType", input_type), given, self.node.alias, staff=staff)

    def select(
        self,
        columns: str,
        row: Row,
        conditions: Sequence[str],
        *,
        after: Sequence[object] | None = None,
        limit: str = "NULL",
        relation: str = "",
    ) -> str:
        source = row.from_clause(self._relation(relation or self.plan.relation, row, after, limit))
        return " ".join(("SELECT", columns, source, "WHERE", " AND ".join(conditions)))

    def _relation(self, template: str, row: Row, after: Sequence[object] | None, limit: str) -> str:
        resumed = self.plan.resume(after, self.compiler.statement.parameters) if self.plan.resume else {}
        return row.fill(template, **self.names, **resumed, limit=limit)

    def numbered_rows(self) -> str:
        row, conditions = self.inner()
        keys, parameters = self.keys(row), self.compiler.statement.parameters
        for bound, back in ((self.page.after, False), (self.page.before, True)):
            if bound is not None:
                conditions.append(beyond(self.ordering.keys, keys, bound, parameters, backwards=back))
        named = ", ".join((f"{row.alias}.*", *(f"{key} AS key_{n}" for n, key in enumerate(keys))))
        order = order_by(self.ordering.keys, keys, backwards=self.page.backwards)
        limit = f"{self.limit()} + 1"
        selected = self.select(named, row, conditions, after=self.page.after, limit=limit)
        numbered = "SELECT row_number() OVER () AS place, q.*"
        return f"({numbered} FROM ({selected} ORDER BY {order} LIMIT {limit}) AS q) AS {self.node.alias}"

    def exists_from(self, bound: Sequence[object], *, backwards: bool) -> str:
        """Whether a row of the list stands at the cursor or on its far side."""
        row, conditions = self.inner()
        parameters = self.compiler.statement.parameters
        there = beyond(self.ordering.keys, self.keys(row), bound, parameters, backwards=backwards, inclusive=True)
        # Of a relation in order, the first row tells whether any row comes before.
        limit = "1" if self.plan.resume else "NULL"
        return f"EXISTS ({self.select('1', row, [*conditions, there], limit=limit)})"

    def count(self, *, estimated: bool) -> str:
        """Return the number of rows in the list, or whether that is an estimate."""
        if estimated:
            return "false"
        row, conditions = self.inner()
        relation = self.plan.counted or self.plan.relation
        return f"({self.select('count(*)', row, conditions, relation=relation)})"

    def beside_count(self, value: str) -> str:
        """Return the connection's value with whatever its count needs beside it."""
        return value
