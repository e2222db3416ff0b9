"""Who is past the term is erased, everywhere and for good, and the register still verifies and scores as before."""

import asyncio
import io
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from tests.services.importing.conftest import (
    Admin,
    as_csv,
    certificate,
    citizen,
    employment,
    import_rule,
    institution,
    organisation,
    person,
    training,
)

from registry.db.pool import Addresses, Database
from registry.domain.access import Role
from registry.domain.actors import Actor, operator
from registry.domain.errors import Conflict, Forbidden, InputError, NotFound
from registry.domain.identifiers import CitizenId
from registry.domain.lawdays import add_years, law_day
from registry.domain.personal import PersonalKeys
from registry.services import erasure
from registry.services.erasure import ErasureResult, erase_due, erase_person
from registry.services.importing import ImportOptions, ImportResult, import_file
from registry.services.importing.options import NO_OPTIONS
from registry.services.policies import add_policy, shipped_documents
from registry.services.rating_runs import recompute
from registry.services.retention import Kept, RetentionRule, set_rule
from registry.services.seeding import seed
from registry.services.verifying import verify

CLI = operator("cli")
SECRET = b"k" * 32
KEYS = PersonalKeys.derive(SECRET)
NOW = law_day(datetime.now(UTC))
LEFT_ON = NOW - timedelta(days=30)
LAST_DAY = add_years(NOW, 3)
DUE = LAST_DAY + timedelta(days=1)
IN_FORCE = {"evaluator_code": "", "expires_on": str(add_years(NOW, 150))}
NAME, FORMER_NAME, TITLE, PAPER = "欧阳独一", "欧阳无二", "独一护理组长", "S000022000001214000001"
OTHER_NAME, OTHER_TITLE, EARLIER_TITLE = "欧阳另说", "独一护士长", "独一见习员"
PLANTED = (
    NAME,
    FORMER_NAME,
    TITLE,
    PAPER,
    OTHER_NAME,
    OTHER_TITLE,
    EARLIER_TITLE,
    citizen(1),
    f"{citizen(1)[:6]}********{citizen(1)[-4:]}",
)

COLUMNS = """
SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_attribute AS a ON a.attrelid = c.oid
 WHERE n.nspname = 'register' AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped
   AND a.atttypid::regtype::text IN ('text', 'bytea', 'jsonb', 'json', 'text[]')
"""
FEED = """
SELECT s.position, f.kind, f.action, f.code, f.current::text, f.previous::text
  FROM register.staff_change AS f JOIN register.change_set AS s ON s.id = f.change_id ORDER BY s.position, f.ordinal
"""


async def bring(
    database: Database, kind: str, *rows: object, source: str = "test", options: ImportOptions = NO_OPTIONS
) -> ImportResult:
    content = io.BytesIO(as_csv(kind, rows))  # type: ignore[arg-type]
    return await import_file(
        database, CLI, KEYS, kind, content, file_name=f"{kind}.csv", source=source, options=options
    )


@pytest.fixture
async def register(database: Database) -> Database:
    """Person 1 left a month ago, with earlier versions of everything; 2 is at work; 3 has a certificate in force."""
    await seed(database, CLI)
    await bring(database, "organisations", organisation(1))
    await bring(database, "institutions", institution(1))
    await bring(database, "people", person(1, name=FORMER_NAME, registered_on="2012-03-04"), person(2), person(3))
    await bring(database, "people", person(1, name=NAME, education="COLLEGE"))
    left = {"ended_on": str(LEFT_ON)}
    await bring(database, "employments", employment(1, 1, position_title=TITLE), employment(2, 1))
    await bring(database, "employments", employment(1, 1, position_title="护理员", **left), employment(3, 1, **left))
    paper = {"evaluator_code": "", "expires_on": str(LEFT_ON)}
    await bring(database, "certificates", certificate(1, 1, **paper), certificate(3, 3, **IN_FORCE))
    await bring(database, "certificates", certificate(1, 1, **paper, status="SUSPENDED", status_from="2022-01-01"))
    await add_policy(database, CLI, shipped_documents()["cn-national"])
    return database


async def traces(admin: Admin) -> set[tuple[str, str]]:
    """Every column of every table and view of the register in which anything of person 1 stands."""
    number_hash = KEYS.number_hash(CitizenId(citizen(1)))
    sealed = [row[0] for row in await admin.fetch("SELECT number_encrypted FROM register.person WHERE id = 1")]
    secret = [number_hash.hex(), *(one.hex() for one in sealed if one)]
    found = set()
    for relation, column in await admin.fetch(COLUMNS):
        for (text,) in await admin.fetch(f"SELECT DISTINCT {column}::text FROM register.{relation}"):
            if text and any(planted in text for planted in (*PLANTED, *secret)):
                found.add((relation, column))
    return found


async def erased_people(admin: Admin) -> list[int]:
    return [row[0] for row in await admin.fetch("SELECT person_id FROM register.erasure ORDER BY 1")]


async def test_nobody_is_erased_before_the_term_has_run_in_full(register: Database, admin: Admin) -> None:
    assert await erase_due(register, CLI, LAST_DAY) == ErasureResult(0, 0, None)
    assert {relation for relation, _ in await traces(admin)} >= {
        "person",
        "person_history",
        "certificate",
        "employment_history",
    }
    rehearsed = await erase_due(register, CLI, DUE, dry_run=True)
    assert rehearsed == ErasureResult(1, 0, None)
    assert await erased_people(admin) == []


async def test_nothing_of_the_person_is_left_anywhere(register: Database, admin: Admin) -> None:
    sealed = await admin.fetchval("SELECT number_encrypted FROM register.person WHERE id = 1")
    result = await erase_due(register, CLI, DUE)
    assert (result.due, result.erased) == (1, 1)
    assert await erased_people(admin) == [1]
    assert await traces(admin) == set()
    for relation in ("person", "person_history"):
        assert not await admin.fetchval(f"SELECT count(*) FROM register.{relation} WHERE number_encrypted = $1", sealed)
    assert await admin.fetchval("SELECT count(*) FROM register.person WHERE number_hash IS NOT NULL") == 2
    assert not (await verify(register)).violations
    assert await erase_due(register, CLI, DUE) == ErasureResult(0, 0, None)


async def test_posts_stay_and_a_run_of_the_past_gives_the_same_digests(register: Database, admin: Admin) -> None:
    digests = "SELECT input_digest, output_digest FROM register.rating_run_policy ORDER BY run_id"
    await recompute(register, CLI, as_of=NOW)
    await recompute(register, CLI, as_of=NOW)
    posts = await admin.fetchval("SELECT count(*) FROM register.employment")
    await erase_due(register, CLI, DUE)
    again = await recompute(register, CLI, as_of=NOW)
    assert again.changed == 0
    _, before, after = await admin.fetch(digests)
    assert before == after
    assert await admin.fetchval("SELECT count(*) FROM register.employment") == posts
    assert not (await verify(register)).violations


async def test_the_feed_tells_the_erasure_and_serves_nothing_of_what_was(register: Database, admin: Admin) -> None:
    before = [tuple(row)[:3] for row in await admin.fetch(FEED)]
    result = await erase_due(register, CLI, DUE)
    after = [tuple(row) for row in await admin.fetch(FEED)]
    assert [row[:3] for row in after if row[0] < (result.position or 0)] == before
    assert not [text for row in after for text in row if any(planted in str(text) for planted in PLANTED)]
    assert [row[1:] for row in after if row[0] == result.position] == [
        ("CERTIFICATE", "ERASED", "ERASED:1", None, None),
        ("EMPLOYMENT", "ERASED", after[-2][3], None, None),
        ("PERSON", "ERASED", "ERASED", None, None),
    ]
    kind = await admin.fetchval("SELECT kind FROM register.change_set WHERE position = $1", result.position)
    assert kind == "ERASURE"


async def test_an_erasure_is_audited_without_content(register: Database, admin: Admin) -> None:
    result = await erase_due(register, CLI, DUE)
    payload = await admin.fetchval("SELECT payload FROM register.audit_event ORDER BY sequence DESC LIMIT 1")
    assert '"action" : "erasePeople"' in payload
    assert f'"position": {result.position}' in payload
    assert '"people": [1]' in payload
    assert not [planted for planted in PLANTED if planted in payload]


async def test_the_number_comes_back_as_somebody_new(register: Database, admin: Admin) -> None:
    await erase_due(register, CLI, DUE)
    back = await bring(register, "people", person(1, name=NAME))
    assert (back.added, back.amended) == (1, 0)
    await bring(register, "employments", employment(1, 1, started_on=str(NOW)))
    await bring(register, "certificates", certificate(1, 1, evaluator_code=""))
    assert await admin.fetchval("SELECT count(*) FROM register.employment WHERE person_id = 1") == 1
    assert await admin.fetchval("SELECT max(person_id) FROM register.employment") == 4
    assert not (await verify(register)).violations


async def test_what_is_in_force_is_never_due_and_refused_by_the_database(
    register: Database, addresses: Addresses, admin: Admin
) -> None:
    far = add_years(NOW, 90)
    assert (await erase_due(register, CLI, far)).due == 1
    assert await erased_people(admin) == [1]
    staff = await asyncpg.connect(addresses.staff)
    with pytest.raises(asyncpg.PostgresError, match="only within an open change set"):
        await staff.execute("SELECT register.erase_people('{2}', NULL, 'because')")
    async with staff.transaction():
        await staff.execute("SELECT set_config('registry.change_id', '999', true)")
        with pytest.raises(asyncpg.RestrictViolationError, match="still needed"):
            async with staff.transaction():
                await staff.execute("SELECT register.erase_people('{2}', NULL, 'because')")
    await staff.close()


async def test_a_revoked_certificate_needs_nobody(register: Database) -> None:
    await bring(register, "certificates", certificate(3, 3, **IN_FORCE, status="REVOKED", status_from="2024-01-01"))
    assert (await erase_due(register, CLI, DUE)).erased == 2


async def due_on(database: Database, number: int, day: date) -> bool:
    """Whether this many people become due on a day."""
    before, then = [(await erase_due(database, CLI, at, dry_run=True)).due for at in (day - timedelta(days=1), day)]
    return then - before == number


@pytest.mark.parametrize(("left", "last"), [(None, NOW), (-30, NOW), (40, NOW + timedelta(days=40))])
async def test_a_certificate_without_an_end_keeps_its_holder_for_the_term(
    register: Database, left: int | None, last: date
) -> None:
    await bring(register, "people", person(4))
    await bring(register, "certificates", certificate(4, 4, evaluator_code="", issued_on="2020-01-01"))
    if left is not None:
        await bring(register, "employments", employment(4, 1, ended_on=str(NOW + timedelta(days=left))))
    due = add_years(last, 3) + timedelta(days=1)
    assert await due_on(register, 1 if last > NOW else 2, due)


async def test_a_certificate_without_an_end_recorded_late_keeps_its_holder_for_the_term(
    register: Database, admin: Admin
) -> None:
    await bring(register, "people", person(4))
    await bring(register, "certificates", certificate(4, 4, evaluator_code="", issued_on="2005-01-01"))
    await admin.execute("UPDATE register.change_set SET recorded_at = recorded_at - interval '9 years'")
    await bring(register, "certificates", certificate(4, 4, evaluator_code="", issued_on="2006-01-01"))
    assert await due_on(register, 1, DUE)


@pytest.mark.parametrize(("result", "erased"), [("WITHDRAWN", 2), ("FAILED", 2), ("PASSED", 2), ("UNDER_WAY", 1)])
async def test_only_a_training_under_way_is_open(register: Database, admin: Admin, result: str, erased: int) -> None:
    await bring(register, "people", person(4))
    await bring(register, "training", training(4, ended_on="", result="UNDER_WAY"))
    await admin.execute("SET session_replication_role = replica")
    await admin.execute("UPDATE register.training_record SET result = $1", result)
    assert (await erase_due(register, CLI, add_years(NOW, 90), dry_run=True)).due == erased


async def test_a_restored_person_is_refused_or_found(register: Database, addresses: Addresses, admin: Admin) -> None:
    await erase_due(register, CLI, DUE)
    staff = await asyncpg.connect(addresses.staff)
    await staff.execute("SELECT set_config('registry.scope', 'ALL', false)")
    for attempt in (
        f"UPDATE register.person SET name = '{NAME}' WHERE id = 1",
        f"UPDATE register.person_history SET name = '{NAME}' WHERE id = 1",
        "DELETE FROM register.erasure",
        "UPDATE register.personal_column SET mark = 'x'",
    ):
        with pytest.raises(asyncpg.PostgresError):
            await staff.execute(attempt)
    await staff.close()
    with pytest.raises(asyncpg.CheckViolationError):
        await admin.execute(f"UPDATE register.person SET name = '{NAME}' WHERE id = 1")
    await admin.execute(f"UPDATE register.person_history SET name = '{NAME}' WHERE id = 1")
    report = await verify(register)
    assert {violation.rule for violation in report.violations} == {"erasure.incomplete"}


async def test_an_erasure_that_nobody_recorded_is_found(register: Database, admin: Admin) -> None:
    await erase_due(register, CLI, DUE)
    await admin.execute("DELETE FROM register.erasure")
    assert {violation.rule for violation in (await verify(register)).violations} == {"erasure.unrecorded"}


async def test_an_interrupted_erasure_goes_on(
    register: Database, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "PEOPLE_AT_ONCE", 2)
    await bring(register, "people", *(person(number) for number in range(10, 15)))

    class PowerLoss(Exception):
        pass

    def lose_power(done: int, _of: int) -> None:
        if done == 4:
            raise PowerLoss

    with pytest.raises(PowerLoss):
        await erase_due(register, CLI, DUE, progress=lose_power)
    assert len(await erased_people(admin)) == 4
    assert not (await verify(register)).violations
    assert (await erase_due(register, CLI, DUE)).erased == 2
    assert len(await erased_people(admin)) == 6
    assert not (await verify(register)).violations


async def test_the_rule_of_the_day_decides(register: Database) -> None:
    begins = NOW + timedelta(days=100)
    await set_rule(register, CLI, RetentionRule(Kept.PERSON, 2, 0, begins, None, "地方规定"), NOW)
    assert (await erase_due(register, CLI, begins - timedelta(days=1))).due == 0
    assert (await erase_due(register, CLI, begins)).due == 1


async def test_one_person_is_erased_on_request(register: Database, admin: Admin) -> None:
    wanted = CitizenId(citizen(1))
    result = await erase_person(register, CLI, KEYS, wanted, reason="本人申请", today=NOW)
    assert result.erased == 1
    assert await traces(admin) == set()
    assert await admin.fetchval("SELECT reason FROM register.erasure") == "本人申请"
    assert not (await verify(register)).violations
    with pytest.raises(NotFound) as unknown:
        await erase_person(register, CLI, KEYS, wanted, reason="again", today=NOW)
    assert unknown.value.rule == "person.unknown"


async def test_a_request_is_refused_while_something_is_in_force(register: Database, admin: Admin) -> None:
    for number in (2, 3):
        with pytest.raises(Conflict) as refused:
            await erase_person(register, CLI, KEYS, CitizenId(citizen(number)), reason="request", today=NOW)
        assert refused.value.rule == "erasure.in-use"
    for reason in (" ", f"request of {citizen(1)}", "x" * 501):
        with pytest.raises(InputError) as unreasoned:
            await erase_person(register, CLI, KEYS, CitizenId(citizen(1)), reason=reason, today=NOW)
        assert unreasoned.value.rule == "erasure.reason"
    assert await erased_people(admin) == []


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PROCUREMENT])
async def test_only_administrators_erase(register: Database, role: Role) -> None:
    actor = Actor(identity="key:1", role=role, scope="ALL")
    with pytest.raises(Forbidden):
        await erase_due(register, actor, DUE)
    with pytest.raises(Forbidden):
        await erase_person(register, actor, KEYS, CitizenId(citizen(1)), reason="x", today=NOW)


async def test_an_erasure_waits_for_the_import_that_may_name_the_person(
    register: Database, addresses: Addresses, admin: Admin
) -> None:
    importing = await asyncpg.connect(addresses.staff)
    turn = importing.transaction()
    await turn.start()
    await importing.execute("SELECT pg_advisory_xact_lock(hashtextextended('register.import', 0))")
    erasing = asyncio.create_task(erase_due(register, CLI, DUE))
    await asyncio.sleep(0.3)
    assert not erasing.done()
    assert await erased_people(admin) == []
    await turn.rollback()
    await importing.close()
    assert (await erasing).erased == 1


async def test_a_document_about_a_post_is_emptied_by_its_line_in_the_catalogue(
    register: Database, admin: Admin
) -> None:
    await admin.execute(
        """CREATE TABLE register.remark (id bigint PRIMARY KEY, employment_id bigint NOT NULL, content jsonb NOT NULL);
           ALTER TABLE register.remark OWNER TO registry_owner;
           INSERT INTO register.personal_column (relation, column_name, whose, mark) VALUES ('remark', 'content',
             't.employment_id IN (SELECT e.id FROM register.employment AS e WHERE e.person_id = ANY ($1))', '{}')"""
    )
    await admin.execute(
        "INSERT INTO register.remark SELECT e.id, e.id, json_build_object('of', p.name)"
        "  FROM register.employment AS e JOIN register.person AS p ON p.id = e.person_id"
    )
    await erase_due(register, CLI, DUE)
    assert await traces(admin) == set()
    assert await admin.fetchval("SELECT count(*) FROM register.remark WHERE content = '{}'") == 1


NOTES = "SELECT entity, other_source FROM register.quality_note ORDER BY 1"
POSTS = "SELECT count(*) FROM register.employment"
CONFIRMED = ImportOptions(snapshot=True, confirm_removals=True)


@pytest.fixture
async def contradicted(register: Database) -> Database:
    """Another source, which never prevails, says otherwise of person 1, their posts and certificate, twice each, and
    takes them for the holder of 3's certificate; one of their posts ended with what was said of it."""
    await bring(register, "import-rules", import_rule("PRECEDENCE", 2, source="test"))
    former = employment(1, 1, started_on="2015-01-01", ended_on="2015-12-31")
    await bring(register, "employments", former)
    for attempt in ("X_CERTIFICATE", "SKILL_LEVEL"):
        title = EARLIER_TITLE if attempt == "X_CERTIFICATE" else OTHER_TITLE
        home = employment(1, 1, position_title=title, ended_on=str(LEFT_ON))
        await bring(register, "people", person(1, name=OTHER_NAME, education=""), source="home")
        await bring(register, "employments", home, {**former, "position_title": title}, source="home")
        claimed = certificate(3, 1, evaluator_code="", occupation="NURSE" if attempt == "SKILL_LEVEL" else "CARER")
        own = certificate(1, 1, evaluator_code="", issued_on="2021-02-01")
        await bring(register, "certificates", own, claimed, source="home")
    left = {"ended_on": str(LEFT_ON)}
    rows = employment(1, 1, position_title="护理员", **left), employment(2, 1), employment(3, 1, **left)
    await bring(register, "employments", *rows, options=CONFIRMED)
    return register


async def test_what_other_sources_said_of_the_person_goes_with_them(contradicted: Database, admin: Admin) -> None:
    said = [tuple(row) for row in await admin.fetch(NOTES)]
    assert said == [
        ("CERTIFICATE", "home"),
        ("CERTIFICATE", "home"),
        ("CERTIFICATE_STATUS", "home"),
        ("EMPLOYMENT", "home"),
        ("PERSON", "home"),
    ]
    assert {("quality_note", "content"), ("quality_note_history", "content")} <= await traces(admin)
    result = await erase_due(contradicted, CLI, DUE)
    assert await traces(admin) == set()
    assert await admin.fetch(NOTES) == []
    ended = [tuple(row)[1:] for row in await admin.fetch(FEED) if row[0] == result.position]
    assert ended[:5] == [("QUALITY_NOTE", "ENDED", "ERASED", None, None)] * 5
    assert not (await verify(contradicted)).violations


async def test_a_note_that_comes_back_is_found(contradicted: Database, admin: Admin) -> None:
    await erase_due(contradicted, CLI, DUE)
    await admin.execute(
        'UPDATE register.quality_note_history SET content = \'{"name": "x"}\' WHERE named_person_id = 1'
    )
    assert {violation.rule for violation in (await verify(contradicted)).violations} == {"erasure.incomplete"}


async def test_a_snapshot_does_not_end_posts_whose_people_it_cannot_name(register: Database, admin: Admin) -> None:
    left = {"ended_on": str(LEFT_ON)}
    await bring(register, "employments", employment(1, 1, started_on="2015-01-01", ended_on="2015-12-31"))
    await erase_due(register, CLI, DUE)
    before = await admin.fetchval(POSTS)
    result = await bring(register, "employments", employment(2, 1), employment(3, 1, **left), options=CONFIRMED)
    assert (result.ended, await admin.fetchval(POSTS)) == (0, before)


VOCABULARY = {
    ("person", "education"),
    ("employment", "occupation"),
    ("certificate", "kind"),
    ("certificate", "occupation"),
    ("training_record", "occupation"),
    ("training_record", "result"),
    ("skill_award", "region_code"),
    ("quality_note", "rule"),
    ("quality_note", "entity"),
    ("quality_note", "region_code"),
    ("quality_note", "prevailing_source"),
    ("quality_note", "other_source"),
    ("quality_note", "fields"),
    ("credit_case", "list_code"),
    ("credit_case", "ground_code"),
    ("credit_case", "region_code"),
    ("credit_case", "intake"),
    ("credit_entry", "origin"),
    ("credit_entry", "list_code"),
    ("credit_entry", "list_kind"),
    ("credit_entry", "region_code"),
    ("credit_entry", "repair_class"),
    ("credit_entry", "end_kind"),
    ("credit_entry", "ground_code"),
    *(("flag", name) for name in ("rule", "severity", "state", "region_code", "fact_key", "raised_by", "resolved_by")),
}
"""Text beside a person that is a code of a catalogue, an actor's or made of row numbers: it says nothing of them."""


async def test_every_text_beside_a_person_is_erased_with_them(admin: Admin) -> None:
    beside = await admin.fetch(
        """SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
             JOIN pg_attribute AS a ON a.attrelid = c.oid
            WHERE n.nspname = 'register' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
              AND a.atttypid::regtype::text IN ('text', 'bytea', 'jsonb', 'json', 'text[]')
              AND c.relname <> 'erasure' AND c.relname NOT LIKE '%\\_history'
              AND (c.relname = 'person' OR EXISTS (SELECT FROM pg_attribute AS p
                    WHERE p.attrelid = c.oid AND p.attname = 'person_id'))"""
    )
    catalogue = {tuple(row) for row in await admin.fetch("SELECT relation, column_name FROM register.personal_column")}
    assert {tuple(row) for row in beside} - catalogue <= VOCABULARY
