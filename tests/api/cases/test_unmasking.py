"""People through the API: masked for their authority, told in plain by a mutation that leaves an event, or not."""

import io
import json
from datetime import date
from typing import Any

import pytest
from tests.api.cases.conftest import Client
from tests.services.importing.conftest import KEYS, OPERATOR, as_csv, citizen, employment, uscc

from registry.api.planner.nodes import write_id
from registry.db.pool import Connection as Admin
from registry.db.pool import Database
from registry.domain.errors import ConfigurationError
from registry.domain.personal import PersonalKeys
from registry.services.erasure import erase_person
from registry.services.importing import import_file
from registry.services.unmasking import unmask_person
from registry.services.verifying import verify

PERSON = """query($id: ID!) { person(id: $id) { id registerNumber name numberMask education registeredOn
  posts { institutionCode institutionName occupation startedOn endedOn } creditEntries { id } } }"""
UNMASK = """mutation($in: UnmaskPersonInput!) { unmaskPerson(input: $in) { __typename
  ... on PersonUnmasked { id name citizenNumber } ... on Failure { code rule path messageZh messageEn } } }"""
EVENTS = "SELECT payload FROM register.audit_event WHERE payload LIKE '%unmaskPerson%' ORDER BY sequence"


@pytest.fixture
async def ids(admin: Admin) -> dict[int, int]:
    """The register's numbers of the person of the county, and of the one elsewhere."""
    return {n: await admin.fetchval("SELECT id FROM register.person WHERE name = $1", f"王{n}") for n in (1, 2)}


async def unmask(client: Client, key: str | None, person: object, reason: str = "核实身份") -> dict[str, Any]:
    answer = await client.ask(UNMASK, key, **{"in": {"person": str(person), "reason": reason}})
    assert "errors" not in answer, answer
    return dict(answer["data"]["unmaskPerson"])


async def test_a_person_is_shown_masked_with_posts(client: Client, ids: dict[int, int]) -> None:
    expected = {
        "id": write_id("Person", ids[1]),
        "registerNumber": str(ids[1]),
        "name": "王1",
        "numberMask": "220102********0019",
        "education": "COLLEGE",
        "registeredOn": None,
        "posts": [
            {
                "institutionCode": uscc(1),
                "institutionName": "长春市长者乐园1号",
                "occupation": "CARER",
                "startedOn": "2020-01-01",
                "endedOn": None,
            }
        ],
        "creditEntries": [],
    }
    for given in (ids[1], write_id("Person", ids[1])):
        assert (await client.ask(PERSON, "county1", id=str(given)))["data"] == {"person": expected}


@pytest.mark.parametrize(
    ("key", "seen"), [("county1", {1}), ("city", {1}), ("elsewhere", {2}), ("auditor", {1, 2}), ("admin", {1, 2})]
)
async def test_people_are_seen_in_their_region(client: Client, ids: dict[int, int], key: str, seen: set[int]) -> None:
    answers = {n: (await client.ask(PERSON, key, id=str(ids[n])))["data"]["person"] for n in ids}
    assert {n for n, answer in answers.items() if answer is not None} == seen


@pytest.mark.parametrize("key", [None, "buyer", "home"])
async def test_people_are_refused_to_others(client: Client, ids: dict[int, int], key: str | None) -> None:
    answer = await client.ask(PERSON, key, id=str(ids[1]))
    assert answer["data"] in (None, {"person": None})
    assert answer["errors"][0]["extensions"]["rule"] == "person.role"


@pytest.mark.parametrize("key", ["county1", "city", "admin"])
async def test_a_number_is_told_with_an_event(client: Client, ids: dict[int, int], admin: Admin, key: str) -> None:
    told = await unmask(client, key, write_id("Person", ids[1]), " 核实身份 ")
    assert told == {
        "__typename": "PersonUnmasked",
        "id": write_id("Person", ids[1]),
        "name": "王1",
        "citizenNumber": citizen(1),
    }
    (event,) = [json.loads(row["payload"]) for row in await admin.fetch(EVENTS)]
    identity = {"county1": "key:1", "city": "key:5", "admin": "key:11"}[key]
    assert (event["actor"], event["action"], event["subject"]) == (identity, "unmaskPerson", f"person:{ids[1]}")
    assert event["details"] == {"reason": "核实身份"}
    assert event["before"] == event["after"] is not None, "what was shown, as it is sealed"


async def test_each_telling_is_an_event(client: Client, ids: dict[int, int], admin: Admin, database: Database) -> None:
    for _ in range(2):
        assert (await unmask(client, "county1", ids[1]))["citizenNumber"] == citizen(1)
    assert len(await admin.fetch(EVENTS)) == 2
    assert (await verify(database)).holds


@pytest.mark.parametrize(
    ("key", "who", "rule"),
    [
        (None, 1, "access.credentials"),
        ("buyer", 1, "access.role"),
        ("home", 1, "access.role"),
        ("auditor", 1, "access.role"),
        ("county1", 2, "person.unknown"),
        ("elsewhere", 1, "person.unknown"),
        ("admin", 0, "person.unknown"),
    ],
)
async def test_others_are_told_nothing(
    client: Client, ids: dict[int, int], admin: Admin, key: str | None, who: int, rule: str
) -> None:
    answer = await unmask(client, key, ids.get(who, "nobody"))
    assert answer["rule"] == rule
    assert "citizenNumber" not in answer
    assert await admin.fetch(EVENTS) == []


@pytest.mark.parametrize(("reason", "rule"), [("  ", "step.text"), (f"核实 {citizen(2)} 身份", "text.citizen-number")])
async def test_no_reason_no_number(client: Client, ids: dict[int, int], admin: Admin, reason: str, rule: str) -> None:
    answer = await unmask(client, "county1", ids[1], reason)
    assert (answer["rule"], answer["path"]) == (rule, ["input", "reason"])
    assert await admin.fetch(EVENTS) == []


async def test_no_event_no_number(client: Client, ids: dict[int, int], admin: Admin) -> None:
    """Where the chain refuses the event, the number is not told either."""
    await admin.execute("ALTER TABLE register.audit_event ADD CONSTRAINT sealed CHECK (sequence < 0) NOT VALID")
    answer = await client.ask(UNMASK, "county1", **{"in": {"person": str(ids[1]), "reason": "核实身份"}})
    assert citizen(1) not in json.dumps(answer)
    assert answer["errors"]


async def test_the_erased_have_no_number(client: Client, ids: dict[int, int], database: Database) -> None:

    left = as_csv("employments", [employment(1, 1, ended_on="2020-02-01")])
    await import_file(database, OPERATOR, KEYS, "employments", io.BytesIO(left), file_name="x.csv", source="test")
    await erase_person(database, OPERATOR, KEYS, citizen(1), reason="本人申请", today=date(2026, 3, 2))  # type: ignore[arg-type]
    assert (await unmask(client, "county1", ids[1]))["rule"] == "person.unknown"


async def test_another_key_tells_nothing(ids: dict[int, int], database: Database, admin: Admin) -> None:
    other = PersonalKeys.derive(b"another secret of thirty-two byte")
    with pytest.raises(ConfigurationError) as refused:
        await unmask_person(database, OPERATOR, other, ids[1], "核实身份")
    assert refused.value.rule == "personal-key.other"
    assert await admin.fetch(EVENTS) == []


async def test_the_answer_in_the_program_hides_the_number(ids: dict[int, int], database: Database) -> None:
    unmasked = await unmask_person(database, OPERATOR, KEYS, ids[1], "核实身份")
    assert unmasked.number == citizen(1)
    assert citizen(1) not in repr(unmasked) + str(unmasked)


async def test_a_case_names_its_person(client: Client, ids: dict[int, int]) -> None:
    given = {"listCode": "CN-BLACK", "groundCode": "FRAUD", "subjectKind": "PERSON", "subject": str(ids[1])}
    opened = await client.do("openCase", "county1", **given, intake="SUPERVISION", reason="线索")
    question = "query($id: ID!) { creditCase(id: $id) { person { name numberMask } } }"
    answer = await client.ask(question, "county1", id=opened["caseId"])
    assert answer["data"]["creditCase"]["person"] == {"name": "王1", "numberMask": "220102********0019"}
