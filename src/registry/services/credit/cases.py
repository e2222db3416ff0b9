"""Cases: opened, served notice, defended, reviewed, consented to, decided; each step by its number, once, today."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date

from registry.db.pool import Database, Record, fetch, fetch_row, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.credit.cases import Acting, CaseStanding, follow
from registry.domain.credit.vocabulary import (
    CaseState,
    CaseStepKind,
    Intake,
    Recommendation,
    ServiceWay,
    SubjectKind,
)
from registry.domain.credit.windows import window_end
from registry.domain.errors import Bilingual, Conflict, Forbidden, InputError, NotFound
from registry.services.credit.acts import Act, Paper, StepTaken, documents_text, perform, require_text
from registry.services.credit.decisions import Dismissal, Listing, decision_details
from registry.services.permissions import require
from registry.services.transactions import Change

BY_THE_SUBJECT = frozenset({CaseStepKind.DEFENCE_RECORDED})
"""Steps that the institution concerned takes as well as the authority that answers for the case."""


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a case is about.

    `subject_code` is the code of an organisation or institution, or the register's id of a person; the case belongs to
    the region of whoever opens it. `intake_reference` names the flag, complaint or transfer it came from.
    """

    list_code: str
    ground_code: str
    subject_kind: SubjectKind
    subject_code: str
    intake: Intake
    paper: Paper
    intake_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """How a notice with reasons and the right to state and defend (告知书) reached the subject, and the proof of it."""

    way: ServiceWay
    served_on: date
    proof: str


@dataclass(frozen=True, slots=True)
class _Move:
    """A step to be written: its kind, its paper, and what its kind has besides."""

    kind: CaseStepKind
    paper: Paper
    given: Mapping[str, object] | Listing | Dismissal


@dataclass(frozen=True, slots=True)
class Step:
    """Which case an act is on, and the number of the newest step that the actor saw."""

    case_id: int
    expected_step: int
    paper: Paper


async def open_case(
    database: Database,
    actor: Actor,
    wanted: NewCase,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> StepTaken:
    """Open a case on a subject of the actor's region.

    Rules: `subject.unknown`, `case.region`, `case.list`, `case.ground`.
    """
    require(actor, Role.REGULATOR)
    act = Act("openCase", asdict(wanted), idempotency_key, request_id)
    return await perform(database, actor, act, lambda change: open_within(change, wanted))


async def open_within(change: Change, wanted: NewCase) -> StepTaken:
    """Open a case within the change set of another act of a regulator."""
    subject = await _find_subject(change, wanted)
    base = await change.reserve_from(1)
    about = subject["organisation_id"], subject["institution_id"], subject["person_id"]
    intake = wanted.intake, wanted.intake_reference
    of = wanted.list_code, wanted.ground_code, *about, change.actor.region_code, *intake
    case_id = await fetch_value(change.connection, "credit/add_case", *of, change.change_id, base + 1)
    return await _write(change, case_id, 1, _Move(CaseStepKind.OPENED, wanted.paper, {}))


async def _find_subject(change: Change, wanted: NewCase) -> Record:
    row = await fetch_row(change.connection, "credit/find_subject", wanted.subject_kind, wanted.subject_code)
    if row is None:
        message = Bilingual("没有这样的对象", "There is no such subject")
        raise InputError(message, rule="subject.unknown", path=("input", "subject"))
    if not row["in_scope"]:
        message = Bilingual("该对象不属本机关监管", "The subject does not lie in the region acted for")
        raise Forbidden(message, rule="case.region", path=("input", "subject"))
    return row


async def serve_notice(
    database: Database,
    actor: Actor,
    step: Step,
    notice: Notice,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> StepTaken:
    """Record the service of a notice; the window to state and defend opens on the day of the record.

    Rules: `notice.served`, `calendar.beyond` where the window reaches beyond the working calendar.
    """
    details = {
        "service_way": notice.way,
        "served_on": notice.served_on.isoformat(),
        "proof": require_text(notice.proof, "proof"),
    }
    act = Act("serveNotice", {**asdict(step), **details}, idempotency_key, request_id)
    return await _take_step(database, actor, act, step, _Move(CaseStepKind.NOTICE_SERVED, step.paper, details))


async def _require_calendar(change: Change) -> None:
    rows = await fetch(change.connection, "credit/window_days", "DEFENCE")
    if rows[0]["days"] is None:
        message = Bilingual("今日无陈述申辩期限规则", "No rule of today tells the window to state and defend")
        raise InputError(message, rule="window.no-rule")
    window_end(rows[0]["today"], rows[0]["days"], {row["day"]: row["working"] for row in rows})


async def record_defence(
    database: Database, actor: Actor, step: Step, *, idempotency_key: str | None = None, request_id: str | None = None
) -> StepTaken:
    """Record what the subject stated in its defence, or that it waives it; the paper's reason says so.

    The institution concerned does so itself from its notice on, or the authority for it. Rule: `case.unknown`.
    """
    act = Act("recordDefence", asdict(step), idempotency_key, request_id)
    return await _take_step(database, actor, act, step, _Move(CaseStepKind.DEFENCE_RECORDED, step.paper, {}))


async def review_case(
    database: Database,
    actor: Actor,
    step: Step,
    recommendation: Recommendation,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> StepTaken:
    """Review a case after the defence, or after the last day for it. Rules: `case.opener`, `case.window`."""
    details = {"recommendation": recommendation}
    act = Act("reviewCase", {**asdict(step), **details}, idempotency_key, request_id)
    return await _take_step(database, actor, act, step, _Move(CaseStepKind.REVIEWED, step.paper, details))


async def consent_to_case(
    database: Database,
    actor: Actor,
    step: Step,
    given: bool,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> StepTaken:
    """Give or refuse the consent of the next higher authority. Rules: `case.higher`, `case.opener`."""
    kind = CaseStepKind.CONSENT_GIVEN if given else CaseStepKind.CONSENT_REFUSED
    act = Act("consentToCase", {**asdict(step), "given": given}, idempotency_key, request_id)
    return await _take_step(database, actor, act, step, _Move(kind, step.paper, {}))


async def decide_case(
    database: Database,
    actor: Actor,
    step: Step,
    decision: Listing | Dismissal,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> StepTaken:
    """List the subject, which makes an entry that is not published yet, or dismiss the case.

    Rules: `case.opener`, `case.consent`, `case.higher`, `entry.class`, `entry.no-term`, `entry.term`, `entry.second`.
    """
    kind = CaseStepKind.LISTED if isinstance(decision, Listing) else CaseStepKind.DISMISSED
    act = Act("decideCase", {**asdict(step), **asdict(decision), "kind": kind}, idempotency_key, request_id)
    return await _take_step(database, actor, act, step, _Move(kind, step.paper, decision))


async def _take_step(database: Database, actor: Actor, act: Act, step: Step, move: _Move) -> StepTaken:
    require(actor, Role.REGULATOR, *((Role.INSTITUTION,) if move.kind in BY_THE_SUBJECT else ()))

    async def take(change: Change) -> StepTaken:
        standing, today = await _find_case(change, step)
        follow(standing, move.kind, Acting(actor.identity, actor.scope, today))
        if move.kind is CaseStepKind.NOTICE_SERVED:
            await _require_calendar(change)
        if isinstance(move.given, Listing | Dismissal):
            told = replace(move, given=decision_details(move.given, today))
            return await _write(change, step.case_id, standing.number + 1, told)
        return await _write(change, step.case_id, standing.number + 1, move)

    return await perform(database, actor, act, take)


async def _find_case(change: Change, step: Step) -> tuple[CaseStanding, date]:
    row = await fetch_row(change.connection, "credit/find_case", step.case_id)
    if row is None:
        message = Bilingual("没有这样的案件", "There is no such case")
        raise NotFound(message, rule="case.unknown", path=("input", "case"))
    if row["number"] != step.expected_step:
        message = Bilingual("案件已有新的步骤，请重新读取", "The case has moved on; read it again")
        raise Conflict(message, rule="case.moved", path=("input", "expectedStep"))
    standing = CaseStanding(
        CaseState(row["state"]),
        row["number"],
        row["region_path"],
        row["needs_consent"],
        row["opener"],
        row["respond_by"],
        row["consenter"],
    )
    return standing, row["today"]


async def _write(change: Change, case_id: int, number: int, move: _Move) -> StepTaken:
    listed = move.kind is CaseStepKind.LISTED
    base = await change.reserve_from(2 if listed else 1)
    row = await fetch_row(
        change.connection,
        "credit/add_case_step",
        case_id,
        number,
        move.kind,
        change.actor.identity,
        require_text(move.paper.reason, "reason"),
        documents_text(move.paper.documents),
        json.dumps(move.given, ensure_ascii=False),
        change.change_id,
        base + 1,
    )
    assert row is not None  # noqa: S101 - INSERT … RETURNING of one row
    entry = await fetch_value(change.connection, "credit/find_entry_of_case", case_id) if listed else None
    return StepTaken(number, case_id, entry, CaseState(row["state"]), row["respond_by"])
