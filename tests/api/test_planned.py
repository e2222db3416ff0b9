"""Everything that reads a row is answered by the planner; what falls back to a resolver is counted."""

import re
from pathlib import Path
from typing import Any

import pytest
from apikit.clients import Ask, Counting
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    get_nullable_type,
    is_required_input_field,
    parse,
    type_from_ast,
)

from registry.api.planner.compile import declared_metadata
from registry.api.planner.roots import ROOT
from registry.api.schema import build_schema

SCHEMA = build_schema()._schema
BY_RESOLVER = ["viewer"]
"""It tells who asks, and reads no row."""
DOCS = Path(__file__).parents[2] / "docs"
_FENCED = re.compile(r"^```graphql\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SCALARS: dict[str, Any] = {"Int": 1, "Boolean": True, "Float": 1.0, "Date": "2026-10-31", "Long": 1}
_SCALARS |= {"DateTime": "2026-10-31T00:00:00Z", "Decimal": "1"}


def _read_documents() -> list[Any]:
    found = [
        pytest.param(text, id=f"{path.relative_to(DOCS)}:{number}")
        for path in sorted(DOCS.rglob("*.md"))
        for number, text in enumerate(_FENCED.findall(path.read_text(encoding="utf-8")))
    ]
    return [one for one in found if _query(str(one.values[0])) is not None]


def _query(text: str) -> OperationDefinitionNode | None:
    operations = [node for node in parse(text).definitions if isinstance(node, OperationDefinitionNode)]
    [operation] = operations
    return operation if operation.operation is OperationType.QUERY else None


def _anything(kind: GraphQLInputType) -> Any:
    """A value that fits a type."""
    inner = get_nullable_type(kind)
    if isinstance(inner, GraphQLList):
        return [_anything(inner.of_type)]
    if isinstance(inner, GraphQLInputObjectType):
        required = {name: field for name, field in inner.fields.items() if is_required_input_field(field)}
        return {name: _anything(field.type) for name, field in required.items()}
    if isinstance(inner, GraphQLEnumType):
        return next(iter(inner.values))
    return _SCALARS.get(get_named_type(inner).name, "x")


def test_all_of_the_query_type_is_planned_but_who_asks() -> None:
    assert SCHEMA.query_type is not None
    fields = SCHEMA.query_type.fields
    assert len(fields) > 30
    assert [name for name, field in fields.items() if ROOT not in declared_metadata(field)] == BY_RESOLVER


@pytest.mark.parametrize("text", _read_documents())
async def test_a_document_of_the_docs_falls_back_on_no_resolver(ask: Ask, observed: Counting, text: str) -> None:
    operation = _query(text)
    assert operation is not None
    kinds = {
        node.variable.name.value: type_from_ast(SCHEMA, node.type) for node in operation.variable_definitions or ()
    }
    given = {name: _anything(kind) for name, kind in kinds.items() if isinstance(kind, GraphQLNonNull)}
    answer = await ask(text, "admin", **given)
    assert "data" in answer, answer
    assert observed.fallbacks == []
