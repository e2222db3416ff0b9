"""Every list of the root is one list, whichever way it is paged, and its cursors are its own."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from graphql import GraphQLField, GraphQLNonNull, get_named_type
from tests.cli.conftest import Program
from tests.cli.processes import serving

from registry.api.schema import build_schema

pytestmark = pytest.mark.xdist_group("demo-register")

QUERY = build_schema()._schema.query_type
assert QUERY is not None
FOLLOWED = {"changes"}
PAGE = "edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount"
LARGEST = 1_000
MOST_CLOSELY = 200
"""Lists up to this length are held to both ends with all their rows."""


def is_list(field: GraphQLField) -> bool:
    needed = [given for given in field.args.values() if isinstance(given.type, GraphQLNonNull)]
    return get_named_type(field.type).name.endswith("Connection") and not needed


LISTS = sorted(name for name, field in QUERY.fields.items() if is_list(field) and name not in FOLLOWED)


class Asker:
    """An administrator, over HTTP."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def ask(self, query: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.post("/graphql", json={"query": query}).json()
        return answer

    def page(self, name: str, **given: Any) -> dict[str, Any]:
        told = ", ".join(f'{key}: "{at}"' if isinstance(at, str) else f"{key}: {at}" for key, at in given.items())
        answer = self.ask(f"{{ {name}({told}) {{ {PAGE} }} }}")
        assert "errors" not in answer, answer["errors"]
        found: dict[str, Any] = answer["data"][name]
        return {**found, "cursors": [edge["cursor"] for edge in found["edges"]]}


@pytest.fixture(scope="module")
def asker(demo: Program, tokens: dict[str, str]) -> Iterator[Asker]:
    keys = [key["id"] for key in demo.data("token", "list")]
    for place in range(3):
        demo.done("webhook", "create", "--key", str(keys[place]), "--url", f"https://one.example/{place}")
    with serving(demo) as (_, url):
        headers = {"authorization": f"Bearer {tokens['ADMIN']}"}
        with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
            yield Asker(client)


def test_only_the_feed_is_not_paged_backwards(asker: Asker) -> None:
    forwards = {name for name, field in QUERY.fields.items() if "first" in field.args and "last" not in field.args}
    assert forwards == FOLLOWED
    filled = [name for name in LISTS if asker.page(name, first=3)["totalCount"] > 2]
    assert {"flags", "flagRules", "webhooks", "sources", "imports", "auditTrail", "creditTerms"} <= set(filled)
    assert len(filled) >= 12


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_the_same_from_both_ends(asker: Asker, name: str) -> None:
    whole = asker.page(name, first=LARGEST)
    cursors, count = whole["cursors"], whole["totalCount"]
    assert len(set(cursors)) == len(cursors) == min(count, LARGEST)
    assert whole["pageInfo"]["hasNextPage"] is (count > LARGEST)
    for size in (0, 1, 2, count) if count <= MOST_CLOSELY else (0,):
        last = asker.page(name, last=size)
        assert last["cursors"] == cursors[count - min(size, count) :]
        assert last["totalCount"] == count
        assert last["pageInfo"]["hasPreviousPage"] is (size < count)
        assert last["pageInfo"]["hasNextPage"] is False
    for place in sorted(
        {place for place in (0, 1, 2, len(cursors) - 2, len(cursors) - 1) if 0 <= place < len(cursors)}
    ):
        _hold_around(asker, name, cursors, count, place)


def _hold_around(asker: Asker, name: str, cursors: list[str], count: int, place: int) -> None:
    cursor = cursors[place]
    after, before = asker.page(name, first=1, after=cursor), asker.page(name, last=1, before=cursor)
    if place + 1 < len(cursors):
        assert after["cursors"] == cursors[place + 1 : place + 2]
    assert after["pageInfo"]["hasNextPage"] is (place + 2 < count)
    assert after["pageInfo"]["hasPreviousPage"] is True
    assert before["cursors"] == cursors[max(place - 1, 0) : place]
    assert before["pageInfo"]["hasPreviousPage"] is (place > 1)
    assert before["pageInfo"]["hasNextPage"] is True
    assert after["totalCount"] == before["totalCount"] == count
    for told in (after, before):
        ends = (told["pageInfo"]["startCursor"], told["pageInfo"]["endCursor"])
        assert ends == ((told["cursors"][0], told["cursors"][-1]) if told["cursors"] else (None, None))


ORDERS = ("", "{field: NAME}", "{field: NAME, direction: DESC}", "{field: CODE}", "{field: CODE, direction: DESC}")


def test_a_cursor_of_another_order_is_refused(asker: Asker) -> None:
    def asked(order: str, after: str = "") -> str:
        by = f"orderBy: [{order}]" if order else ""
        return f"{{ institutions(first: 1 {by} {after}) {{ edges {{ cursor }} }} }}"

    for order in ORDERS:
        (edge,) = asker.ask(asked(order))["data"]["institutions"]["edges"]
        for other in ORDERS:
            answer = asker.ask(asked(other, f'after: "{edge["cursor"]}"'))
            same = order == other or {order, other} == {"", "{field: CODE}"}
            refused = [error["extensions"]["rule"] for error in answer.get("errors", [])]
            assert refused == ([] if same else ["page.cursor"])


def test_a_cursor_of_another_list_is_refused(asker: Asker) -> None:
    pages = {name: asker.page(name, first=1) for name in LISTS}
    cursors = {name: found["cursors"][0] for name, found in pages.items() if found["cursors"]}
    for name in LISTS:
        for other, cursor in cursors.items():
            if other != name:
                answer = asker.ask(f'{{ {name}(after: "{cursor}") {{ edges {{ cursor }} }} }}')
                assert answer["errors"][0]["extensions"]["rule"] == "page.cursor", (name, other)
