"""Every field of the schema, asked by the shortest way to it: a type that is added is walked to without being named."""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_object_type,
)

from registry.api.schema import build_schema

Way = tuple[str, ...]
"""Field names from the root, with the type chosen where one answers for several: `creditEntries`, `nodes`, ….`."""

SCHEMA = build_schema()._schema
ANYTHING = ("node", "nodes")
"""Roots that give what others give too."""
AT_ONCE = 8
NESTED = {"first": "3"}
"""What fields below the root are given where they take it."""


def concrete(kind: object) -> list[GraphQLObjectType]:
    """The object types that a value of the type may have."""
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        return list(SCHEMA.get_possible_types(kind))
    return [kind] if isinstance(kind, GraphQLObjectType) else []


def ways() -> dict[str, Way]:
    """The shortest way to each object type that a query can reach."""
    query = SCHEMA.query_type
    assert query is not None
    found: dict[str, Way] = {query.name: ()}
    open_ends: deque[GraphQLObjectType] = deque([query])
    while open_ends:
        holder = open_ends.popleft()
        for name, field in holder.fields.items():
            if name in ANYTHING and holder is query:
                continue
            for kind in concrete(get_named_type(field.type)):
                if kind.name not in found:
                    found[kind.name] = (*found[holder.name], name, kind.name)
                    open_ends.append(kind)
    return found


def _arguments(field: GraphQLField) -> str:
    given = ", ".join(f"{name}: {NESTED[name]}" for name in field.args if name in NESTED)
    return f"({given})" if given else ""


def _leaves(kind: GraphQLObjectType) -> str:
    chosen = []
    for name, field in kind.fields.items():
        named = get_named_type(field.type)
        if is_leaf_type(named):
            chosen.append(name)
        else:
            chosen.append(f"{name}{_arguments(field)} {{ __typename }}")
    return " ".join(chosen)


def _question(way: Way, roots: Mapping[str, str]) -> str:
    """The selection of all fields of the type at the end of a way; `roots` are the arguments of root fields."""
    holder, text, closing = SCHEMA.query_type, "", ""
    for depth in range(0, len(way), 2):
        assert holder is not None
        name, type_name = way[depth], way[depth + 1]
        field = holder.fields[name]
        given = roots[name] if depth == 0 else _arguments(field)
        text += f"{name}{given} {{ __typename "
        closing += " }"
        if not is_object_type(get_named_type(field.type)):
            text += f"... on {type_name} {{ "
            closing += " }"
        holder = SCHEMA.type_map[type_name]  # type: ignore[assignment]
    assert holder is not None
    return text + _leaves(holder) + closing


def documents(roots: Mapping[str, str]) -> Iterator[tuple[str, list[tuple[str, Way]]]]:
    """Questions for every field of every type, and under which name of each answer the objects of a type are.

    Those of one root stand together, since a refusal of one is the end of all.
    """
    of_root: dict[str, list[tuple[str, Way]]] = {}
    for kind, way in ways().items():
        if way:
            of_root.setdefault(way[0], []).append((kind, way))
    for found in of_root.values():
        for first in range(0, len(found), AT_ONCE):
            asked = found[first : first + AT_ONCE]
            yield "{ " + " ".join(f"{kind}: {_question(way, roots)}" for kind, way in asked) + " }", asked


def _each(value: object) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _each(item)
    elif value is not None:
        yield value


def objects_at(data: Mapping[str, Any] | None, kind: str, way: Way) -> list[dict[str, Any]]:
    """The objects of a type at the end of its way in an answer."""
    standing: list[dict[str, Any]] = [{way[0]: (data or {}).get(kind)}]
    for depth in range(0, len(way), 2):
        below = [item for holder in standing for item in _each(holder.get(way[depth]))]
        standing = [item for item in below if item["__typename"] == way[depth + 1]]
    return standing


def told(value: object) -> bool:
    """Whether a value tells anything."""
    return value is not None and value != [] and value != ""
