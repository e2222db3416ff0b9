"""The whole matrix of roles: every field and every mutation by every caller, and none that the table does not name."""

from collections import defaultdict

import pytest
from graphql import GraphQLObjectType
from tests.api.surface import acts
from tests.api.surface.conftest import CALLERS, Place, Surface
from tests.api.surface.roots import roots
from tests.api.surface.table import FIELDS, MAY, PAYLOADS
from tests.api.surface.walking import ANYTHING, SCHEMA, documents, objects_at, told, ways

NOWHERE = Place("x", "x", "220000", "CN/220000", 1, 1, "x", "x", "CN/110000")
Told = dict[tuple[str, str], frozenset[str]]


def settled() -> Told:
    """The table, field by field."""
    return {
        (kind, name): callers
        for kind, parts in FIELDS.items()
        for callers, names in parts.items()
        for name in names.split()
    }


def test_every_field_has_a_row() -> None:
    """A field of a new type or of an old one has to be entered before it is let out."""
    reached = ways()
    fields = {kind: set(SCHEMA.type_map[kind].fields) for kind in reached}  # type: ignore[attr-defined]
    entered: dict[str, set[str]] = defaultdict(set)
    for kind, name in settled():
        entered[kind].add(name)
    assert entered == fields
    others = {
        name: set(kind.fields)
        for name, kind in SCHEMA.type_map.items()
        if isinstance(kind, GraphQLObjectType)
        and name not in reached
        and not name.startswith("__")
        and name != "Mutation"
    }
    assert {kind: set(names.split()) for kind, names in PAYLOADS.items()} == others
    assert set(roots(NOWHERE)) == fields["Query"]


async def test_every_field_is_told_to_those_in_the_table(surface: Surface) -> None:
    """What each caller is told of the same place: a field counts as told where any value of it was."""
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    for question, asked in documents(roots(surface.place)):
        for caller in CALLERS:
            answer = await surface.ask(caller, question)
            for kind, way in asked:
                if "errors" not in answer:
                    seen["Query", way[0]].add(caller)
                for found in objects_at(answer.get("data"), kind, way):
                    for name in found:
                        if told(found[name]):
                            seen[kind, name].add(caller)
    table = {place: callers for place, callers in settled().items() if place[1] not in ANYTHING}
    differing = sorted(
        f"{place}: told to {sorted(seen[place])}" for place, callers in table.items() if seen[place] != callers
    )
    assert differing == []


@pytest.mark.parametrize("name", list(MAY))
async def test_every_mutation_is_open_to_those_in_the_table(surface: Surface, name: str) -> None:
    given = acts.inputs(surface.place)[name]
    for caller in CALLERS:
        answer = await surface.ask(caller, acts.mutation(name), **{"in": given})
        payload = answer["data"][name]
        refused = payload["__typename"] == "ForbiddenFailure" or payload.get("rule") in acts.UNSEEN
        assert refused is (caller not in MAY[name]), (caller, payload)


def test_every_mutation_has_a_row() -> None:
    assert set(MAY) == set(acts.names()) == set(acts.inputs(NOWHERE))
