"""What a filter demands of a row: each field of its input declares a condition."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import GraphQLInputObjectType

from registry.api.planner.compile import Compiler, NotPlannable, declared_metadata
from registry.api.planner.rows import Join, Row
from registry.api.texts import check_text
from registry.domain.errors import Bilingual, Forbidden

CONDITION = "condition"
"""Key of an input field's metadata under which its condition stands."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What one field of a filter demands of the row; `{value}` is the parameter, cast to `type_name`.

    `convert` makes the parameter of what was given, or refuses it; `then` replaces the template in questions about
    the past, `looked_at` where rows are looked at one by one, without an index on what is demanded.
    `beside` has templates by the name of another field: where that is given too, what `{beside}` in the template adds,
    with the other's `{value}`; `gathered` replaces the template there, but not where rows are looked at one by one.
    `staff_rule` names the rule by which others than staff are refused; empty where everybody may use it.
    """

    template: str
    type_name: str
    convert: Callable[[Any], object] = lambda value: value
    needs: tuple[Join, ...] = ()
    then: str = ""
    looked_at: str = ""
    sliced: "Sliced | None" = None
    staff_rule: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)
    gathered: str = ""

    def admit(self, name: str, *, staff: bool) -> None:
        """Refuse whoever may not use the field `name` of a filter."""
        if self.staff_rule and not staff:
            message = Bilingual("该筛选条件仅限监管部门使用", "This field of the filter is for regulators")
            raise Forbidden(message, rule=self.staff_rule, path=("filter", name))


@dataclass(frozen=True, slots=True)
class Sliced:
    """An index on what a condition demands by slices of an order; `place` makes `{value}` of the parameter's value."""

    template: str
    type_name: str
    place: Callable[[Any, int], object]


@dataclass(frozen=True, slots=True)
class Demand:
    """A condition, the value of its parameter `name`, and what fields given beside it demand where it looks."""

    name: str
    condition: Condition
    value: object
    beside: tuple["Demand", ...] = ()

    def once(self) -> "Demand":
        """Return the demand without what others demand as well, which an estimate would reckon twice."""
        return self if self.condition.gathered else replace(self, beside=())


def read_filter(input_type: GraphQLInputObjectType, given: Mapping[str, Any], of: str, *, staff: bool) -> list[Demand]:
    """Return what every field given in the filter of a row demands; null counts as not given. Rules: the fields'."""
    read: dict[str, Demand] = {}
    for name, value in given.items():
        if value is None:
            continue
        if isinstance(value, str):
            check_text(value, ("filter", name))
        condition: Condition | None = declared_metadata(input_type.fields[name]).get(CONDITION)
        if condition is None:
            msg = f"{input_type.name}.{name} declares no condition"
            raise NotPlannable(msg)
        condition.admit(name, staff=staff)
        read[name] = Demand(f"{of}.{name}", condition, condition.convert(value))
    return [replace(demand, beside=_beside(demand, read)) for demand in read.values()]


def _beside(demand: Demand, read: Mapping[str, Demand]) -> tuple[Demand, ...]:
    templates = demand.condition.beside
    return tuple(
        replace(other, condition=replace(other.condition, template=templates[name], needs=demand.condition.needs))
        for name, other in read.items()
        if name in templates
    )


def demanded(compiler: Compiler, row: Row, demand: Demand, *, one_by_one: bool) -> str:
    """Return the predicate of a demand; `one_by_one` where no index finds the rows it is about."""
    condition, past = demand.condition, compiler.statement.moment.position is not None
    among = condition.gathered if demand.beside else ""
    other = condition.then if past else condition.looked_at if one_by_one else among
    return f"({_filled(compiler, row, demand, other or condition.template)})"


def _filled(compiler: Compiler, row: Row, demand: Demand, template: str) -> str:
    parameter = compiler.statement.parameters.once(demand.name, demand.value, demand.condition.type_name)
    past = compiler.statement.moment.position is not None
    added = "" if past else "".join(_filled(compiler, row, d, d.condition.template) for d in demand.beside)
    return row.fill(template, *demand.condition.needs, value=parameter, beside=added)
