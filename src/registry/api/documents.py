"""Documents parsed and validated once: a bounded cache by text, with rules that are built once."""

from collections import OrderedDict
from dataclasses import dataclass, field

from graphql import (
    ASTValidationRule,
    DocumentNode,
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

from registry.api.limits import MAX_TOKENS, limit_errors
from registry.domain.errors import ErrorCode

_RULES: tuple[type[ASTValidationRule], ...] = (
    *specified_rules,
    *recommended_rules,
    MaybeNullValidationRule,
    OneOfInputValidationRule,
)
_CLOSED_RULES = (*_RULES, NoSchemaIntrospectionCustomRule)
_LARGEST_CACHED_TEXT = 20_000
_MOST_ERRORS = 20


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
    """A parsed document and what is wrong with it."""

    document: DocumentNode
    errors: list[GraphQLError]


@dataclass(slots=True)
class Documents:
    """Parses and validates against one schema; keeps the most recently used valid documents."""

    schema: GraphQLSchema
    introspection: bool = True
    capacity: int = 1_000
    kept: OrderedDict[str, Checked] = field(default_factory=OrderedDict)

    def check(self, text: str) -> Checked:
        """Return the document of a text; raises GraphQLSyntaxError for what is no document."""
        known = self.kept.get(text)
        if known is not None:
            self.kept.move_to_end(text)
            return known
        checked = self._read(text)
        if not checked.errors and len(text) <= _LARGEST_CACHED_TEXT:
            self._keep(text, checked)
        return checked

    def _read(self, text: str) -> Checked:
        document = parse(text, max_tokens=MAX_TOKENS)
        errors = limit_errors(document)
        if not errors:
            rules = _RULES if self.introspection else _CLOSED_RULES
            errors = validate(self.schema, document, rules, max_errors=_MOST_ERRORS, hide_suggestions=True)
        return Checked(document, errors)

    def _keep(self, text: str, checked: Checked) -> None:
        self.kept[text] = checked
        if len(self.kept) > self.capacity:
            self.kept.popitem(last=False)
