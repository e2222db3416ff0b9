"""Statistics of regions and institutions: as counted from the files one by one, few people withheld, told over time."""

import csv
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from tests.services.generated import CLI, generated_register

from registry.api import ApiContext, graphql_routes
from registry.db.pool import Connection as Admin
from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, Actor
from registry.domain.errors import Forbidden, Unauthenticated
from registry.domain.workforce import SkillLevel
from registry.services.statistics import count_workforce, read_statistics
from registry.synthetic import DEFAULT_AS_OF

LEVELS = ["", *SkillLevel]
ASK = """query($code: String!, $from: Date, $to: Date) { regionStatistics(code: $code, from: $from, to: $to) {
  region { code name } wages { occupation level surveyedOn people lowerQuarterFromYuan medianFromYuan }
  days { day institutions beds rated countsByStars people carers certifiedCarers certifiedRatio countsWithheld elderly
    skillLadder { level people } occupations { occupation people } education { education people }
    gaps { occupation counted onePer needed present missing legalBasis } } } }"""


def rows(folder: Path, kind: str) -> list[dict[str, str]]:
    with (folder / f"{kind}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def covers(first: str, last: str, day: date) -> bool:
    return first <= day.isoformat() and (not last or day.isoformat() <= last)


class Plain:
    """The slow obvious count, from the files."""

    def __init__(self, folder: Path, day: date) -> None:
        self.institutions = {row["institution_code"]: row for row in rows(folder, "institutions")}
        self.people = {row["citizen_id"]: row for row in rows(folder, "people")}
        self.accredited = rows(folder, "evaluation-organisations")
        self.day = day
        self.held: dict[str, int] = {}
        for row in rows(folder, "certificates"):
            if self.counts(row):
                level = LEVELS.index(row["level"]) if row["level"] in LEVELS else 0
                self.held[row["citizen_id"]] = max(level, self.held.get(row["citizen_id"], 0))
        self.posts = {
            (row["institution_code"], row["citizen_id"], row["occupation"])
            for row in rows(folder, "employments")
            if covers(row["started_on"], row["ended_on"], day)
            and self.institutions[row["institution_code"]]["status"] == "ACTIVE"
        }

    def counts(self, row: dict[str, str]) -> bool:
        lapsed = row["status"] != "VALID" and (row["status_from"] or row["issued_on"]) <= self.day.isoformat()
        issuer = not row["evaluator_code"] or any(
            body["evaluator_code"] == row["evaluator_code"]
            and body["accredited_from"] <= row["issued_on"] <= (body["accredited_to"] or "9999")
            and (not body["withdrawn_from"] or row["issued_on"] < body["withdrawn_from"])
            for body in self.accredited
        )
        return covers(row["issued_on"], row["expires_on"], self.day) and not lapsed and issuer

    def of(self, codes: set[str]) -> dict[str, Any]:
        posts = [post for post in self.posts if post[0] in codes]
        carers = [post for post in posts if post[2] == "CARER"]
        heads = {(at, who) for at, who, _ in posts}
        ladder = Counter(self.held.get(who, 0) for _, who, _ in carers)
        return {
            "people": len(heads),
            "carers": len(carers),
            "certified": sum(who in self.held for _, who, _ in carers),
            "levels": [ladder[level] for level in range(9)],
            "occupations": dict(Counter(occupation for *_, occupation in posts)),
            "education": dict(Counter(self.people[who]["education"] or "UNKNOWN" for _, who in heads)),
        }


@pytest.fixture
async def plain(database: Database, tmp_path: Path) -> Plain:
    await generated_register(database, tmp_path, institutions=60, policies=["cn-national"])
    await count_workforce(database, CLI, DEFAULT_AS_OF)
    return Plain(tmp_path, DEFAULT_AS_OF)


async def ask(database: Database, query: str, **variables: Any) -> dict[str, Any]:
    routes = graphql_routes(ApiContext(database))
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://register") as client:
        answer = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in answer, answer
    return dict(answer["data"])


async def test_every_region_and_institution_is_counted_as_one_by_one(
    plain: Plain, database: Database, admin: Admin
) -> None:
    paths = {row["code"]: row["path"].split("/") for row in await admin.fetch("SELECT code, path FROM register.region")}
    below: dict[str, set[str]] = {}
    for code, row in plain.institutions.items():
        if row["status"] == "ACTIVE":
            for region in paths[row["region_code"]]:
                below.setdefault(region, set()).add(code)
    counted = await admin.fetch("SELECT * FROM register.region_statistic")
    assert {row["region_code"] for row in counted} == set(below)
    for row in counted:
        codes = below[row["region_code"]]
        expected = plain.of(codes)
        told = {**row, "occupations": json.loads(row["occupations"]), "education": json.loads(row["education"])}
        assert {name: told[name] for name in expected} == expected, row["region_code"]
        assert row["institutions"] == len(codes)
        assert row["beds"] == sum(int(plain.institutions[code]["beds"]) for code in codes)
    for row in await admin.fetch(
        "SELECT w.*, i.code FROM register.workforce AS w JOIN register.institution AS i ON i.id = w.institution_id"
    ):
        expected = plain.of({row["code"]})
        assert {name: row[name] for name in ("people", "carers", "certified", "levels")} == {
            name: expected[name] for name in ("people", "carers", "certified", "levels")
        }


async def test_the_nation_is_told_with_ladder_gaps_and_ratio(plain: Plain, database: Database) -> None:
    told = (await ask(database, ASK, code="cn"))["regionStatistics"]
    assert told["region"]["code"] == "CN"
    (day,) = told["days"]
    active = {code for code, row in plain.institutions.items() if row["status"] == "ACTIVE"}
    expected = plain.of(active)
    assert day["day"] == DEFAULT_AS_OF.isoformat()
    assert (day["people"], day["carers"], day["certifiedCarers"]) == (
        expected["people"],
        expected["carers"],
        expected["certified"],
    )
    assert day["certifiedRatio"] == f"{expected['certified'] / expected['carers']:.4f}"
    ladder = [{"level": level or None, "people": n} for level, n in zip(LEVELS, expected["levels"], strict=True)]
    assert day["skillLadder"] == ladder
    beds = next(gap for gap in day["gaps"] if gap["counted"] == "BEDS")
    present = expected["occupations"].get("SOCIAL_WORKER", 0)
    needed = day["beds"] // 100
    assert (beds["needed"], beds["present"], beds["missing"]) == (needed, present, max(needed - present, 0))
    assert day["countsByStars"] == [0, 0, 0, 0, 0]


async def test_counts_of_few_people_are_withheld_and_shares_stay(
    plain: Plain, database: Database, admin: Admin
) -> None:
    few = await admin.fetch(
        "SELECT i.code, w.carers, w.certified FROM register.workforce AS w"
        " JOIN register.institution AS i ON i.id = w.institution_id WHERE w.carers BETWEEN 1 AND 4"
    )
    assert few
    query = """query($c: String!) { institution(code: $c) { workforce { people carers certifiedCarers certifiedRatio
      countsWithheld skillLadder { people } } } }"""
    for row in few:
        told = (await ask(database, query, c=row["code"]))["institution"]["workforce"]
        assert (told["carers"], told["certifiedCarers"], told["skillLadder"]) == (None, None, [])
        assert told["countsWithheld"] is True
        assert told["certifiedRatio"] == f"{row['certified'] / row['carers']:.4f}"
    many = await admin.fetchval(
        "SELECT i.code FROM register.workforce AS w JOIN register.institution AS i ON i.id = w.institution_id"
        " WHERE w.carers > 4 ORDER BY w.carers DESC LIMIT 1"
    )
    told = (await ask(database, query, c=many))["institution"]["workforce"]
    assert told["carers"] == sum(rung["people"] for rung in told["skillLadder"]) == plain.of({many})["carers"]
    past = """query($c: String!, $t: DateTime) { institution(code: $c, asOf: $t) { workforce { day } } }"""
    at = await admin.fetchval("SELECT recorded_at FROM register.register_head")
    assert (await ask(database, past, c=many, t=at.isoformat()))["institution"]["workforce"] is None


async def test_days_are_told_in_order_and_counting_again_replaces(plain: Plain, database: Database) -> None:
    later = DEFAULT_AS_OF + timedelta(days=30)
    await count_workforce(database, CLI, later)
    again = await count_workforce(database, CLI, later)
    assert again.regions > 1
    first = DEFAULT_AS_OF.isoformat()
    told = (await ask(database, ASK, code="CN", **{"from": first}))["regionStatistics"]["days"]
    assert [day["day"] for day in told] == [first, later.isoformat()]
    newest = (await ask(database, ASK, code="CN"))["regionStatistics"]["days"]
    assert [day["day"] for day in newest] == [later.isoformat()]
    until = (await ask(database, ASK, code="CN", to=first))["regionStatistics"]["days"]
    assert [day["day"] for day in until] == [first]
    assert [day.day for day in await read_statistics(database, "CN", DEFAULT_AS_OF)] == [later, DEFAULT_AS_OF]


async def test_an_unknown_region_is_an_answer(database: Database) -> None:
    told = (await ask(database, ASK, code="999999"))["regionStatistics"]
    assert told == {"region": None, "days": [], "wages": []}


@pytest.mark.parametrize(
    ("actor", "kind"), [(ANONYMOUS, Unauthenticated), (Actor("key:1", Role.AUDITOR, scope="ALL"), Forbidden)]
)
async def test_only_administrators_count(database: Database, actor: Actor, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        await count_workforce(database, actor)
