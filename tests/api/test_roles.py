"""Who sees what: the database itself keeps the public pool from private rows, and staff to their region."""

import json
from datetime import date

import asyncpg
import pytest
from apikit.builder import change_set
from apikit.clients import Ask
from apikit.sample import Sample

from registry.db.pool import Database

PRIVATE_KINDS = (
    "PERSON", "EMPLOYMENT", "CERTIFICATE", "CERTIFICATE_STATUS", "TRAINING", "AWARD", "RESIDENT_COUNT", "MEASURE",
)  # fmt: skip
FEED = "query($k: [ChangeKind!]) { changes(first: 1000, kinds: $k) { totalCount nodes { kind code current } } }"


@pytest.fixture
async def people(database: Database, sample: Sample) -> None:
    """One person working in Jilin and one in Alabama."""
    async with change_set(database, cause="people") as writer:
        for place, name in (("single", "张三"), ("cms", "李四")):
            person = await writer.add(
                "person",
                number_hash=name.encode(),
                number_encrypted=b"x",
                number_mask="110105********002X",
                name=name,
                education=None,
            )
            await writer.add(
                "employment",
                institution_id=sample.institutions[place],
                person_id=person,
                occupation="CARER",
                worked=asyncpg.Range(date(2020, 1, 1), None),
                fte_thousandths=1000,
            )


async def people_seen(ask: Ask, key: str | None) -> set[str]:
    changes = (await ask(FEED, key))["data"]["changes"]
    assert changes["totalCount"] == len(changes["nodes"])
    return {change["current"]["name"] for change in changes["nodes"] if change["kind"] == "PERSON"}


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("key", "names"),
    [
        (None, set()),
        ("buyer", set()),
        ("home", set()),
        ("jilin", {"张三"}),
        ("admin", {"张三", "李四"}),
        ("auditor", {"张三", "李四"}),
    ],
)
async def test_change_feed_shows_people_to_their_authority_alone(ask: Ask, key: str | None, names: set[str]) -> None:
    assert await people_seen(ask, key) == names


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("key", [None, "buyer", "home"])
@pytest.mark.parametrize("kind", PRIVATE_KINDS)
async def test_asking_for_private_kinds_is_forbidden(ask: Ask, key: str | None, kind: str) -> None:
    answer = await ask(FEED, key, k=["REGION", kind])
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert answer["errors"][0]["extensions"]["rule"] == "changes.kind"


NOTES = (
    "query($f: QualityNoteFilter) { qualityNotes(filter: $f) { totalCount nodes { rule kind code content fields } } }"
)
CLAIM = {"rule": "SOURCES_CONTRADICT", "prevailing_source": "bureau", "other_source": "home", "fields": ["name"]}


@pytest.fixture
async def contradictions(database: Database, sample: Sample, people: None) -> None:
    """What another source says of the homes in Jilin and Alabama, and of the person who works in each."""
    async with change_set(database, cause="notes") as writer:
        for number, place in enumerate(("single", "cms"), 1):
            home, code = sample.institutions[place], f"home {place}"
            content = json.dumps({"name": place})
            await writer.add(
                "quality_note",
                entity="INSTITUTION",
                row_id=home,
                institution_id=home,
                code=code,
                content=content,
                **CLAIM,
            )
            named = {"person_id": number, "named_person_id": number, "code": f"person {place}"}
            await writer.add("quality_note", entity="PERSON", row_id=number, content=content, **named, **CLAIM)


@pytest.mark.usefixtures("contradictions")
@pytest.mark.parametrize(
    ("key", "places"),
    [("jilin", {"single"}), ("admin", {"single", "cms"}), ("auditor", {"single", "cms"})],
)
async def test_quality_notes_are_shown_to_their_authority(ask: Ask, key: str, places: set[str]) -> None:
    notes = (await ask(NOTES, key))["data"]["qualityNotes"]
    assert {note["code"] for note in notes["nodes"]} == {f"{kind} {p}" for kind in ("home", "person") for p in places}
    assert notes["totalCount"] == 2 * len(places)
    people = (await ask(NOTES, key, f={"kinds": ["PERSON"], "open": True, "source": "home"}))["data"]["qualityNotes"]
    assert {note["content"]["name"] for note in people["nodes"]} == places
    assert (await ask(NOTES, key, f={"open": False}))["data"]["qualityNotes"]["nodes"] == []


@pytest.mark.usefixtures("contradictions")
@pytest.mark.parametrize("key", [None, "buyer", "home"])
async def test_quality_notes_are_refused_to_others(ask: Ask, key: str | None) -> None:
    answer = await ask(NOTES, key)
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert answer["errors"][0]["extensions"]["rule"] == "quality-notes.role"


@pytest.mark.parametrize(
    "relation",
    [
        "register.person",
        "register.person_version",
        "register.staff_change",
        "register.employment",
        "register.api_key",
        "register.quality_note",
    ],
)
async def test_public_pool_cannot_read_private_relations(database: Database, relation: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await database.public.fetch(f"SELECT * FROM {relation}")


async def test_staff_questions_run_in_a_read_only_transaction_that_leaves_no_scope(
    ask: Ask, database: Database
) -> None:
    await ask(FEED, "admin")
    for _ in range(4):
        assert await database.staff.fetchval("SELECT coalesce(current_setting('registry.scope', true), '')") == ""


@pytest.mark.parametrize("key", [None, "buyer", "home", "jilin", "admin"])
async def test_public_facts_are_the_same_for_everybody(ask: Ask, key: str | None) -> None:
    question = "{ institutions { totalCount nodes { code name rating { stars score } } } }"
    assert (await ask(question, key))["data"] == (await ask(question))["data"]
