"""Entries: when they are in force, who sees them, objections, repair, withdrawal, recognition by another region."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.services.credit.conftest import SetDay
from tests.services.credit.kit import (
    CLERK,
    COUNTY,
    DECIDER,
    ELSEWHERE,
    OPENER,
    at,
    entry_row,
    listing,
    on,
    public_ids,
    regulator,
    to_listing,
    to_publication,
    to_review,
)
from tests.services.credit.test_procedure import refused
from tests.services.importing.conftest import uscc

from registry.db.pool import Connection, Database
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.credit.vocabulary import RepairClass, SubjectKind
from registry.domain.errors import Conflict, Forbidden, InputError, NotFound
from registry.services.credit import (
    Adoption,
    Annulled,
    Corrected,
    Rejected,
    RepairApplication,
    adopt_entry,
    apply_for_repair,
    decide_case,
    decide_repair,
    publish_entry,
    raise_objection,
    resolve_objection,
    withdraw_entry,
)
from registry.services.transactions import acting
from registry.services.verifying import verify

TODAY = date(2026, 6, 10)
ONE_DAY = timedelta(days=1)
DONE = RepairApplication(duties_done=True, promise_public=True)
INSTITUTION = Actor("key:20", Role.INSTITUTION, institution_code=uscc(1))
OTHER_INSTITUTION = Actor("key:21", Role.INSTITUTION, institution_code=uscc(2))


@pytest.fixture(autouse=True)
async def _today(set_day: SetDay) -> None:
    await set_day(TODAY)


@pytest.mark.parametrize(
    ("decided", "repair_class", "months", "last"),
    [
        (date(2026, 6, 10), RepairClass.GENERAL, None, date(2027, 6, 10)),
        (date(2024, 2, 29), RepairClass.SERIOUS, None, date(2027, 2, 28)),
        (date(2026, 8, 31), RepairClass.GENERAL, 6, date(2027, 2, 28)),
        (date(2026, 12, 31), RepairClass.GENERAL, None, date(2027, 12, 31)),
        (date(2026, 3, 31), RepairClass.GENERAL, None, date(2029, 3, 31)),
        (date(2026, 4, 1), RepairClass.GENERAL, None, date(2027, 4, 1)),
    ],
    ids=["plain", "leap day", "month end", "year end", "by the old order", "by the new order"],
)
async def test_an_entry_ends_by_itself_after_its_last_day(
    database: Database, set_day: SetDay, decided: date, repair_class: RepairClass, months: int | None, last: date
) -> None:
    await set_day(min(decided, date(2026, 12, 21)))  # no window reaches into a year without a calendar
    taken = await to_review(database, min(decided, date(2026, 12, 21)))
    await set_day(decided)
    taken = await decide_case(database, DECIDER, at(taken), listing(repair_class=repair_class, months=months))
    entry = await publish_entry(database, CLERK, on(taken))
    for day, seen in ((decided, True), (last, True), (last + ONE_DAY, False)):
        await set_day(day)
        assert await public_ids(database) == ([entry.entry_id] if seen else []), day


async def test_repair_is_asked_for_after_the_minimum_and_ends_everything_at_once(
    database: Database, admin: Connection, set_day: SetDay
) -> None:
    entry = await to_publication(database, TODAY)
    earliest = date(2026, 9, 11)
    await set_day(earliest - ONE_DAY)
    error = await refused(InputError, "repair.too-early", apply_for_repair(database, INSTITUTION, on(entry), DONE))
    assert str(earliest) in error.message.en
    await set_day(earliest)
    half = RepairApplication(duties_done=True, promise_public=False)
    await refused(InputError, "repair.unmet", apply_for_repair(database, INSTITUTION, on(entry), half))
    await refused(InputError, "entry.transition", decide_repair(database, CLERK, on(entry), True, "1号"))
    applied = await apply_for_repair(database, INSTITUTION, on(entry), DONE)
    await refused(InputError, "entry.transition", apply_for_repair(database, INSTITUTION, on(applied), DONE))
    declined = await decide_repair(database, CLERK, on(applied), False)
    again = await apply_for_repair(database, OPENER, on(declined), DONE)
    await refused(Forbidden, "entry.asker", decide_repair(database, OPENER, on(again), True, "1号"))
    assert await public_ids(database) == [entry.entry_id]
    ended = await decide_repair(database, CLERK, on(again), True, "长民修〔2026〕1号")
    assert await public_ids(database) == []
    row = await entry_row(admin, entry.entry_id)
    assert (row["ended_on"], row["end_kind"], row["repair_pending"]) == (earliest, "REPAIRED", False)
    await refused(InputError, "entry.ended", raise_objection(database, INSTITUTION, on(ended)))
    assert not (await verify(database)).violations


async def test_repair_is_asked_for_before_the_last_day_only(database: Database, set_day: SetDay) -> None:
    entry = await to_publication(database, TODAY)
    await set_day(date(2027, 6, 11))
    await refused(InputError, "entry.transition", apply_for_repair(database, CLERK, on(entry), DONE))


async def test_an_objection_marks_the_entry_until_it_is_resolved(database: Database, admin: Connection) -> None:
    entry = await to_publication(database, TODAY)
    raised = await raise_objection(database, INSTITUTION, on(entry))
    assert await _disputed(database) == [(entry.entry_id, True)]
    await refused(InputError, "entry.transition", raise_objection(database, CLERK, on(raised)))
    await refused(Forbidden, "access.role", resolve_objection(database, INSTITUTION, on(raised), Rejected()))
    settled = await resolve_objection(database, CLERK, on(raised), Rejected())
    assert await _disputed(database) == [(entry.entry_id, False)]
    await refused(InputError, "entry.transition", resolve_objection(database, CLERK, on(settled), Rejected()))
    again = await raise_objection(database, CLERK, on(settled))
    await refused(Forbidden, "entry.asker", resolve_objection(database, CLERK, on(again), Rejected()))
    await refused(InputError, "objection.correction", resolve_objection(database, OPENER, on(again), Corrected("2号")))
    corrected = await resolve_objection(database, OPENER, on(again), Corrected("2号", "NO_REPORT", RepairClass.MINOR))
    row = await entry_row(admin, entry.entry_id)
    assert (row["ground_code"], row["repair_class"], row["last_day"]) == ("NO_REPORT", "MINOR", date(2026, 9, 10))
    last = await raise_objection(database, INSTITUTION, on(corrected))
    await refused(
        InputError,
        "objection.graver",
        resolve_objection(database, OPENER, on(last), Corrected("3号", repair_class=RepairClass.SERIOUS)),
    )
    await resolve_objection(database, OPENER, on(last), Annulled("3号"))
    assert await public_ids(database) == []
    versions = await admin.fetch(
        "SELECT disputed FROM register.credit_entry_version WHERE id = 1 ORDER BY recorded_from"
    )
    assert [row[0] for row in versions] == [False, False, True, False, True, False, True, False]


async def _disputed(database: Database) -> list[tuple[int, bool]]:
    async with database.public.acquire() as connection:
        return [tuple(row) for row in await connection.fetch("SELECT id, disputed FROM disclosure.listed_entry")]


async def test_only_the_answering_authority_and_the_subject_act_on_an_entry(database: Database) -> None:
    entry = await to_publication(database, TODAY)
    await refused(NotFound, "entry.unknown", raise_objection(database, OTHER_INSTITUTION, on(entry)))
    await refused(NotFound, "entry.unknown", withdraw_entry(database, ELSEWHERE, on(entry), "1号"))
    await refused(Forbidden, "access.role", withdraw_entry(database, INSTITUTION, on(entry), "1号"))
    await withdraw_entry(database, CLERK, on(entry), "长民移〔2026〕1号")
    assert await public_ids(database) == []


async def test_a_withdrawn_entry_is_not_in_force_on_its_day_and_everybody_is_left_with_a_tombstone(
    database: Database, admin: Connection
) -> None:
    entry = await to_publication(database, TODAY)
    told = """SELECT code, current::text, previous::text FROM disclosure.change WHERE kind = 'CREDIT_ENTRY'
               ORDER BY position"""
    before = [tuple(row) for row in await admin.fetch(told)]
    assert [row[0] for row in before] == [uscc(1), uscc(1)]
    assert before[0][1] is None
    assert uscc(1) in before[1][1]
    await withdraw_entry(database, CLERK, on(entry), "1号", annulled=True)
    async with database.public.acquire() as connection:
        after = [tuple(row) for row in await connection.fetch(told)]
    assert after == [(None, None, None)] * 3
    assert await admin.fetchval("SELECT count(*) FROM register.staff_change WHERE kind = 'CREDIT_ENTRY'") == 3
    assert await admin.fetchval("SELECT register.credit_in_force(1, $1)", TODAY) is False
    assert await admin.fetchval("SELECT end_kind FROM register.credit_entry") == "ANNULLED"


async def test_everybody_sees_of_an_instant_what_was_in_force_then_and_still_is(
    database: Database, admin: Connection, set_day: SetDay
) -> None:
    entry = await to_publication(database, TODAY)
    await set_day(TODAY + ONE_DAY)
    raised = await raise_objection(database, INSTITUTION, on(entry))
    asked = (
        "SELECT disputed FROM disclosure.listed_entry_version WHERE recorded_from <= $1"
        " AND (recorded_to IS NULL OR recorded_to > $1) AND $2 BETWEEN in_force_from AND coalesce(in_force_to, $2)"
    )
    head = await admin.fetchval("SELECT position FROM register.register_head")
    async with database.public.acquire() as connection:
        seen = [[row[0] for row in await connection.fetch(asked, head - back, TODAY)] for back in (0, 1, 2)]
    assert seen == [[True], [False], []]
    await resolve_objection(database, CLERK, on(raised), Annulled("1号"))
    async with database.public.acquire() as connection:
        assert await connection.fetch(asked, head - 1, TODAY) == []


def adoption(original: int | None, **changed: Any) -> Adoption:
    assert original is not None
    given = {
        "original_id": original,
        "list_code": "CN-BLACK",
        "authority": "淄博市张店区民政局",
        "document_number": "淄民〔2026〕1号",
        "legal_basis": "互认办法",
        "remedy": "行政复议",
        "decided_on": TODAY,
    }
    return Adoption(**{**given, **changed})


async def test_an_adopted_entry_refers_to_its_original_and_ends_with_it(
    database: Database, admin: Connection, set_day: SetDay
) -> None:
    original = await to_publication(database, TODAY, listing(months=6))
    adopted = await adopt_entry(database, ELSEWHERE, adoption(original.entry_id))
    row = await entry_row(admin, adopted.entry_id)
    assert (row["origin"], row["original_id"], row["last_day"]) == ("ADOPTED", original.entry_id, date(2027, 6, 10))
    assert await public_ids(database) == [original.entry_id, adopted.entry_id]
    last = date(2026, 12, 10)
    await set_day(last)
    assert len(await public_ids(database)) == 2
    await set_day(last + ONE_DAY)
    assert await public_ids(database) == []
    await set_day(last)
    await refused(InputError, "entry.transition", apply_for_repair(database, ELSEWHERE, on(adopted), DONE))
    await withdraw_entry(database, CLERK, on(original), "1号")
    assert await public_ids(database) == []
    async with acting(database, ELSEWHERE) as work:  # who does not see the original's row
        dates = await work.connection.fetch("SELECT id, in_force_to FROM register.staff_entry")
    assert [tuple(row) for row in dates] == [(adopted.entry_id, last - ONE_DAY)]


async def test_an_original_is_adopted_until_it_ends(database: Database, set_day: SetDay) -> None:
    """Its last day counts in full; the day of a withdrawal does not count at all."""
    original = await to_publication(database, TODAY, listing(months=6))
    withdrawn = await to_publication(database, TODAY, listing(months=6), subject_code=uscc(3))
    last, third = date(2026, 12, 10), regulator(30, "CN/210000")
    await set_day(last)
    adopted = await adopt_entry(database, ELSEWHERE, adoption(original.entry_id, decided_on=last))
    assert await public_ids(database) == [original.entry_id, withdrawn.entry_id, adopted.entry_id]
    await withdraw_entry(database, CLERK, on(withdrawn), "1号")
    late = adoption(withdrawn.entry_id, decided_on=last, document_number="2")
    await refused(NotFound, "entry.unknown", adopt_entry(database, third, late))
    await set_day(last + ONE_DAY)
    late = adoption(original.entry_id, decided_on=last, document_number="2")
    await refused(NotFound, "entry.unknown", adopt_entry(database, third, late))
    assert await public_ids(database) == []


async def test_what_cannot_be_adopted(database: Database) -> None:
    decided = await to_listing(database, TODAY)
    await refused(NotFound, "entry.unknown", adopt_entry(database, ELSEWHERE, adoption(decided.entry_id)))
    original = await publish_entry(database, CLERK, on(decided))
    for changed, rule in (
        ({"list_code": "CN-WATCH"}, "entry.ground"),
        ({"decided_on": TODAY + ONE_DAY}, "entry.decided"),
        ({"decided_on": TODAY - ONE_DAY}, "entry.adopted"),
        ({"last_day": TODAY + timedelta(days=400)}, "entry.term"),
    ):
        await refused(InputError, rule, adopt_entry(database, ELSEWHERE, adoption(original.entry_id, **changed)))
    await refused(InputError, "entry.original", adopt_entry(database, CLERK, adoption(original.entry_id)))
    adopted = await adopt_entry(database, ELSEWHERE, adoption(original.entry_id))
    third = regulator(30, "CN/210000")
    await refused(
        InputError, "entry.original", adopt_entry(database, third, adoption(adopted.entry_id, document_number="2"))
    )
    await refused(Conflict, "entry.second", adopt_entry(database, ELSEWHERE, adoption(original.entry_id)))


async def test_people_are_named_with_a_masked_number_only(database: Database, admin: Connection) -> None:
    entry = await to_publication(
        database, TODAY, subject_kind=SubjectKind.PERSON, subject_code="1", ground_code="HARMING_ELDERLY"
    )
    mask = await admin.fetchval("SELECT number_mask FROM register.person WHERE id = 1")
    async with database.public.acquire() as connection:
        row = await connection.fetchrow("SELECT subject_kind, subject_code, subject_name FROM disclosure.listed_entry")
        assert tuple(row) == ("PERSON", mask, "王1")
        told = await connection.fetchval("SELECT string_agg(current::text, '') FROM disclosure.change")
    assert mask in told
    assert "********" in mask
    async with acting(database, ELSEWHERE) as work:
        assert await work.connection.fetch("SELECT id FROM register.staff_entry") == []
    async with acting(database, regulator(40, COUNTY)) as work:
        assert await work.connection.fetchval("SELECT subject_name FROM register.staff_entry") == "王1"
    assert entry.entry_id is not None


async def test_entries_of_an_organisation_bear_on_its_institutions(database: Database, admin: Connection) -> None:
    entry = await to_publication(database, TODAY)
    row = await admin.fetchrow(
        "SELECT i.code, b.entry_id, b.list_kind, b.ground_code, b.disputed"
        " FROM disclosure.institution_entry AS b JOIN register.institution AS i ON i.id = b.institution_id"
    )
    assert tuple(row) == (uscc(1), entry.entry_id, "BLACK", "FRAUD", False)
    await withdraw_entry(database, CLERK, on(entry), "1号")
    assert await admin.fetchval("SELECT count(*) FROM disclosure.institution_entry") == 0
