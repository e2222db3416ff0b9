"""Entries on credit lists that other authorities and courts decided on."""

from registry.domain.credit.vocabulary import EndKind, EntryOrigin, RepairClass, SubjectKind
from registry.domain.errors import Bilingual
from registry.transfer import rules
from registry.transfer.columns import ImportKind
from registry.transfer.kinds.fields import CITIZEN, DAY, ORGANISATION, REGION, column
from registry.transfer.values import Choice, Code, PolicyName, Text

LIST = PolicyName()
DOCUMENT = Text(100)
STATED = Choice(tuple(origin for origin in EntryOrigin if origin is not EntryOrigin.LOCAL))

CREDIT_ENTRIES = ImportKind(
    "credit-entries",
    Bilingual("名单记录", "entries on credit lists decided elsewhere"),
    (
        column("document_number*", DOCUMENT, "决定文书号", "number of the deciding document"),
        column("list_code*", LIST, "名单代码", "code of the list"),
        column("subject_kind*", Choice(tuple(SubjectKind)), "对象类别", "what is listed"),
        column("subject_code", ORGANISATION, "对象代码", "code of the organisation or institution listed"),
        column("citizen_id", CITIZEN, "公民身份号码", "citizen number of the person listed", personal=True),
        column("origin*", STATED, "来源性质", "where the entry comes from"),
        column("decided_on*", DAY, "决定日期", "day of the decision, which may lie before its import"),
        column("ground_code*", Code(), "列入事由代码", "code of the ground"),
        column("repair_class", Choice(tuple(RepairClass)), "失信程度", "class by which the term goes"),
        column("evidence", Text(1000), "事实与证据", "evidence"),
        column("legal_basis*", Text(500), "法律依据", "legal basis"),
        column("remedy", Text(500), "救济途径和期限", "time and way of remedy"),
        column("authority*", Text(), "决定机关", "deciding authority"),
        column("region_code*", REGION, "负责地区区划代码", "region that answers for the entry"),
        column(
            "reference*", DOCUMENT, "来源文号或案号", "reference at its source: case number, or original's document"
        ),
        column("published_on", DAY, "公布日期", "first day of publication; empty means the day of the decision"),
        column(
            "last_day", DAY, "公布截止日(最后一日)", "last day of publication; empty means the longest of its class"
        ),
        column("ended_on", DAY, "移出日期", "day of removal, on which it is in force no more"),
        column("end_kind", Choice(tuple(EndKind)), "移出方式", "how it was removed"),
        column("end_reason", Text(500), "移出事由", "ground of the removal"),
        column("end_document_number", DOCUMENT, "移出文书号", "number of the document that removed it"),
    ),
    ("document_number", "list_code", "subject_kind", "subject_code", "citizen_id"),
    (
        rules.LISTED_SUBJECT,
        rules.not_before("published_on", "decided_on"),
        rules.not_before("last_day", "decided_on"),
        rules.not_before("ended_on", "decided_on"),
        rules.needs("ended_on", "end_kind"),
        rules.needs("end_kind", "ended_on"),
        rules.needs("end_kind", "end_reason"),
        rules.needs("end_reason", "end_kind"),
        rules.needs("end_document_number", "end_kind"),
    ),
)
