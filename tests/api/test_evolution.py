"""The schema changes as its policy promises: nothing that was released breaks."""

import re

import pytest
from graphql import build_schema, find_breaking_changes

from registry.api.schema import sdl
from registry.resources import resource_root

RELEASED = (resource_root("schema") / "released.graphql").read_text(encoding="utf-8")
"""The SDL of the last release, put there with it."""


def breaks(earlier: str, later: str) -> list[str]:
    found = find_breaking_changes(build_schema(earlier), build_schema(later))
    return [change.description for change in found]


def test_nothing_that_was_released_breaks() -> None:
    assert breaks(RELEASED, sdl()) == []


@pytest.mark.parametrize(
    ("given", "changed", "told"),
    [
        ("type Query { a: Int b: Int }", "type Query { a: Int }", "Query.b was removed."),
        ("type Query { a: Int! }", "type Query { a: Int }", "Query.a changed type"),
        ("type Query { a(x: Int): Int }", "type Query { a(x: Int, y: Int!): Int }", "Query.a(y:)"),
        ("type Query { a: E } enum E { X Y }", "type Query { a: E } enum E { X }", "E.Y was removed"),
        (
            "type Query { a: U } union U = A | B type A { x: Int } type B { x: Int }",
            "type Query { a: U b: B } union U = A type A { x: Int } type B { x: Int }",
            "B was removed from union",
        ),
    ],
)
def test_the_comparison_tells_what_breaks(given: str, changed: str, told: str) -> None:
    (found,) = breaks(given, changed)
    assert told in found


def test_a_field_less_in_our_own_schema_is_told() -> None:
    rest = re.sub(r'  """[^"]*"""\n  assessedGrade: .*\n', "", sdl())
    assert rest != sdl()
    assert "Field Institution.assessedGrade was removed." in breaks(RELEASED, rest)


def test_what_is_added_breaks_nothing() -> None:
    assert breaks("type Query { a: Int }", 'type Query { a: Int @deprecated(reason: "b") b(x: Int): Int }') == []
