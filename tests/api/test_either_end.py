"""Pages of several fit together from either end, edge by edge; a cursor belongs to its list."""

from itertools import product
from typing import Any

import pytest
from apikit.clients import Ask

ORDERS: list[list[dict[str, str]]] = [
    *(
        [{"field": field, "direction": way}]
        for field, way in product(("NAME", "BEDS", "STARS", "SCORE"), ("ASC", "DESC"))
    ),
    *([{"field": "CERTIFIED_RATIO", "direction": way}] for way in ("ASC", "DESC")),
    *([{"field": "STARS", "direction": way}, {"field": "BEDS", "direction": "DESC"}] for way in ("ASC", "DESC")),
    [{"field": "BEDS", "direction": "DESC"}, {"field": "SCORE", "direction": "ASC"}],
]
LISTS = ["regions", "ratingRuns"]
PART = "edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


async def _walk(ask: Ask, document: str, size: int, *, backwards: bool, **variables: Any) -> list[dict[str, Any]]:
    """Return all edges in the list's own order, read page by page from one end."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        given = {"l": size, "b": cursor} if backwards else {"f": size, "a": cursor}
        (page,) = (await ask(document, **given, **variables))["data"].values()
        found = [*page["edges"], *found] if backwards else [*found, *page["edges"]]
        info = page["pageInfo"]
        if page["edges"]:
            assert [info["startCursor"], info["endCursor"]] == [page["edges"][0]["cursor"], page["edges"][-1]["cursor"]]
        if not info["hasPreviousPage" if backwards else "hasNextPage"]:
            return found
        cursor = info["startCursor" if backwards else "endCursor"]


async def _fits(ask: Ask, document: str, **variables: Any) -> None:
    (whole,) = (await ask(document, f=1000, **variables))["data"].values()
    edges = whole["edges"]
    assert len(edges) > 1
    for size, backwards in product((2, 3), (False, True)):
        assert await _walk(ask, document, size, backwards=backwards, **variables) == edges
    for place, edge in enumerate(edges[:20]):
        (after,) = (await ask(document, f=1000, a=edge["cursor"], **variables))["data"].values()
        (before,) = (await ask(document, l=1000, b=edge["cursor"], **variables))["data"].values()
        assert (before["edges"], after["edges"]) == (edges[:place], edges[place + 1 :])


@pytest.mark.parametrize(
    "order", ORDERS, ids=lambda order: " ".join(f"{by['field']} {by['direction']}" for by in order)
)
@pytest.mark.parametrize("filters", [None, {"nameContains": "夕阳"}], ids=["all", "named"])
async def test_institutions_in_every_order(
    ask: Ask, order: list[dict[str, str]], filters: dict[str, str] | None
) -> None:
    document = (
        "query($f: Int, $a: String, $l: Int, $b: String, $o: [InstitutionOrder!], $w: InstitutionFilter) "
        f"{{ institutions(first: $f, after: $a, last: $l, before: $b, orderBy: $o, filter: $w) {{ {PART} }} }}"
    )
    await _fits(ask, document, o=order, w=filters)


@pytest.mark.parametrize("name", LISTS)
async def test_every_list(ask: Ask, name: str) -> None:
    part = PART.replace("{ id }", "{ __typename }") if name == "regions" else PART
    document = (
        "query($f: Int, $a: String, $l: Int, $b: String) "
        f"{{ {name}(first: $f, after: $a, last: $l, before: $b) {{ {part} }} }}"
    )
    await _fits(ask, document)


async def test_a_cursor_of_another_list_or_order_is_refused(ask: Ask) -> None:
    taken = await ask(
        """{ regions(first: 1) { edges { cursor } } ratingPolicies(first: 1) { edges { cursor } }
             byName: institutions(first: 1, orderBy: [{field: NAME}]) { edges { cursor } }
             plain: institutions(first: 1) { edges { cursor } } }"""
    )
    cursors = {name: page["edges"][0]["cursor"] for name, page in taken["data"].items()}
    for name, cursor in cursors.items():
        for field in ("regions", "ratingPolicies", "institutions", "creditEntries"):
            answer = await ask(f"query($c: String) {{ {field}(first: 1, after: $c) {{ totalCount }} }}", c=cursor)
            own = field == name or (field, name) == ("institutions", "plain")
            assert ("errors" in answer) is not own, (field, name)
            if not own:
                assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
