"""What entries on red lists add to a score: in SQL when asked, as the scoring core says it."""

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from apikit.builder import change_set
from apikit.clients import Ask
from apikit.listed import add_entry, days_ago, write_rules
from apikit.sample import SINGLE, Sample

from registry.api.context import write_instant
from registry.db.pool import Database
from registry.services.transactions import ChangeKind
from scoring import Listing, Policy, credit_points_of, load_policy, shipped_policies

NATIONAL = json.loads(load_policy(shipped_policies()["cn-national"]).canonical)
RED_GROUNDS = ["HONEST_OPERATION", "DEDICATION"]
ASKED = """query($c: String!, $at: DateTime) { institution(code: $c, asOf: $at) {
  rating { stars score scoreWithCreditPoints
    creditPoints { rule points titleZh titleEn legalBasis entry { documentNumber kind } } caps { stage } }
  ratingHistory { nodes { score scoreWithCreditPoints creditPoints { rule } } } } }"""


def policy_with(points: list[dict[str, Any]], caps: list[dict[str, Any]] | None = None) -> Policy:
    document = {**NATIONAL, "credit_points": points, "credit_caps": caps or []}
    return load_policy(json.dumps(document).encode())


def rule(code: str, points: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "points": points, "title": {"zh": f"{code}加分", "en": f"{code} points"}, **more}


RULES = [
    rule("HONOURED", "1.5", legal_basis="吉民发〔2024〕33号"),
    rule("DEDICATED", "3/4", ground="DEDICATION", while_disputed=False),
]


async def asked(ask: Ask, code: str = SINGLE, **variables: Any) -> Any:
    answer = await ask(ASKED, c=code, **variables)
    assert "errors" not in answer
    return answer["data"]["institution"]


@pytest.fixture
async def ruled(database: Database, sample: Sample) -> Sample:
    """The sample with a policy that gives points."""
    async with change_set(database, ChangeKind.POLICY, "points") as writer:
        await write_rules(writer)
        caps = [{"code": "RED_TOO", "list_kind": "WATCH", "at_most": "4.0", "title": {"en": "watched"}}]
        policy = await writer.policy("pointed", canonical=policy_with(RULES, caps).canonical.decode())
        row = await writer.change.connection.fetchval(
            "SELECT id FROM register.rating WHERE institution_id = $1", sample.institutions["single"]
        )
        await writer.amend(
            "rating", row, stars=5, reason=None, policy_id=policy, score=Decimal("90.00"), score_scaled=9000
        )
    return sample


async def test_without_an_entry_the_score_is_that_of_the_run(ask: Ask, ruled: Sample) -> None:
    rating = (await asked(ask))["rating"]
    assert (rating["score"], rating["scoreWithCreditPoints"], rating["creditPoints"]) == ("90.00", "90.00", [])


async def test_a_red_entry_adds_points_and_says_what_for(ask: Ask, ruled: Sample, database: Database) -> None:
    before = await database.public.fetchval("SELECT recorded_at FROM disclosure.head")
    async with change_set(database) as writer:
        await add_entry(writer, "RED", {"organisation_id": ruled.organisations["single"]}, document_number="红1")
        await add_entry(writer, "RED", {"institution_id": ruled.institutions["single"]}, document_number="红2")
        number = await add_entry(
            writer,
            "RED",
            {"institution_id": ruled.institutions["single"]},
            ground_code="DEDICATION",
            document_number="红3",
        )
    found = await asked(ask)
    honoured = {
        "rule": "HONOURED",
        "points": "1.50",
        "titleZh": "HONOURED加分",
        "titleEn": "HONOURED points",
        "legalBasis": "吉民发〔2024〕33号",
        "entry": {"documentNumber": "红1", "kind": "RED"},
    }
    rating = found["rating"]
    assert (rating["stars"], rating["score"], rating["scoreWithCreditPoints"]) == (5, "90.00", "92.25")
    assert rating["creditPoints"][0] == honoured
    assert [(earned["rule"], earned["points"]) for earned in rating["creditPoints"]][1:] == [("DEDICATED", "0.75")]
    assert found["ratingHistory"]["nodes"][0]["scoreWithCreditPoints"] == "92.25"
    superseded = found["ratingHistory"]["nodes"][1:]
    assert superseded
    assert all(row["score"] == row["scoreWithCreditPoints"] and not row["creditPoints"] for row in superseded)
    assert (await asked(ask, at=write_instant(before)))["rating"]["scoreWithCreditPoints"] == "90.00"
    async with change_set(database, ChangeKind.CORRECTION) as writer:
        await writer.amend("credit_entry", number, disputed=True)
    assert (await asked(ask))["rating"]["scoreWithCreditPoints"] == "91.50"


async def test_points_end_with_their_entry(ask: Ask, ruled: Sample, database: Database, admin: Any) -> None:
    async with change_set(database) as writer:
        await add_entry(writer, "RED", {"institution_id": ruled.institutions["single"]}, last_day=days_ago(0))
    assert (await asked(ask))["rating"]["scoreWithCreditPoints"] == "91.50"
    await admin.execute("""CREATE OR REPLACE FUNCTION register.law_today() RETURNS date LANGUAGE sql STABLE
        RETURN (now() AT TIME ZONE 'Asia/Shanghai')::date + 1""")
    assert (await asked(ask))["rating"]["scoreWithCreditPoints"] == "90.00"


async def test_a_grade_written_as_a_decimal_caps_too(ask: Ask, ruled: Sample, database: Database) -> None:
    async with change_set(database) as writer:
        await add_entry(writer, "WATCH", {"institution_id": ruled.institutions["single"]})
    assert (await asked(ask))["rating"]["stars"] == 4


async def test_sql_and_the_scoring_core_agree_on_points(ask: Ask, sample: Sample, database: Database) -> None:
    dice = random.Random(5)
    expected: dict[str, tuple[Decimal, list[str]]] = {}
    async with change_set(database, ChangeKind.SEED) as writer:
        await write_rules(writer)
        for n in range(40):
            wants: list[dict[str, Any]] = [{}, {"ground": dice.choice(RED_GROUNDS)}, {"while_disputed": False}]
            rules = [
                rule(f"P{place}", dice.choice(["1", "2.5", "0.01"]), **dice.choice(wants))
                for place in range(dice.randrange(4))
            ]
            policy = policy_with(rules)
            applied = await writer.policy(f"q{n}", "1", canonical=policy.canonical.decode())
            organisation = await writer.organisation(f"O:{n}", f"甲{n}")
            institution = await writer.institution(f"I:{n}", f"乙{n}", organisation)
            await writer.rating(institution, applied, sample.runs[0], 3, score=Decimal("50.00"), score_scaled=5000)
            entries = []
            for number in range(dice.randrange(4)):
                disputed, ground, ends = dice.random() < 0.4, dice.choice(RED_GROUNDS), dice.choice([None, days_ago(1)])
                bears = dice.choice([{"institution_id": institution}, {"organisation_id": organisation}])
                more = {"ground_code": ground, "disputed": disputed, "last_day": ends, "document_number": f"d{number}"}
                await add_entry(writer, "RED", bears, **more)
                if ends is None:
                    entries.append(Listing("RED", ground, disputed))
            given = credit_points_of(policy, entries)
            expected[f"I:{n}"] = (Decimal(5000 + sum(r.points for r in given)) / 100, [r.code for r in given])
    found = {}
    for code in expected:
        rating = (await asked(ask, code))["rating"]
        found[code] = (Decimal(rating["scoreWithCreditPoints"]), [earned["rule"] for earned in rating["creditPoints"]])
    assert found == expected
    assert len({tuple(codes) for _, codes in expected.values()}) > 3
