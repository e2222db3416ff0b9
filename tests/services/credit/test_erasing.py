"""People on lists and in cases: kept while they are needed, then erased with whatever was written of them."""

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.services.credit.conftest import SetDay
from tests.services.credit.kit import (
    CLERK,
    DECIDER,
    OPENER,
    PAPER,
    REVIEWER,
    at,
    entry_row,
    listing,
    new_case,
    notice,
    on,
)
from tests.services.importing.conftest import KEYS, as_csv, citizen, employment, person
from tests.services.test_erasure import COLUMNS

from registry.db.pool import Connection, Database
from registry.domain.actors import operator
from registry.domain.credit.vocabulary import Recommendation, SubjectKind
from registry.domain.errors import Conflict
from registry.domain.identifiers import CitizenId
from registry.domain.lawdays import add_years
from registry.services.credit import (
    Dismissal,
    Document,
    EntryStep,
    Paper,
    Step,
    StepTaken,
    decide_case,
    open_case,
    publish_entry,
    raise_objection,
    record_defence,
    review_case,
    serve_notice,
)
from registry.services.erasure import erase_due, erase_person
from registry.services.importing import import_file
from registry.services.verifying import verify

CLI = operator("cli")
TODAY = date(2026, 6, 10)
ONE_DAY = timedelta(days=1)
LAST_DAY = date(2027, 6, 10)
NAME = "欧阳独一"
TELLING = Paper(f"{NAME}殴打老人", (Document(f"{NAME}案", TODAY, "1" * 64),))


@pytest.fixture
async def suspect(database: Database, set_day: SetDay) -> str:
    """A carer whose last day at work is the day of the case; what the register calls them."""
    await set_day(TODAY)
    rows: dict[str, Any] = {"people": person(3, name=NAME), "employments": employment(3, 1, ended_on=str(TODAY))}
    for kind, row in rows.items():
        content = io.BytesIO(as_csv(kind, [row]))
        await import_file(database, CLI, KEYS, kind, content, file_name=f"{kind}.csv", source="test")
    return "3"


async def reviewed(database: Database, suspect: str) -> StepTaken:
    """A case against them in which every paper names them."""
    wanted = new_case(
        subject_kind=SubjectKind.PERSON, subject_code=suspect, ground_code="HARMING_ELDERLY", paper=TELLING
    )
    taken = await open_case(database, OPENER, replace(wanted, intake_reference=f"12345热线反映{NAME}"))
    taken = await serve_notice(database, OPENER, telling(taken), replace(notice(TODAY), proof=f"{NAME}签收"))
    taken = await record_defence(database, OPENER, telling(taken))
    return await review_case(database, REVIEWER, telling(taken), Recommendation.LIST)


def telling(taken: StepTaken) -> Step:
    return replace(at(taken), paper=TELLING)


async def listed(database: Database, suspect: str) -> StepTaken:
    """An entry that is published and objected to, in which every text names them."""
    taken = await reviewed(database, suspect)
    texts = ("document_number", "legal_basis", "remedy", "evidence")
    decision = listing(**{name: f"{name}：{NAME}" for name in texts})
    taken = await decide_case(database, DECIDER, telling(taken), decision)
    taken = await publish_entry(database, CLERK, replace(on(taken), paper=TELLING))
    assert taken.entry_id is not None
    return await raise_objection(database, CLERK, EntryStep(taken.entry_id, taken.step, TELLING))


async def traces(admin: Connection) -> set[tuple[str, str]]:
    """Every column of every table and view of the register in which they are named."""
    return {
        (relation, column)
        for relation, column in await admin.fetch(COLUMNS)
        if await admin.fetchval(f"SELECT EXISTS (SELECT FROM register.{relation} WHERE {column}::text ~ $1)", NAME)
    }


async def due(database: Database, day: date) -> int:
    return (await erase_due(database, CLI, day, dry_run=True)).due


async def test_a_listing_keeps_its_person_for_the_term_after_its_last_day(database: Database, suspect: str) -> None:
    await listed(database, suspect)
    term_over = add_years(LAST_DAY, 3)
    assert [await due(database, day) for day in (term_over, term_over + ONE_DAY)] == [0, 1]


async def test_an_open_case_keeps_its_person_whatever_the_day(database: Database, suspect: str) -> None:
    taken = await reviewed(database, suspect)
    assert await due(database, add_years(TODAY, 50)) == 0
    dismissal = Dismissal("事实不成立")
    await decide_case(database, DECIDER, replace(at(taken), paper=PAPER), dismissal)
    assert await due(database, add_years(TODAY, 50)) == 1


async def test_nobody_is_erased_on_request_while_listed(database: Database, set_day: SetDay, suspect: str) -> None:
    await listed(database, suspect)
    wanted = CitizenId(citizen(3))
    await set_day(LAST_DAY)
    with pytest.raises(Conflict) as refused:
        await erase_person(database, CLI, KEYS, wanted, reason="本人申请", today=LAST_DAY)
    assert refused.value.rule == "erasure.in-use"
    await set_day(LAST_DAY + ONE_DAY)
    assert (await erase_person(database, CLI, KEYS, wanted, reason="本人申请", today=LAST_DAY + ONE_DAY)).erased == 1


async def test_what_was_written_of_them_goes_with_them(
    database: Database, admin: Connection, set_day: SetDay, suspect: str
) -> None:
    taken = await listed(database, suspect)
    before = await traces(admin)
    assert {relation for relation, _ in before} >= {"person", "credit_case", "credit_entry", "case_step", "entry_step"}
    due_on = add_years(LAST_DAY, 3) + ONE_DAY
    await set_day(due_on)
    assert (await erase_due(database, CLI, due_on)).erased == 1
    assert await traces(admin) == set()
    entry = await entry_row(admin, taken.entry_id)
    assert (entry["document_number"], entry["decided_on"]) == (f"ERASED:{entry['id']}", TODAY)
    assert await admin.fetchval("SELECT count(*) FROM register.case_step") == 5
    assert not (await verify(database)).violations
