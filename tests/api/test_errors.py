"""Every way to ask wrongly is answered with its code, its rule, its place, in both languages."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import httpx
import pytest
import structlog
from apikit.clients import Ask, Counting
from starlette.applications import Starlette

from registry.api import ApiContext, graphql_routes
from registry.db.pool import Database
from registry.db.reading import answer_publicly

CURSOR = "WyJ4IiwgMV0"
NAME_CONTAINS = ["filter", "nameContains"]

NO_DAYS = ("20240101", "2024-W01-1", "2024-01-01T00:00:00", "2024-02-30", "2024-1-1", " 2024-01-01")
NO_INSTANTS = (
    "20260101T000000Z",
    "2026-W01-1T00:00:00Z",
    "2026-01-01T00Z",
    "2026-01-01T00:00Z",
    "2026-01-01T00:00:00+08",
    "2026-01-01T00:00:00+0800",
    "2026-01-01T00:00:00,5Z",
    "2026-01-01x00:00:00Z",
    "2026-01-01T24:00:00Z",
)

WRONG: list[tuple[str, str, list[Any] | None]] = [
    ("{ institutions(first: 1001) { totalCount } }", "page.size", ["first"]),
    ("{ institutions(first: -1) { totalCount } }", "page.size", ["first"]),
    ("{ institutions(last: -1) { totalCount } }", "page.size", ["last"]),
    ("{ institutions(first: 1, last: 1) { totalCount } }", "page.first-and-last", ["last"]),
    ('{ institutions(after: "%%%") { totalCount } }', "page.cursor", ["after"]),
    ('{ institutions(after: "") { totalCount } }', "page.cursor", ["after"]),
    (f'{{ institutions(before: "{CURSOR}") {{ totalCount }} }}', "page.cursor", ["before"]),
    ('{ institution(code: "x", asOf: "2999-01-01T00:00:00Z") { name } }', "as-of.future", ["asOf"]),
    ('{ node(id: "nonsense") { id } }', "node.id", ["id"]),
    ('{ node(id: "VXNlcjox") { id } }', "node.id", ["id"]),
    ('{ institutions(filter: {nameContains: "a\\u0000"}) { totalCount } }', "text.control-character", NAME_CONTAINS),
    ('{ institutions(filter: {nameContains: "a\\u001b"}) { totalCount } }', "text.control-character", NAME_CONTAINS),
    ("{ institution { name } }", "graphql.validation", None),
    ("{ institution(code: 1) { name } }", "graphql.validation", None),
    ('{ institution(code: "x", asOf: "2026-01-01") { name } }', "graphql.validation", None),
    ('{ institution(code: "x", asOf: "2026-01-01T00:00:00") { name } }', "graphql.validation", None),
    ('{ institution(code: "x", asOf: "0001-01-01T00:00:00+14:00") { name } }', "graphql.validation", None),
    *((f'{{ institution(code: "x", asOf: "{text}") {{ name }} }}', "graphql.validation", None) for text in NO_INSTANTS),
    *(
        (f'{{ regions(filter: {{validOn: "{text}"}}) {{ totalCount }} }}', "graphql.validation", None)
        for text in NO_DAYS
    ),
    ("{ nothing }", "graphql.validation", None),
    ("{ institutions { ", "graphql.syntax", None),
    ('{ institution(code: "x") { ...F } } fragment F on Institution { ...F }', "graphql.validation", None),
]


@pytest.mark.parametrize(("query", "rule", "path"), WRONG, ids=[query[:60] for query, _, _ in WRONG])
async def test_bad_input_is_located_and_bilingual(ask: Ask, query: str, rule: str, path: list[Any] | None) -> None:
    answer = await ask(query)
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["rule"] == rule
    assert error["extensions"].get("path") == path
    assert any("一" <= character <= "鿿" for character in error["extensions"]["messageZh"])
    assert not any("一" <= character <= "鿿" for character in error["message"])
    assert answer.get("data") is None or None in answer["data"].values()


async def test_one_malformed_id_leaves_the_others(ask: Ask) -> None:
    found = await ask('{ institution(code: "FAC:A1") { id } }')
    good = found["data"]["institution"]["id"]
    answer = await ask("query($i: [ID!]!) { all: nodes(ids: $i) { id } }", i=["x", good, "VXNlcjox"])
    assert answer["data"] == {"all": [None, {"id": good}, None]}
    assert [error["path"] for error in answer["errors"]] == [["all", 0], ["all", 2]]
    assert [error["extensions"]["path"] for error in answer["errors"]] == [["ids", 0], ["ids", 2]]
    assert {error["extensions"]["rule"] for error in answer["errors"]} == {"node.id"}
    assert (await ask('{ nodes(ids: ["x", "y"]) { id } }'))["data"] == {"nodes": [None, None]}
    assert (await ask("{ nodes(ids: []) { id } }"))["data"] == {"nodes": []}


@pytest.mark.parametrize(
    "text", ["2026-04-01T08:00:00.123456789+08:00", "2026-04-01t00:00:00z", "2026-04-01T00:00:00.5Z"]
)
async def test_instant_is_read_in_every_way_of_writing_it(ask: Ask, text: str) -> None:
    answer = await ask('query($t: DateTime) { institution(code: "x", asOf: $t) { name } }', t=text)
    assert answer["data"] == {"institution": None}, answer


CREATE = "mutation($v: CreateApiKeyInput!) { createApiKey(input: $v) { __typename } }"
FILTERED = "query($v: InstitutionFilter) { institutions(filter: $v) { totalCount } }"
UNFIT: list[tuple[str, object, list[Any]]] = [
    (CREATE, {"name": "x", "role": "ADMIN", "days": "1"}, ["days"]),
    (CREATE, {"name": "x"}, []),
    (CREATE, None, []),
    ("query($v: [ID!]!) { nodes(ids: $v) { id } }", ["a", None], [1]),
    (FILTERED, {"kinds": ["DAY_CARE", "X"]}, ["kinds", 1]),
    ("query($v: Date) { regions(filter: {validOn: $v}) { totalCount } }", "20240101", []),
]


@pytest.mark.parametrize(("query", "given", "path"), UNFIT)
async def test_variable_that_does_not_fit_is_located(ask: Ask, query: str, given: object, path: list[Any]) -> None:
    [error] = (await ask(query, v=given))["errors"]
    assert error["extensions"]["rule"] == "graphql.validation"
    assert error["extensions"]["path"] == ["variables", "v", *path]
    assert error["locations"]


async def test_one_failing_field_leaves_the_others(ask: Ask) -> None:
    answer = await ask('{ good: institution(code: "FAC:A1") { beds } bad: node(id: "x") { id } }')
    assert answer["data"] == {"good": {"beds": 10}, "bad": None}
    assert [error["path"] for error in answer["errors"]] == [["bad"]]


async def test_cursor_of_another_ordering_is_refused(ask: Ask) -> None:
    by_name = await ask("{ institutions(first: 1, orderBy: [{field: NAME}]) { edges { cursor } } }")
    cursor = by_name["data"]["institutions"]["edges"][0]["cursor"]
    wrong = await ask(
        "query($c: String) { institutions(after: $c, orderBy: [{field: BEDS}]) { totalCount } }", c=cursor
    )
    down = await ask(
        "query($c: String) { institutions(after: $c, orderBy: [{field: NAME, direction: DESC}]) { totalCount } }",
        c=cursor,
    )
    assert [answer["errors"][0]["extensions"]["rule"] for answer in (wrong, down)] == ["page.cursor"] * 2


@pytest.mark.parametrize(
    "keys",
    [
        ["1E+999999", 1],
        ["1e400000", 1],
        ["1e-200000", 1],
        ["NaN", 1],
        [["1"], 1],
        [5, 1],
        ["1", None],
        ["1", True],
        ["1", 2**70],
        ["1", "1"],
        ["1"],
        ["1", 1, 1],
    ],
)
async def test_forged_cursor_is_refused(ask: Ask, keys: list[Any]) -> None:
    question = """query($c: String) { institutions(first: 1, after: $c, orderBy: [{field: SCORE}]) {
        edges { cursor } nodes { code } } }"""
    honest = (await ask(question))["data"]["institutions"]["edges"][0]["cursor"]
    digest = json.loads(urlsafe_b64decode(honest + "=="))[0]
    forged = urlsafe_b64encode(json.dumps([digest, *keys]).encode()).decode()
    answer = await ask(question, c=forged)
    assert [error["extensions"]["rule"] for error in answer["errors"]] == ["page.cursor"]


async def test_too_many_codes_and_ids(ask: Ask) -> None:
    codes = await ask("query($c: [String!]!) { ratings(codes: $c) { __typename } }", c=["x"] * 1001)
    ids = await ask("query($i: [ID!]!) { nodes(ids: $i) { id } }", i=["SW5zdGl0dXRpb246MQ"] * 1001)
    assert codes["errors"][0]["extensions"]["rule"] == "ratings.too-many"
    assert ids["errors"][0]["extensions"]["rule"] == "node.too-many"


async def test_variables_are_checked_without_hints(ask: Ask) -> None:
    answer = await ask(
        "query($f: InstitutionFilter) { institutions(filter: $f) { totalCount } }", f={"nameContain": "x"}
    )
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "nameContains" not in str(answer)


@pytest.mark.parametrize(
    "query",
    [
        '{ institution(code: "x") { nam } }',
        '{ institutio(code: "x") { name } }',
        '{ institution(cod: "x") { name } }',
        "{ institutions(orderBy: [{field: NAM}]) { totalCount } }",
        '{ node(id: "x") { ... on Institutio { name } } }',
    ],
)
async def test_no_message_suggests_a_name(ask: Ask, query: str) -> None:
    answer = await ask(query)
    assert "Did you mean" not in str(answer)
    assert answer["errors"]


DEEP = '{ institution(code: "x") ' + "{ organisation { institutions { nodes " * 6 + "{ id }" + " } } }" * 6 + " }"
LIMITS = [
    (DEEP, "limit.depth"),
    ("{ " + " ".join(f"a{n}: __typename" for n in range(101)) + " }", "limit.aliases"),
    ("{ " + "__typename " * 1001 + "}", "limit.fields"),
    ("{ __typename " + "@include(if: true) " * 101 + "}", "limit.directives"),
    ("{ " + "__typename " * 6000 + "}", "graphql.syntax"),
]


@pytest.mark.parametrize(("query", "rule"), LIMITS, ids=[rule for _, rule in LIMITS])
async def test_documents_beyond_the_limits_are_refused(ask: Ask, query: str, rule: str) -> None:
    answer = await ask(query)
    assert answer["errors"][0]["extensions"]["rule"] == rule
    assert "data" not in answer


async def test_fragments_count_for_depth_however_they_are_spread(ask: Ask) -> None:
    fragments = " ".join(f"fragment F{n} on Region {{ parent {{ ...F{n + 1} }} }}" for n in range(16))
    answer = await ask(
        '{ institution(code: "x") { region { ...F0 } } } ' + fragments + " fragment F16 on Region { code }"
    )
    assert [error["extensions"]["rule"] for error in answer["errors"]] == ["limit.depth"]


async def test_fragments_chained_by_the_hundred_are_too_deep(ask: Ask) -> None:
    chain = (
        " ".join(f"fragment F{n} on Region {{ ...F{n + 1} }}" for n in range(500)) + " fragment F500 on Region { code }"
    )
    answer = await ask('{ institution(code: "x") { region { ...F0 } } } ' + chain)
    assert [error["extensions"]["rule"] for error in answer["errors"]] == ["limit.depth"]


async def test_wrong_key_is_refused_before_anything_runs(client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/graphql", json={"query": "{ __typename }"}, headers={"authorization": "Bearer wrong"}
    )
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["errors"][0]["extensions"] == {
        "code": "UNAUTHENTICATED",
        "messageZh": "密钥无效",
        "rule": "authentication.key",
    }


async def test_what_nobody_expected_is_masked_and_logged_under_its_id(
    ask: Ask, database: Database, observed: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(database: Database, text: str, values: list[object]) -> object:
        return await answer_publicly(database, "SELECT secret_column FROM nowhere", [])

    monkeypatch.setattr("registry.api.planner.roots.answer_publicly", broken)
    with structlog.testing.capture_logs() as logs:
        answer = await ask("{ institutions { totalCount } }")
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "nowhere" not in str(answer)
    assert "secret" not in str(answer)
    assert [entry["error_id"] for entry in logs if entry["event"] == "api.internal_error"] == [
        error["extensions"]["errorId"]
    ]
    assert observed.operations == [("query", None, ("INTERNAL",))]


async def test_database_away_is_said(context: ApiContext, database: Database) -> None:
    await database.public.close()
    transport = httpx.ASGITransport(Starlette(routes=graphql_routes(context)))
    async with httpx.AsyncClient(transport=transport, base_url="http://register") as client:
        response = await client.post("/graphql", json={"query": '{ institution(code: "x") { name } }'})
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"


async def test_introspection_can_be_closed(database: Database) -> None:
    closed = ApiContext(database, introspection=False)
    transport = httpx.ASGITransport(Starlette(routes=graphql_routes(closed)))
    async with httpx.AsyncClient(transport=transport, base_url="http://register") as client:
        schema = await client.post("/graphql", json={"query": "{ __schema { types { name } } }"})
        page = await client.get("/graphql", headers={"accept": "text/html"})
        typename = await client.post("/graphql", json={"query": "{ __typename }"})
    assert schema.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert page.status_code == 404
    assert typename.json()["data"] == {"__typename": "Query"}


def test_secret_is_not_shown(context: ApiContext) -> None:
    assert repr(b"s" * 32) not in repr(context)
