"""The schema as a product: exported, described, without a second resolver."""

from pathlib import Path

from graphql import GraphQLInterfaceType, GraphQLObjectType, is_input_object_type

from registry.api.planner.compile import PLAN, declared_metadata
from registry.api.planner.conditions import CONDITION
from registry.api.planner.roots import ROOT
from registry.api.schema import build_schema, sdl

FILE = Path(__file__).parents[2] / "schema" / "registry.graphql"
OURS = [kind for name, kind in build_schema()._schema.type_map.items() if not name.startswith("__")]
CONNECTION_PARTS = {"edges", "nodes", "pageInfo", "totalCount", "totalCountEstimated"}


def is_chinese(text: str | None) -> bool:
    return any("一" <= character <= "鿿" for character in text or "")


def test_exported_file_is_the_schema() -> None:
    assert FILE.read_text(encoding="utf-8") == sdl()


def test_everything_is_described_with_its_chinese_term() -> None:
    builtin = {"Boolean", "Int", "String", "ID", "Float"}
    bare = [kind.name for kind in OURS if kind.name not in builtin and not is_chinese(kind.description)]
    fields = [
        f"{kind.name}.{name}"
        for kind in OURS
        for name, field in getattr(kind, "fields", {}).items()
        if not is_chinese(field.description)
    ]
    values = [
        f"{kind.name}.{name}"
        for kind in OURS
        if kind.name not in builtin
        for name, value in getattr(kind, "values", {}).items()
        if not is_chinese(value.description)
    ]
    assert (bare, fields, values) == ([], [], [])


def test_every_query_field_but_viewer_is_planned() -> None:
    query = build_schema()._schema.query_type
    assert query is not None
    assert [name for name, field in query.fields.items() if ROOT not in declared_metadata(field)] == ["viewer"]


def reachable_from_planned_roots() -> set[GraphQLObjectType]:
    from graphql import get_named_type

    schema = build_schema()._schema
    waiting = [
        get_named_type(field.type)
        for kind in OURS
        if isinstance(kind, GraphQLObjectType)
        for field in kind.fields.values()
        if ROOT in declared_metadata(field)
    ]
    found: set[GraphQLObjectType] = set()
    while waiting:
        kind = waiting.pop()
        members = (
            schema.get_possible_types(kind)
            if (not isinstance(kind, GraphQLObjectType) and hasattr(kind, "types"))
            or isinstance(kind, GraphQLInterfaceType)
            else [kind]
        )
        for member in members:
            if isinstance(member, GraphQLObjectType) and member not in found:
                found.add(member)
                waiting += [get_named_type(field.type) for field in member.fields.values()]
    return found


def test_every_field_below_a_planned_root_declares_its_sql() -> None:
    missing = [
        f"{kind.name}.{name}"
        for kind in reachable_from_planned_roots()
        for name, field in kind.fields.items()
        if PLAN not in declared_metadata(field)
        and not kind.name.endswith(("Connection", "Edge"))
        and kind.name != "PageInfo"
    ]
    assert missing == []


def test_every_field_of_a_filter_declares_its_condition() -> None:
    filters = [kind for kind in OURS if is_input_object_type(kind) and kind.name.endswith("Filter")]
    assert len(filters) >= 4
    missing = [
        f"{kind.name}.{name}"
        for kind in filters
        for name, field in kind.fields.items()
        if CONDITION not in declared_metadata(field)
    ]
    assert missing == []


def test_connections_have_relays_parts() -> None:
    connections = [kind for kind in OURS if kind.name.endswith("Connection")]
    assert len(connections) >= 6
    assert all(set(kind.fields) == CONNECTION_PARTS for kind in connections)
