"""What an explanation says of credit lists is what the rating itself says, then and now, on every kind of entry."""

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from apikit.builder import change_set
from apikit.listed import add_entry
from tests.api.test_explanation import ask
from tests.services.generated import CLI, generated_register

from registry.db.pool import Connection, Database
from registry.services.explanations import StoodAt, explain_rating
from registry.services.policies import add_policy, shipped_documents
from registry.services.rating_runs import recompute
from registry.synthetic import DEFAULT_AS_OF

RULES = """
[[credit_caps]]
code = "WATCHED"
list_kind = "WATCH"
at_most = 1
while_disputed = false
title = { zh = "重点关注", en = "watched" }
legal_basis = "民发〔2019〕103号"
[[credit_points]]
code = "HONOURED"
points = "1.5"
title = { zh = "守信加分", en = "honoured" }
legal_basis = "吉民发〔2024〕33号"
[[credit_points]]
code = "DEDICATED"
points = "3/4"
ground = "DEDICATION"
while_disputed = false
title = { zh = "敬业加分", en = "dedicated" }
legal_basis = "吉民发〔2024〕33号"
"""
ENTRY = "entry { id kind documentNumber }"
ASKED = f"""query($c: String!, $at: DateTime) {{ institution(code: $c, asOf: $at) {{
  rating {{ stars starsBeforeCaps score scoreWithCreditPoints
    caps {{ stage {ENTRY} }} creditPoints {{ rule points titleEn legalBasis {ENTRY} }} }}
  notRatedReason {{ code }}
  explanation {{ stars score credit {{ day stars suspended score
    caps {{ code listKind atMost title {{ en }} legalBasis {ENTRY} }}
    points {{ code points title {{ en }} legalBasis {ENTRY} }} }} }} }} }}"""


@pytest.fixture
async def rated(database: Database, admin: Connection, tmp_path: Path) -> list[Any]:
    """A register under a national policy that gives points too; its institutions with a score, in some order."""
    await generated_register(database, tmp_path, institutions=60, policies=())
    await add_policy(database, CLI, shipped_documents()["cn-national"] + RULES)
    await recompute(database, CLI, as_of=DEFAULT_AS_OF)
    rows = await admin.fetch(
        "SELECT i.id, i.code, i.organisation_id FROM register.rating AS r"
        " JOIN register.institution AS i ON i.id = r.institution_id WHERE r.stars > 0 ORDER BY r.stars DESC, i.id"
    )
    return list(rows)


async def asked(database: Database, code: str, at: object = None) -> Any:
    told, errors = await ask(database, ASKED, c=code, **({} if at is None else {"at": at}))
    assert errors == []
    return told["institution"]


def agree(found: Any) -> None:
    """Hold an explanation to its rating."""
    credit, rating = found["explanation"]["credit"], found["rating"]
    if rating is None:
        assert credit["suspended"]
        assert credit["stars"] == 0
        assert found["notRatedReason"]["code"] in {cap["code"] for cap in credit["caps"]}
        return
    assert not credit["suspended"]
    assert (credit["stars"], credit["score"]) == (rating["stars"], rating["scoreWithCreditPoints"])
    assert found["explanation"]["stars"] == rating["starsBeforeCaps"]
    by_entries = [cap for cap in rating["caps"] if cap["entry"]]
    assert {cap["code"] for cap in credit["caps"]} == {cap["stage"] for cap in by_entries}
    assert all({"stage": cap["code"], "entry": cap["entry"]} in by_entries for cap in credit["caps"])
    assert [
        {**{name: rule[name] for name in ("points", "legalBasis", "entry")}, "rule": rule["code"], "en": rule["title"]}
        for rule in credit["points"]
    ] == [
        {
            **{name: rule[name] for name in ("rule", "points", "legalBasis", "entry")},
            "en": {"en": rule["titleEn"]},
        }
        for rule in rating["creditPoints"]
    ]


async def test_it_says_what_the_rating_says(rated: list[Any], database: Database) -> None:
    before = await database.public.fetchval("SELECT recorded_at FROM disclosure.head")
    dice, chosen = random.Random(11), rated[:24]
    async with change_set(database) as writer:
        for row in chosen:
            for number in range(dice.choice([1, 1, 2, 3])):
                kind = dice.choice(["WATCH", "RED", "RED", "BLACK"])
                subject = dice.choice([{"institution_id": row["id"]}, {"organisation_id": row["organisation_id"]}])
                more = {"ground_code": "DEDICATION"} if kind == "RED" and dice.random() < 0.5 else {}
                await add_entry(
                    writer,
                    kind,
                    subject,
                    disputed=dice.random() < 0.3,
                    document_number=f"{row['code']}/{number}",
                    **more,
                )
    said = []
    for row in chosen:
        found = await asked(database, row["code"])
        agree(found)
        said.append(found["explanation"]["credit"])
        then = await asked(database, row["code"], before.isoformat())
        agree(then)
        earlier = then["explanation"]["credit"]
        assert not any("/" in one["entry"]["documentNumber"] for one in earlier["caps"] + earlier["points"])
    assert any(one["suspended"] for one in said)
    assert any(one["caps"] and not one["suspended"] for one in said)
    assert any(len(one["points"]) == 2 for one in said)


async def test_the_command_reads_the_same(rated: list[Any], database: Database) -> None:
    row = rated[0]
    async with change_set(database) as writer:
        number = await add_entry(writer, "WATCH", {"institution_id": row["id"]})
    told = await explain_rating(database, CLI, row["code"])
    *_, cap = told.credit["caps"]
    assert (cap["code"], cap["entry_id"], told.credit["stars"]) == ("WATCHED", number, 1)
    before = StoodAt(None, date(2020, 1, 1))
    assert (await explain_rating(database, CLI, row["code"], before)).credit["caps"] == []
    assert json.dumps(told.credit)
