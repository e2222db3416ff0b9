"""Short ways to take steps."""

from datetime import date
from typing import Any

from tests.services.importing.conftest import uscc

from registry.db.pool import Connection, Database
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.credit.vocabulary import Intake, Recommendation, RepairClass, ServiceWay, SubjectKind
from registry.services.credit import (
    Document,
    EntryStep,
    Listing,
    NewCase,
    Notice,
    Paper,
    Step,
    StepTaken,
    decide_case,
    open_case,
    publish_entry,
    record_defence,
    review_case,
    serve_notice,
)

COUNTY, CITY, PROVINCE = "CN/220000/220100/220102", "CN/220000/220100", "CN/220000"


def regulator(number: int, path: str = COUNTY) -> Actor:
    return Actor(f"key:{number}", Role.REGULATOR, region_code=path.rsplit("/", 1)[-1], scope=path)


OPENER, REVIEWER, DECIDER, CLERK = (regulator(number) for number in (1, 2, 3, 4))
HIGHER = regulator(5, CITY)
ELSEWHERE = regulator(6, "CN/370000/370300/370303")
PAPER = Paper("依法办理", (Document("长民〔2026〕1号", date(2026, 1, 5), "0" * 64),))


def new_case(**changed: Any) -> NewCase:
    given = {
        "list_code": "CN-BLACK",
        "ground_code": "FRAUD",
        "subject_kind": SubjectKind.ORGANISATION,
        "subject_code": uscc(1),
        "intake": Intake.SUPERVISION,
        "paper": PAPER,
    }
    return NewCase(**{**given, **changed})


def listing(number: str = "长民罚〔2026〕1号", **changed: Any) -> Listing:
    given = {
        "document_number": number,
        "authority": "长春市南关区民政局",
        "repair_class": RepairClass.GENERAL,
        "legal_basis": "民发〔2019〕103号",
        "remedy": "六十日内可申请行政复议",
        "evidence": "检查笔录",
    }
    return Listing(**{**given, **changed})


def at(taken: StepTaken) -> Step:
    """The next step of a case."""
    assert taken.case_id is not None
    return Step(taken.case_id, taken.step, PAPER)


def on(taken: StepTaken, step: int = 0) -> EntryStep:
    """The next step of the entry that a decision made, after its own step of this number."""
    assert taken.entry_id is not None
    return EntryStep(taken.entry_id, taken.step if taken.case_id is None else step, PAPER)


def notice(day: date) -> Notice:
    return Notice(ServiceWay.DIRECT, day, "送达回证")


async def to_review(database: Database, today: date, **changed: Any) -> StepTaken:
    """A case that has been opened, notified, defended and reviewed today."""
    taken = await open_case(database, OPENER, new_case(**changed))
    taken = await serve_notice(database, OPENER, at(taken), notice(today))
    taken = await record_defence(database, OPENER, at(taken))
    return await review_case(database, REVIEWER, at(taken), Recommendation.LIST)


async def to_listing(database: Database, today: date, decision: Listing | None = None, **changed: Any) -> StepTaken:
    """A case whose subject has been listed today."""
    taken = await to_review(database, today, **changed)
    return await decide_case(database, DECIDER, at(taken), decision or listing())


async def to_publication(database: Database, today: date, decision: Listing | None = None, **changed: Any) -> StepTaken:
    """An entry that has been decided and published today."""
    return await publish_entry(database, CLERK, on(await to_listing(database, today, decision, **changed)))


async def entry_row(admin: Connection, entry_id: int | None) -> Any:
    return await admin.fetchrow("SELECT * FROM register.credit_entry WHERE id = $1", entry_id)


async def public_ids(database: Database) -> list[int]:
    """The entries that anybody sees."""
    async with database.public.acquire() as connection:
        return [row[0] for row in await connection.fetch("SELECT id FROM disclosure.listed_entry ORDER BY id")]
