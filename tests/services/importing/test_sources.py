"""Sources that contradict and correct each other: who prevails, what is kept of the others, and until when."""

import json
from typing import Any

import pytest
from tests.services.importing.conftest import (
    EVERYTHING_IN,
    Admin,
    Bring,
    Row,
    certificate,
    citizen,
    employment,
    evaluator,
    import_rule,
    institution,
    person,
)
from tests.services.importing.test_kinds import CORRECTIONS, changes_of
from tests.services.importing.test_secrecy import assert_secret, dump

from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import InputError
from registry.services.transactions import acting
from registry.services.verifying import verify

NOTES = (
    "SELECT entity, prevailing_source, other_source, rule, content, fields FROM register.quality_note"
    " ORDER BY entity, other_source"
)
HOME: Row = institution(1)


async def notes(admin: Admin) -> list[dict[str, Any]]:
    return [{**row, "content": json.loads(row["content"])} for row in await admin.fetch(NOTES)]


async def beds(admin: Admin) -> int:
    found: int = await admin.fetchval("SELECT beds FROM register.institution ORDER BY id LIMIT 1")
    return found


async def state(bring: Bring, source: str, count: int) -> Any:
    return await bring("institutions", [{**HOME, "beds": count}], source=source)


async def rank(bring: Bring, **ranks: int) -> None:
    rows = [import_rule("PRECEDENCE", value, source=source) for source, value in ranks.items()]
    await bring("import-rules", rows)


async def test_of_equal_sources_the_later_prevails_and_the_other_is_kept(
    full: Bring, admin: Admin, database: Database
) -> None:
    result = await state(full, "bureau", 60)
    assert (result.amended, result.contradictions, await beds(admin)) == (1, 1, 60)
    (note,) = await notes(admin)
    assert (note["prevailing_source"], note["other_source"], note["fields"]) == ("bureau", "test", ["beds"])
    assert (note["rule"], note["entity"], note["content"]["beds"]) == ("SOURCES_CONTRADICT", "INSTITUTION", 41)
    feed = await changes_of(admin, result.position)
    assert [(change["kind"], change["action"]) for change in feed] == [
        ("INSTITUTION", "AMENDED"),
        ("QUALITY_NOTE", "ADDED"),
    ]
    assert (await verify(database)).holds


async def test_a_source_that_repeats_itself_does_not_prevail_anew(
    full: Bring, admin: Admin, database: Database
) -> None:
    theirs, own = {**HOME, "beds": 60}, EVERYTHING_IN["institutions"][1]
    await full("institutions", [theirs], source="bureau")
    for source, row in (("test", HOME), ("bureau", theirs), ("test", HOME)):
        again = await full("institutions", [row, own], source=source)
        assert (again.amended, again.unchanged, await beds(admin)) == (0, 2, 60)
        assert (again.position, again.contradictions) == (None, int(source == "test"))
        assert [(note["other_source"], note["content"]["beds"]) for note in await notes(admin)] == [("test", 41)]
    changed = await state(full, "test", 42)
    assert (changed.amended, changed.contradictions, await beds(admin)) == (1, 1, 42)
    assert [(note["other_source"], note["content"]["beds"]) for note in await notes(admin)] == [("bureau", 60)]
    assert (await state(full, "bureau", 60)).amended == 0
    await rank(full, bureau=1)
    assert ((await state(full, "bureau", 60)).amended, await beds(admin)) == (1, 60)
    assert (await verify(database)).holds


async def test_a_lower_source_changes_nothing_and_is_kept(full: Bring, admin: Admin, database: Database) -> None:
    await rank(full, test=2, home=1)
    result = await state(full, "home", 60)
    assert (result.amended, result.unchanged, result.contradictions, await beds(admin)) == (0, 1, 1, 41)
    (note,) = await notes(admin)
    assert (note["prevailing_source"], note["other_source"], note["content"]["beds"]) == ("test", "home", 60)
    again = await state(full, "home", 60)
    assert (again.position, again.contradictions, again.unchanged) == (None, 1, 1)
    assert again.earlier is not None
    other = await state(full, "home", 61)
    (note,) = await notes(admin)
    assert note["content"]["beds"] == 61
    feed = await changes_of(admin, other.position)
    assert [(change["kind"], change["action"]) for change in feed] == [("QUALITY_NOTE", "AMENDED")]
    assert (await verify(database)).holds


async def test_a_note_ends_when_the_sources_agree_again(full: Bring, admin: Admin, database: Database) -> None:
    await rank(full, test=2)
    await state(full, "home", 60)
    agreed = await state(full, "test", 60)
    assert await notes(admin) == []
    assert [change["action"] for change in await changes_of(admin, agreed.position)] == ["AMENDED", "ENDED"]
    await state(full, "home", 70)
    assert len(await notes(admin)) == 1
    back = await state(full, "home", 60)
    assert (back.unchanged, back.contradictions) == (1, 0)
    assert await notes(admin) == []
    assert (await verify(database)).holds


async def test_a_source_corrects_itself_without_a_note(full: Bring, admin: Admin) -> None:
    result = await state(full, "test", 60)
    assert (result.amended, result.contradictions, await notes(admin)) == (1, 0, [])


async def test_a_higher_source_prevails_at_once(full: Bring, admin: Admin) -> None:
    await rank(full, test=1, ministry=9)
    assert (await state(full, "ministry", 60)).amended == 1
    assert (await state(full, "test", 41)).amended == 0
    (note,) = await notes(admin)
    assert (note["prevailing_source"], note["other_source"], await beds(admin)) == ("ministry", "test", 60)


async def test_a_rule_of_precedence_holds_on_its_days(full: Bring, admin: Admin) -> None:
    await full("import-rules", [import_rule("PRECEDENCE", 5, source="test", effective_to="2001-01-01")])
    await state(full, "home", 60)
    assert await beds(admin) == 60
    await full("import-rules", [import_rule("PRECEDENCE", 5, source="home", kind="people")])
    await state(full, "test", 42)
    assert await beds(admin) == 42


async def test_a_source_that_said_the_same_is_kept_when_another_prevails(full: Bring, admin: Admin) -> None:
    await state(full, "home", 41)
    await state(full, "bureau", 60)
    assert [note["other_source"] for note in await notes(admin)] == ["home", "test"]
    await rank(full, home=3)
    await state(full, "home", 60)
    withheld = await state(full, "bureau", 61)
    assert (withheld.contradictions, await beds(admin)) == (1, 60)
    assert [(note["other_source"], note["prevailing_source"]) for note in await notes(admin)] == [
        ("bureau", "home"),
        ("test", "bureau"),
    ]


async def test_three_sources_three_notes_each_with_what_differs(full: Bring, admin: Admin) -> None:
    await full("institutions", [{**HOME, "name": "甲"}], source="a")
    await full("institutions", [{**HOME, "beds": 77}], source="b")
    assert {note["other_source"]: note["fields"] for note in await notes(admin)} == {
        "a": ["beds", "name"],
        "test": ["beds"],
    }


@pytest.mark.parametrize(("kind", "place", "corrected", "feed_kind", "field", "values"), CORRECTIONS)
async def test_every_kind_keeps_both_statements(
    full: Bring,
    admin: Admin,
    database: Database,
    kind: str,
    place: int,
    corrected: dict[str, object],
    feed_kind: str,
    field: str,
    values: Any,
) -> None:
    entity = "CERTIFICATE" if feed_kind == "CERTIFICATE_STATUS" else feed_kind
    rows = [*EVERYTHING_IN[kind]]
    rows[place] = {**rows[place], **corrected}
    await rank(full, test=1)
    lower = await full(kind, rows, source="other")
    assert (lower.amended, lower.contradictions) == (0, 1)
    note = next(note for note in await notes(admin) if note["other_source"] == "other")
    assert (note["entity"], note["content"][field], field in note["fields"]) == (entity, values[1], True)
    await rank(full, other=2)
    prevailing = await full(kind, rows, source="other")
    assert (prevailing.amended, prevailing.contradictions) == (1, 1)
    (note,) = await notes(admin)
    assert (note["entity"], note["other_source"], note["content"][field]) == (entity, "test", values[0])
    assert (await verify(database)).holds


async def test_an_evaluation_organisation_is_not_renamed_by_a_new_accreditation_of_a_lower_source(
    full: Bring, admin: Admin
) -> None:
    await rank(full, test=1)
    result = await full(
        "evaluation-organisations",
        [evaluator("E2", accredited_from="2026-01-01", accredited_to="", name="别名")],
        source="x",
    )
    assert (result.added, result.contradictions) == (1, 1)
    assert await admin.fetchval("SELECT name FROM register.evaluation_organisation WHERE code = 'E2'") == "评价中心E2"
    assert [note["entity"] for note in await notes(admin)] == ["EVALUATION_ORGANISATION"]


STATUSES = (
    "SELECT s.effective_from::text, s.status FROM register.certificate_status AS s"
    " JOIN register.certificate AS c ON c.id = s.certificate_id WHERE c.number LIKE '%000003' ORDER BY 1"
)


@pytest.mark.parametrize("source", ["test", "credible"])
@pytest.mark.parametrize(
    "stated", [{}, {"status_from": "2022-01-01"}, {"status": "SUSPENDED", "status_from": "2022-01-01"}]
)
async def test_a_recorded_revocation_is_not_cleared_silently(
    full: Bring, admin: Admin, database: Database, source: str, stated: dict[str, object]
) -> None:
    row = certificate(3, 3, **({"status": "VALID", "expires_on": "2026-03-01"} | stated))
    result = await full("certificates", [row], source=source)
    assert (result.unchanged, result.contradictions) == (1, 1)
    assert [tuple(status) for status in await admin.fetch(STATUSES)] == [("2023-02-01", "REVOKED")]
    (note,) = await notes(admin)
    assert (note["rule"], note["entity"], note["other_source"]) == ("STATUS_NOT_CLEARED", "CERTIFICATE_STATUS", source)
    again = await full("certificates", [row], source=source)
    assert again.position is None
    agreed = await full("certificates", [{**row, "status": "REVOKED", "status_from": "2023-02-01"}], source=source)
    assert (agreed.contradictions, await notes(admin)) == (0, [])
    assert (await verify(database)).holds


async def test_a_reinstatement_with_its_own_later_day_is_taken(full: Bring, admin: Admin, database: Database) -> None:
    await full("certificates", [certificate(3, 3, status="VALID", expires_on="2026-03-01")], source="credible")
    row = certificate(3, 3, status="VALID", status_from="2024-01-01", expires_on="2026-03-01")
    await full("certificates", [row], source="credible")
    assert [tuple(status) for status in await admin.fetch(STATUSES)] == [
        ("2023-02-01", "REVOKED"),
        ("2024-01-01", "VALID"),
    ]
    (note,) = await notes(admin)
    assert (note["other_source"], note["content"]["status"]) == ("test", "REVOKED")
    assert (await verify(database)).holds


SUSPENDED = certificate(3, 3, status="SUSPENDED", status_from="2024-03-01", expires_on="2026-03-01")
REINSTATED = certificate(3, 3, status="VALID", status_from="2024-06-01", expires_on="2026-03-01")
STANDING = "SELECT max(status) FROM register.certificate_status WHERE effective_from = '2024-06-01'"


async def test_a_certificates_own_source_does_not_lift_the_suspension_of_a_higher_one(
    full: Bring, admin: Admin, database: Database
) -> None:
    await rank(full, authority=2)
    await full("certificates", [SUSPENDED], source="authority")
    withheld = await full("certificates", [REINSTATED], source="test")
    assert (withheld.unchanged, withheld.contradictions, await admin.fetchval(STANDING)) == (1, 1, None)
    (note,) = await notes(admin)
    assert (note["prevailing_source"], note["other_source"], note["fields"]) == (
        "authority",
        "test",
        ["status", "statusFrom"],
    )
    lifted = await full("certificates", [REINSTATED], source="authority")
    assert (lifted.amended, lifted.contradictions, await admin.fetchval(STANDING)) == (1, 0, "VALID")
    assert await notes(admin) == []
    assert (await verify(database)).holds


async def test_a_suspension_lifted_by_an_equal_source_is_kept_in_a_note(full: Bring, admin: Admin) -> None:
    await full("certificates", [SUSPENDED], source="authority")
    assert (await full("certificates", [REINSTATED], source="test")).contradictions == 1
    assert await admin.fetchval(STANDING) == "VALID"
    (note,) = await notes(admin)
    assert (note["other_source"], note["content"]["status"]) == ("authority", "SUSPENDED")


async def test_the_source_of_each_version_is_told(full: Bring, admin: Admin) -> None:
    for source, count in (("a", 50), ("b", 51), ("a", 52)):
        await state(full, source, count)
    rows = await admin.fetch(
        "SELECT v.beds, s.source FROM disclosure.institution_version AS v"
        " JOIN register.change_set AS s ON s.id = v.change_id WHERE v.id = 1 ORDER BY v.recorded_from"
    )
    assert [tuple(row) for row in rows] == [(41, "test"), (50, "a"), (51, "b"), (52, "a")]


async def test_a_source_typed_in_another_way_is_the_same(full: Bring, admin: Admin) -> None:
    await state(full, " ｔｅｓｔ ", 60)
    assert await notes(admin) == []
    assert await admin.fetchval("SELECT source FROM register.change_set ORDER BY id DESC LIMIT 1") == "test"


@pytest.mark.parametrize("source", ["", "   ", "x" * 201, "a\x07b"])
async def test_a_source_has_a_name(full: Bring, source: str) -> None:
    with pytest.raises(InputError) as refused:
        await state(full, source, 60)
    assert refused.value.rule == "import.source"


async def test_notes_are_for_the_authority_of_the_region(full: Bring, database: Database) -> None:
    await full("employments", [{**EVERYTHING_IN["employments"][0], "fte": "0.4"}], source="x")
    await full("people", [{**person(1), "education": "BACHELOR"}], source="x")
    await full("organisations", [{**EVERYTHING_IN["organisations"][1], "name": "新名"}], source="x")
    seen = {}
    for scope in ("ALL", "CN/220000", "CN/210000", ""):
        async with acting(database, Actor("key:1", Role.REGULATOR, scope=scope), readonly=True) as work:
            rows = await work.connection.fetch("SELECT entity FROM register.quality_note ORDER BY entity")
            seen[scope] = [row["entity"] for row in rows]
    assert seen == {
        "ALL": ["EMPLOYMENT", "ORGANISATION", "PERSON"],
        "CN/220000": ["EMPLOYMENT", "PERSON"],
        "CN/210000": ["ORGANISATION"],
        "": [],
    }


async def test_no_number_stands_in_a_note(full: Bring, admin: Admin) -> None:
    await full("people", [{**person(1), "education": "BACHELOR"}], source=f"list of {citizen(9)}")
    await full("employments", [employment(1, 1, fte="0.4")], source="x")
    await full("certificates", [certificate(1, 2)], source="x")
    assert len(await notes(admin)) == 3
    assert_secret(await dump(admin))
