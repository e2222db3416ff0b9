"""Every list of the root is one list, whichever way it is paged."""

from typing import Any

import pytest
from apikit.clients import Ask
from apikit.sample import Sample
from graphql import GraphQLField, GraphQLNonNull, get_named_type

from registry.api.schema import build_schema

QUERY = build_schema()._schema.query_type
assert QUERY is not None
FOLLOWED = {"changes"}


def is_list(field: GraphQLField) -> bool:
    needed = [given for given in field.args.values() if isinstance(given.type, GraphQLNonNull)]
    return get_named_type(field.type).name.endswith("Connection") and not needed


LISTS = sorted(name for name, field in QUERY.fields.items() if is_list(field) and name not in FOLLOWED)
PAGE = "edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount"


async def page(ask: Ask, name: str, **given: Any) -> dict[str, Any]:
    told = ", ".join(
        f'{key}: "{value}"' if isinstance(value, str) else f"{key}: {value}" for key, value in given.items()
    )
    answer = await ask(f"{{ {name}({told}) {{ {PAGE} }} }}", key="admin")
    assert "errors" not in answer, answer["errors"]
    found: dict[str, Any] = answer["data"][name]
    return {**found, "cursors": [edge["cursor"] for edge in found["edges"]]}


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_is_the_same_from_both_ends(ask: Ask, sample: Sample, name: str) -> None:
    whole = await page(ask, name, first=1000)
    cursors, count = whole["cursors"], len(whole["cursors"])
    assert not whole["pageInfo"]["hasNextPage"]
    assert len(set(cursors)) == count == whole["totalCount"]
    for size in (0, 1, 2, count):
        last = await page(ask, name, last=size)
        assert last["cursors"] == cursors[count - min(size, count) :]
        assert last["totalCount"] == count
        assert last["pageInfo"]["hasPreviousPage"] is (size < count)
        assert last["pageInfo"]["hasNextPage"] is False
    for place, cursor in enumerate(cursors[:4]):
        after = await page(ask, name, first=1, after=cursor)
        assert after["cursors"] == cursors[place + 1 : place + 2]
        assert after["pageInfo"]["hasNextPage"] is (place + 2 < count)
        assert after["pageInfo"]["hasPreviousPage"] is True
        before = await page(ask, name, last=1, before=cursor)
        assert before["cursors"] == cursors[max(place - 1, 0) : place]
        assert before["pageInfo"]["hasPreviousPage"] is (place > 1)
        assert before["pageInfo"]["hasNextPage"] is True
        assert after["totalCount"] == before["totalCount"] == count
        for told in (after, before):
            ends = (told["pageInfo"]["startCursor"], told["pageInfo"]["endCursor"])
            assert ends == ((told["cursors"][0], told["cursors"][-1]) if told["cursors"] else (None, None))


def test_only_the_feed_is_not_paged_backwards() -> None:
    forwards = {name for name, field in QUERY.fields.items() if "first" in field.args and "last" not in field.args}
    assert forwards == FOLLOWED
    assert len(LISTS) > 12
