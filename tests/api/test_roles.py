"""Who sees what: the database itself keeps the public pool from private rows, and staff to their region."""

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


@pytest.mark.parametrize(
    "relation",
    ["register.person", "register.person_version", "register.staff_change", "register.employment", "register.api_key"],
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
