"""The words of credit lists."""

from registry.domain.terms import Term


class ListKind(Term):
    """The kind of a list."""

    RED = "RED", "守信红名单"
    WATCH = "WATCH", "重点关注名单"
    BLACK = "BLACK", "失信惩戒名单"


class SubjectKind(Term):
    """What a case or an entry is about."""

    ORGANISATION = "ORGANISATION", "经营主体"
    INSTITUTION = "INSTITUTION", "机构"
    PERSON = "PERSON", "人员"


class EntryOrigin(Term):
    """Where an entry comes from."""

    LOCAL = "LOCAL", "本系统认定"
    IMPORTED = "IMPORTED", "其他机关认定"
    ADOPTED = "ADOPTED", "互认"
    COURT = "COURT", "人民法院认定"


class RepairClass(Term):
    """The class by which an entry's term goes; the first three are those of dishonesty."""

    MINOR = "MINOR", "轻微"
    GENERAL = "GENERAL", "一般"
    SERIOUS = "SERIOUS", "严重"
    WATCH = "WATCH", "重点关注"
    HONOUR = "HONOUR", "守信激励"


CLASSES: dict[ListKind, frozenset[RepairClass]] = {
    ListKind.RED: frozenset({RepairClass.HONOUR}),
    ListKind.WATCH: frozenset({RepairClass.WATCH}),
    ListKind.BLACK: frozenset({RepairClass.MINOR, RepairClass.GENERAL, RepairClass.SERIOUS}),
}
"""The classes that entries of each kind of list may have."""


class CreditWindowCode(Term):
    """What a window of the procedure is for."""

    DEFENCE = "DEFENCE", "陈述申辩"
    OBJECTION = "OBJECTION", "异议处理"
    REPAIR = "REPAIR", "信用修复"
    PUBLICATION = "PUBLICATION", "公示"
    LOOK_BACK = "LOOK_BACK", "采购回溯"


class Intake(Term):
    """Where the lead of a case came from; a complaint is a lead, never a finding."""

    SUPERVISION = "SUPERVISION", "监督检查"
    FLAG = "FLAG", "系统预警"
    COMPLAINT = "COMPLAINT", "投诉举报"
    OTHER_AUTHORITY = "OTHER_AUTHORITY", "其他机关移送"


class ServiceWay(Term):
    """How a notice was served."""

    DIRECT = "DIRECT", "直接送达"
    LEFT = "LEFT", "留置送达"
    POST = "POST", "邮寄送达"
    ELECTRONIC = "ELECTRONIC", "电子送达"
    ENTRUSTED = "ENTRUSTED", "委托送达"
    ANNOUNCED = "ANNOUNCED", "公告送达"


class Recommendation(Term):
    """What a review recommends."""

    LIST = "LIST", "建议列入"
    DISMISS = "DISMISS", "建议不予列入"


class CaseState(Term):
    """Where a case stands; the last two end it."""

    OPEN = "OPEN", "已立案"
    NOTIFIED = "NOTIFIED", "已告知"
    DEFENDED = "DEFENDED", "已陈述申辩"
    REVIEWED = "REVIEWED", "已审核"
    CONSENTED = "CONSENTED", "上级已同意"
    CONSENT_REFUSED = "CONSENT_REFUSED", "上级不同意"
    LISTED = "LISTED", "决定列入"
    DISMISSED = "DISMISSED", "不予列入"


class CaseStepKind(Term):
    """A step of a case."""

    OPENED = "OPENED", "立案"
    NOTICE_SERVED = "NOTICE_SERVED", "送达告知书"
    DEFENCE_RECORDED = "DEFENCE_RECORDED", "记录陈述申辩"
    REVIEWED = "REVIEWED", "审核"
    CONSENT_GIVEN = "CONSENT_GIVEN", "上级同意"
    CONSENT_REFUSED = "CONSENT_REFUSED", "上级不同意"
    LISTED = "LISTED", "决定列入"
    DISMISSED = "DISMISSED", "决定不予列入"


class EntryStepKind(Term):
    """A step of an entry after its decision."""

    PUBLISHED = "PUBLISHED", "公示"
    OBJECTION_RAISED = "OBJECTION_RAISED", "提出异议"
    OBJECTION_REJECTED = "OBJECTION_REJECTED", "异议不成立"
    OBJECTION_UPHELD = "OBJECTION_UPHELD", "异议成立并撤销"
    CORRECTED = "CORRECTED", "异议成立并更正"
    REPAIR_APPLIED = "REPAIR_APPLIED", "申请信用修复"
    REPAIR_GRANTED = "REPAIR_GRANTED", "准予信用修复"
    REPAIR_REFUSED = "REPAIR_REFUSED", "不予信用修复"
    WITHDRAWN = "WITHDRAWN", "移出"
    ANNULLED = "ANNULLED", "撤销"


class EndKind(Term):
    """What ended an entry before its last day."""

    REPAIRED = "REPAIRED", "信用修复"
    ANNULLED = "ANNULLED", "撤销"
    WITHDRAWN = "WITHDRAWN", "移出"
