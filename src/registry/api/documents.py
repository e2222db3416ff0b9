"""Documents parsed and validated once: a bounded cache by text, with rules that are built once."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import recommended_rules
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from registry.api.errors import CLOSED
from registry.api.limits import MAX_TOKENS, length_errors, limit_errors, switches
from registry.api.planner.shapes import Shapes
from registry.api.prices import Price, Pricing
from registry.domain.errors import ErrorCode

_RULES: tuple[type[ASTValidationRule], ...] = (
    *specified_rules,
    *recommended_rules,
    MaybeNullValidationRule,
    OneOfInputValidationRule,
)
_CLOSED_RULES = (*_RULES, NoSchemaIntrospectionCustomRule)
_LARGEST_CACHED_TEXT = 20_000
_MOST_CACHED_CHARACTERS = 1_000_000
_MOST_ERRORS = 20
_UNREAD = parse("{ __typename }")
"""Stands for a document that is too long to be read; it never runs."""


def selection_errors(document: DocumentNode, operation_name: str | None) -> list[GraphQLError]:
    """Return the error of a request that does not say which operation of its document to run.

    Rule: `request.operation-name`.
    """
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if operation_name is None:
        if len(operations) == 1:
            return []
        en = "Must provide operation name if the document has several operations, and a document with one"
        return [_unselected("文档须含操作；含多个时须指明 operationName", en)]
    if any(node.name is not None and node.name.value == operation_name for node in operations):
        return []
    return [_unselected("文档中没有名为 operationName 的操作", "The document has no operation of that operationName")]


def _unselected(zh: str, en: str) -> GraphQLError:
    extensions = {"code": ErrorCode.BAD_USER_INPUT.value, "messageZh": zh, "rule": "request.operation-name"}
    return GraphQLError(en, extensions={**extensions, "path": ["operationName"]})


@dataclass(frozen=True, slots=True)
class Checked:
    """A parsed document, what is wrong with it, and, if nothing is, what its operations cost, by their names.

    `shapes` are its compiled statements; `singles` what the short way knows of its operations.
    """

    document: DocumentNode
    errors: list[GraphQLError]
    prices: Mapping[str | None, Price] = field(default_factory=dict)
    shapes: Shapes = field(default_factory=Shapes)
    singles: dict[str | None, Any] = field(default_factory=dict)
    text: str = ""


@dataclass(slots=True)
class Documents:
    """Parses and validates against one schema; keeps the most recently used valid documents."""

    schema: GraphQLSchema
    introspection: bool = True
    capacity: int = 1_000
    kept: OrderedDict[str, Checked] = field(default_factory=OrderedDict)
    characters: int = 0

    def check(self, text: str) -> Checked:
        """Return the document of a text; raises GraphQLSyntaxError for what is no document."""
        known = self.find(text)
        if known is not None:
            return known
        checked = self._read(text)
        if not checked.errors and len(text) <= _LARGEST_CACHED_TEXT:
            self._keep(text, checked)
        return checked

    def find(self, text: str) -> Checked | None:
        """Return what is known of a text that was valid lately, or None."""
        known = self.kept.get(text)
        if known is not None:
            self.kept.move_to_end(text)
        return known

    def _read(self, text: str) -> Checked:
        if errors := length_errors(text):
            return Checked(_UNREAD, errors)
        document = parse(text, max_tokens=MAX_TOKENS)
        errors = limit_errors(document)
        if not errors:
            rules = _RULES if self.introspection else _CLOSED_RULES
            errors = validate(self.schema, document, rules, max_errors=_MOST_ERRORS, hide_suggestions=True)
            # Told once, however often the document has it: nobody learns from the hundredth.
            told = [self._discreet(error) for error in reversed(errors)]
            errors = list({error.message: error for error in told}.values())[::-1]
        if errors:
            return Checked(document, errors)
        return Checked(document, [], self._prices(document), Shapes(frozenset(switches(document))), text=text)

    def _discreet(self, error: GraphQLError) -> GraphQLError:
        """Return an error that tells no name of a closed schema, and suggests none of an open one."""
        told = error.message.partition(" Did you mean ")[0] if self.introspection else CLOSED
        return GraphQLError(told, error.nodes, original_error=error.original_error, extensions=error.extensions)

    def _prices(self, document: DocumentNode) -> dict[str | None, Price]:
        named = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        pricing = Pricing(self.schema, named)
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        prices = {node.name.value if node.name else None: pricing.operation(node) for node in operations}
        return prices | {None: next(iter(prices.values()))} if len(prices) == 1 else prices

    def _keep(self, text: str, checked: Checked) -> None:
        self.kept[text] = checked
        self.characters += len(text)
        while len(self.kept) > self.capacity or self.characters > _MOST_CACHED_CHARACTERS:
            self.characters -= len(self.kept.popitem(last=False)[0])
