"""From a selection to JSON expressions: every field brings its own plan, and this walks them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import GraphQLField, GraphQLNamedType, GraphQLObjectType, get_named_type
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.values import get_argument_values

from registry.api.planner.rows import Row, Statement
from registry.api.planner.sql import literal
from registry.domain.errors import RegisterError

PLAN = "plan"
"""Key of a field's metadata under which its plan stands."""


class NotPlannable(Exception):
    """A field that the planner was led to and that declares no plan: a fault of the schema, never of the caller."""


@dataclass(frozen=True, slots=True)
class Selected:
    """One selected field: its definition and all its nodes, merged over fragments and aliases."""

    parent_type: GraphQLObjectType
    name: str
    definition: GraphQLField
    details: list[FieldDetails]

    @property
    def object_type(self) -> GraphQLNamedType:
        """The named type of what the field gives."""
        return get_named_type(self.definition.type)


class Plan(Protocol):
    """How a field becomes a SQL expression over its parent's row."""

    def compile(self, compiler: "Compiler", row: Row, selected: Selected) -> str:
        """Return the SQL expression of the field's JSON value."""


def declared_metadata(element: Any) -> Mapping[str, Any]:
    """Return what was declared beside a field of the GraphQL schema; empty for what is not ours."""
    definition = (element.extensions or {}).get("strawberry-definition")
    return getattr(definition, "metadata", None) or {}


def plan_of(parent_type: GraphQLObjectType, definition: GraphQLField, name: str) -> Plan:
    """Return the plan that a field declares."""
    plan: Plan | None = declared_metadata(definition).get(PLAN)
    if plan is None:
        msg = f"{parent_type.name}.{name} declares no plan"
        raise NotPlannable(msg)
    return plan


def coerced_arguments(executor: Executor[Any], selected: Selected) -> dict[str, Any]:
    """Return the coerced arguments of a field, variables filled in, keyed by their GraphQL names."""
    first = selected.details[0]
    return get_argument_values(
        selected.definition, first.node, executor.variable_values, first.fragment_variable_values, hide_suggestions=True
    )


@dataclass(slots=True)
class Compiler:
    """Compiles the selection of one root field into one statement.

    `item_errors` has what is wrong with single items of the root field's list, by their places; each is null.
    `subject` names the one row that the root field gives (a code or an id); None where it gives any number.
    `promised` are the parameters that a service works out before the statement is asked, by their places.
    """

    executor: Executor[Any]
    statement: Statement
    item_errors: dict[int, RegisterError] = field(default_factory=dict)
    subject: str | int | None = None
    promised: dict[int, Callable[[], Awaitable[object]]] = field(default_factory=dict)

    def promise(self, work: Callable[[], Awaitable[object]], type_name: str) -> str:
        """Return the mark of a parameter whose value is worked out only once the whole selection is compiled."""
        mark = self.statement.parameters.add(None, type_name)
        self.promised[len(self.statement.parameters.values) - 1] = work
        return mark

    async def keep_promises(self) -> None:
        """Work out what was promised, one after another."""
        for place, work in self.promised.items():
            self.statement.parameters.values[place] = await work()

    def arguments(self, selected: Selected) -> dict[str, Any]:
        """Return the coerced arguments of a field, variables filled in, keyed by their GraphQL names."""
        return coerced_arguments(self.executor, selected)

    def fields(self, object_type: GraphQLObjectType, details: list[FieldDetails]) -> dict[str, list[FieldDetails]]:
        """Return the merged fields selected on an object type, by response key, in order."""
        return self.executor.collect_subfields(object_type, details).grouped_field_set

    def object(self, object_type: GraphQLObjectType, details: list[FieldDetails], row: Row) -> str:
        """Return the JSON_OBJECT of everything selected on a row of an object type."""
        parts = [
            f"{literal(key)} VALUE {self.field(object_type, group, row)}"
            for key, group in self.fields(object_type, details).items()
        ]
        return f"JSON_OBJECT({', '.join(parts)} RETURNING json)"

    def field(self, object_type: GraphQLObjectType, details: list[FieldDetails], row: Row) -> str:
        """Return the expression of one selected field."""
        selected = self.selected(object_type, details)
        if selected is None:
            return literal(object_type.name)
        return plan_of(object_type, selected.definition, selected.name).compile(self, row, selected)

    def selected(self, object_type: GraphQLObjectType, details: list[FieldDetails]) -> Selected | None:
        """Return the selected field, or None for `__typename`."""
        name = details[0].node.name.value
        if name == "__typename":
            return None
        return Selected(object_type, name, object_type.fields[name], details)

    def new_row(self, parent: Row | None = None) -> Row:
        """Return a row with a fresh alias below another."""
        return Row(self.statement, self.statement.alias(), parent.alias if parent else "")
