"""What a field says about its SQL, where it is declared: columns, related objects, lists."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import strawberry
from graphql import GraphQLObjectType, is_object_type
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from registry.api.planner.compile import PLAN, WEIGHT, Compiler, Plan, Selected
from registry.api.planner.rows import Join, Row
from registry.api.planner.sql import Parameters, literal


@dataclass(frozen=True, slots=True)
class Column:
    """A scalar of the row: a template; `then` replaces it in questions about the past."""

    now: str
    then: str = ""
    needs: tuple[Join, ...] = ()

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:  # noqa: ARG002
        """Return the expression."""
        past = self.then and compiler.statement.moment.position is not None
        return row.fill(self.then if past else self.now, *self.needs)


@dataclass(frozen=True, slots=True)
class Element:
    """What stands for each row: an object, or by the first case that holds one of a union's or interface's types."""

    cases: Mapping[str, str] = field(default_factory=dict)

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return the JSON of one row."""
        if is_object_type(selected.object_type):
            return compiler.object(selected.object_type, selected.details, row)
        branches = " ".join(
            f"WHEN {row.fill(condition)} THEN {compiler.object(self._type(compiler, name), selected.details, row)}"
            for name, condition in self.cases.items()
        )
        return f"CASE {branches} END"

    @staticmethod
    def _type(compiler: Compiler, name: str) -> GraphQLObjectType:
        return cast("GraphQLObjectType", compiler.executor.schema.type_map[name])


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a field as a parameter: its SQL type, what is made of the value first, its name if another."""

    type_name: str
    convert: Callable[[Any], object] = lambda value: value
    source: str = ""


class _Mark:
    """A value that becomes a parameter when a template uses it: a statement must use every parameter it is given."""

    __slots__ = ("_parameters", "_type_name", "_value", "_written")

    def __init__(self, parameters: Parameters, value: object, type_name: str) -> None:
        self._parameters, self._value, self._type_name, self._written = parameters, value, type_name, ""

    def __format__(self, _: str) -> str:
        if not self._written:
            self._written = self._parameters.add(self._value, self._type_name)
        return self._written


def argument_marks(compiler: Compiler, selected: Selected, declared: Mapping[str, Argument]) -> dict[str, object]:
    """Return what templates use for each declared argument; an argument that is not given is NULL."""
    sources = {argument.source or name for name, argument in declared.items()}
    given = compiler.arguments(selected, free=sources) if declared else {}
    marks: dict[str, object] = {}
    for name, argument in declared.items():
        source = argument.source or name
        variable, value = compiler.variable_of(selected, source), given.get(source)
        converted: object = None if value is None else argument.convert(value)
        if variable is not None:
            converted = compiler.freed(variable, argument.convert)
        marks[name] = _Mark(compiler.statement.parameters, converted, argument.type_name)
    return marks


@dataclass(frozen=True, slots=True)
class One:
    """One related object or null: the first row of `relation` in `order`.

    `joins` stand beside the related row; `needs` beside its parent, where the relation refers to them.
    """

    relation: str
    where: str = "true"
    order: str = ""
    element: Element = Element()
    joins: tuple[Join, ...] = ()
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    needs: tuple[Join, ...] = ()

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return a scalar subquery."""
        row.need(*self.needs)
        inner = compiler.new_row(row)
        given = argument_marks(compiler, selected, self.arguments)
        inner.need(*self.joins)
        value = self.element.compile(compiler, inner, selected)
        rest = inner.fill(f"WHERE {self.where}" + (f" ORDER BY {self.order}" if self.order else ""), **given)
        return f"(SELECT {value} {inner.from_clause(inner.fill(self.relation, **given))} {rest} LIMIT 1)"


@dataclass(frozen=True, slots=True)
class Many:
    """All rows of `relation` as a list in `order`."""

    relation: str
    order: str
    where: str = "true"
    element: Element = Element()
    joins: tuple[Join, ...] = ()
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    needs: tuple[Join, ...] = ()

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return a scalar subquery that aggregates the rows; an empty list when there are none."""
        row.need(*self.needs)
        inner = compiler.new_row(row)
        given = argument_marks(compiler, selected, self.arguments)
        inner.need(*self.joins)
        value = self.element.compile(compiler, inner, selected)
        order = inner.fill(self.order)
        source = inner.from_clause(inner.fill(self.relation, **given))
        where = inner.fill(self.where, **given)
        return f"(SELECT coalesce(json_agg({value} ORDER BY {order}), '[]'::json) {source} WHERE {where})"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several plans: the first whose condition holds of the row."""

    cases: Mapping[str, Plan]

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return the value of the first case that holds; null where none does."""
        branches = " ".join(
            f"WHEN {row.fill(condition)} THEN {plan.compile(compiler, row, selected)}"
            for condition, plan in self.cases.items()
        )
        return f"CASE {branches} END"


@dataclass(frozen=True, slots=True)
class ForStaff:
    """What staff alone are answered; null for everybody else."""

    plan: Plan

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return the value of the plan, or null."""
        return self.plan.compile(compiler, row, selected) if compiler.statement.for_staff else "NULL"


@dataclass(frozen=True, slots=True)
class ByReader:
    """One plan for everybody, another for those who read on the pool of staff."""

    plan: Plan
    staff: Plan

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return the value of the plan that is theirs."""
        plan = self.staff if compiler.statement.reads_as_staff else self.plan
        return plan.compile(compiler, row, selected)


@dataclass(frozen=True, slots=True)
class OrOwn:
    """One plan for staff, another for an institution that asks of itself."""

    plan: Plan
    own: Plan

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return the value of the plan that is theirs."""
        plan = self.own if compiler.statement.for_institution else self.plan
        return plan.compile(compiler, row, selected)


@dataclass(frozen=True, slots=True)
class ForConcerned:
    """A scalar for staff and for an institution that asks of itself, read under row-level security; null for others."""

    expression: str

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:  # noqa: ARG002
        """Return the expression, which has to be null where the rows that it reads are not seen; or null."""
        statement = compiler.statement
        if not (statement.for_staff or statement.for_institution):
            return "NULL"
        statement.reads_as_staff = True
        return row.fill(self.expression)


@dataclass(frozen=True, slots=True)
class Beside:
    """The object that a join puts beside the row; it is there wherever the field is asked for."""

    join: Join

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return the object of the joined row; joins that its fields need follow in the same FROM clause."""
        row.need(self.join)
        beside = Row(compiler.statement, row.joins[self.join.name], row.alias, clauses=row.clauses)
        return Element().compile(compiler, beside, selected)


@dataclass(frozen=True, slots=True)
class Part:
    """An object made of the same row; null where `present` does not hold."""

    present: str = ""
    needs: tuple[Join, ...] = ()

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return the object of the row itself."""
        condition = row.fill(self.present, *self.needs)
        value = compiler.object(cast("GraphQLObjectType", selected.object_type), selected.details, row)
        return f"CASE WHEN {condition} THEN {value} END" if condition else value


def planned(plan: Plan, description: str, arguments: Sequence[StrawberryArgument] = (), *, weight: int = 1) -> Any:
    """Declare a field with any plan; `weight` is what it costs beside its selection, a row costing 1."""
    declared = strawberry.field(description=description, metadata={PLAN: plan, WEIGHT: weight})
    declared.arguments = list(arguments)
    return declared


def argument(name: str, annotation: object, description: str) -> StrawberryArgument:
    """Declare an argument of a planned field by its Python name; without a default, so `| None` makes it optional."""
    return StrawberryArgument(name, None, StrawberryAnnotation(annotation), description=description)


def column(now: str, description: str, *, then: str = "", needs: tuple[Join, ...] = ()) -> Any:
    """Declare a scalar field; a bare word is a column of the row."""
    return planned(Column(_qualified(now), _qualified(then), needs), description)


def _qualified(template: str) -> str:
    return "{row}." + template if template.isidentifier() else template


def instant(now: str, description: str, *, then: str = "", needs: tuple[Join, ...] = ()) -> Any:
    """Declare a field with a time stamp, written in UTC with microseconds."""
    return planned(Column(utc(_qualified(now)), utc(_qualified(then)) if then else "", needs), description)


def utc(expression: str) -> str:
    """Return the template that writes a timestamptz as the scalar DateTime does."""
    return f"to_char({expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


def coded_id(named: str) -> str:
    """Return the template of a global identifier: base64url of what `named` gives, `Type:number`."""
    return f"translate(encode(convert_to({named}, 'UTF8'), 'base64'), '+/=' || chr(10), '-_')"


def global_id(type_name: str) -> Any:
    """Declare the field `id`: base64url of the type's name and the row's number."""
    template = coded_id(f"{literal(type_name + ':')} || {{row}}.id")
    return strawberry.field(
        description="Global identifier; `node` finds the object by it. 全局标识", metadata={PLAN: Column(template)}
    )


__all__ = [
    "Argument",
    "Beside",
    "ByReader",
    "Choice",
    "Column",
    "Element",
    "ForConcerned",
    "ForStaff",
    "Join",
    "Many",
    "One",
    "OrOwn",
    "Part",
    "coded_id",
    "column",
    "global_id",
    "instant",
    "planned",
    "utc",
]
