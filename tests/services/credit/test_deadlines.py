"""By when an authority owes a decision or a publication: by the rule of the day of the act, in Chinese working days."""

from datetime import date, timedelta

import pytest
from tests.services.credit.conftest import SetDay
from tests.services.credit.kit import CLERK, DECIDER, ELSEWHERE, OPENER, listing, on, to_listing, to_publication

from registry.db.pool import Connection, Database
from registry.domain.actors import Actor
from registry.domain.credit.vocabulary import RepairClass
from registry.services.credit import (
    Rejected,
    RepairApplication,
    apply_for_repair,
    decide_repair,
    publish_entry,
    raise_objection,
    resolve_objection,
)
from registry.services.credit.deadlines import check_deadlines
from registry.services.readiness import Level
from registry.services.transactions import acting

MONDAY = date(2026, 3, 2)


async def _deadlines(admin: Connection) -> list[tuple[str, date, date | None]]:
    rows = await admin.fetch("SELECT window_code, since, last_day FROM register.credit_deadline ORDER BY 1")
    return [tuple(row) for row in rows]


async def _due(database: Database, entry_id: int | None, actor: Actor = CLERK) -> date | None:
    async with acting(database, actor, readonly=True) as work:
        told: date | None = await work.connection.fetchval("SELECT register.entry_due($1)", entry_id)
    return told


async def _levels(database: Database, set_day: SetDay, *days: date) -> list[Level]:
    found = []
    for day in days:
        await set_day(day)
        found.append((await check_deadlines(database)).level)
    return found


@pytest.mark.parametrize(
    ("decided", "last"),
    [(MONDAY, date(2026, 3, 11)), (date(2026, 9, 28), date(2026, 10, 13)), (date(2026, 2, 10), date(2026, 2, 26))],
    ids=["ordinary", "national day, 10 October worked", "spring festival"],
)
async def test_a_decision_is_to_be_published_within_working_days(
    database: Database, admin: Connection, set_day: SetDay, decided: date, last: date
) -> None:
    await set_day(decided)
    taken = await to_listing(database, decided)
    assert await _deadlines(admin) == [("PUBLICATION", decided, last)]
    later = last + timedelta(days=1)
    assert await _levels(database, set_day, last, later) == [Level.OK, Level.WARN]
    await publish_entry(database, CLERK, on(taken))
    assert await _deadlines(admin) == []


async def test_what_is_in_principle_not_published_is_due_at_no_time(
    database: Database, admin: Connection, set_day: SetDay
) -> None:
    decided = date(2026, 4, 7)
    await set_day(decided)
    await to_listing(database, decided, listing(repair_class=RepairClass.MINOR))
    assert await _deadlines(admin) == []


async def test_an_objection_and_an_application_for_repair_are_to_be_decided_each_in_its_window(
    database: Database, admin: Connection, set_day: SetDay
) -> None:
    await set_day(MONDAY)
    entry = await to_publication(database, MONDAY)
    await set_day(repair_day := date(2026, 9, 28))
    applied = await apply_for_repair(
        database, OPENER, on(entry), RepairApplication(duties_done=True, promise_public=True)
    )
    await set_day(objection_day := date(2026, 9, 29))
    raised = await raise_objection(database, OPENER, on(applied))
    assert await _deadlines(admin) == [
        ("OBJECTION", objection_day, date(2026, 10, 26)),
        ("REPAIR", repair_day, date(2026, 10, 16)),
    ]
    assert await _due(database, entry.entry_id) == date(2026, 10, 16)
    assert await _levels(database, set_day, date(2026, 10, 16), date(2026, 10, 17)) == [Level.OK, Level.WARN]
    declined = await decide_repair(database, CLERK, on(raised), False)
    assert await _deadlines(admin) == [("OBJECTION", objection_day, date(2026, 10, 26))]
    await resolve_objection(database, DECIDER, on(declined), Rejected())
    assert await _deadlines(admin) == []


async def test_the_rule_of_the_day_of_the_act_counts(database: Database, admin: Connection, set_day: SetDay) -> None:
    await admin.execute("""
        UPDATE register.credit_window SET effective = daterange(lower(effective), DATE '2026-03-03')
         WHERE code = 'PUBLICATION';
        INSERT INTO register.credit_window (code, days, working, effective, legal_basis, confirmed)
        VALUES ('PUBLICATION', 10, false, daterange(DATE '2026-03-03', NULL), 'local', true)""")
    for number, (decided, last) in enumerate([(MONDAY, date(2026, 3, 11)), (date(2026, 3, 3), date(2026, 3, 13))]):
        await set_day(decided)
        taken = await to_listing(database, decided, listing(f"长民罚〔2026〕{number}号"))
        assert await _due(database, taken.entry_id) == last


async def test_beyond_the_calendar_nothing_is_guessed_and_no_right_is_refused(
    database: Database, admin: Connection, set_day: SetDay
) -> None:
    await set_day(MONDAY)
    entry = await to_publication(database, MONDAY)
    await admin.execute("DELETE FROM register.calendar_day WHERE day >= DATE '2026-03-20'")
    await raise_objection(database, OPENER, on(entry))
    assert await _deadlines(admin) == [("OBJECTION", MONDAY, None)]
    finding = await check_deadlines(database)
    assert (finding.level, finding.remedy is not None) == (Level.WARN, True)


async def test_whoever_does_not_see_the_steps_is_told_no_day(database: Database, set_day: SetDay) -> None:
    await set_day(MONDAY)
    entry = await to_listing(database, MONDAY)
    assert await _due(database, entry.entry_id, ELSEWHERE) is None
    async with acting(database, ELSEWHERE, readonly=True) as work:
        assert await work.connection.fetch("SELECT * FROM register.credit_deadline") == []
