"""A case from its opening to its end, and what is refused on the way."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.services.credit.conftest import SetDay
from tests.services.credit.kit import (
    CLERK,
    DECIDER,
    ELSEWHERE,
    HIGHER,
    OPENER,
    PAPER,
    PROVINCE,
    REVIEWER,
    at,
    entry_row,
    listing,
    new_case,
    notice,
    on,
    public_ids,
    regulator,
    to_listing,
    to_publication,
    to_review,
)
from tests.services.importing.conftest import uscc

from registry.db.pool import Connection, Database
from registry.domain.access import Role
from registry.domain.actors import Actor, operator
from registry.domain.credit.vocabulary import CaseState, Recommendation, RepairClass, SubjectKind
from registry.domain.errors import Conflict, Forbidden, InputError, NotFound, RegisterError
from registry.services.api_keys import NewKey, create_key
from registry.services.credit import (
    Dismissal,
    Document,
    EntryStep,
    Paper,
    Rejected,
    Step,
    consent_to_case,
    decide_case,
    open_case,
    publish_entry,
    raise_objection,
    record_defence,
    resolve_objection,
    review_case,
    serve_notice,
)
from registry.services.verifying import verify

TODAY = date(2026, 6, 10)


async def refused(error: type[RegisterError], rule: str, act: object) -> RegisterError:
    with pytest.raises(error) as caught:
        await act  # type: ignore[misc]
    assert caught.value.rule == rule
    return caught.value


@pytest.fixture(autouse=True)
async def _today(set_day: SetDay) -> None:
    await set_day(TODAY)


async def test_a_case_is_walked_to_its_publication(database: Database, admin: Connection) -> None:
    taken = await to_listing(database, TODAY)
    assert (taken.step, taken.state) == (5, CaseState.LISTED)
    row = await entry_row(admin, taken.entry_id)
    assert (row["decided_on"], row["last_day"], row["published_on"]) == (TODAY, date(2027, 6, 10), None)
    assert (row["least_months"], row["most_months"], row["list_kind"]) == (3, 12, "BLACK")
    assert await public_ids(database) == []
    await publish_entry(database, CLERK, on(taken))
    assert await public_ids(database) == [taken.entry_id]
    steps = await admin.fetch(
        "SELECT number, kind, state, day, actor, actor_region FROM register.case_step ORDER BY number"
    )
    assert [tuple(step) for step in steps] == [
        (1, "OPENED", "OPEN", TODAY, "key:1", "220102"),
        (2, "NOTICE_SERVED", "NOTIFIED", TODAY, "key:1", "220102"),
        (3, "DEFENCE_RECORDED", "DEFENDED", TODAY, "key:1", "220102"),
        (4, "REVIEWED", "REVIEWED", TODAY, "key:2", "220102"),
        (5, "LISTED", "LISTED", TODAY, "key:3", "220102"),
    ]
    actions = await admin.fetch("SELECT action FROM register.audit_event WHERE actor LIKE 'key:%' ORDER BY sequence")
    assert [row["action"] for row in actions] == [
        "openCase", "serveNotice", "recordDefence", "reviewCase", "decideCase", "publishEntry",
    ]  # fmt: skip
    assert not (await verify(database)).violations


async def test_without_a_defence_the_review_waits_for_the_window_to_lapse(database: Database, set_day: SetDay) -> None:
    taken = await serve_notice(database, OPENER, at(await open_case(database, OPENER, new_case())), notice(TODAY))
    assert taken.respond_by == date(2026, 6, 17)
    await set_day(taken.respond_by)
    await refused(InputError, "case.window", review_case(database, REVIEWER, at(taken), Recommendation.DISMISS))
    await set_day(taken.respond_by + timedelta(days=1))
    taken = await review_case(database, REVIEWER, at(taken), Recommendation.DISMISS)
    assert (await decide_case(database, DECIDER, at(taken), Dismissal())).state is CaseState.DISMISSED


async def test_no_step_can_be_skipped_and_nothing_follows_the_end(database: Database) -> None:
    opened = await open_case(database, OPENER, new_case())
    await refused(InputError, "case.transition", record_defence(database, OPENER, at(opened)))
    await refused(InputError, "case.transition", decide_case(database, DECIDER, at(opened), listing()))
    dismissed = await decide_case(database, DECIDER, at(opened), Dismissal())
    for act in (
        serve_notice(database, OPENER, at(dismissed), notice(TODAY)),
        decide_case(database, DECIDER, at(dismissed), Dismissal()),
        review_case(database, REVIEWER, at(dismissed), Recommendation.LIST),
    ):
        await refused(InputError, "case.transition", act)


async def test_the_opener_does_not_judge(database: Database) -> None:
    taken = await to_review(database, TODAY)
    await refused(Forbidden, "case.opener", decide_case(database, OPENER, at(taken), listing()))
    await refused(Forbidden, "case.opener", decide_case(database, OPENER, at(taken), Dismissal()))
    opened = await open_case(database, OPENER, new_case())
    told = await serve_notice(database, OPENER, at(opened), notice(TODAY))
    told = await record_defence(database, OPENER, at(told))
    await refused(Forbidden, "case.opener", review_case(database, OPENER, at(told), Recommendation.LIST))


async def test_another_key_of_the_same_name_is_the_same_person(database: Database) -> None:
    first, renewed, other = [await _officer(database, name) for name in ("张三", " 张三", "李四")]
    opened = await open_case(database, first, new_case())
    await refused(Forbidden, "case.opener", decide_case(database, renewed, at(opened), Dismissal()))
    taken = await serve_notice(database, first, at(opened), notice(TODAY))
    taken = await record_defence(database, first, at(taken))
    await refused(Forbidden, "case.opener", review_case(database, renewed, at(taken), Recommendation.LIST))
    taken = await review_case(database, other, at(taken), Recommendation.LIST)
    await refused(Forbidden, "case.opener", decide_case(database, renewed, at(taken), listing()))
    entry = await publish_entry(database, renewed, on(await decide_case(database, other, at(taken), listing())))
    raised = await raise_objection(database, first, on(entry))
    await refused(Forbidden, "entry.asker", resolve_objection(database, renewed, on(raised), Rejected()))
    await resolve_objection(database, other, on(raised), Rejected())


async def _officer(database: Database, name: str) -> Actor:
    """A regulator of the county, under a new key of this name."""
    wanted = NewKey(name, Role.REGULATOR, region_code=OPENER.region_code)
    key = await create_key(database, b"s" * 32, operator("tests"), wanted)
    return replace(OPENER, identity=f"key:{key.id}")


async def test_some_lists_need_the_consent_of_the_next_higher_authority(database: Database) -> None:
    taken = await to_review(database, TODAY, list_code="CN-BLACK-MARKET")
    await refused(InputError, "case.consent", decide_case(database, DECIDER, at(taken), listing()))
    await refused(Forbidden, "case.higher", consent_to_case(database, REVIEWER, at(taken), True))
    await refused(Forbidden, "case.higher", consent_to_case(database, regulator(7, PROVINCE), at(taken), True))
    await refused(NotFound, "case.unknown", consent_to_case(database, ELSEWHERE, at(taken), True))
    refusal = await consent_to_case(database, HIGHER, at(taken), False)
    assert refusal.state is CaseState.CONSENT_REFUSED
    await refused(InputError, "case.transition", decide_case(database, DECIDER, at(refusal), listing()))
    again = await review_case(database, REVIEWER, at(refusal), Recommendation.LIST)
    consented = await consent_to_case(database, HIGHER, at(again), True)
    await refused(Forbidden, "case.higher", decide_case(database, HIGHER, at(consented), listing()))
    assert (await decide_case(database, DECIDER, at(consented), listing())).state is CaseState.LISTED


async def test_a_case_is_of_the_region_that_supervises_its_subject(database: Database) -> None:
    await refused(Forbidden, "case.region", open_case(database, OPENER, new_case(subject_code=uscc(2))))
    await refused(InputError, "subject.unknown", open_case(database, OPENER, new_case(subject_code="FAC:none")))
    await refused(InputError, "case.list", open_case(database, OPENER, new_case(list_code="CN-GREY")))
    await refused(InputError, "case.ground", open_case(database, OPENER, new_case(ground_code="DEDICATION")))
    await refused(InputError, "case.ground", open_case(database, OPENER, new_case(ground_code="COURT_DEFAULTER")))
    anybody = Actor("key:9", Role.AUDITOR, scope="ALL")
    await refused(Forbidden, "access.role", open_case(database, anybody, new_case()))
    person = new_case(subject_kind=SubjectKind.PERSON, subject_code="1")
    assert (await open_case(database, OPENER, person)).state is CaseState.OPEN
    await refused(InputError, "subject.unknown", open_case(database, ELSEWHERE, person))


async def test_who_saw_an_older_step_gets_a_conflict(database: Database) -> None:
    opened = await open_case(database, OPENER, new_case())
    await serve_notice(database, OPENER, at(opened), notice(TODAY))
    await refused(Conflict, "case.moved", serve_notice(database, OPENER, at(opened), notice(TODAY)))
    taken = await to_publication(database, TODAY, subject_code=uscc(3))
    await refused(Conflict, "entry.moved", publish_entry(database, CLERK, replace(on(taken), expected_step=0)))
    await refused(NotFound, "entry.unknown", publish_entry(database, CLERK, EntryStep(999, 0, PAPER)))
    await refused(NotFound, "case.unknown", record_defence(database, OPENER, Step(999, 1, PAPER)))


async def test_of_a_hundred_decisions_one_wins(many: Database, admin: Connection) -> None:
    taken = await to_review(many, TODAY)
    acts = [
        decide_case(many, DECIDER, at(taken), listing(f"第{number}号") if number % 2 else Dismissal())
        for number in range(100)
    ]
    done = await asyncio.gather(*acts, return_exceptions=True)
    assert sum(not isinstance(one, BaseException) for one in done) == 1
    refusals = [one for one in done if isinstance(one, BaseException)]
    assert {(type(one), getattr(one, "rule", None)) for one in refusals} == {(Conflict, "case.moved")}
    assert await admin.fetchval("SELECT count(*) FROM register.case_step") == 5
    assert not (await verify(many)).violations


async def test_a_retry_gets_the_first_answer_and_does_nothing(database: Database, admin: Connection) -> None:
    first = await open_case(database, OPENER, new_case(), idempotency_key="once")
    assert await open_case(database, OPENER, new_case(), idempotency_key="once") == first
    other = new_case(ground_code="NO_REPORT")
    await refused(Conflict, "idempotency.other-input", open_case(database, OPENER, other, idempotency_key="once"))
    told = [await serve_notice(database, OPENER, at(first), notice(TODAY), idempotency_key="n") for _ in range(2)]
    assert told[0] == told[1]
    assert await admin.fetchval("SELECT count(*) FROM register.case_step") == 2


async def test_a_window_beyond_the_calendar_is_refused_with_the_reason(database: Database, set_day: SetDay) -> None:
    await set_day(date(2026, 12, 28))
    opened = await open_case(database, OPENER, new_case())
    error = await refused(
        InputError, "calendar.beyond", serve_notice(database, OPENER, at(opened), notice(date(2026, 12, 28)))
    )
    assert "2027-01-01" in error.message.en
    assert "registry seed --calendar" in error.message.en


async def test_papers_and_notices_are_checked(database: Database) -> None:
    opened = await open_case(database, OPENER, new_case())
    wrong = at(opened)
    for paper, rule in (
        (Paper(" "), "step.text"),
        (Paper("x" * 5_000), "step.text"),
        (Paper("x", (Document("1", TODAY, "ABC"),)), "document.digest"),
        (Paper("x", (Document("1", TODAY, "0" * 64),) * 51), "document.too-many"),
    ):
        await refused(InputError, rule, serve_notice(database, OPENER, replace(wrong, paper=paper), notice(TODAY)))
    tomorrow, before = notice(TODAY + timedelta(days=1)), notice(TODAY - timedelta(days=1))
    await refused(InputError, "notice.served", serve_notice(database, OPENER, at(opened), tomorrow))
    await refused(InputError, "notice.served", serve_notice(database, OPENER, at(opened), before))


async def test_a_decision_fits_its_list_and_its_term(database: Database) -> None:
    taken = await to_review(database, TODAY)
    for changed, rule in (
        ({"repair_class": RepairClass.HONOUR}, "entry.class"),
        ({"months": 13}, "entry.term"),
        ({"months": 2}, "entry.term"),
        ({"months": 0}, "entry.term"),
        ({"remedy": ""}, "step.text"),
    ):
        await refused(InputError, rule, decide_case(database, DECIDER, at(taken), listing(**changed)))
    listed = await decide_case(database, DECIDER, at(taken), listing(months=6))
    second = await to_review(database, TODAY)
    await refused(Conflict, "entry.second", decide_case(database, DECIDER, at(second), listing()))
    assert listed.entry_id is not None


async def test_minor_entries_are_published_by_way_of_exception_only(database: Database) -> None:
    taken = await to_listing(database, TODAY, listing(repair_class=RepairClass.MINOR))
    await refused(InputError, "publication.principle", publish_entry(database, CLERK, on(taken)))
    await publish_entry(database, CLERK, on(taken), exceptionally=True)
    assert await public_ids(database) == [taken.entry_id]
