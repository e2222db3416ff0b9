"""Lists: every filter filters, pages fit together, counts keep the filters, orderings are total."""

from typing import Any

import pytest
from apikit.clients import Ask
from apikit.sample import CMS, SINGLE

ALL = {SINGLE, "FAC:A1", "FAC:B2", CMS}

FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({"nameContains": "夕阳"}, {"FAC:A1", "FAC:B2"}),
    ({"nameContains": "夕阳红东"}, {"FAC:A1"}),
    ({"nameContains": "阳红西站"}, {"FAC:B2"}),
    ({"nameContains": "夕阳红站"}, set()),
    ({"nameContains": "BURNS nurs"}, {CMS}),
    ({"nameContains": "ＢＵＲＮＳ"}, {CMS}),
    ({"nameContains": "%%"}, set()),
    ({"nameContains": "_阳"}, set()),
    ({"pinyin": "xiyanghong"}, {"FAC:A1", "FAC:B2"}),
    ({"pinyin": "Xī Yáng Hóng X"}, {"FAC:B2"}),
    ({"pinyin": "xyhd"}, {"FAC:A1"}),
    ({"pinyin": "yang"}, set()),
    ({"organisation": "91330100799655058b"}, {"FAC:A1", "FAC:B2"}),
    ({"organisation": "nobody"}, set()),
    ({"stars": [3, 5]}, {SINGLE, "FAC:A1"}),
    ({"stars": []}, set()),
    ({"assessedGrades": [4, 5]}, {SINGLE}),
    ({"assessedGrades": [3]}, set()),
    ({"minCertifiedRatio": "0.25"}, {SINGLE, "FAC:B2"}),
    ({"maxCertifiedRatio": "0.5"}, {"FAC:B2"}),
    ({"minCertifiedRatio": "0.3", "maxCertifiedRatio": "1"}, {SINGLE}),
    ({"region": "cn", "nameContains": "夕阳", "stars": [3], "pinyin": "x", "codePrefix": "F"}, {"FAC:A1"}),
    ({"codePrefix": "fac:"}, {"FAC:A1", "FAC:B2"}),
    ({"region": "220100"}, {SINGLE, "FAC:A1", "FAC:B2"}),
    ({"region": "220104"}, {"FAC:A1"}),
    ({"region": "22"}, set()),
    ({"kinds": ["NURSING_HOME", "DAY_CARE"]}, {"FAC:A1", "FAC:B2", CMS}),
    ({"kinds": []}, set()),
    ({"statuses": ["CLOSED"]}, set()),
    ({"statuses": ["ACTIVE"]}, ALL),
    ({"minBeds": 57}, {SINGLE, CMS}),
    ({"maxBeds": 57}, {"FAC:A1", "FAC:B2", CMS}),
    ({"minStars": 4}, {SINGLE}),
    ({"maxStars": 4}, {"FAC:A1"}),
    ({"rated": True}, {SINGLE, "FAC:A1"}),
    ({"rated": False}, {"FAC:B2", CMS}),
    ({"policy": "national"}, {SINGLE, "FAC:A1", "FAC:B2"}),
    ({"policy": "national@2"}, set()),
    ({"scheme": "us-ccn"}, {CMS}),
    ({"nameContains": "夕阳", "minBeds": 20}, {"FAC:B2"}),
    ({"nameContains": None, "minBeds": 57}, {SINGLE, CMS}),
    ({}, ALL),
]


@pytest.mark.parametrize(("wanted", "codes"), FILTERS, ids=[str(wanted) for wanted, _ in FILTERS])
async def test_filter_holds_for_rows_count_and_page_flags(ask: Ask, wanted: dict[str, Any], codes: set[str]) -> None:
    answer = await ask(
        """query($f: InstitutionFilter) {
             all: institutions(filter: $f) { totalCount nodes { code } pageInfo { hasNextPage } }
             one: institutions(filter: $f, first: 1) { totalCount pageInfo { hasNextPage } }
             count: institutions(filter: $f) { totalCount } }""",
        f=wanted,
    )
    data = answer["data"]
    assert {node["code"] for node in data["all"]["nodes"]} == codes
    assert [data[name]["totalCount"] for name in ("all", "one", "count")] == [len(codes)] * 3
    assert data["all"]["pageInfo"]["hasNextPage"] is False
    assert data["one"]["pageInfo"]["hasNextPage"] is (len(codes) > 1)


ORDERS: list[tuple[list[str], list[str]]] = [
    ([], [SINGLE, "FAC:A1", "FAC:B2", CMS]),
    (["CODE DESC"], [CMS, "FAC:B2", "FAC:A1", SINGLE]),
    (["BEDS ASC"], ["FAC:A1", "FAC:B2", CMS, SINGLE]),
    (["SCORE DESC"], [SINGLE, "FAC:A1", CMS, "FAC:B2"]),
    (["SCORE ASC"], ["FAC:A1", SINGLE, "FAC:B2", CMS]),
    (["STARS ASC", "BEDS DESC"], ["FAC:A1", SINGLE, CMS, "FAC:B2"]),
    (["CERTIFIED_RATIO DESC"], [SINGLE, "FAC:B2", CMS, "FAC:A1"]),
    (["CERTIFIED_RATIO ASC", "CODE DESC"], ["FAC:B2", SINGLE, CMS, "FAC:A1"]),
    (["NAME ASC"], [CMS, "FAC:A1", "FAC:B2", SINGLE]),
]


def written(order: list[str]) -> list[dict[str, str]]:
    return [dict(zip(("field", "direction"), key.split(), strict=True)) for key in order]


@pytest.mark.parametrize(("order", "codes"), ORDERS, ids=[str(order) for order, _ in ORDERS])
async def test_walking_pages_in_either_direction_gives_the_whole_list(
    ask: Ask, order: list[str], codes: list[str]
) -> None:
    forward = """query($o: [InstitutionOrder!], $c: String) { institutions(first: 1, after: $c, orderBy: $o) {
        nodes { code } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
    backward = """query($o: [InstitutionOrder!], $c: String) { institutions(last: 1, before: $c, orderBy: $o) {
        nodes { code } pageInfo { hasNextPage hasPreviousPage startCursor } } }"""
    found, cursor = [], None
    for place in range(len(codes)):
        page = (await ask(forward, o=written(order), c=cursor))["data"]["institutions"]
        found += [node["code"] for node in page["nodes"]]
        cursor = page["pageInfo"]["endCursor"]
        assert page["pageInfo"]["hasNextPage"] is (place < len(codes) - 1)
        assert page["pageInfo"]["hasPreviousPage"] is (place > 0)
    assert found == codes
    found, cursor = [], None
    for place in range(len(codes)):
        page = (await ask(backward, o=written(order), c=cursor))["data"]["institutions"]
        found += [node["code"] for node in page["nodes"]]
        cursor = page["pageInfo"]["startCursor"]
        assert page["pageInfo"]["hasPreviousPage"] is (place < len(codes) - 1)
        assert page["pageInfo"]["hasNextPage"] is (place > 0)
    assert found == codes[::-1]


async def test_nested_connection_pages_by_itself(ask: Ask) -> None:
    question = """query($c: String) { organisation(uscc: "91330100799655058B") { institutions(first: 1, after: $c) {
        totalCount nodes { code } pageInfo { hasNextPage hasPreviousPage endCursor } } } }"""
    first = (await ask(question))["data"]["organisation"]["institutions"]
    second = (await ask(question, c=first["pageInfo"]["endCursor"]))["data"]["organisation"]["institutions"]
    assert (first["nodes"], second["nodes"]) == ([{"code": "FAC:A1"}], [{"code": "FAC:B2"}])
    flags = [(page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]) for page in (first, second)]
    assert flags == [(False, True), (True, False)]
    assert first["totalCount"] == second["totalCount"] == 2


async def test_nested_connection_pages_backwards_too(ask: Ask) -> None:
    question = """query($c: String) { organisation(uscc: "91330100799655058B") { institutions(last: 1, before: $c) {
        totalCount nodes { code } pageInfo { hasNextPage hasPreviousPage startCursor } } } }"""
    last = (await ask(question))["data"]["organisation"]["institutions"]
    earlier = (await ask(question, c=last["pageInfo"]["startCursor"]))["data"]["organisation"]["institutions"]
    assert (last["nodes"], earlier["nodes"]) == ([{"code": "FAC:B2"}], [{"code": "FAC:A1"}])
    flags = [(page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]) for page in (last, earlier)]
    assert flags == [(True, False), (False, True)]
    assert last["totalCount"] == earlier["totalCount"] == 2


async def test_empty_page_and_page_between_cursors(ask: Ask) -> None:
    cursors = [
        edge["cursor"] for edge in (await ask("{ institutions { edges { cursor } } }"))["data"]["institutions"]["edges"]
    ]
    answer = await ask(
        """query($a: String, $b: String) {
             none: institutions(first: 0) { edges { cursor } pageInfo { hasNextPage startCursor endCursor } }
             between: institutions(after: $a, before: $b) {
               nodes { code } pageInfo { hasNextPage hasPreviousPage } } }""",
        a=cursors[0],
        b=cursors[3],
    )
    assert answer["data"]["none"] == {
        "edges": [],
        "pageInfo": {"hasNextPage": True, "startCursor": None, "endCursor": None},
    }
    assert answer["data"]["between"] == {
        "nodes": [{"code": "FAC:A1"}, {"code": "FAC:B2"}],
        "pageInfo": {"hasNextPage": True, "hasPreviousPage": True},
    }


async def test_change_feed_is_gap_free_from_any_cursor(ask: Ask) -> None:
    question = """query($c: String, $n: Int, $k: [ChangeKind!]) { changes(first: $n, after: $c, kinds: $k) {
        totalCount nodes { position ordinal kind action code previous cause recordedAt }
        pageInfo { hasNextPage endCursor } } }"""
    whole = (await ask(question, n=1000))["data"]["changes"]
    assert whole["totalCount"] == len(whole["nodes"]) == 23
    places = [(change["position"], change["ordinal"]) for change in whole["nodes"]]
    assert places == sorted(places)
    found, cursor, more = [], None, True
    while more:
        page = (await ask(question, n=3, c=cursor))["data"]["changes"]
        found += page["nodes"]
        cursor, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert found == whole["nodes"]
    ratings = (await ask(question, n=2, k=["RATING"]))["data"]["changes"]
    assert (ratings["totalCount"], len(ratings["nodes"]), ratings["pageInfo"]["hasNextPage"]) == (4, 2, True)
    amended = [change for change in whole["nodes"] if change["action"] == "AMENDED" and change["kind"] == "INSTITUTION"]
    assert [(change["previous"]["beds"], change["cause"]) for change in amended] == [(120, "a correction")]


async def test_every_connection_of_a_document_keeps_its_own_page_size(ask: Ask) -> None:
    sizes = [1, 2, 3, 4, 1, 2, 3, 4]
    pages = " ".join(f"p{n}: institutions(first: {size}) {{ nodes {{ code }} }}" for n, size in enumerate(sizes))
    nested = " ".join(f"h{n}: ratingHistory(first: {n % 3}) {{ nodes {{ stars }} }}" for n in range(12))
    answer = await ask(f'{{ {pages} institution(code: "914403001922038216") {{ {nested} }} }}')
    assert [len(answer["data"][f"p{n}"]["nodes"]) for n in range(8)] == sizes
    assert [len(answer["data"]["institution"][f"h{n}"]["nodes"]) for n in range(12)] == [n % 3 for n in range(12)]
