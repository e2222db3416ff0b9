"""The short way of a question that was asked before in other words: one root field, its statement compiled already.

Everything was done for the document once, on the long way: parsed, validated, priced, compiled. What is left is what
belongs to the request: who asks, its variables, its price, its moment. Whatever is not as expected takes the long way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import orjson
from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    print_ast,
)
from graphql.error import located_error
from graphql.execution import get_variable_values

from registry.api.context import ApiContext, OperationContext
from registry.api.documents import Checked, Documents
from registry.api.errors import error_codes
from registry.api.limits import LEAST_BYTES_A_VALUE, MOST_VALUES, value_errors
from registry.api.persisted import UnknownDocument
from registry.api.planner.compile import declared_metadata
from registry.api.planner.roots import ROOT, Question, Root, ask, question_of
from registry.api.planner.shapes import Variables, shape_key
from registry.api.planner.sql import Moment
from registry.api.prices import budget_of
from registry.api.transport import is_request
from registry.domain.actors import Actor
from registry.domain.errors import RegisterError
from registry.domain.lawdays import law_day

_AS_IT_IS: Mapping[str, Callable[[object], bool]] = {
    "String!": lambda value: type(value) is str,
    "String": lambda value: value is None or type(value) is str,
    "ID!": lambda value: type(value) is str,
    "[String!]!": lambda value: type(value) is list and set(map(type, value)) <= {str},
}
"""Types whose values need no coercion where they are what this tells."""


_MOMENTS = frozenset({"asOf", "knownAt"})


@dataclass(frozen=True, slots=True)
class Single:
    """An operation of one planned root field; `plain` are its variables by type where no value needs coercion."""

    operation: OperationDefinitionNode
    node: FieldNode
    key: str
    root: Root
    nullable: bool
    name: str | None
    plain: Mapping[str, Callable[[object], bool]] | None

    def variables(self, schema: GraphQLSchema, given: Mapping[str, Any]) -> Variables | None:
        """Return the coerced variables; None where they do not fit."""
        if self.plain is not None and all(name in given and fits(given[name]) for name, fits in self.plain.items()):
            return {name: given[name] for name in self.plain}
        # What does not fit is told on the long way; here the first error is enough.
        definitions = self.operation.variable_definitions or ()
        coerced = get_variable_values(schema, definitions, dict(given), max_errors=1)
        return None if isinstance(coerced, list) else coerced.coerced


def single_of(checked: Checked, schema: GraphQLSchema, operation_name: str | None) -> Single | None:
    """Return what is to be asked if it is one planned field about now, else None."""
    operations = [node for node in checked.document.definitions if isinstance(node, OperationDefinitionNode)]
    named = [node for node in operations if operation_name is None or (node.name and node.name.value == operation_name)]
    if len(named) != 1 or named[0].operation is not OperationType.QUERY or named[0].directives:
        return None
    operation, selections = named[0], named[0].selection_set.selections
    node = selections[0]
    if len(selections) != 1 or not isinstance(node, FieldNode) or node.directives or schema.query_type is None:
        return None
    definition = schema.query_type.fields.get(node.name.value)
    root = None if definition is None else declared_metadata(definition).get(ROOT)
    if definition is None or root is None or any(given.name.value in _MOMENTS for given in node.arguments or ()):
        return None
    key = (node.alias or node.name).value
    nullable = not isinstance(definition.type, GraphQLNonNull)
    name = operation.name.value if operation.name else None
    return Single(operation, node, key, root, nullable, name, _plain(operation))


def _plain(operation: OperationDefinitionNode) -> dict[str, Callable[[object], bool]] | None:
    types = {given.variable.name.value: print_ast(given.type) for given in operation.variable_definitions or ()}
    if any(given.default_value for given in operation.variable_definitions or ()):
        return None
    return {name: _AS_IT_IS[text] for name, text in types.items()} if set(types.values()) <= set(_AS_IT_IS) else None


@dataclass(slots=True)
class Swift:
    """Answers what needs nothing but its statement."""

    api: ApiContext
    documents: Documents

    async def answer(self, body: bytes, actor: Actor) -> bytes | None:
        """Return the response to a request's body; None where it must take the long way."""
        started = perf_counter()
        request = self._request(body, actor)
        checked = None if request is None else self.documents.find(request["query"])
        if request is None or checked is None:
            return None
        single = self._single(checked, request.get("operationName"))
        given = request.get("variables") or {}
        variables = None if single is None else single.variables(self.documents.schema, given)
        if single is None or variables is None:
            return None
        operation = OperationContext(self.api, actor, self.api.clock())
        question = self._question(checked, single, operation, variables, given)
        return None if question is None else await self._answer(single, question, operation, started)

    def _request(self, body: bytes, actor: Actor) -> dict[str, Any] | None:
        """Return the request of a body with its document in full; None where that is told on the long way."""
        try:
            request = orjson.loads(body)
            if isinstance(request, dict) and ("documentId" in request or request.get("extensions")):
                request = self.api.persisted.completed(request, actor)
        except (ValueError, UnknownDocument, RegisterError):
            return None
        if not (is_request(request) and isinstance(request.get("extensions"), dict | None)):
            return None
        may_be_many = len(body) >= LEAST_BYTES_A_VALUE * MOST_VALUES
        asked: dict[str, Any] = request
        return None if may_be_many and value_errors(asked.get("variables"), actor.role) else asked

    def _single(self, checked: Checked, name: str | None) -> Single | None:
        if name not in checked.singles:
            if name is not None and name not in checked.prices:
                return None
            checked.singles[name] = single_of(checked, self.documents.schema, name)
        found: Single | None = checked.singles[name]
        return found

    def _question(
        self, checked: Checked, single: Single, operation: OperationContext, variables: Variables, given: Variables
    ) -> Question | None:
        moment = Moment(law_day(operation.instant))
        shape = checked.shapes.find(shape_key((single.node,), operation.actor, moment), variables)
        limit = budget_of(operation.actor.role, self.api.public_budget)
        cost = checked.prices[single.name](given)
        if shape is None or shape.promised or cost > limit:
            return None
        operation.cost = {"requested": cost, "limit": limit}
        try:
            self.api.persisted.admit(operation.actor, checked.text)
            return question_of(single.root, shape, variables, moment)
        except RegisterError:
            return None  # told, with its place, on the long way

    async def _answer(
        self, single: Single, question: Question, operation: OperationContext, started: float
    ) -> bytes | None:
        errors: list[GraphQLError] = []
        text: str | None = None
        try:
            text = await ask(question, operation)
        except Exception as error:
            errors = [self.api.described(located_error(error, [single.node], [single.key]))]
        if text is None and not errors and not single.nullable:
            return None
        value = None if text is None else orjson.Fragment(text)
        body: dict[str, object] = {"data": {single.key: value} if text is not None or single.nullable else None}
        if errors:
            body["errors"] = [error.formatted for error in errors]
        body["extensions"] = {**operation.register_extension(), "cost": operation.cost}
        self.api.observe.operation("query", single.name, perf_counter() - started, error_codes(errors))
        return orjson.dumps(body)
