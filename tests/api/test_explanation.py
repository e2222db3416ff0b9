"""`Institution.explanation`: what the service works out, field by field, of one institution at a time, then as now."""

import json
import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from apikit.documents import Author, Pools
from apikit.explained import entry
from apikit.facts import Facts, When
from apikit.reference import answer
from apikit.reference_core import RESOLVERS
from graphql import GraphQLObjectType, parse
from tests.api.test_golden import TIME, hold, readable
from tests.services.generated import CLI, generated_register

from registry.api.context import ApiContext, RequestContext
from registry.api.documents import Documents
from registry.api.planner.nodes import write_id
from registry.api.schema import build_schema
from registry.api.types.explanations import MOST_EXPLANATIONS, as_entry
from registry.db.pool import Connection, Database
from registry.db.reading import answer_publicly
from registry.domain.actors import ANONYMOUS
from registry.domain.lawdays import law_day
from registry.services.explanations import StoodAt, find_explanation
from registry.services.rating_runs import recompute
from registry.synthetic import DEFAULT_AS_OF

SCHEMA = build_schema()
GOLDEN = Path(__file__).parents[1] / "golden" / "worked_out"
RATED = """SELECT i.id, i.code, r.stars
             FROM register.rating AS r JOIN register.institution AS i ON i.id = r.institution_id
            ORDER BY r.stars DESC NULLS LAST, i.id"""


@pytest.fixture
async def rated(database: Database, admin: Connection, tmp_path: Path) -> list[Any]:
    """A synthetic register, rated twice in different states; its rated institutions, the best first."""
    await generated_register(
        database, tmp_path, institutions=60, policies=("cn-national", "cn-jilin", "us-cms-staffing")
    )
    await recompute(database, CLI, as_of=DEFAULT_AS_OF)
    await recompute(database, CLI, as_of=date(2026, 11, 20))
    return await admin.fetch(RATED)


async def ask(database: Database, query: str, **variables: Any) -> tuple[Any, list[dict[str, Any]]]:
    result = await SCHEMA.execute(
        query, variables, RequestContext(ApiContext(database, public_budget=10**9), ANONYMOUS)
    )
    errors = [error.extensions or {} for error in result.errors or []]  # type: ignore[union-attr]
    return orjson.loads(orjson.dumps(result.data)), errors


async def test_every_field_is_what_the_service_worked_out(
    rated: list[Any], database: Database, admin: Connection
) -> None:
    facts = await Facts.load(admin)
    moments = [(None, None)]
    moments += [
        (at["recorded_at"], at["position"])
        for at in await admin.fetch(
            """SELECT s.position, s.recorded_at FROM register.rating_run AS r
             JOIN register.change_set AS s ON s.id = r.change_id ORDER BY 1"""
        )
    ]
    documents, dice = Documents(SCHEMA._schema), random.Random(5)
    kind = SCHEMA._schema.type_map["RatingExplanation"]
    assert isinstance(kind, GraphQLObjectType)
    changed = 0
    for _ in range(60):
        (instant, position), row = dice.choice(moments), dice.choice(rated)
        told = await find_explanation(
            database, ANONYMOUS, row["code"], StoodAt(position, law_day(instant) if instant else None)
        )
        assert told is not None
        changed += told.change is not None
        when = When(position, law_day(instant) if instant else told.published_at.date())
        plain = entry(as_entry(told), when)
        RESOLVERS["Institution", "explanation"] = lambda facts, row, plain=plain: plain
        author = Author(SCHEMA._schema, dice, Pools([], [], []))
        below = author.selection(kind, depth=2)
        as_of = f', asOf: "{instant.isoformat()}"' if instant else ""
        text = (
            f'query Drawn{_declared(author)} {{ institution(code: "{row["code"]}"{as_of}) {{ explanation {below} }} }}'
        )
        text = "\n".join((text, *author.fragments))
        values = {name: value for name, (_, value) in author.variables.items()}
        assert documents.check(text).errors == [], text
        planned = await ask(database, text, **values)
        reference = answer(SCHEMA._schema, parse(text), values, facts)
        assert (planned[1], reference.errors or []) == ([], []), (text, reference.errors)
        assert json.dumps(planned[0], ensure_ascii=False) == json.dumps(reference.data, ensure_ascii=False), text
    assert changed


def _declared(author: Author) -> str:
    declared = ", ".join(f"${name}: {kind}" for name, (kind, _) in author.variables.items())
    return f"({declared})" if declared else ""


async def test_an_explanation_compiles_and_answers_as_recorded(
    rated: list[Any], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []

    async def recorded(database: Database, text: str, values: list[object]) -> Any:
        statements.append(text)
        return await answer_publicly(database, text, values)

    monkeypatch.setattr("registry.api.planner.roots.answer_publicly", recorded)
    told, errors = await ask(database, (GOLDEN / "explanation.graphql").read_text("utf-8"), code=rated[3]["code"])
    assert errors == []
    text = TIME.sub("<instant>", json.dumps(told, ensure_ascii=False, indent=2)) + "\n"
    credit_day = f'"day": "{law_day(datetime.now(UTC))}"'
    hold(GOLDEN / "explanation.json", text.replace(credit_day, '"day": "<law day>"'))
    hold(GOLDEN / "explanation.sql", readable(statements[0]))


async def test_one_institution_at_a_time(rated: list[Any], database: Database) -> None:
    code, number = rated[0]["code"], rated[0]["id"]
    told, errors = await ask(
        database,
        """query($c: String!, $id: ID!) {
             institution(code: $c) { a: explanation { score } b: explanation { reproduced } }
             node(id: $id) { ... on Institution { explanation { score stars } } }
             unknown: institution(code: "911101080000000000") { explanation { score } } }""",
        c=code,
        id=write_id("Institution", number),
    )
    assert errors == []
    assert told["institution"]["a"]["score"] == told["node"]["explanation"]["score"]
    assert told["institution"]["b"] == {"reproduced": True}
    assert told["node"]["explanation"]["stars"] == rated[0]["stars"]
    assert told["unknown"] is None
    below = "explanation { score }"
    for query in (
        f"{{ institutions(first: 1) {{ nodes {{ {below} }} }} }}",
        f'{{ ratings(codes: ["{code}"]) {{ ... on Rated {{ institution {{ {below} }} }} }} }}',
        f'{{ nodes(ids: ["{write_id("Institution", number)}"]) {{ ... on Institution {{ {below} }} }} }}',
        f'{{ institution(code: "{code}") {{ organisation {{ institutions {{ nodes {{ {below} }} }} }} }} }}',
    ):
        _, errors = await ask(database, query)
        assert [(error["code"], error["rule"]) for error in errors] == [
            ("COST_EXCEEDED", "explanation.one-at-a-time")
        ], query
    many = " ".join(
        f'a{n}: institution(code: "{row["code"]}") {{ {below} }}'
        for n, row in enumerate(rated[: MOST_EXPLANATIONS + 1])
    )
    _, errors = await ask(database, f"{{ {many} }}")
    assert [error["rule"] for error in errors] == ["explanation.too-many"]
    query = """query($c: String!) { institution(code: $c, asOf: "2020-01-01T00:00:00Z") { explanation { score } }
                 now: institution(code: $c) { explanation { score } } }"""
    told, errors = await ask(database, query, c=rated[0]["code"])
    assert (told["institution"], errors) == (None, [])
    assert told["now"]["explanation"]["score"]


async def test_a_kept_statement_tells_each_institution_its_own(rated: list[Any], database: Database) -> None:
    query = "query($c: String!) { institution(code: $c) { code explanation { score stars } } }"
    node = "query($id: ID!) { node(id: $id) { __typename ... on Institution { code explanation { score stars } } } }"
    told = []
    for row in rated[:3] * 2:
        number = write_id("Institution", row["id"])
        own, errors = await ask(database, query, c=row["code"])
        assert errors == []
        by_id, errors = await ask(database, node, id=number)
        assert errors == []
        assert by_id["node"] == {"__typename": "Institution", **own["institution"]}
        assert (own["institution"]["code"], own["institution"]["explanation"]["stars"]) == (row["code"], row["stars"])
        told.append(own["institution"]["explanation"]["score"])
    assert told[:3] == told[3:]
    assert len(set(told)) == len(told) // 2
    (kept,) = [shape for shapes in SCHEMA.documents.find(query).shapes.kept.values() for shape in shapes]
    assert len(kept.promised) == 1
    other, errors = await ask(database, node, id=write_id("Organisation", 1))
    assert (other, errors) == ({"node": {"__typename": "Organisation"}}, [])
