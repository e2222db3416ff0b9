"""Cases: whom an authority means to list and why, and every step it took; for staff."""

import builtins
from collections.abc import Mapping
from datetime import date
from typing import Any

import strawberry

from registry.api.planner.connections import Connection
from registry.api.planner.declare import Argument, Column, ForStaff, Many, One, OrOwn, column, planned
from registry.api.planner.keyset import Key
from registry.api.scalars import Json
from registry.api.types.admission import staff_alone
from registry.api.types.credit_entries import SUBJECT, CreditEntry, CreditSubject
from registry.api.types.filters import canonical_code, codes, condition
from registry.api.types.paging import fixed
from registry.api.types.people import PERSON_NAMED, Person
from registry.api.types.terms import (
    CaseState,
    CaseStepKind,
    EntryStepKind,
    Intake,
    Recommendation,
    RepairClass,
    ServiceWay,
    SubjectKind,
)
from registry.domain.access import STAFF_ROLES, Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, Forbidden
from registry.domain.identifiers import normalise_code


@strawberry.type(description="A step of a case; never altered. 案件办理步骤")
class CaseStep:
    """A step of a case."""

    number: int = column("number", "Its number, from 1 without gaps. 序号")
    kind: CaseStepKind = column("kind", "What was done. 步骤")
    state: CaseState = column("state", "Where it left the case. 案件状态")
    day: date = column("day", "The law day on which it was taken. 办理日期")
    actor: str | None = planned(
        ForStaff(Column("{row}.actor")), "Who took it, as the audit chain names them; for staff. 办理人"
    )
    actor_region_code: str | None = column("actor_region", "Region of the authority that took it. 办理机关区划代码")
    reason: str = column("reason", "Why. 理由")
    documents: Json = column("documents", "Its documents: `number`, `dated`, `sha256`. 文书")
    service_way: ServiceWay | None = column("service_way", "How a notice was served. 送达方式")
    served_on: date | None = column("served_on", "When a notice was served. 送达日期")
    proof: str | None = column("proof", "The proof of service. 送达证明")
    respond_by: date | None = column("respond_by", "Last day to state and defend. 陈述申辩截止日期")
    recommendation: Recommendation | None = column("recommendation", "What a review recommends. 审核意见")
    repair_class: RepairClass | None = column("repair_class", "The class of a decision to list. 失信程度")
    document_number: str | None = column("document_number", "Number of a decision. 决定文书号")


@strawberry.type(description="A step of an entry after its decision; never altered. 名单记录办理步骤")
class EntryStep:
    """A step of an entry."""

    number: int = column("number", "Its number, from 1 without gaps. 序号")
    kind: EntryStepKind = column("kind", "What was done. 步骤")
    day: date = column("day", "The law day on which it was taken. 办理日期")
    actor: str | None = planned(
        ForStaff(Column("{row}.actor")), "Who took it, as the audit chain names them; for staff. 办理人"
    )
    reason: str = column("reason", "Why. 理由")
    documents: Json = column("documents", "Its documents: `number`, `dated`, `sha256`. 文书")


@strawberry.type(description="A case of an authority on whether to list somebody. 信用案件")
class CreditCase:
    """A case after its newest step."""

    id: strawberry.ID = column("{row}.id::text", "Identifier, for the mutations on cases. 案件标识")
    state: CaseState = column("state", "Where it stands. 状态")
    step: int = column("step", "Number of its newest step, for `expectedStep`. 最新步骤序号")
    respond_by: date | None = column(
        "respond_by", "Last day to state and defend, where a notice was the newest step. 陈述申辩截止日期"
    )
    list_code: str = column("list_code", "Code of the list. 名单代码")
    ground_code: str = column("ground_code", "Code of the ground. 事由代码")
    subject: CreditSubject = planned(SUBJECT, "Whom it is about. 案件对象")
    person: Person | None = planned(PERSON_NAMED, "The person it is about, in the region. 涉及人员")
    subject_kind: SubjectKind = column("subject_kind", "What it is about. 对象类别")
    region_code: str = column("region_code", "Region of the authority that answers for it. 办理机关区划代码")
    intake: Intake | None = planned(ForStaff(Column("{row}.intake")), "Where the lead came from; for staff. 线索来源")
    intake_reference: str | None = planned(
        ForStaff(Column("{row}.intake_reference")), "The flag, complaint or transfer; for staff. 线索编号"
    )
    opened_on: date = column("opened_on", "The law day on which it was opened. 立案日期")
    steps: builtins.list[CaseStep] = planned(
        Many("register.case_step AS {row}", "{row}.number", "{row}.case_id = {parent}.id"),
        "Every step, the first one first; the institution concerned is told of notice, defence and decision. 办理步骤",
    )
    entry: CreditEntry | None = planned(
        One("{credit_entry:{row}}", "{row}.id = {parent}.entry_id"), "The entry that it led to. 名单记录"
    )
    entry_steps: builtins.list[EntryStep] = planned(
        Many("register.entry_step AS {row}", "{row}.number", "{row}.entry_id = {parent}.entry_id"),
        "What became of that entry, the first step first. 名单记录办理步骤",
    )


@strawberry.input(description="Which cases; all given fields must hold. 案件筛选条件")
class CreditCaseFilter:
    """Conditions on cases."""

    states: builtins.list[CaseState] | None = condition(
        "{row}.state = ANY ({value})", "text[]", "In one of these states. 状态", codes
    )
    lists: builtins.list[str] | None = condition(
        "{row}.list_code = ANY ({value})", "text[]", "On one of these lists. 名单代码"
    )
    region: str | None = condition(
        "{row}.region_code IN (SELECT r.code FROM register.region AS r "
        "WHERE {value} = ANY (string_to_array(r.path, '/')))",
        "text",
        "Of an authority of the region with this code, or below. 行政区划代码",
        normalise_code,
    )
    subject: str | None = condition(
        "({row}.institution_id IN (SELECT i.id FROM register.institution AS i WHERE i.code = {value}) "
        "OR {row}.organisation_id IN (SELECT o.id FROM register.organisation AS o WHERE o.code = {value}))",
        "text",
        "About the institution or organisation with this code. 对象代码",
        canonical_code,
    )


_STANDING = (
    "(SELECT c.*, n.state, n.number AS step, n.respond_by, o.day AS opened_on, e.id AS entry_id, "
    "register.credit_subject_kind(c.organisation_id, c.institution_id) AS subject_kind, "
    "register.credit_subject_code(c.organisation_id, c.institution_id, c.person_id) AS subject_code, "
    "register.credit_subject_name(c.organisation_id, c.institution_id, c.person_id) AS subject_name "
    "FROM register.credit_case AS c JOIN register.case_step AS o ON o.case_id = c.id AND o.number = 1 "
    "JOIN LATERAL (SELECT s.state, s.number, s.respond_by FROM register.case_step AS s WHERE s.case_id = c.id "
    "ORDER BY s.number DESC LIMIT 1) AS n ON true LEFT JOIN register.credit_entry AS e ON e.case_id = c.id) AS {row}"
)
CASES = Connection(_STANDING, fixed("cases", Key("{row}.id", "bigint", descending=True)))
_OWN = "register.own_case AS {row}"
READERS = STAFF_ROLES | {Role.INSTITUTION}
"""Who reads a case: staff, and of its own, once its notice was served, the institution concerned."""
CASE_TAKEN = OrOwn(One(_STANDING, "{row}.id = {number}"), One(_OWN, "{row}.id = {number}"))
"""The case of a mutation's payload."""


def case_number(text: str) -> int | None:
    """Return the number of a case by its identifier; None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


_NUMBERED = {"id": Argument("bigint", case_number)}
CASE = OrOwn(One(_STANDING, "{row}.id = {id}", arguments=_NUMBERED), One(_OWN, "{row}.id = {id}", arguments=_NUMBERED))
UNSEEN = ForStaff(CASE_TAKEN)
"""What all others are answered instead of a case."""


admit_to_cases = staff_alone(Bilingual("案件仅限监管部门查询", "Cases are for regulators"), rule="cases.role")


def admit_to_case(_: Mapping[str, Any], actor: Actor) -> None:
    """Refuse whoever is neither staff nor an institution. Rule: `cases.role`."""
    if actor.role not in READERS:
        zh, en = "案件仅限监管部门和当事机构查询", "A case is for regulators and the institution concerned"
        raise Forbidden(Bilingual(zh, en), rule="cases.role")
