"""The schema as a product: exported, described, without a second resolver."""

import re
from pathlib import Path

from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_input_object_type, parse

from registry.api.planner.compile import PLAN, declared_metadata
from registry.api.planner.conditions import CONDITION
from registry.api.planner.nodes import NODE_SOURCES
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


def _shown(kind: GraphQLObjectType, name: str) -> str:
    return str(kind.fields[name].type)


def test_connections_edges_and_page_info_pass_relays_lint() -> None:
    """What the rules relay-connection-types, relay-edge-types and relay-page-info ask."""
    info = next(kind for kind in OURS if kind.name == "PageInfo")
    assert {name: _shown(info, name) for name in info.fields} == {
        "hasNextPage": "Boolean!",
        "hasPreviousPage": "Boolean!",
        "startCursor": "String",
        "endCursor": "String",
    }
    for kind in OURS:
        if kind.name.endswith("Connection"):
            item = kind.name.removesuffix("Connection")
            assert _shown(kind, "edges") == f"[{item}Edge!]!"
            assert _shown(kind, "pageInfo") == "PageInfo!"
        if kind.name.endswith("Edge"):
            assert _shown(kind, "cursor") == "String!"
            assert get_named_type(kind.fields["node"].type).name == kind.name.removesuffix("Edge")


def test_fields_that_give_connections_pass_relays_lint() -> None:
    """What the rule relay-arguments asks: `first` and `after`, or `last` and `before`, or all four."""
    given = [
        (f"{kind.name}.{name}", {argument: str(found.type) for argument, found in field.args.items()})
        for kind in OURS
        if isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items()
        if get_named_type(field.type).name.endswith("Connection")
    ]
    assert len(given) > 10
    for _, arguments in given:
        assert (arguments["first"], arguments["after"]) == ("Int", "String")
        assert ("last" in arguments) == ("before" in arguments)
        assert arguments.get("last", "Int") == "Int"
        assert arguments.get("before", "String") == "String"


def test_only_nodes_have_the_global_identifier() -> None:
    """What `node` finds is a Node, and every Node is found by it."""
    nodes = {
        kind.name
        for kind in OURS
        if isinstance(kind, GraphQLObjectType) and any(i.name == "Node" for i in kind.interfaces)
    }
    assert nodes == set(NODE_SOURCES)


def test_the_cookbook_asks_nothing_that_is_not_planned() -> None:
    query = build_schema()._schema.query_type
    assert query is not None
    cookbook = (FILE.parents[1] / "docs" / "api-cookbook.md").read_text(encoding="utf-8")
    documents = [parse(text) for text in re.findall(r"```graphql\n(.*?)```", cookbook, re.DOTALL)]
    operations = [node for document in documents for node in document.definitions if getattr(node, "operation", None)]
    asked = {
        selection.name.value
        for node in operations
        if node.operation.value == "query"
        for selection in node.selection_set.selections
    }
    assert len(asked) > 8
    assert [name for name in asked if ROOT not in declared_metadata(query.fields[name])] == []
