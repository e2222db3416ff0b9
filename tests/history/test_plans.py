"""Questions about the past and pages of the feed use indexes: plans of the statements that the application sends."""

import json
from collections.abc import Iterator
from typing import Any
from unittest import mock

import orjson
import pytest
from tests.history import questions

from registry.api.context import ApiContext, RequestContext
from registry.api.schema import build_schema
from registry.db.pool import Connection, Database
from registry.db.reading import answer_publicly
from registry.domain.actors import ANONYMOUS

SCHEMA = build_schema()
INSTITUTIONS = 4_000
REGISTER = f"""
SET registry.change_id = '1';
INSERT INTO register.region (code, name, level, path, valid, ordinal)
VALUES ('CN', '中国', 'NATION', 'CN', '[1949-10-01,)', 1);
INSERT INTO register.organisation (code, scheme, name, legal_form, region_code, status, ordinal)
SELECT 'O:' || n, 'O', 'o' || n, 'COMPANY', 'CN', 'ACTIVE', 1 + n FROM generate_series(1, {INSTITUTIONS}) AS n;
INSERT INTO register.institution (code, scheme, organisation_id, name, name_pinyin, name_initials, kind, region_code,
  status, beds, ordinal)
SELECT 'I:' || n, 'I', n, '院' || n, '', '', 'CARE_HOME', 'CN', 'ACTIVE', n % 300, 1 + {INSTITUTIONS} + n
  FROM generate_series(1, {INSTITUTIONS}) AS n;
INSERT INTO register.rating_policy (code, version, sha256, document, canonical, title_zh, title_en, region_code,
  legal_basis, effective, score_decimals, grade_count, indicators, ordinal)
VALUES ('p', '1', '\\x01', '', '', 'p', 'p', 'CN', '', '[2020-01-01,)', 2, 5, '{{}}', 2 + 2 * {INSTITUTIONS});
INSERT INTO register.rating_run (id, kind, as_of, read_position, started_at, finished_at, engine_version, cause,
  institutions, changed, durations_ms, change_id)
VALUES (1, 'FULL', '2026-01-01', 1, now(), now(), '1', 't', 1, 1, '{{}}', 1);
INSERT INTO register.rating (institution_id, policy_id, run_id, weights_run_id, as_of, stars, score_scaled,
  score, indicator_values, points, contributions, domain_points, domain_grades, ordinal)
SELECT n, 1, 1, 1, '2026-01-01', 1 + n % 5, n, n / 100.00, '{{}}', '{{}}', '{{}}', '{{}}', '{{}}',
  2 + 2 * {INSTITUTIONS} + n
  FROM generate_series(1, {INSTITUTIONS}) AS n;
INSERT INTO register.assessment (institution_id, decided_on, grade, environment, facilities, operations, service,
  valid, assessor, ordinal)
SELECT n, '2025-01-01', 1 + n % 5, 1, 1, 1, 1, '[2025-01-01,2099-01-01)', 'a', 2 + 3 * {INSTITUTIONS} + n
  FROM generate_series(1, {INSTITUTIONS}) AS n;
SELECT register.publish_change_set(1, 'IMPORT', 't', 't', NULL, NULL, 2 + 4 * {INSTITUTIONS});
"""
AMENDED = """
SET registry.change_id = '{change}';
UPDATE register.institution SET beds = beds + 1, change_id = {change}, ordinal = id WHERE id % 4 = {change} % 4;
UPDATE register.rating SET score_scaled = score_scaled + 1, score = score + 0.01,
  change_id = {change}, ordinal = 100000 + id
 WHERE id % 4 = {change} % 4;
SELECT register.publish_change_set({change}, 'RUN', 't', 't', NULL, NULL, 2000);
"""
LARGE = {"institution", "institution_history", "organisation", "rating", "rating_history", "assessment"}
TELL_PLANS = """LOAD 'auto_explain'; SET client_min_messages = log; SET auto_explain.log_min_duration = 0;
SET auto_explain.log_analyze = on; SET auto_explain.log_nested_statements = on; SET auto_explain.log_format = json"""


@pytest.fixture
async def large(database: Database, admin: Connection) -> Database:
    """Thousands of institutions with ratings, a quarter of them amended six times over."""
    await admin.execute(REGISTER)
    for change in range(2, 8):
        await admin.execute(AMENDED.format(change=change))
    await admin.execute("ANALYZE")
    return database


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


async def _sent(database: Database, query: str, **variables: Any) -> tuple[str, list[Any]]:
    """Return the statement that the application sends, and its values."""
    statements: list[tuple[str, list[Any]]] = []

    async def noted(_: Database, text: str, values: list[Any]) -> Any:
        statements.append((text, values))
        return await answer_publicly(database, text, values)

    with mock.patch("registry.api.planner.roots.answer_publicly", noted):
        result = await SCHEMA.execute(query, variables, RequestContext(ApiContext(database), ANONYMOUS))
    assert not result.errors, result.errors
    return statements[-1]


async def _plan(database: Database, admin: Connection, query: str, **variables: Any) -> list[dict[str, Any]]:
    """Return the nodes of the plan by which the application's statement is answered, with their actual rows."""
    return await explained(admin, *await _sent(database, query, **variables))


async def explained(admin: Connection, text: str, values: list[Any]) -> list[dict[str, Any]]:
    """Return the nodes of the plans of a statement and of the questions that it asks within functions."""
    told: list[str] = []

    def note(_: object, message: Any) -> None:
        told.append(message.message.partition("plan:")[2])

    await admin.execute(TELL_PLANS)
    admin.add_log_listener(note)
    await admin.fetch(text, *values)
    await admin.execute("SET auto_explain.log_min_duration = -1")
    admin.remove_log_listener(note)
    return [node for plan in told if plan for node in _nodes(json.loads(plan)["Plan"])]


def _read(nodes: list[dict[str, Any]]) -> float:
    """Rows read from the large tables in all."""
    return sum(
        node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
        for node in nodes
        if node.get("Relation Name") in LARGE and "Scan" in node["Node Type"]
    )


def _scanned(nodes: list[dict[str, Any]]) -> set[str]:
    return {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"} & LARGE


async def _instant(admin: Connection) -> str:
    at = await admin.fetchval("SELECT recorded_at FROM register.change_set WHERE position = 4")
    return str(at.isoformat())


FACTS = "code name rating { stars score } notRatedReason { code } organisation { name } assessedGrade { grade }"
LISTED = f"""query($n: Int, $a: String, $t: DateTime) {{ institutions(first: $n, after: $a, asOf: $t) {{
  nodes {{ {FACTS} }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}"""


@pytest.mark.parametrize(
    ("query", "variables", "most"),
    [
        (questions.INSTITUTION, {"c": "I:77"}, 30),
        (questions.ORGANISATION, {"c": "O:77"}, 20),
        (questions.RATINGS, {"c": ["I:77", "O:78", "unknown"]}, 60),
        (questions.RATINGS, {"c": [f"I:{n}" for n in range(1, 1001)]}, 20_000),
        (LISTED, {"n": 20}, 500),
    ],
    ids=["institution", "organisation", "ratings", "ratings of many", "institutions"],
)
async def test_a_question_about_the_past_reads_what_it_is_about(
    large: Database, admin: Connection, query: str, variables: dict[str, Any], most: int
) -> None:
    nodes = await _plan(large, admin, query, **variables, t=await _instant(admin))
    assert _read(nodes) <= most
    assert not _scanned(nodes)


async def test_who_bears_a_code_is_read_from_indexes_alone(large: Database, admin: Connection) -> None:
    await admin.execute("VACUUM ANALYZE register.institution, register.organisation, register.standing")
    codes = [f"{kind}:{n}" for n in range(1, 501) for kind in "IO"]
    nodes = await _plan(large, admin, "query($c: [String!]!) { ratings(codes: $c) { __typename } }", c=codes)
    found = {(node["Node Type"], node["Relation Name"]) for node in nodes if "Relation Name" in node}
    assert {kind for kind, relation in found if relation in {"institution", "organisation"}} == {"Index Only Scan"}


async def test_how_codes_are_rated_is_read_from_one_index_alone(large: Database, admin: Connection) -> None:
    await admin.execute("VACUUM ANALYZE register.standing")
    query = """query($c: [String!]!) { ratings(codes: $c) { __typename
      ... on Rated { code rating { stars score } } ... on NotRated { code reason { code } }
      ... on SeveralInstitutions { codes } } }"""
    nodes = await _plan(large, admin, query, c=[f"I:{n}" for n in range(1, 501)])
    done = [node for node in nodes if node["Actual Loops"] and node.get("Index Name")]
    assert [(node["Index Name"], node["Actual Loops"]) for node in done if node["Actual Rows"]] == [
        ("standing_code", 500)
    ]
    assert {node["Node Type"] for node in done if node["Index Name"] == "standing_code"} == {"Index Only Scan"}


NESTED = """query($n: Int!) { institutions(first: $n) { pageInfo { hasNextPage } nodes { code beds
  rating { stars score publishedAt } ratingHistory(first: 5) { nodes { stars score publishedAt } }
  creditEntries(first: 5) { nodes { kind authority decidedOn } } } } }"""


async def test_a_page_with_histories_reads_their_versions_alone(large: Database, admin: Connection) -> None:
    nodes = await _plan(large, admin, NESTED, n=20)
    assert not _scanned(nodes)
    assert _read(nodes) <= 500
    (versions,) = (node for node in nodes if node.get("Index Name") == "rating_history_institution_id_idx")
    assert versions["Actual Loops"] == 20


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query($c: String!) { institution(code: $c) { name rating { stars score publishedAt } } }", {"c": "I:7"}),
        (NESTED, {"n": 20}),
        (questions.RATINGS.replace(", asOf: $t", "").replace(", $t: DateTime", ""), {"c": ["I:7"] * 100}),
    ],
    ids=["institution", "page", "ratings"],
)
async def test_a_question_asked_again_is_not_planned_again(
    large: Database, admin: Connection, query: str, variables: dict[str, Any]
) -> None:
    """What its values would simplify must not weigh more than planning: the server compares what it guesses of both."""
    text, values = await _sent(large, query, **variables)
    prepared = await admin.prepare(text)
    for _ in range(8):
        await prepared.fetchrow(*values)
    kept = "SELECT generic_plans FROM pg_prepared_statements WHERE statement = $1"
    assert await admin.fetchval(kept, text) >= 2


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("place", [20, 900])
async def test_a_later_page_of_the_past_reads_a_page(
    large: Database, admin: Connection, place: int, direction: str
) -> None:
    query = """query($n: Int, $a: String, $t: DateTime) { institutions(first: $n, after: $a, asOf: $t,
      orderBy: [{field: CODE, direction: %s}]) { nodes { code }
      pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
    asked = {"t": await _instant(admin)}
    context = RequestContext(ApiContext(large), ANONYMOUS)
    middle = await SCHEMA.execute(query % direction, {**asked, "n": place}, context)
    after = orjson.loads(orjson.dumps(middle.data))["institutions"]["pageInfo"]["endCursor"]
    nodes = await _plan(large, admin, query % direction, **asked, n=20, a=after)
    assert _read(nodes) <= 300


async def test_a_page_of_the_feed_reads_a_page(large: Database, admin: Connection) -> None:
    """From the middle of a large change set, and of small ones; by the pages that the server touches."""
    for place in ((1, 6_000), (5, 0)):
        touched = await _buffers(admin, *place, most=51)
        assert touched < 1_500, place
        assert touched < await _buffers(admin, *place, most=5_000) / 5


async def _buffers(admin: Connection, position: int, ordinal: int, most: int) -> int:
    """The least of some looks: a look may also read what the server knows of its tables, as after a look of its own."""
    asked = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM disclosure.changes($1, $2, $3, NULL)"
    touched = []
    for _ in range(4):
        rows = await admin.fetch(asked, position, ordinal, most)
        plan = json.loads(rows[0][0])[0]["Plan"]
        touched.append(int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]))
    return min(touched)


async def test_versions_of_what_a_run_amends_are_kept_in_one_pass_without_sorting(
    large: Database,
    admin: Connection,
) -> None:
    await admin.execute("SET registry.change_id = '8'")
    nodes = await explained(admin, "UPDATE register.rating SET stars = 5, change_id = 8, ordinal = id", [])
    kept = [node for node in nodes if node["Node Type"] == "ModifyTable" and node["Relation Name"] == "rating_history"]
    assert len(kept) == 1
    assert "Sort" not in {node["Node Type"] for node in _nodes(kept[0])}
    assert next(node for node in _nodes(kept[0]) if "Join" in node["Node Type"])["Actual Rows"] == INSTITUTIONS
