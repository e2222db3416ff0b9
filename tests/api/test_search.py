"""Search at a size at which plans matter: which indexes are used, what is counted or estimated, what is refused."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import httpx
import pytest
from apikit.builder import change_set
from apikit.clients import Ask
from apikit.sample import write_regions
from starlette.applications import Starlette

from registry.api import ApiContext, graphql_routes
from registry.api.planner import roots
from registry.db.pool import Database
from registry.db.reading import answer_publicly

HOMES = 12_000
RATED = 4_000
BUNDLED = 1_109
"""Homes whose number begins with 9: more than are sorted unasked, and at one end of the names and codes."""
FILL = """
  INSERT INTO register.institution (code, scheme, organisation_id, name, name_pinyin, name_initials, kind,
                                    region_code, status, beds, change_id, ordinal)
  SELECT 'FAC:' || n, 'FAC', 1, b.brand || n || '养老院', b.pinyin || n || 'yanglaoyuan', b.initials || n || 'yly',
         'CARE_HOME', CASE WHEN n % 400 = 0 THEN '220104' ELSE 'US-AL' END, 'ACTIVE', n % 300, $1, n
    FROM generate_series(1, $2) AS n
    JOIN (VALUES (0, '松鹤', 'songhe', 'sh'), (1, '福寿', 'fushou', 'fs')) AS b(rest, brand, pinyin, initials)
      ON b.rest = (n % 600 = 0)::integer
"""
RATE = """
  INSERT INTO register.rating (institution_id, policy_id, run_id, weights_run_id, as_of, stars, score_scaled, score,
                               certified_ratio, indicator_values, points, contributions, domain_points, domain_grades,
                               change_id, ordinal)
  SELECT id, $1, $2, $2, '2026-10-01', 1 + id % 5, id, id / 100.0, id % 1000 / 1000.0, '{}', '{}', '{}', '{}', '{}',
         $3, 50000 + id
    FROM register.institution WHERE id <= $4
"""


@pytest.fixture
async def large(database: Database, admin: "asyncpg.Connection[asyncpg.Record]") -> Database:
    async with change_set(database) as writer:
        await write_regions(writer)
        await writer.organisation("91330100799655058B", "夕阳红集团")
        run, policy = await writer.run(), await writer.policy("national")
        await writer.change.connection.execute(FILL, writer.change.change_id, HOMES)
        await writer.change.connection.execute(RATE, policy, run, writer.change.change_id, RATED)
    await admin.execute("VACUUM ANALYZE register.institution, register.rating, register.region")
    return database


@pytest.fixture
async def asked(large: Database) -> AsyncIterator[Ask]:
    """Ask the large register; every key means the same here, since search is answered to all alike."""
    app = Starlette(routes=graphql_routes(ApiContext(large)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://register") as client:

        async def post(query: str, key: str | None = None, **variables: Any) -> dict[str, Any]:
            body = {"query": query, "variables": variables}
            return dict((await client.post("/graphql", json=body)).json())

        yield post


async def search_questions(
    asked: Ask,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    wanted: dict[str, Any],
    order: str = "",
    after: str = "",
) -> list[str]:
    """Return the search's own questions inside a question: the only one, or what disclosure.page_of chooses from."""
    seen: list[tuple[str, list[object]]] = []

    async def recorded(pools: Database, text: str, values: list[object]) -> Any:
        seen.append((text, values))
        return await answer_publicly(pools, text, values)

    monkeypatch.setattr(roots, "answer_publicly", recorded)
    by = (f", orderBy: [{order}]" if order else "") + (f', after: "{after}"' if after else "")
    answer = await asked(
        f"query($f: InstitutionFilter) {{ institutions(first: 20, filter: $f{by}) {{ nodes {{ code }} }} }}", f=wanted
    )
    assert "errors" not in answer, answer
    text, values = seen[0]
    unused = " AND ".join(
        f"{mark} IS NOT DISTINCT FROM {mark}" for mark in sorted(set(re.findall(r"\$\d+::[a-z]+(?:\[\])?", text)))
    )
    written = re.findall(WRITTEN, text[text.index("disclosure.") :], re.DOTALL)
    found = re.match(r"WITH found AS MATERIALIZED \(SELECT .*? AS c\d+\) (?=SELECT)", text)
    first = found[0] if found else ""
    return [await database.public.fetchval(f"{first}SELECT {one} WHERE {unused}", *values) for one in written]


async def search_plan(
    asked: Ask,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    wanted: dict[str, Any],
    order: str = "",
    after: str = "",
) -> str:
    """Return the plan of the search inside a question, made as the public role that runs it."""
    questions = await search_questions(asked, database, monkeypatch, wanted, order, after)
    question = (await chosen(database, questions)).replace("$1", "NULL::bigint")
    plan = await database.public.fetchval(f"EXPLAIN (FORMAT JSON) {question}")
    return json.dumps(json.loads(plan), ensure_ascii=False)


async def chosen(database: Database, questions: list[str]) -> str:
    """Return the question that fills the page, the only one or as disclosure.page_of decides."""
    if len(questions) == 1:
        return questions[0]
    hits, walked, near, collected = questions
    if hits is None:
        return near
    many = await database.public.fetchval("SELECT disclosure.estimated($1) > disclosure.few(21)", hits)
    return walked if many else near or collected


WRITTEN = r"(?:NULL|format\('.*?VARIADIC ARRAY\[.*?\]::text\[\]\))(?=, |\))"
PLANS = [
    ({"nameContains": "福寿"}, "", ["institution_name_slices"]),
    ({"nameContains": "福寿600养老"}, "", ["institution_name_slices"]),
    ({"nameContains": "养老"}, "", ["institution_spread"]),
    ({"nameContains": "龘龘"}, "{field: NAME}", ["institution_name_bigrams"]),
    ({"nameContains": "养老"}, "{field: NAME}", ["institution_name"]),
    ({"pinyin": "fushou"}, "", ["institution_name_pinyin", "institution_name_initials"]),
    ({"codePrefix": "FAC:119"}, "{field: CODE}", ["institution_code"]),
    ({"region": "220000", "nameContains": "福寿"}, "", ["institution_name_slices"]),
    ({"region": "220000", "minBeds": 100}, "", ["institution_region"]),
    ({"region": "220000", "stars": [5]}, "", ["standing_region"]),
    ({"region": "220000", "minStars": 5}, "{field: STARS}", ["standing_region"]),
    ({}, "{field: SCORE, direction: DESC}", ["standing_score"]),
    ({"minCertifiedRatio": "0.5"}, "{field: SCORE}", ["standing_score"]),
    ({"nameContains": "养老"}, "{field: SCORE, direction: DESC}", ["standing_score"]),
    ({}, "{field: CERTIFIED_RATIO}", ["standing_certified_ratio"]),
    ({}, "{field: STARS, direction: DESC}", ["standing_stars"]),
    ({}, "{field: BEDS}", ["institution_beds"]),
]


async def test_hot_searches_use_their_indexes(asked: Ask, large: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for wanted, order, indexes in PLANS:
        plan = await search_plan(asked, large, monkeypatch, wanted, order)
        assert set(re.findall(r'"Index Name": "(\w+)"', plan)) >= set(indexes), (wanted, order, plan)
        scanned = {
            node["Relation Name"] for node in read_first(json.loads(plan)[0]["Plan"]) if node["Node Type"] == "Seq Scan"
        }
        assert not scanned & {"institution", "rating", "standing"}, (wanted, order, plan)


async def test_stars_in_a_region_are_reckoned_once_and_looked_up_in_a_walk(
    asked: Ask, large: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index of ratings by region serves for collecting; asked for twice, a region would look far emptier."""
    wanted = {"region": "220000", "minStars": 3}
    for order in ("", "{field: NAME}", "{field: SCORE, direction: DESC}"):
        hits, walked, _, collected = await search_questions(asked, large, monkeypatch, wanted, order)
        assert "_rated.region_code" in collected, order
        assert "_rated.region_code" not in hits + walked, order


async def test_pages_among_the_unrated_begin_where_their_cursor_stands(
    asked: Ask, large: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sorted: that they all lack a score is no order to the server unless it is told."""
    document = "{ institutions(last: 500, orderBy: [%s]) { nodes { rating { score } } pageInfo { startCursor } } }"
    for order in ("{field: SCORE, direction: DESC}", "{field: SCORE}"):
        page = (await asked(document % order))["data"]["institutions"]
        assert not any(node["rating"] for node in page["nodes"])
        after = page["pageInfo"]["startCursor"]
        for wanted in ({}, {"nameContains": "养老"}):
            plan = await search_plan(asked, large, monkeypatch, wanted, order, after)
            assert '"Index Name": "standing_score"' in plan, plan
            sorted_rows = re.findall(r'"Node Type": "Sort".*?"Plan Rows": (\d+)', plan)
            assert set(sorted_rows) <= {"0"}, plan


def read_first(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the nodes of a plan, without those of rows that have no value to order by: they come after all others."""
    yield node
    parts = node.get("Plans", [])
    ctes = [part for part in parts if part.get("Parent Relationship") == "InitPlan"]
    for part in ctes + [part for part in parts if part not in ctes][: 1 if node["Node Type"] == "Append" else None]:
        yield from read_first(part)


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", ["NAME", "CODE", "BEDS", "SCORE"])
async def test_hits_that_lie_together_come_in_their_order(
    asked: Ask, large: Database, field: str, direction: str
) -> None:
    """More hits than are sorted at once, all beyond what is walked in one of the directions."""
    document = """query($f: InstitutionFilter, $o: [InstitutionOrder!], $a: String) {
      institutions(first: 300, filter: $f, orderBy: $o, after: $a) {
        nodes { name code beds rating { score } } pageInfo { hasNextPage endCursor } } }"""
    given = {"f": {"nameContains": "鹤9"}, "o": [{"field": field, "direction": direction}]}
    found, cursor, more = [], None, True
    while more:
        page = (await asked(document, a=cursor, **given))["data"]["institutions"]
        found += page["nodes"]
        cursor, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert len({node["code"] for node in found}) == len(found) == BUNDLED
    keyed = [node for node in found if field != "SCORE" or node["rating"]]
    assert keyed == found[: len(keyed)]
    keys = [float(node["rating"]["score"]) if field == "SCORE" else node[field.lower()] for node in keyed]
    assert keys == sorted(keys, reverse=direction == "DESC")


DEEP = """query($f: InstitutionFilter, $a: String, $b: String, $first: Int, $last: Int) {
  institutions(first: $first, last: $last, filter: $f, after: $a, before: $b) {
    nodes { code } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


@pytest.mark.parametrize(
    "wanted",
    [{"nameContains": "鹤9"}, {"nameContains": "鹤9", "minStars": 2}, {"minBeds": 10, "maxBeds": 30}],
    ids=["name", "name and stars", "beds"],
)
async def test_pages_at_any_depth_fit_together_in_either_direction(asked: Ask, wanted: dict[str, Any]) -> None:
    """Through all slices of the order, and where the hits run out."""
    forwards, cursor, more = [], None, True
    while more:
        page = (await asked(DEEP, f=wanted, first=50, a=cursor))["data"]["institutions"]
        assert page["pageInfo"]["hasPreviousPage"] is bool(forwards)
        forwards += page["nodes"]
        cursor, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert len({node["code"] for node in forwards}) == len(forwards) > 80
    backwards: list[Any] = []
    cursor, more = None, True
    while more:
        page = (await asked(DEEP, f=wanted, last=70, b=cursor))["data"]["institutions"]
        assert page["pageInfo"]["hasNextPage"] is bool(backwards)
        backwards = page["nodes"] + backwards
        cursor, more = page["pageInfo"]["startCursor"], page["pageInfo"]["hasPreviousPage"]
    assert backwards == forwards
    every = (await asked(DEEP, f=wanted, first=1000))["data"]["institutions"]["nodes"]
    assert every == forwards[:1000]


async def test_a_cursor_whose_row_is_gone_still_parts_the_list(asked: Ask, large: Database) -> None:
    """No row stands at the cursor any more: whether others come before it is looked for."""
    wanted = {"nameContains": "福寿"}
    first = (await asked(DEEP, f=wanted, first=1))["data"]["institutions"]
    second = (await asked(DEEP, f=wanted, first=1, a=first["pageInfo"]["endCursor"]))["data"]["institutions"]
    for gone, before in ((second, True), (first, False)):
        async with change_set(large) as writer:
            rename = "UPDATE register.institution SET name = '改名' || id, change_id = $1 WHERE code = $2"
            await writer.change.connection.execute(rename, writer.change.change_id, gone["nodes"][0]["code"])
        rest = (await asked(DEEP, f=wanted, first=30, a=gone["pageInfo"]["endCursor"]))["data"]["institutions"]
        assert rest["pageInfo"]["hasPreviousPage"] is before
        assert len(rest["nodes"]) == 18


async def test_one_statement_serves_rare_and_common_names_alike(asked: Ask, large: Database) -> None:
    document = "query($f: InstitutionFilter) { institutions(first: 3, filter: $f) { nodes { name } totalCount } }"
    found = []
    for term in ("养老", "福寿", "龘龘") * 4:
        page = (await asked(document, f={"nameContains": term}))["data"]["institutions"]
        assert all(term in node["name"] for node in page["nodes"])
        found.append((len(page["nodes"]), page["totalCount"]))
    assert set(found[1::3]) == {(3, 20)}
    assert set(found[2::3]) == {(0, 0)}


async def test_long_lists_are_estimated_and_say_so(asked: Ask) -> None:
    document = "query($f: InstitutionFilter) { institutions(filter: $f) { totalCount totalCountEstimated } }"
    expected = {"养老": (HOMES, True), "松鹤": (HOMES - 20, True), "福寿": (20, False), "龘龘": (0, False)}
    for term, (count, estimated) in expected.items():
        page = (await asked(document, f={"nameContains": term}))["data"]["institutions"]
        assert page["totalCountEstimated"] is estimated
        assert abs(page["totalCount"] - count) <= (count // 5 if estimated else 0)
        if estimated:
            assert page["totalCount"] > 10_000
    rated = (await asked(document, f={"rated": True}))["data"]["institutions"]
    assert rated == {"totalCount": RATED, "totalCountEstimated": False}


async def test_ratings_first_then_the_unrated_in_pages_of_either_direction(asked: Ask) -> None:
    document = """query($a: String, $b: String, $first: Int, $last: Int) {
      institutions(first: $first, last: $last, after: $a, before: $b, filter: {codePrefix: "FAC:40"},
                   orderBy: [{field: SCORE, direction: DESC}]) {
        nodes { code rating { score } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    forwards, cursor = [], None
    while True:
        page = (await asked(document, first=17, a=cursor))["data"]["institutions"]
        forwards += page["nodes"]
        cursor = page["pageInfo"]["endCursor"]
        assert page["pageInfo"]["hasPreviousPage"] is (len(forwards) > 17)
        if not page["pageInfo"]["hasNextPage"]:
            break
    scores = [node["rating"] and float(node["rating"]["score"]) for node in forwards]
    assert len(forwards) == 111
    assert scores.index(None) == 111 - scores.count(None)
    assert scores[: scores.index(None)] == sorted(filter(None, scores), reverse=True)
    backwards: list[Any] = []
    cursor = None
    while True:
        page = (await asked(document, last=17, b=cursor))["data"]["institutions"]
        backwards = page["nodes"] + backwards
        cursor = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            break
    assert backwards == forwards


REFUSED = [
    ({"nameContains": ""}, "filter.name-too-short"),
    ({"nameContains": " 安 "}, "filter.name-too-short"),
    ({"nameContains": "%"}, "filter.name-too-short"),
    ({"nameContains": "安" * 201}, "filter.name-too-long"),
    ({"pinyin": ""}, "filter.pinyin"),
    ({"pinyin": "--"}, "filter.pinyin"),
    ({"pinyin": "安康"}, "filter.pinyin"),
    ({"codePrefix": " "}, "filter.code-empty"),
    ({"minCertifiedRatio": "90"}, "filter.share"),
    ({"maxCertifiedRatio": "-0.1"}, "filter.share"),
    ({"nameContains": "安\u0000康"}, "text.control-character"),
]


@pytest.mark.parametrize(("wanted", "rule"), REFUSED, ids=[str(number) for number in range(len(REFUSED))])
async def test_what_no_search_can_mean_is_refused(ask: Ask, wanted: dict[str, Any], rule: str) -> None:
    for selection in ("nodes { code }", "totalCount", "__typename"):
        answer = await ask(f"query($f: InstitutionFilter) {{ institutions(filter: $f) {{ {selection} }} }}", f=wanted)
        error = answer["errors"][0]["extensions"]
        assert (error["code"], error["rule"]) == ("BAD_USER_INPUT", rule)
        assert error["path"][0] == "filter"


async def test_everybody_searches_alike(ask: Ask) -> None:
    document = '{ institutions(filter: {nameContains: "夕阳红", region: "220000"}) { totalCount nodes { code } } }'
    answers = [(await ask(document, key))["data"] for key in (None, "admin", "auditor", "jilin", "buyer", "home")]
    assert answers == [answers[0]] * 6
    assert answers[0]["institutions"]["totalCount"] == 2


async def test_traditional_and_simplified_characters_are_different_ones(ask: Ask) -> None:
    document = "query($f: InstitutionFilter) { institutions(filter: $f) { nodes { name } } }"
    for term, count in (("夕陽", 0), ("夕阳", 2), ("　夕阳　", 2), ("ｎｕＲＳ", 1)):
        found = (await ask(document, f={"nameContains": term}))["data"]["institutions"]["nodes"]
        assert len(found) == count, term
