"""Entries on credit lists: who is listed, for what, by whom, and on which days it is in force."""

import builtins
from datetime import date
from typing import Annotated

import strawberry

from registry.api.planner.declare import Choice, Element, ForConcerned, Many, One, column, global_id, planned
from registry.api.types.credit_rules import CreditConsequence, CreditGround, CreditList, held_on
from registry.api.types.institutions import Institution
from registry.api.types.organisations import Organisation
from registry.api.types.paging import Node
from registry.api.types.regions import Region, region_of
from registry.api.types.terms import EndKind, EntryOrigin, ListKind, RepairClass

_STAFF = "For regulators of its region, auditors and administrators; null for others."


@strawberry.type(description="A person on a credit list: name and masked number, and nothing else. 名单上的人员")
class ListedPerson:
    """A listed person as everybody may know them."""

    name: str = column("coalesce({row}.subject_name, '')", "The name; empty once it was erased. 姓名")
    number_mask: str | None = column(
        "subject_code", "The citizen number without its middle, as `110105********002X`. 公民身份号码(掩码)"
    )


CreditSubject = Annotated[
    Institution | Organisation | ListedPerson,
    strawberry.union("CreditSubject", description="Who is on a credit list. 名单对象"),
]


def _is(type_name: str) -> Element:
    return Element({type_name: "true"})


SUBJECT = Choice(
    {
        "{row}.institution_id IS NOT NULL": One(
            "{institution:{row}}", "{row}.id = {parent}.institution_id", element=_is("Institution")
        ),
        "{row}.organisation_id IS NOT NULL": One(
            "{organisation:{row}}", "{row}.id = {parent}.organisation_id", element=_is("Organisation")
        ),
        "true": One("(SELECT {parent}.subject_name, {parent}.subject_code) AS {row}", element=_is("ListedPerson")),
    }
)
DECIDED = "{parent}.decided_on"
_NEWEST_STEP = "(SELECT n.number FROM register.entry_standing({row}.id) AS n)"


@strawberry.type(
    description="An entry on a credit list. Whether it is in force follows from its days alone: the day it was "
    "published and the last day count in full, by Asia/Shanghai. 信用名单记录"
)
class CreditEntry(Node):
    """An entry with what its decision publishes."""

    id: strawberry.ID = global_id("CreditEntry")
    list: CreditList = planned(
        One("{credit_list:{row}}", f"{{row}}.code = {{parent}}.list_code AND {held_on(DECIDED)}"),
        "The list, by the rules of the day of the decision. 名单",
    )
    kind: ListKind = column("list_kind", "The kind of the list. 名单类别")
    ground: CreditGround = planned(
        One(
            "{credit_ground:{row}}",
            f"{{row}}.code = {{parent}}.ground_code AND {held_on(DECIDED)}",
        ),
        "Why, by the rules of the day of the decision. 列入事由",
    )
    origin: EntryOrigin = column("origin", "Where it comes from. 记录来源")
    subject: CreditSubject = planned(SUBJECT, "Who is listed. 名单对象")
    region: Region | None = region_of("region_code", "Of the authority that answers for it. 列入机关所在区划")
    authority: str = column("authority", "Who decided. 列入机关")
    document_number: str = column("document_number", "Number of the decision. 决定文书号")
    reference: str | None = column("reference", "How the authority that decided elsewhere names it. 原记录标识")
    decided_on: date = column("decided_on", "Day of the decision; terms count from it. 决定日期")
    published_on: date | None = column("in_force_from", "Day of its publication; null where not published. 公示日期")
    in_force_from: date | None = column("in_force_from", "First day in force. 有效期起")
    in_force_to: date | None = column(
        "in_force_to",
        "Last day in force as things stand, counted in full; null without an end. Repair, annulment and withdrawal "
        "move it to the day before. 有效期止",
    )
    in_force: bool = column(
        "coalesce({row}.in_force_from <= {day} AND ({row}.in_force_to IS NULL OR {row}.in_force_to >= {day}), false)",
        "Whether it is in force on the law day of the question. 是否有效",
    )
    repair_class: RepairClass | None = column("repair_class", "The class by which its term goes. 失信程度")
    earliest_repair: date | None = column(
        "CASE WHEN {row}.list_kind <> 'RED' THEN {row}.repair_from END",
        "The first day on which repair can be asked for; null for honours. 最早可申请修复日期",
    )
    disputed: bool = column("disputed", "Whether an objection to it is being looked at. 是否异议处理中")
    remedy: str = column("remedy", "How and until when the decision can be contested. 救济途径和期限")
    legal_basis: str = column("legal_basis", "The legal source of the decision. 法律依据")
    consequences: builtins.list[CreditConsequence] = planned(
        Many(
            "{credit_consequence:{row}}",
            "{row}.id",
            "{row}.list_code = {parent}.list_code AND {row}.ground_code IN ('', {parent}.ground_code) "
            f"AND {held_on(DECIDED)}",
        ),
        "What follows from it while it is in force, by the rules of the day of the decision. 激励或惩戒措施",
    )
    original: Annotated["CreditEntry", strawberry.lazy("registry.api.types.credit_entries")] | None = planned(
        One("{credit_entry:{row}}", "{row}.id = {parent}.original_id"),
        "The entry of another region that it recognises, and whose end it follows. 互认的原记录",
    )
    step: int | None = planned(
        ForConcerned(_NEWEST_STEP),
        "Number of its newest step, for `expectedStep`; 0 where it has none. For staff who see its steps and for the "
        "institution that it bears on, as it stands now whatever instant is asked about; null for others. 最新步骤序号",
    )
    due_on: date | None = planned(
        ForConcerned("register.entry_due({row}.id)"),
        "The last day for its authority to decide on the objection or the application for repair that is open, or to "
        "publish it; the earliest where there are several. For whom `step` is, as it stands now; null where nothing is "
        "due, or the working calendar does not reach the day. 办理期限",
    )
    repair_pending: bool | None = column(
        "repair_pending", f"Whether repair was asked for and is not decided. {_STAFF} 是否正在申请修复"
    )
    ended_on: date | None = column(
        "ended_on",
        f"Day of the repair, annulment or withdrawal, on which it is not in force any more. {_STAFF} 终止日期",
    )
    end_kind: EndKind | None = column("end_kind", f"What ended it before its last day. {_STAFF} 终止方式")
    end_reason: str | None = column("end_reason", f"Why it was ended. {_STAFF} 终止理由")
    end_document_number: str | None = column(
        "end_document_number", f"Number of the decision to end it. {_STAFF} 终止文书号"
    )
    evidence: str | None = column("evidence", f"The evidence the decision names. {_STAFF} 证据")


__all__ = ["CreditEntry", "CreditSubject", "ListedPerson"]
