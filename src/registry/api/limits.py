"""Static limits on documents: depth, aliases, fields; checked before anything else is validated."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from registry.domain.access import Role
from registry.domain.errors import ErrorCode

MAX_DEPTH = 15
MAX_ALIASES = 100
MAX_FIELDS = 1_000
MAX_TOKENS = 5_000
MAX_CHARACTERS = 100_000
"""Of a document: long values belong into variables, which are read many times as fast."""
MAX_DIRECTIVES = 100
MAX_REPEATS = 100
"""Of fields that stand already in the same selection: they merge, and say nothing."""
LARGEST_BODY_BYTES = 2 << 20
"""Of a request, and of a message on a WebSocket; a statement of a thousand codes, to be verified, has 1.3 MB."""
LARGEST_KNOWN_BODY_BYTES = 8 << 20
"""Of a request with credentials, which are looked at before its body is read: 10,000 rows to import."""
MOST_VALUES = 5_000
"""Of the public, in the variables of an operation: 1,000 codes or identifiers, and filters."""
LEAST_BYTES_A_VALUE = 2
"""In JSON: itself and what parts it from the next. A short body need not be counted."""
MOST_KNOWN_VALUES = 250_000
"""Of who has credentials: 10,000 rows to import."""
MOST_OPERATIONS = 10
"""Operations in one batch, which share one budget."""
MOST_AT_ONCE = 100
"""Operations that run at the same time on one WebSocket."""
INIT_SECONDS = 10
"""How long a WebSocket may stay open without a `connection_init`."""


def length_errors(text: str) -> list[GraphQLError]:
    """Return the error of a text that is not even read. Rule: `limit.characters`."""
    return [_error("characters", MAX_CHARACTERS, "字符数")] if len(text) > MAX_CHARACTERS else []


def value_errors(variables: object, role: Role) -> list[GraphQLError]:
    """Return the error of variables with more values than are looked at. Rule: `limit.values`."""
    most = MOST_VALUES if role is Role.PUBLIC else MOST_KNOWN_VALUES
    return [_error("values", most, "变量值数", "variables of the request")] if _has_more(variables, most) else []


def _has_more(value: object, most: int) -> bool:
    """Whether a JSON value holds more values than so many, without looking at many more."""
    found, waiting = 0, [value]
    while waiting:
        inside = waiting.pop()
        items: Collection[object] = inside.values() if isinstance(inside, dict) else inside  # type: ignore[assignment]
        if not isinstance(inside, dict | list):
            continue
        found += len(items)
        if found > most:
            return True
        if set(map(type, items)) != {str}:
            waiting += [item for item in items if type(item) is not str]
    return False


def limit_errors(document: DocumentNode) -> list[GraphQLError]:
    """Return an error for each limit that a document breaks. Rules: `limit.depth`, `limit.aliases`, `limit.fields`,
    `limit.repeats`, `limit.directives`.
    """
    fields = list(_fields(document))
    measured = (
        ("depth", _depth(document), MAX_DEPTH, "嵌套层数"),
        ("aliases", sum(field.alias is not None for field in fields), MAX_ALIASES, "别名数"),
        ("fields", _spread_fields(document), MAX_FIELDS, "字段数"),
        ("repeats", _repeats(document), MAX_REPEATS, "重复字段数"),
        ("directives", _directives(document), MAX_DIRECTIVES, "指令数"),
    )
    return [_error(name, limit, zh) for name, value, limit, zh in measured if value > limit]


def _error(name: str, limit: int, zh: str, what: str = "document") -> GraphQLError:
    extensions = {
        "code": ErrorCode.BAD_USER_INPUT.value,
        "messageZh": f"{'文档' if what == 'document' else '请求'}的{zh}超过上限 {limit}",
        "rule": f"limit.{name}",
    }
    verb = "has" if what == "document" else "have"
    return GraphQLError(f"The {what} {verb} more {name} than the limit of {limit}", extensions=extensions)


def _selection_sets(document: DocumentNode) -> Iterator[SelectionSetNode]:
    waiting = [
        definition.selection_set
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    while waiting:
        selection_set = waiting.pop()
        yield selection_set
        nested = (getattr(node, "selection_set", None) for node in selection_set.selections)
        waiting += [selection_set for selection_set in nested if selection_set is not None]


def _fields(document: DocumentNode) -> Iterator[FieldNode]:
    for selection_set in _selection_sets(document):
        yield from (node for node in selection_set.selections if isinstance(node, FieldNode))


def _repeats(document: DocumentNode) -> int:
    """Return how many fields give what one before them in the same selection gives."""
    repeats = 0
    for selection_set in _selection_sets(document):
        keys = [(node.alias or node.name).value for node in selection_set.selections if isinstance(node, FieldNode)]
        repeats += len(keys) - len(set(keys))
    return repeats


def _spread_fields(document: DocumentNode) -> int:
    """Return the number of fields with every fragment counted wherever it is spread, and at least once."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    known: dict[str, int] = {}

    def count(selection_set: SelectionSetNode) -> int:
        return sum(count_one(node) for node in selection_set.selections)

    def count_one(node: Any) -> int:
        if isinstance(node, FragmentSpreadNode):
            return count_fragment(node.name.value)
        return isinstance(node, FieldNode) + (count(node.selection_set) if node.selection_set else 0)

    def count_fragment(name: str) -> int:
        if name not in known:
            known[name] = 0  # ends cycles, which validation refuses
            known[name] = count(fragments[name].selection_set) if name in fragments else 0
        return known[name]

    try:
        spread = sum(count(n.selection_set) for n in document.definitions if isinstance(n, OperationDefinitionNode))
    except RecursionError:  # too deep, which is told as such
        spread = 0
    return max(spread, sum(1 for _ in _fields(document)))


def _directives(document: DocumentNode) -> int:
    count = sum(len(getattr(definition, "directives", None) or ()) for definition in document.definitions)
    for selection_set in _selection_sets(document):
        count += sum(len(node.directives or ()) for node in selection_set.selections)
    return count


def switches(document: DocumentNode) -> Iterator[str]:
    """Yield the variables that stand in directives upon selections, and so decide what is selected."""
    for selection_set in _selection_sets(document):
        for node in selection_set.selections:
            for directive in node.directives or ():
                for argument in directive.arguments or ():
                    if isinstance(argument.value, VariableNode):
                        yield argument.value.name.value


def _depth(document: DocumentNode) -> int:
    """Return the greatest number of fields below one another, fragments spread; introspection has its own limit."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    known: dict[str, int] = {}
    operations = [node.selection_set for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    try:
        return max((_deepest(selection_set, fragments, known) for selection_set in operations), default=0)
    except RecursionError:  # fragments chained by the hundred
        return MAX_DEPTH + 1


def _deepest(
    selection_set: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], known: dict[str, int]
) -> int:
    return max((_below(node, fragments, known) for node in selection_set.selections), default=0)


def _below(node: Any, fragments: Mapping[str, FragmentDefinitionNode], known: dict[str, int]) -> int:
    if isinstance(node, FragmentSpreadNode):
        return _of_fragment(node.name.value, fragments, known)
    if isinstance(node, InlineFragmentNode):
        return _deepest(node.selection_set, fragments, known)
    if node.name.value.startswith("__"):
        return 1
    return 1 + (_deepest(node.selection_set, fragments, known) if node.selection_set else 0)


def _of_fragment(name: str, fragments: Mapping[str, FragmentDefinitionNode], known: dict[str, int]) -> int:
    if name not in known:
        known[name] = 0  # ends cycles, which validation refuses
        fragment = fragments.get(name)
        known[name] = _deepest(fragment.selection_set, fragments, known) if fragment else 0
    return known[name]
