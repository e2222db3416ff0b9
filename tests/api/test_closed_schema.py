"""A schema that is not open is told by nothing: whoever guesses names learns none that was not in the guess."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Any

import httpx
import pytest
from apikit.clients import authenticate
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
)
from starlette.applications import Starlette

from registry.api import ApiContext, graphql_routes
from registry.api.schema import build_schema
from registry.db.pool import Database

SCHEMA: GraphQLSchema = build_schema()._schema
OWN = {name: kind for name, kind in SCHEMA.type_map.items() if not name.startswith("__")}
ROOTS = {"query": SCHEMA.query_type, "mutation": SCHEMA.mutation_type}
VALUES: tuple[Any, ...] = ({}, None, 7, "x", [], [{}], {"nam": 1}, {"filter": {}})
WORD = re.compile(r"\w+")
Guess = tuple[str, dict[str, Any]]


def _names() -> set[str]:
    """What is to be kept: types, fields, arguments, input fields and values whose names are no common words."""
    found = set(OWN)
    for kind in OWN.values():
        found |= set(getattr(kind, "fields", {})) | set(getattr(kind, "values", {}))
        found |= {name for field in getattr(kind, "fields", {}).values() for name in getattr(field, "args", {})}
    return {name for name in found if not name.islower() and not name.isdigit()} | {"fte", "beds", "stars"}


NAMES = _names()


def _misspelt(name: str) -> str:
    return f"{name[:-1]}"


def _selected(field: GraphQLField) -> str:
    return " { __typename }" if is_composite_type(get_named_type(field.type)) else ""


def _of_fields(kind: GraphQLObjectType) -> Iterator[str]:
    """Fields misspelt, bare, with something selected, with an argument that there is not, with values of no type."""
    for name, field in kind.fields.items():
        yield f"{_misspelt(name)} {name} {name} {{ imwrongfield }} {name}(imwrongargument: 7)"
        for argument in field.args:
            yield f"{name}({_misspelt(argument)}: 7) {name}({argument}: {{}}) {name}({argument}: imwrong)"


def _documents() -> Iterator[str]:
    for operation, root in ROOTS.items():
        assert root is not None
        for parts in _of_fields(root):
            yield f"{operation} {{ {parts} }}"
    for kind in OWN.values():
        if isinstance(kind, GraphQLObjectType) and kind not in ROOTS.values():
            guesses = " ".join(islice(_of_fields(kind), 5))
            yield f"{{ node(id: 7) {{ ... on {_misspelt(kind.name)} {{ x }} ... on {kind.name} {{ {guesses} }} }} }}"
        if isinstance(kind, GraphQLInputObjectType | GraphQLEnumType):
            yield f"query($v: {_misspelt(kind.name)}, $w: [{kind.name}] = [imwrong]) {{ x(v: $v, w: $w) }}"


def _with_variables() -> Iterator[Guess]:
    """Operations that are valid, with variables that are not."""
    for operation, root in ROOTS.items():
        assert root is not None
        for name, field in root.fields.items():
            if not field.args:
                continue
            declared = ", ".join(f"${argument}: {given.type}" for argument, given in field.args.items())
            given = ", ".join(f"{argument}: ${argument}" for argument in field.args)
            document = f"{operation}({declared}) {{ {name}({given}){_selected(field)} }}"
            yield document, {}
            for value in VALUES:
                yield document, dict.fromkeys(field.args, value)


@pytest.fixture
async def closed(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    context = ApiContext(database, authenticate=authenticate, secret=b"s" * 32, introspection=False)
    transport = httpx.ASGITransport(Starlette(routes=graphql_routes(context)))
    async with httpx.AsyncClient(transport=transport, base_url="http://register") as opened:
        yield opened


async def _learnt(client: httpx.AsyncClient, document: str, variables: dict[str, Any]) -> set[str]:
    """The names of the schema in what is told of failures, beyond those that were asked with."""
    text = json.dumps({"query": document, "variables": variables})
    response = await client.post("/graphql", content=text, headers={"content-type": "application/json"})
    told = [[error["message"], *error["extensions"].values()] for error in response.json().get("errors", [])]
    return (set(WORD.findall(json.dumps(told))) & NAMES) - set(WORD.findall(text))


async def test_guessing_in_documents_tells_no_name(closed: httpx.AsyncClient) -> None:
    guesses = list(_documents())
    assert len(guesses) > 400
    assert [(guess, learnt) for guess in guesses if (learnt := await _learnt(closed, guess, {}))] == []


async def test_guessing_in_variables_tells_no_name(closed: httpx.AsyncClient) -> None:
    guesses = list(_with_variables())
    assert len(guesses) > 300
    assert [(guess, learnt) for guess in guesses if (learnt := await _learnt(closed, *guess))] == []
