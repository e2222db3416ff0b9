"""From a selection to JSON expressions: every field brings its own plan, and this walks them."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    get_named_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.values import get_argument_values

from registry.api.planner.rows import Row, Statement
from registry.api.planner.shapes import Guards, Promise, Reading
from registry.api.planner.sql import Free, literal
from registry.domain.errors import RegisterError

PLAN = "plan"
"""Key of a field's metadata under which its plan stands."""
WEIGHT = "weight"
"""Key under which it says what it costs beside its selection, a row costing 1."""


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


def variables_in(node: ValueNode) -> Iterator[str]:
    """Yield the names of the variables in a value."""
    if isinstance(node, VariableNode):
        yield node.name.value
    elif isinstance(node, ListValueNode):
        for item in node.values:
            yield from variables_in(item)
    elif isinstance(node, ObjectValueNode):
        for part in node.fields:
            yield from variables_in(part.value)


def _is_given(variable: str, variables: Mapping[str, Any]) -> bool:
    return variable in variables


@dataclass(slots=True)
class Compiler:
    """Compiles the selection of one root field into one statement.

    `item_errors` has what is wrong with single items of the root field's list, by their places; each is null.
    `subject` reads the one row that the root field gives (a code or an id); None where it gives any number.
    `promised` are the parameters that a service works out before the statement is asked, by their places; `kept` is
    false where one of them holds for this operation alone.
    """

    executor: Executor[Any]
    statement: Statement
    item_errors: dict[int, RegisterError] = field(default_factory=dict)
    subject: Callable[[], Reading | None] = lambda: None
    promised: dict[int, Promise] = field(default_factory=dict)
    kept: bool = True
    guards: Guards = field(default_factory=Guards)

    def promise(self, work: Promise, type_name: str) -> str:
        """Return the mark of a parameter whose value is worked out only once the whole selection is compiled."""
        mark = self.statement.parameters.add(None, type_name)
        self.promised[len(self.statement.parameters.values) - 1] = work
        return mark

    @property
    def variables(self) -> Mapping[str, Any]:
        """The coerced values of the operation's variables."""
        return self.executor.variable_values.coerced

    def arguments(self, selected: Selected, *, free: Collection[str] = ()) -> dict[str, Any]:
        """Return the coerced arguments of a field, variables filled in, keyed by their GraphQL names.

        The statement will hold for these values alone; of the arguments in `free` the caller says what it must.
        """
        for node in selected.details[0].node.arguments or ():
            if node.name.value in free and isinstance(node.value, VariableNode):
                continue
            for name in variables_in(node.value):
                self.guards.fix(name, self.variables)
        return coerced_arguments(self.executor, selected)

    def reading(self, selected: Selected, made: Callable[[Mapping[str, Any]], object]) -> Reading:
        """Return what makes something of a field's arguments, whatever the variables are that stand for them."""
        nodes = {node.name.value: node.value for node in selected.details[0].node.arguments or ()}
        direct = {name: node.name.value for name, node in nodes.items() if isinstance(node, VariableNode)}
        given = self.arguments(selected, free=direct)
        for variable in direct.values():
            self.guard(partial(_is_given, variable))

        def read(variables: Mapping[str, Any]) -> object:
            return made({**given, **{name: variables[of] for name, of in direct.items() if of in variables}})

        return read

    def variable_of(self, selected: Selected, argument: str) -> str | None:
        """Return the variable that stands for an argument and has a value or null; None where none does."""
        given = {node.name.value: node.value for node in selected.details[0].node.arguments or ()}
        value = given.get(argument)
        if not isinstance(value, VariableNode):
            return None
        name: str = value.name.value
        self.guard(lambda variables: name in variables)
        return name if name in self.variables else None

    def guard(self, read: Reading) -> None:
        """Let the statement hold only where this is made of the variables too."""
        self.guards.readings.append((read, read(self.variables)))

    def freed(self, variable: str, convert: Callable[[Any], object]) -> Free:
        """Return the value made of a variable, as one that is made anew for others."""

        def read(variables: Mapping[str, Any]) -> object:
            value = variables[variable]
            return None if value is None else convert(value)

        return Free(read(self.variables), read)

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
