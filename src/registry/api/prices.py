"""What an operation costs, computed from the schema before anything runs: rows that it may read, lists multiplied."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    introspection_types,
    is_abstract_type,
    is_leaf_type,
)

from registry.api.planner.compile import WEIGHT, declared_metadata
from registry.api.planner.pages import DEFAULT_PAGE, LARGEST_PAGE
from registry.domain.access import Role
from registry.domain.errors import Bilingual, CostExceeded

OBJECT, COUNT, MUTATION, DESCRIBED = 1, 10, 10, 100
USUAL_LIST = 5
SHARES: Mapping[Role, int] = {
    Role.PUBLIC: 1,
    Role.PROCUREMENT: 2,
    Role.INSTITUTION: 2,
    Role.REGULATOR: 5,
    Role.AUDITOR: 5,
    Role.ADMIN: 10,
}
"""How many times the public's budget each role has."""

_SIZED_BY = ("codes", "ids")
_DESCRIBING = {"types": 200, "fields": 10, "inputFields": 5, "enumValues": 5, "args": 3, "directives": 5}
_ITEMS = ("edges", "nodes")

Variables = Mapping[str, Any]
Price = Callable[[Variables], int]


def budget_of(role: Role, public_budget: int) -> int:
    """Return what one request of a role may cost."""
    return SHARES[role] * public_budget


def too_dear(cost: int, limit: int) -> CostExceeded | None:
    """Return the error of a request that costs more than it may; None where it does not. Rule: `limit.cost`."""
    if cost <= limit:
        return None
    zh, en = f"查询成本 {cost} 超过上限 {limit}", f"The request costs {cost}, more than the {limit} that it may"
    return CostExceeded(Bilingual(zh, en), rule="limit.cost")


def constant(amount: int) -> Price:
    """Return a price that is always the same."""
    return _Constant(amount)


@dataclass(frozen=True, slots=True)
class _Constant:
    amount: int

    def __call__(self, variables: Variables) -> int:  # noqa: ARG002 - the signature of Price
        return self.amount


@dataclass(frozen=True, slots=True)
class _Sum:
    parts: tuple[Price, ...]

    def __call__(self, variables: Variables) -> int:
        return sum(part(variables) for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Dearest:
    parts: tuple[Price, ...]

    def __call__(self, variables: Variables) -> int:
        return max(part(variables) for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Times:
    size: Price
    each: Price

    def __call__(self, variables: Variables) -> int:
        return self.size(variables) * self.each(variables)


@dataclass(frozen=True, slots=True)
class _Sized:
    """The size of a list that a variable tells; 1 where it is no number or list, which execution refuses."""

    variable: str
    absent: int
    null: int

    def __call__(self, variables: Variables) -> int:
        given = variables.get(self.variable, self.absent)
        if given is None:
            return self.null
        if isinstance(given, list):
            return len(given)
        return int(min(max(given, 0), LARGEST_PAGE)) if isinstance(given, int | float) else 1


def _folded(made: type[_Sum] | type[_Dearest], parts: Sequence[Price]) -> Price:
    if all(isinstance(part, _Constant) for part in parts):
        return _Constant(made(tuple(parts))({}) if parts else 0)
    return made(tuple(parts))


def _times(size: Price, each: Price) -> Price:
    product = _Times(size, each)
    return _Constant(product({})) if isinstance(size, _Constant) and isinstance(each, _Constant) else product


@dataclass(slots=True)
class Pricing:
    """Prices the operations of one valid document; the same selection is priced once a type."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    defaults: Mapping[str, ValueNode | None] = field(default_factory=dict)
    known: dict[tuple[int, str, Price], Price] = field(default_factory=dict)

    def operation(self, node: OperationDefinitionNode) -> Price:
        """Return the price of an operation."""
        root = self.schema.get_root_type(node.operation)
        assert root is not None  # noqa: S101 - validated
        self.known.clear()
        self.defaults = {given.variable.name.value: given.default_value for given in node.variable_definitions or ()}
        return self._selection(node.selection_set, root, constant(1))

    def _selection(self, selection_set: SelectionSetNode, on: GraphQLNamedType, listed: Price) -> Price:
        key = (id(selection_set), on.name, listed)
        if key not in self.known:
            types = self.schema.get_possible_types(on) if is_abstract_type(on) else (on,)
            self.known[key] = _folded(_Dearest, [self._of(selection_set, each, listed) for each in types])
        return self.known[key]

    def _of(self, selection_set: SelectionSetNode, on: Any, listed: Price) -> Price:
        parts: list[Price] = []
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                parts += (self._field(node, on, listed), constant(MUTATION if self._acts(on) else 0))
                continue
            inner = self.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            assert isinstance(inner, FragmentDefinitionNode | InlineFragmentNode)  # noqa: S101
            if self._applies(inner, on):
                parts.append(self._selection(inner.selection_set, on, listed))
        return _folded(_Sum, parts)

    def _acts(self, on: GraphQLObjectType) -> bool:
        """Whether every field of a type does something, wherever it is selected: of a mutation or a subscription."""
        return on is self.schema.mutation_type or on is self.schema.subscription_type

    def _applies(self, fragment: FragmentDefinitionNode | InlineFragmentNode, on: GraphQLObjectType) -> bool:
        if fragment.type_condition is None:
            return True
        named = self.schema.type_map[fragment.type_condition.name.value]
        return named is on or (is_abstract_type(named) and self.schema.is_sub_type(named, on))

    def _field(self, node: FieldNode, on: GraphQLObjectType, listed: Price) -> Price:
        name = node.name.value
        if name in ("__schema", "__type"):
            return self._described(node, name)
        definition = on.fields.get(name)
        if definition is None or is_leaf_type(get_named_type(definition.type)):
            return constant(COUNT if name == "totalCount" else 0)
        return self._object(node, name, definition, listed)

    def _object(self, node: FieldNode, name: str, definition: GraphQLField, listed: Price) -> Price:
        assert node.selection_set is not None  # noqa: S101 - validated
        inner = get_named_type(definition.type)
        own = constant(declared_metadata(definition).get(WEIGHT, OBJECT))
        if "first" in definition.args:
            return _folded(_Sum, (own, self._selection(node.selection_set, inner, self._page(node, definition))))
        if name == "pageInfo":
            return constant(0)
        size = listed if name in _ITEMS and not definition.args else self._length(node, definition)
        weight = constant(0) if name == "node" and "id" not in definition.args else own
        return _times(size, _folded(_Sum, (weight, self._selection(node.selection_set, inner, constant(1)))))

    def _page(self, node: FieldNode, definition: GraphQLField) -> Price:
        """Return the size of the page: of `first` and `last`, of which one may be given, the larger."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        asked = [given[name] for name in ("first", "last") if name in given and name in definition.args]
        sizes = [self._size(value, DEFAULT_PAGE if len(asked) == 1 else 0) for value in asked]
        return _folded(_Dearest, sizes) if sizes else constant(DEFAULT_PAGE)

    def _length(self, node: FieldNode, definition: GraphQLField) -> Price:
        if not isinstance(get_nullable_type(definition.type), GraphQLList):
            return constant(1)
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        sized = [value for name, value in given.items() if name in _SIZED_BY]
        return self._size(sized[0], 0) if sized else constant(USUAL_LIST)

    def _size(self, value: ValueNode, default: int) -> Price:
        if isinstance(value, VariableNode):
            written = self.defaults.get(value.name.value)
            absent = default if written is None else self._size(written, default)({})
            return _Sized(value.name.value, absent, default)
        if isinstance(value, NullValueNode):
            return constant(default)
        if isinstance(value, IntValueNode):
            return constant(min(max(int(value.value), 0), LARGEST_PAGE))
        return constant(len(value.values) if isinstance(value, ListValueNode) else 1)

    # Introspection, answered from memory: a hundredth of what as many rows would cost -------------------------------

    def _described(self, node: FieldNode, name: str) -> Price:
        assert node.selection_set is not None  # noqa: S101 - validated
        inner = introspection_types["__Schema" if name == "__schema" else "__Type"]
        return constant(1 + self._parts_described(node.selection_set, inner, {}) // DESCRIBED)

    def _parts_described(self, selection_set: SelectionSetNode, on: Any, known: dict[tuple[int, str], int]) -> int:
        key = (id(selection_set), on.name)
        if key not in known:
            known[key] = 0
            known[key] = sum(self._part_described(node, on, known) for node in selection_set.selections)
        return known[key]

    def _part_described(self, node: Any, on: Any, known: dict[tuple[int, str], int]) -> int:
        if not isinstance(node, FieldNode):
            inner = self.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            return self._parts_described(inner.selection_set, on, known)
        if node.selection_set is None:
            return 1
        inner_type = get_named_type(on.fields[node.name.value].type)
        return _DESCRIBING.get(node.name.value, 1) * (1 + self._parts_described(node.selection_set, inner_type, known))
