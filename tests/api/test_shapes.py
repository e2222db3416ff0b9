"""Compiled statements are kept by the shape of their question, and hold for no other."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any
from unittest import mock

import httpx
import pytest
from apikit.builder import change_set
from apikit.clients import Ask, Counting
from apikit.sample import Sample

from registry.api.context import ApiContext
from registry.api.documents import Documents
from registry.api.planner.compile import Compiler
from registry.api.planner.shapes import Guards, Shape, Shapes
from registry.api.schema import build_schema
from registry.db.pool import Connection, Database, Record
from registry.db.rounds import Asked, Rounds, together
from registry.db.rounds import _fetch as fetch_together
from registry.domain.lawdays import LAW_ZONE, law_day

COMPILED = "registry.api.planner.executor.build_question"


class Compiled:
    """Counts the statements that are compiled while it lasts."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> "Compiled":
        from registry.api.planner.executor import build_question

        def counted(*arguments: Any) -> Any:
            self.count += 1
            return build_question(*arguments)

        self.patch = mock.patch(COMPILED, counted)
        self.patch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.patch.stop()


LOOK_UP = "query($c: String!) { institution(code: $c) { name } }"
CODES = ("FAC:A1", "914403001922038216", "nothing", "fac:a1", " FAC:A1 ")


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    forget()


def forget() -> None:
    documents = build_schema(introspection=True).documents
    documents.kept.clear()
    documents.characters = 0


async def fresh(ask: Ask, query: str, key: str | None = None, **variables: Any) -> Any:
    """Ask with nothing known."""
    forget()
    return await ask(query, key, **variables)


async def same(ask: Ask, query: str, cases: list[dict[str, Any]], key: str | None = None) -> int:
    """Ask all cases with what is known from those before; each as if nothing was known; return what was compiled."""
    expected = [await fresh(ask, query, key, **case) for case in cases]
    forget()
    with Compiled() as compiled:
        found = [await ask(query, key, **case) for case in cases]
    assert found == expected
    return compiled.count


async def test_a_look_up_is_compiled_once(ask: Ask) -> None:
    assert await same(ask, LOOK_UP, [{"c": code} for code in CODES]) == 1


async def test_null_and_wrong_variables_are_told_as_ever(ask: Ask) -> None:
    assert await same(ask, LOOK_UP, [{"c": "FAC:A1"}, {"c": None}, {}, {"c": 5}, {"c": ["x"]}, {"c": "FAC:A1"}]) == 1


PAGED = """query($f: Int, $l: Int, $a: String, $b: String) { institutions(first: $f, last: $l, after: $a, before: $b) {
  edges { cursor node { code } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }"""


async def test_pages_of_a_kind_are_compiled_once(ask: Ask) -> None:
    edges = (await ask(PAGED, f=50))["data"]["institutions"]["edges"]
    cursors = [edge["cursor"] for edge in edges]
    forwards: list[dict[str, Any]] = [{"f": size, "a": cursor} for size in (1, 2, 50) for cursor in cursors]
    assert await same(ask, PAGED, forwards) == 1
    backwards: list[dict[str, Any]] = [{"l": 2, "b": cursor} for cursor in cursors]
    assert await same(ask, PAGED, forwards[:3] + backwards + forwards[:3]) == 2
    ends = [{"f": 2}, {"l": 2}, {"f": 2, "a": cursors[1]}, {"l": 2, "a": cursors[1]}, {"f": 2, "b": cursors[1]}]
    assert await same(ask, PAGED, [*ends, {"l": 2, "b": cursors[1]}] * 2) == 6
    turned: list[dict[str, Any]] = [{"f": 2, "l": None}, {"f": None, "l": 2}]
    assert await same(ask, PAGED, turned * 2) == 2
    wrong: list[dict[str, Any]] = [{"f": 1001}, {"f": 1, "l": 1}, {"f": 1, "a": "nonsense"}, {"f": -1}]
    assert await same(ask, PAGED, [{"f": 1}, *wrong, {"f": 2}]) == 1 + 4


SCORED = """query($f: Int, $a: String) { institutions(first: $f, after: $a, orderBy: [{field: SCORE}, {field: BEDS}]) {
  edges { cursor node { code } } } }"""


async def test_cursors_with_and_without_a_value_are_two_shapes(ask: Ask) -> None:
    edges = (await ask(SCORED, f=50))["data"]["institutions"]["edges"]
    assert await same(ask, SCORED, [{"f": 2, "a": edge["cursor"]} for edge in edges]) == 2


async def test_what_switches_fields_is_of_the_shape(ask: Ask) -> None:
    query = """query($c: String!, $y: Boolean!) {
    institution(code: $c) { name ...F @include(if: $y) beds @skip(if: $y) } }
    fragment F on Institution { code region @skip(if: $y) { code } }"""
    cases = [{"c": code, "y": on} for code in CODES[:2] for on in (True, False)]
    assert await same(ask, query, cases) == 2


SWITCHED = [
    'query($y: Boolean!) { institution(code: "FAC:A1") { code ...F @include(if: $y) } }'
    " fragment F on Institution { name }",
    'query($y: Boolean!) { institution(code: "FAC:A1") { code ... @skip(if: $y) { name } } }',
    'query($y: Boolean!) { institution(code: "FAC:A1") { code ... on Institution @include(if: $y) { name } } }',
    'query($y: Boolean!) { institution(code: "FAC:A1") { code name @skip(if: $y) } }',
    'query($y: Boolean!) { institution(code: "FAC:A1") { code ...F } }'
    " fragment F on Institution { ... { name @include(if: $y) } }",
    "query($y: Boolean = true) { institutions(first: 1) @include(if: $y) { nodes { code } } __typename }",
]


@pytest.mark.parametrize("query", SWITCHED)
async def test_a_switch_counts_wherever_it_stands(ask: Ask, query: str) -> None:
    on, off = [await fresh(ask, query, y=value) for value in (True, False)]
    assert on["data"] != off["data"]
    await same(ask, query, [{"y": value} for value in (True, False, True, False)])
    if "= true" in query:
        await same(ask, query, [{}, {"y": False}, {}])


async def test_a_switched_root_field_is_left_out_on_the_short_way_too(ask: Ask) -> None:
    query = 'query($y: Boolean!) { institution(code: "FAC:A1") @include(if: $y) { code } }'
    for value in (True, False, True, False):
        assert (await ask(query, y=value))["data"] == ({"institution": {"code": "FAC:A1"}} if value else {})


async def test_what_several_selections_want_of_one_field_is_given_together(ask: Ask) -> None:
    answer = await ask(
        """{ institution(code: "FAC:A1") { region { code } ...F ... on Institution { region { parent { code } } } }
        institution(code: "FAC:A1") { region { level } } institutions(first: 1) { nodes { code } }
        institutions(first: 1) { nodes { name } totalCount } }
        fragment F on Institution { region { name parent { name } } }"""
    )
    assert answer["data"]["institution"]["region"].keys() == {"code", "name", "parent", "level"}
    assert answer["data"]["institution"]["region"]["parent"].keys() == {"name", "code"}
    assert answer["data"]["institutions"].keys() == {"nodes", "totalCount"}
    assert answer["data"]["institutions"]["nodes"][0].keys() == {"code", "name"}


async def test_filters_are_of_the_shape(ask: Ask) -> None:
    query = "query($f: InstitutionFilter) { institutions(filter: $f) { totalCount nodes { code } } }"
    filters: list[Any] = [
        {"kinds": ["CARE_HOME"]},
        {"kinds": ["DAY_CARE"]},
        {"region": "220000"},
        {},
        None,
        {"kinds": []},
    ]
    assert await same(ask, query, [{"f": given} for given in filters] * 2) == len(filters)


async def test_an_absent_variable_is_not_null(ask: Ask) -> None:
    query = "query($n: Int = 1) { institutions(first: $n) { nodes { code } } }"
    assert await same(ask, query, [{}, {"n": None}, {"n": 2}, {}]) == 1


async def test_values_are_bound_as_their_types_have_them(ask: Ask) -> None:
    query = "query($n: Int!) { institutions(first: $n) { nodes { code } } }"
    assert await same(ask, query, [{"n": 2}, {"n": 2.0}, {"n": 1}, {"n": "2"}, {"n": 2}]) == 1
    query = "query($i: ID!) { node(id: $i) { id } }"
    (found,) = (await ask("{ institutions(first: 1) { nodes { id } } }"))["data"]["institutions"]["nodes"]
    assert await same(ask, query, [{"i": found["id"]}, {"i": 5}, {"i": found["id"]}]) == 2


async def test_nodes_of_a_type_share_a_statement(ask: Ask) -> None:
    found = await ask("{ institutions { nodes { id region { id } } } }")
    nodes = found["data"]["institutions"]["nodes"]
    ids = [node["id"] for node in nodes] + [node["region"]["id"] for node in nodes if node["region"]]
    query = "query($i: ID!) { node(id: $i) { id ... on Institution { name } ... on Region { code } } }"
    cases = [{"i": text} for text in [*ids, "nonsense", *ids]]
    assert await same(ask, query, cases) == 2 + 1


@pytest.mark.parametrize("key", [None, "jilin", "auditor"])
async def test_roles_do_not_share(ask: Ask, key: str | None) -> None:
    query = "{ creditEntries { totalCount } institutions { nodes { listedStaff { totalCount } } } }"
    expected = await fresh(ask, query, key)
    forget()
    for other in (None, "jilin", "auditor", "admin", "buyer"):
        await ask(query, other)
    assert await ask(query, key) == expected


async def test_instants_share_and_now_is_not_the_past(ask: Ask, sample: Sample) -> None:
    query = 'query($t: DateTime) { institution(code: "FAC:A1", asOf: $t) { name beds rating { stars } } }'
    instants = [None, "2020-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2020-01-01T00:00:00Z", None]
    assert await same(ask, query, [{"t": instant} for instant in instants]) <= 3


async def test_an_instant_of_today_is_read_at_the_newest_change_set_of_each_time(
    ask: Ask, sample: Sample, database: Database
) -> None:
    end_of_day = datetime.combine(law_day(datetime.now(UTC)), time(23, 59, 59), LAW_ZONE)
    query = f'{{ institution(code: "FAC:A1", asOf: "{end_of_day.isoformat()}") {{ name }} }}'
    number = await database.staff.fetchval("SELECT id FROM register.institution WHERE code = 'FAC:A1'")
    with Compiled() as compiled:
        for name in ("甲", "乙"):
            async with change_set(database) as writer:
                await writer.amend("institution", number, name=name)
            assert (await ask(query))["data"]["institution"] == {"name": name}
    assert compiled.count == 1


async def test_what_is_kept_is_asked_of_the_day_it_is_asked_on(ask: Ask, context: ApiContext) -> None:
    query = '{ institution(code: "FAC:A1") { region { name } } }'
    assert (await ask(query))["data"]["institution"]["region"] == {"name": "朝阳区"}
    object.__setattr__(context, "clock", lambda: datetime(2041, 1, 1, tzinfo=UTC))
    with Compiled() as compiled:
        assert (await ask(query))["data"]["institution"]["region"] == {"name": "未来区"}
    assert compiled.count == 0


async def test_several_roots_and_operations_of_one_document(ask: Ask, client: httpx.AsyncClient) -> None:
    query = """query A($c: String!) { a: institution(code: $c) { ...F } b: institution(code: "FAC:A1") { ...F } }
    query B($c: String!) { a: institution(code: $c) { ...F beds } } fragment F on Institution { code }"""
    for name in ("A", "B", "A", "B"):
        for code in CODES[:2]:
            body = {"query": query, "operationName": name, "variables": {"c": code}}
            data = (await client.post("/graphql", json=body)).json()["data"]
            assert data["a"]["code"] == code
            assert ("beds" in data["a"], "b" in data) == (name == "B", name == "A")


SHORT = [
    LOOK_UP,
    "query Named($c: String!) { found: institution(code: $c) { name __typename } }",
    'query($c: String = "FAC:A1") { institution(code: $c) { name } }',
    "query($c: String!) { organisation(uscc: $c) { code } }",
]


@pytest.mark.parametrize("query", SHORT)
@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_short_way_says_the_same_in_the_same_bytes(
    client: httpx.AsyncClient, sample: Sample, observed: Counting, query: str, accept: str
) -> None:
    async def post(**variables: Any) -> tuple[int, bytes, dict[str, str]]:
        body = {"query": query, "variables": variables}
        response = await client.post("/graphql", json=body, headers={"accept": accept})
        return response.status_code, response.content, dict(response.headers)

    cases: list[dict[str, Any]] = [*({"c": code} for code in CODES), {"c": "x\x00"}, {"c": 5}, {}]
    with mock.patch("registry.api.swift.Swift.answer", return_value=None):
        long_way = [await post(**case) for case in cases]
    counted = list(observed.operations)
    observed.operations.clear()
    with mock.patch("registry.api.schema.RegisterSchema.execute", side_effect=AssertionError("the long way")):
        assert [await post(**case) for case in cases[:5]] == long_way[:5]
    assert [await post(**case) for case in cases[5:]] == long_way[5:]
    assert observed.operations == counted


async def test_short_way_tells_failures_as_the_long_way_does(client: httpx.AsyncClient, context: ApiContext) -> None:
    body = {"query": LOOK_UP, "variables": {"c": "FAC:A1"}}
    await client.post("/graphql", json=body)
    await context.database.public.close()
    short = (await client.post("/graphql", json=body)).json()
    with mock.patch("registry.api.swift.Swift.answer", return_value=None):
        assert (await client.post("/graphql", json=body)).json() == short
    assert short["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert short["data"] == {"institution": None}


async def test_reading_a_variable_guards_it() -> None:
    """Whoever reads arguments in a plan without saying more gets a statement for these values alone."""
    assert Compiler.arguments.__kwdefaults__ == {"free": ()}


def test_who_asks_cannot_fill_the_memory(context: ApiContext) -> None:
    documents = Documents(build_schema(introspection=True)._schema)
    for number in range(300):
        documents.check(f"{{ a{number}: __typename # {'x' * 19_000}\n }}")
    assert sum(map(len, documents.kept)) == documents.characters <= 1_000_000
    shapes = Shapes()
    for number in range(100):
        guards = Guards({"f": number})
        shapes.keep((number % 3,), Shape("SELECT", False, guards, (), (), None, None, {}))
        shapes.keep((0,), Shape("x" * 20_000, False, guards, (), (), None, None, {}))
        shapes.keep((0,), Shape("SELECT", False, Guards({"f": ["x" * 50] * 50}), (), (), None, None, {}))
        assert sum(map(len, shapes.kept.values())) <= 16
    assert all(len(shape.text) < 10 for kept in shapes.kept.values() for shape in kept)
    assert shapes.find((0,), {"f": 99}) is not None
    assert shapes.find((0,), {"f": 5_000}) is None


# Shared round trips ---------------------------------------------------------------------------------------------------


def test_statements_with_lists_travel_alone() -> None:
    assert together("SELECT $1::text AS a, $2::bigint AS b, $1::text AS c") is not None
    assert together("SELECT $1::text[] AS a") is None
    assert together("SELECT 1 AS a") is None
    assert together("SELECT $1 AS a, $2::text AS b") is None
    assert together("SELECT $1::text AS a, '$2' AS b") is None


async def test_questions_of_one_moment_share_a_round_trip(context: ApiContext) -> None:
    import asyncio

    rounds = Rounds(context.database.public)
    text = "SELECT $1::text AS a, 10 / $2::bigint AS b"
    asked: list[tuple[str, int]] = [(f"n{n}", n % 5) for n in range(20)]
    trips: list[int] = []
    together = fetch_together

    async def counted(connection: Connection, text: str, taken: list[Asked]) -> Sequence[Record | None]:
        trips.append(len(taken))
        return await together(connection, text, taken)

    with mock.patch("registry.db.rounds._fetch", counted):
        found = await asyncio.gather(*(rounds.ask(text, pair) for pair in asked), return_exceptions=True)
    assert len(trips) < len(asked)
    for (name, by), row in zip(asked, found, strict=True):
        if by == 0:
            assert type(row).__name__ == "DivisionByZeroError"
        else:
            assert not isinstance(row, BaseException)
            assert row is not None
            assert (row["a"], row["b"]) == (name, 10 // by)
    await asyncio.gather(*rounds.trips)  # the answers are here before the last one has ended
    assert not rounds.waiting
    assert not rounds.underway


async def test_a_caller_who_leaves_takes_nobody_along(context: ApiContext) -> None:
    import asyncio

    rounds = Rounds(context.database.public)
    tasks = [asyncio.ensure_future(rounds.ask("SELECT $1::text AS a", [str(n)])) for n in range(6)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[3].cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    kept = [row["a"] for row in found if row is not None and not isinstance(row, BaseException)]
    assert kept == ["1", "2", "4", "5"]


async def test_concurrent_look_ups_of_different_callers_get_their_own_answers(
    client: httpx.AsyncClient, sample: Sample
) -> None:
    import asyncio

    await client.post("/graphql", json={"query": LOOK_UP, "variables": {"c": "x"}})
    codes = [code for code in CODES for _ in range(8)]
    posts = [client.post("/graphql", json={"query": LOOK_UP, "variables": {"c": code}}) for code in codes]
    posts.append(client.post("/graphql", json={"query": LOOK_UP}, headers={"authorization": "Bearer wrong"}))
    *answers, refused = await asyncio.gather(*posts)
    assert refused.status_code == 401
    names = {"FAC:A1": "夕阳红东站", "fac:a1": None, "nothing": None, "914403001922038216": "安康颐养院"}
    for code, response in zip(codes, answers, strict=True):
        found = json.loads(response.text)["data"]["institution"]
        if code in ("FAC:A1", "914403001922038216", "nothing"):
            assert (found and found["name"]) == names[code]


async def test_what_is_wrong_with_an_item_is_told_each_time(ask: Ask) -> None:
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    known = (await ask("{ institutions(first: 1) { nodes { id } } }"))["data"]["institutions"]["nodes"][0]["id"]
    for _ in range(3):
        told = await ask(document, ids=["no identifier", known])
        assert told["data"]["nodes"] == [None, {"id": known}]
        assert [error["path"] for error in told["errors"]] == [["nodes", 0]]
    assert "errors" not in await ask(document, ids=[known])
