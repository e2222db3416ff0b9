"""What the staff role cannot do to cases, steps and entries by any statement, whatever the application thinks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import asyncpg
import pytest
from tests.services.credit.conftest import SetDay
from tests.services.credit.kit import (
    CLERK,
    COUNTY,
    DECIDER,
    at,
    listing,
    new_case,
    notice,
    on,
    to_listing,
    to_publication,
    to_review,
)
from tests.services.importing.conftest import uscc

from registry.db.pool import Connection, Database
from registry.domain.actors import operator
from registry.domain.credit.cases import TRANSITIONS, lies_next_above
from registry.domain.credit.vocabulary import CaseState, CaseStepKind
from registry.services.credit import open_case, raise_objection, serve_notice
from registry.services.transactions import ChangeKind, publishing

TODAY = date(2026, 6, 10)
STEP = """INSERT INTO register.case_step (case_id, number, kind, day, actor, reason, service_way, served_on, proof,
  respond_by, recommendation, repair_class, document_number, authority, legal_basis, remedy, evidence, ordinal)
  SELECT $1, $2, $3, coalesce($4, register.law_today()), $5, '-', n.way, n.served_on, n.proof, n.respond_by,
         CASE WHEN $3 = 'REVIEWED' THEN 'LIST' END, CASE WHEN $3 = 'LISTED' THEN 'GENERAL' END,
         '1', '-', '-', '-', '-', 1
    FROM (SELECT 1) LEFT JOIN (SELECT 'POST' AS way, register.law_today() AS served_on, '-' AS proof,
                                      register.law_today() - 9 AS respond_by) AS n ON $3 = 'NOTICE_SERVED'"""
CASE = """INSERT INTO register.credit_case (list_code, ground_code, institution_id, region_code, intake, ordinal)
  SELECT 'CN-BLACK', 'NO_REPORT', i.id, $2, 'SUPERVISION', 1 FROM register.institution AS i WHERE i.code = $1"""
ENTRY_STEP = """INSERT INTO register.entry_step (entry_id, number, kind, day, actor, reason, duties_done,
  promise_public, ground_code, document_number, ordinal)
  SELECT $1, $2, $3, coalesce($4, register.law_today()), $5, '-', $3 = 'REPAIR_APPLIED' OR NULL,
         $3 = 'REPAIR_APPLIED' OR NULL, CASE WHEN $3 = 'CORRECTED' THEN 'NO_REPORT' END, '1', 1"""


@pytest.fixture(autouse=True)
async def _today(set_day: SetDay) -> None:
    await set_day(TODAY)


@asynccontextmanager
async def staff(database: Database, path: str = COUNTY) -> AsyncIterator[Connection]:
    """A staff connection within an open change set that is thrown away."""
    async with database.staff.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(
            "SELECT set_config('registry.scope', $1, true),"
            " set_config('registry.change_id', nextval('register.change_id_seq')::text, true)",
            path,
        )
        yield connection
        await transaction.rollback()


async def refused_by(database: Database, text: str, *values: object, path: str = COUNTY) -> str:
    """The constraint (or else the class of the error) that refuses a statement."""
    async with staff(database, path) as connection:
        with pytest.raises(asyncpg.PostgresError) as caught:
            await connection.execute(text, *values)
    return caught.value.constraint_name or type(caught.value).__name__


@pytest.mark.parametrize("table", ["credit_case", "case_step", "entry_step"])
async def test_nothing_of_a_case_is_altered_or_removed(database: Database, table: str) -> None:
    taken = await to_publication(database, TODAY)
    await raise_objection(database, CLERK, on(taken))
    for text in (f"UPDATE register.{table} SET change_id = 1", f"DELETE FROM register.{table}"):
        assert await refused_by(database, text) == "InsufficientPrivilegeError"
    for text in (f"DELETE FROM register.{table}_history", "TRUNCATE register.credit_entry CASCADE"):
        assert await refused_by(database, text) == "InsufficientPrivilegeError"


async def test_a_local_entry_is_neither_made_nor_changed_by_hand(database: Database, admin: Connection) -> None:
    taken = await to_publication(database, TODAY)
    async with staff(database) as connection:
        change = "change_id = register.current_change(), ordinal = 1"
        assert (
            await connection.execute(f"UPDATE register.credit_entry SET ended_on = '2026-06-10', {change}")
            == "UPDATE 0"
        )
        assert await connection.execute("DELETE FROM register.credit_entry") == "DELETE 0"
    copied = """INSERT INTO register.credit_entry (origin, case_id, list_code, ground_code, organisation_id,
      region_code, decided_on, repair_class, document_number, authority, legal_basis, ordinal)
      SELECT 'LOCAL', $1, 'CN-BLACK', 'FRAUD', 1, '220102', register.law_today(), 'SERIOUS', 'x', 'x', 'x', 1"""
    case = (await open_case(database, DECIDER, new_case())).case_id
    assert await refused_by(database, copied, case) == "InsufficientPrivilegeError"
    assert await admin.fetchval("SELECT count(*) FROM register.credit_entry WHERE id = $1", taken.entry_id) == 1


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"number": 4}, "case_step_number"),
        ({"number": 6}, "case_step_number"),
        ({"day": date(2026, 6, 9)}, "case_step_day"),
        ({"day": date(2026, 6, 11)}, "case_step_day"),
        ({"actor": "key:1"}, "case_step_opener"),
        ({"kind": "OPENED"}, "case_step_transition"),
        ({"kind": "DEFENCE_RECORDED"}, "case_step_transition"),
        ({"kind": "CONSENT_GIVEN"}, "case_step_higher"),
        ({"kind": "ANYTHING"}, "case_step_transition"),
    ],
    ids=str,
)
async def test_a_step_is_next_of_today_and_by_the_right_person(
    database: Database, changed: dict[str, object], refusal: str
) -> None:
    taken = await to_review(database, TODAY)
    given = {"number": 5, "kind": "LISTED", "day": None, "actor": "key:3", **changed}
    values = taken.case_id, given["number"], given["kind"], given["day"], given["actor"]
    assert await refused_by(database, STEP, *values) == refusal


async def test_the_window_is_counted_by_the_database(database: Database, admin: Connection) -> None:
    opened = await open_case(database, DECIDER, new_case())
    async with staff(database) as connection:
        await connection.execute(STEP, opened.case_id, 2, "NOTICE_SERVED", None, "key:1")
        told = await connection.fetchval("SELECT respond_by FROM register.case_step WHERE number = 2")
    assert told == date(2026, 6, 17)
    await serve_notice(database, DECIDER, at(opened), notice(TODAY))
    assert await refused_by(database, STEP, opened.case_id, 3, "REVIEWED", None, "key:2") == "case_step_window"


async def test_a_list_that_needs_consent_gets_it(database: Database) -> None:
    taken = await to_review(database, TODAY, list_code="CN-BLACK-MARKET")
    values = taken.case_id, 5, "LISTED", None, "key:3"
    assert await refused_by(database, STEP, *values) == "case_step_consent"
    values = taken.case_id, 5, "CONSENT_GIVEN", None, "key:3"
    assert await refused_by(database, STEP, *values, path="ALL") == "case_step_higher"
    assert await refused_by(database, STEP, *values, path="CN/370000") == "case_step_higher"
    assert await refused_by(database, STEP, *values, path="CN/220000") == "case_step_higher"
    async with staff(database, "CN/220000/220100") as connection:
        assert await connection.execute(STEP, *values) == "INSERT 0 1"


@pytest.mark.parametrize(
    ("institution", "kind", "refused"),
    [
        (1, "DEFENCE_RECORDED", False),
        (2, "DEFENCE_RECORDED", True),
        (1, "NOTICE_SERVED", True),
        (1, "DISMISSED", True),
    ],
)
async def test_an_institution_takes_no_step_but_its_own_defence(
    database: Database, institution: int, kind: str, refused: bool
) -> None:
    taken = await open_case(database, DECIDER, new_case())
    acting = "SELECT set_config('registry.institution', $1, true)"
    async with staff(database, "") as connection:
        await connection.execute(acting, uscc(1))
        assert await connection.fetchval("SELECT count(*) FROM register.own_case") == 0
        assert await connection.fetchval("SELECT register.is_own_case($1)", taken.case_id) is False
    served = await serve_notice(database, DECIDER, at(taken), notice(TODAY))
    async with staff(database, "") as connection:
        await connection.execute(acting, uscc(institution))
        assert await connection.fetchval("SELECT count(*) FROM register.own_case") == (institution == 1)
        assert await connection.fetchval("SELECT count(*) FROM register.credit_case") == 0
        assert await connection.fetchval("SELECT count(*) FROM register.case_step") == (institution == 1)
        step = connection.execute(STEP, served.case_id, 3, kind, None, "key:7")
        if refused:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await step
        else:
            assert await step == "INSERT 0 1"


@pytest.mark.parametrize(
    ("higher", "lower", "next_above"),
    [
        ("CN/220000/220100", "CN/220000/220100/220102", True),
        ("CN/220000", "CN/220000/220100/220102", False),
        ("CN/220000", "CN/220000/220100", True),
        ("CN/110000", "CN/110000/110101", True),
        ("CN", "CN/110000", True),
        ("CN", "CN/110000/110101", False),
        ("CN/370000", "CN/220000/220100", False),
        ("CN/220000/220100/220102", "CN/220000/220100/220102", False),
        ("CN/220000/220100/220102", "CN/220000/220100", False),
    ],
)
async def test_the_next_higher_authority_is_that_of_the_region_directly_above(
    admin: Connection, higher: str, lower: str, next_above: bool
) -> None:
    assert lies_next_above(higher, lower) is next_above
    codes = [path.rsplit("/", 1)[-1] for path in (higher, lower)]
    known = await admin.fetchval("SELECT count(DISTINCT code) FROM register.region WHERE code = ANY ($1)", codes)
    assert known == len(set(codes))
    assert await admin.fetchval("SELECT register.lies_next_above($1, $2)", *codes) is next_above


async def test_other_regions_take_no_step(database: Database) -> None:
    taken = await to_review(database, TODAY)
    other = "CN/370000/370300/370303"
    refusal = await refused_by(database, STEP, taken.case_id, 5, "LISTED", None, "key:3", path=other)
    assert refusal == "InsufficientPrivilegeError"
    listed = await to_listing(database, TODAY, listing("2号"))
    refusal = await refused_by(database, ENTRY_STEP, listed.entry_id, 1, "PUBLISHED", None, "key:3", path=other)
    assert refusal == "InsufficientPrivilegeError"


async def test_a_region_opens_cases_of_its_own_on_whom_it_supervises(database: Database) -> None:
    own, elsewhere, other = (uscc(1), COUNTY.rpartition("/")[2]), (uscc(2), "370303"), "CN/370000/370300/370303"
    async with staff(database) as connection:
        assert await connection.execute(CASE, *own) == "INSERT 0 1"
    for place in ((own[0], elsewhere[1]), (elsewhere[0], own[1]), elsewhere):
        assert await refused_by(database, CASE, *place) == "InsufficientPrivilegeError", place
    assert await refused_by(database, CASE, *own, path=other) == "InsufficientPrivilegeError"
    assert await refused_by(database, CASE, *own, path="") == "InsufficientPrivilegeError"


@pytest.mark.parametrize(
    ("number", "kind", "day", "refusal"),
    [
        (1, "OBJECTION_RAISED", None, "entry_step_number"),
        (3, "OBJECTION_RAISED", None, "entry_step_number"),
        (2, "OBJECTION_RAISED", date(2026, 6, 9), "entry_step_day"),
        (2, "PUBLISHED", None, "entry_step_transition"),
        (2, "OBJECTION_REJECTED", None, "entry_step_transition"),
        (2, "CORRECTED", None, "entry_step_transition"),
        (2, "REPAIR_GRANTED", None, "entry_step_transition"),
        (2, "REPAIR_APPLIED", None, "entry_step_minimum"),
    ],
)
async def test_a_step_of_an_entry_is_next_of_today_and_follows(
    database: Database, number: int, kind: str, day: date | None, refusal: str
) -> None:
    taken = await to_publication(database, TODAY)
    assert await refused_by(database, ENTRY_STEP, taken.entry_id, number, kind, day, "key:8") == refusal


async def test_steps_are_written_within_an_open_change_set_only(database: Database) -> None:
    taken = await to_review(database, TODAY)
    async with publishing(database, operator("t"), ChangeKind.DECISION, "t", action="t") as change:
        closed = change.change_id
        change.nothing_done = True
    forged = STEP.replace("evidence, ordinal)", "evidence, change_id, ordinal)").replace(
        "'-', 1\n", f"'-', {closed}, 1\n"
    )
    assert await refused_by(database, forged, taken.case_id, 5, "LISTED", None, "key:3") in {
        "InsufficientPrivilegeError"
    }


async def test_the_public_role_reads_no_case_and_no_table(database: Database) -> None:
    await to_publication(database, TODAY)
    async with database.public.acquire() as connection:
        for name in ("credit_case", "case_step", "entry_step", "credit_entry", "staff_entry", "credit_entry_version"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"SELECT FROM register.{name}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("SELECT register.credit_subject_name(NULL, NULL, 1)")


async def test_the_transitions_of_both_machines_are_the_same(admin: Connection) -> None:
    rows = await admin.fetch("SELECT kind, from_state, to_state FROM register.case_transition")
    stored = {
        (CaseStepKind(row["kind"]), CaseState(row["from_state"]) if row["from_state"] else None): CaseState(
            row["to_state"]
        )
        for row in rows
    }
    assert stored == dict(TRANSITIONS)


async def test_no_function_tells_another_region_of_a_case_or_its_entry(database: Database, admin: Connection) -> None:
    entry = (await to_publication(database, TODAY)).entry_id
    case = await admin.fetchval("SELECT case_id FROM register.credit_entry WHERE id = $1", entry)
    asked = {
        "SELECT count(state) FROM register.case_standing($1::bigint)": case,
        "SELECT count(*) FROM register.entry_of_case($1::bigint) AS e WHERE e IS NOT NULL": case,
        "SELECT count(*) FROM register.entry_standing($1::bigint) AS e WHERE e.answered_for": entry,
    }
    for path, told in ((COUNTY, 1), ("CN/110000", 0), ("", 0)):
        async with staff(database, path) as connection:
            for text, number in asked.items():
                assert await connection.fetchval(text, number) == told, (path, text)
