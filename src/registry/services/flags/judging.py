"""Flags by hand: raised by a regulator, dismissed with a reason, or escalated to a case in the same change set."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from registry.db.pool import Database, Record, execute, fetch_row, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.credit.vocabulary import Intake, SubjectKind
from registry.domain.errors import Bilingual, Conflict, Forbidden, InputError, NotFound
from registry.domain.flags import COMPLAINT_RECEIVED, MANUAL, FlagState
from registry.domain.identifiers import hide_citizen_ids
from registry.services.credit.acts import Paper, require_text
from registry.services.credit.cases import NewCase, open_within
from registry.services.idempotency import find_answer, remember_answer
from registry.services.permissions import require
from registry.services.transactions import Change, ChangeKind, publishing


@dataclass(frozen=True, slots=True)
class FlagTaken:
    """Where an act left a flag; `case_id` is the case that it was escalated to."""

    flag_id: int
    state: FlagState
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Escalation:
    """The case that a flag becomes; it is about the flag's institution, or about its person where `on_person`."""

    list_code: str
    ground_code: str
    on_person: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    operation: str
    wanted: Mapping[str, object]
    key: str | None


async def _earlier(change: Change, asked: _Asked) -> FlagTaken | None:
    answer = await find_answer(change, asked.key, asked.operation, asked.wanted)
    if answer is None:
        return None
    change.nothing_done = True
    return FlagTaken(answer["flag_id"], FlagState(answer["state"]), answer["case_id"])


async def _finish(change: Change, asked: _Asked, taken: FlagTaken) -> FlagTaken:
    await remember_answer(change, asked.key, asked.operation, asked.wanted, asdict(taken))
    change.subject = f"flag:{taken.flag_id}"
    change.details |= asdict(taken)
    return taken


async def raise_one(
    change: Change, rule: str, institution_code: str, fact_key: str, evidence: Mapping[str, object]
) -> int:
    """Raise a flag of a rule in an open change set, in the region where the institution lies, and return its id.

    Rules: `institution.unknown`, `flag.region`, `flag.rule`, `flag.second` where the fact has a flag.
    """
    connection = change.connection
    home = await fetch_row(connection, "flag/find_institution", institution_code)
    if home is None:
        message = Bilingual("登记簿中没有该机构", "There is no such institution")
        raise NotFound(message, rule="institution.unknown", path=("input", "institution"))
    if not home["in_scope"]:
        message = Bilingual("该机构不属本机关监管", "The institution does not lie in the region acted for")
        raise Forbidden(message, rule="flag.region", path=("input", "institution"))
    if await fetch_value(connection, "flag/is_raised", rule, fact_key):
        message = Bilingual("该事实已有预警", "This fact has a flag already")
        raise Conflict(message, rule="flag.second")
    base = await change.reserve_from(1)
    told = json.dumps(evidence, ensure_ascii=False)
    given = (rule, home["id"], home["region_code"], fact_key, told, change.actor.identity, change.change_id, base + 1)
    flag_id: int | None = await fetch_value(connection, "flag/add", *given)
    if flag_id is None:
        raise InputError(Bilingual("今日无此预警规则", "No such rule is in force today"), rule="flag.rule")
    return flag_id


async def flag_violation(
    database: Database,
    actor: Actor,
    institution_code: str,
    finding: str,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> FlagTaken:
    """Raise a flag by hand for what a regulator found at an institution of its region; the same finding once only.

    Rules: those of `raise_one`, `step.text`.
    """
    require(actor, Role.REGULATOR)
    text = hide_citizen_ids(require_text(finding, "finding"))
    asked = _Asked("flagViolation", {"institution": institution_code, "finding": text}, idempotency_key)
    async with publishing(
        database, actor, ChangeKind.DECISION, asked.operation, action=asked.operation, request_id=request_id
    ) as change:
        if (earlier := await _earlier(change, asked)) is not None:
            return earlier
        fact = f"{institution_code}:{text}"
        flag_id = await raise_one(change, MANUAL, institution_code, fact, {"finding": text})
        return await _finish(change, asked, FlagTaken(flag_id, FlagState.OPEN))


async def _find_open(change: Change, flag_id: int) -> Record:
    row = await fetch_row(change.connection, "flag/find", flag_id)
    if row is None:
        message = Bilingual("没有这样的预警", "There is no such flag")
        raise NotFound(message, rule="flag.unknown", path=("input", "flag"))
    if row["state"] != FlagState.OPEN:
        message = Bilingual("该预警已处理", "The flag is resolved already")
        raise Conflict(message, rule="flag.resolved", path=("input", "flag"))
    return row


def _case_of(flag: Record, flag_id: int, escalation: Escalation, reason: str) -> NewCase:
    kind, code = SubjectKind.INSTITUTION, flag["institution_code"]
    if escalation.on_person:
        if flag["person_id"] is None:
            message = Bilingual("该预警不涉及人员", "The flag is about no person")
            raise InputError(message, rule="flag.person", path=("input", "onPerson"))
        kind, code = SubjectKind.PERSON, str(flag["person_id"])
    of = escalation.list_code, escalation.ground_code, kind, code
    intake = Intake.COMPLAINT if flag["rule"] == COMPLAINT_RECEIVED else Intake.FLAG
    return NewCase(*of, intake, Paper(reason), f"flag:{flag_id}")


async def resolve_flag(
    database: Database,
    actor: Actor,
    flag_id: int,
    reason: str,
    escalation: Escalation | None = None,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> FlagTaken:
    """Dismiss a flag with a reason, or escalate it: the case is opened in the same change set.

    Rules: `flag.unknown`, `flag.resolved` (of two who resolve one flag, one gets Conflict), `flag.person`,
    `step.text`, and those of opening a case.
    """
    require(actor, Role.REGULATOR)
    text = hide_citizen_ids(require_text(reason, "reason"))
    wanted = {"flag": flag_id, "reason": text, "escalation": None if escalation is None else asdict(escalation)}
    asked = _Asked("resolveFlag", wanted, idempotency_key)
    async with publishing(
        database, actor, ChangeKind.DECISION, asked.operation, action=asked.operation, request_id=request_id
    ) as change:
        if (earlier := await _earlier(change, asked)) is not None:
            return earlier
        flag = await _find_open(change, flag_id)
        state, case_id = FlagState.DISMISSED, None
        if escalation is not None:
            state = FlagState.ESCALATED
            case_id = (await open_within(change, _case_of(flag, flag_id, escalation, text))).case_id
        base = await change.reserve_from(1)
        await execute(
            change.connection, "flag/resolve", flag_id, state, actor.identity, text, case_id, change.change_id, base + 1
        )
        return await _finish(change, asked, FlagTaken(flag_id, state, case_id))
