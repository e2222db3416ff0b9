"""Random walks through the procedure, held to a small model: services and database allow what it allows, no more."""

import asyncio
from collections.abc import Coroutine
from datetime import date, timedelta
from typing import Any

import asyncpg
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.services.credit.conftest import put_day
from tests.services.credit.kit import DECIDER, HIGHER, OPENER, PAPER, REVIEWER, listing, new_case, notice, public_ids
from tests.services.credit.test_database_guards import ENTRY_STEP, STEP, refused_by
from tests.services.credit.test_dates import CALENDAR
from tests.services.credit.test_entries import DONE

from registry.db.pool import Addresses, open_database
from registry.domain.actors import Actor
from registry.domain.credit.vocabulary import CaseStepKind, EntryStepKind, Recommendation
from registry.domain.errors import RegisterError
from registry.domain.lawdays import add_months
from registry.services import credit
from registry.services.verifying import verify

ACTORS = (OPENER, REVIEWER, DECIDER, HIGHER)
STARTS = (date(2024, 2, 27), date(2025, 9, 28), date(2026, 2, 10), date(2026, 3, 30), date(2026, 6, 10))
UNDECIDED = {"OPEN", "NOTIFIED", "DEFENDED", "REVIEWED", "CONSENTED", "CONSENT_REFUSED"}
LEADS_TO = {
    "NOTICE_SERVED": "NOTIFIED",
    "DEFENCE_RECORDED": "DEFENDED",
    "CONSENT_GIVEN": "CONSENTED",
}
ENDS = {"OBJECTION_UPHELD", "REPAIR_GRANTED", "WITHDRAWN", "ANNULLED"}


def working_day_after(day: date, count: int) -> date | None:
    """The model's own counting."""
    while count:
        day += timedelta(days=1)
        if day not in CALENDAR:
            return None
        count -= CALENDAR[day]
    return day


class Procedure(RuleBasedStateMachine):
    """One case, and the entry that it may lead to, on days that pass."""

    def __init__(self, addresses: Addresses) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.opened = open_database(addresses, size=2)
        self.database = self.wait(self.opened.__aenter__())
        self.admin = self.wait(asyncpg.connect(addresses.owner))

    def wait(self, act: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(act)

    @initialize(start=st.sampled_from(STARTS), consented=st.booleans(), listed=st.booleans())
    def open(self, start: date, consented: bool, listed: bool) -> None:
        self.today, self.needs_consent = start, consented
        self.wait(put_day(self.admin, start))
        wanted = new_case(list_code="CN-BLACK-MARKET" if consented else "CN-BLACK")
        taken = self.wait(credit.open_case(self.database, OPENER, wanted))
        self.case, self.number, self.state = taken.case_id, 1, "OPEN"
        self.respond_by: date | None = None
        self.consenters: set[str] = set()
        self.entry: int | None = None
        if listed:
            self.take_case_step(OPENER, "NOTICE_SERVED")
            self.take_case_step(OPENER, "DEFENCE_RECORDED")
            self.take_case_step(REVIEWER, "REVIEWED")
            if consented:
                self.take_case_step(HIGHER, "CONSENT_GIVEN")
            self.take_case_step(DECIDER, "LISTED")

    @rule(days=st.sampled_from([1, 1, 3, 8, 31, 92, 366]))
    def pass_days(self, days: int) -> None:
        self.today += timedelta(days=days)
        self.wait(put_day(self.admin, self.today))

    @precondition(lambda self: self.entry is None)
    @rule(actor=st.sampled_from(ACTORS), kind=st.sampled_from([kind.value for kind in CaseStepKind][1:]))
    def take_case_step(self, actor: Actor, kind: str) -> None:
        step = credit.Step(self.case, self.number, PAPER)
        taken = self._outcome(self._case_act(actor, step, kind))
        assert (taken is not None) == self._may_case(actor, kind), (kind, actor.identity, self.state)
        if taken is None:
            values = self.case, self.number + 1, kind, None, actor.identity
            assert self.wait(refused_by(self.database, STEP, *values, path=actor.scope))
            return
        self.number, self.state = taken.step, LEADS_TO.get(kind, kind)
        assert taken.state == self.state
        if kind == "NOTICE_SERVED":
            self.respond_by = taken.respond_by
            assert taken.respond_by == working_day_after(self.today, 5)
        self.consenters |= {actor.identity} if kind == "CONSENT_GIVEN" else set()
        if kind == "LISTED":
            self._begin_entry(taken.entry_id)

    def _may_case(self, actor: Actor, kind: str) -> bool:
        judged = self.state == "DEFENDED" or self.state == "CONSENT_REFUSED" or self._lapsed()
        another = actor is not OPENER
        allowed = {
            "NOTICE_SERVED": self.state in {"OPEN", "NOTIFIED"} and working_day_after(self.today, 5) is not None,
            "DEFENCE_RECORDED": self.state in {"NOTIFIED", "DEFENDED"},
            "REVIEWED": judged and another,
            "CONSENT_GIVEN": self.state == "REVIEWED" and actor is HIGHER,
            "CONSENT_REFUSED": self.state == "REVIEWED" and actor is HIGHER,
            "LISTED": (self.state == "CONSENTED" or (self.state == "REVIEWED" and not self.needs_consent))
            and another
            and actor.identity not in self.consenters,
            "DISMISSED": self.state in UNDECIDED and another,
        }
        return allowed[kind]

    def _lapsed(self) -> bool:
        return self.state == "NOTIFIED" and self.respond_by is not None and self.today > self.respond_by

    def _case_act(self, actor: Actor, step: credit.Step, kind: str) -> Coroutine[Any, Any, credit.StepTaken]:
        match kind:
            case "NOTICE_SERVED":
                return credit.serve_notice(self.database, actor, step, notice(self.today))
            case "DEFENCE_RECORDED":
                return credit.record_defence(self.database, actor, step)
            case "REVIEWED":
                return credit.review_case(self.database, actor, step, Recommendation.LIST)
            case "CONSENT_GIVEN" | "CONSENT_REFUSED":
                return credit.consent_to_case(self.database, actor, step, kind == "CONSENT_GIVEN")
            case "LISTED":
                return credit.decide_case(self.database, actor, step, listing(f"第{self.case}号"))
        return credit.decide_case(self.database, actor, step, credit.Dismissal())

    def _outcome(self, act: Coroutine[Any, Any, credit.StepTaken]) -> credit.StepTaken | None:
        try:
            return self.wait(act)
        except RegisterError:
            return None

    def _begin_entry(self, entry_id: int | None) -> None:
        most = 12 if self.today >= date(2026, 4, 1) else 36
        self.entry, self.entry_number, self.decided = entry_id, 0, self.today
        self.last_day = add_months(self.today, most)
        self.published = self.disputed = self.pending = self.ended = False
        self.objector = self.applicant = ""

    @precondition(lambda self: self.entry is not None)
    @rule(
        actor=st.sampled_from(ACTORS),
        kind=st.sampled_from([kind.value for kind in EntryStepKind if kind != "CORRECTED"]),
    )
    def take_entry_step(self, actor: Actor, kind: str) -> None:
        assert self.entry is not None
        step = credit.EntryStep(self.entry, self.entry_number, PAPER)
        taken = self._outcome(self._entry_act(actor, step, kind))
        assert (taken is not None) == self._may_entry(actor, kind), (kind, actor.identity)
        if taken is None:
            values = self.entry, self.entry_number + 1, kind, None, actor.identity
            assert self.wait(refused_by(self.database, ENTRY_STEP, *values, path=actor.scope))
            return
        self.entry_number = taken.step
        self.published |= kind == "PUBLISHED"
        self.disputed = kind == "OBJECTION_RAISED" or (self.disputed and kind != "OBJECTION_REJECTED")
        self.pending = kind == "REPAIR_APPLIED" or (self.pending and kind != "REPAIR_REFUSED")
        self.ended |= kind in ENDS
        self.objector = actor.identity if kind == "OBJECTION_RAISED" else self.objector
        self.applicant = actor.identity if kind == "REPAIR_APPLIED" else self.applicant

    def _may_entry(self, actor: Actor, kind: str) -> bool:
        running = self.today <= self.last_day
        may_be_repaired = self.today > add_months(self.decided, 3)
        allowed = {
            "PUBLISHED": not self.published and running,
            "OBJECTION_RAISED": not self.disputed,
            "OBJECTION_REJECTED": self.disputed and actor.identity != self.objector,
            "OBJECTION_UPHELD": self.disputed and actor.identity != self.objector,
            "REPAIR_APPLIED": self.published and running and not self.pending and may_be_repaired,
            "REPAIR_GRANTED": self.pending and actor.identity != self.applicant,
            "REPAIR_REFUSED": self.pending and actor.identity != self.applicant,
            "WITHDRAWN": True,
            "ANNULLED": True,
        }
        return allowed[kind] and not self.ended

    def _entry_act(self, actor: Actor, step: credit.EntryStep, kind: str) -> Coroutine[Any, Any, credit.StepTaken]:
        match kind:
            case "PUBLISHED":
                return credit.publish_entry(self.database, actor, step)
            case "OBJECTION_RAISED":
                return credit.raise_objection(self.database, actor, step)
            case "OBJECTION_REJECTED":
                return credit.resolve_objection(self.database, actor, step, credit.Rejected())
            case "OBJECTION_UPHELD":
                return credit.resolve_objection(self.database, actor, step, credit.Annulled("2号"))
            case "REPAIR_APPLIED":
                return credit.apply_for_repair(self.database, actor, step, DONE)
            case "REPAIR_GRANTED" | "REPAIR_REFUSED":
                return credit.decide_repair(self.database, actor, step, kind == "REPAIR_GRANTED", "3号")
        return credit.withdraw_entry(self.database, actor, step, "4号", annulled=kind == "ANNULLED")

    @invariant()
    def everybody_sees_what_is_in_force(self) -> None:
        if getattr(self, "entry", None) is not None:
            seen = self.entry in self.wait(public_ids(self.database))
            assert seen == (self.published and not self.ended and self.today <= self.last_day)

    def teardown(self) -> None:
        self.wait(self.admin.close())
        self.wait(self.opened.__aexit__(None, None, None))
        self.runner.close()


def test_walks_through_the_procedure(addresses: Addresses) -> None:
    walks = settings(max_examples=20, stateful_step_count=25)
    run_state_machine_as_test(lambda: Procedure(addresses), settings=walks)  # type: ignore[no-untyped-call]

    async def violations() -> list[Any]:
        async with open_database(addresses, size=2) as database:
            return (await verify(database)).violations

    assert asyncio.run(violations()) == []
