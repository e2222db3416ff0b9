"""The root fields on credit lists: entries, rules, cases, flags, complaints."""

from functools import partial

import strawberry

from registry.api.planner.declare import argument
from registry.api.root_fields import AS_OF, root
from registry.api.types.complaints import (
    BY_RECEIPT,
    COMPLAINTS,
    Complaint,
    ComplaintFilter,
    ComplaintReceipt,
    admit_to_complaints,
)
from registry.api.types.credit_cases import (
    CASE,
    CASES,
    READERS,
    UNSEEN,
    CreditCase,
    CreditCaseFilter,
    admit_to_case,
    admit_to_cases,
)
from registry.api.types.credit_entries import CreditEntry
from registry.api.types.credit_pages import ENTRIES, FILTER
from registry.api.types.credit_rules import (
    FLAG_RULES,
    LISTS,
    TERMS,
    WINDOWS,
    CreditList,
    CreditListFilter,
    CreditTerm,
    CreditTermFilter,
    CreditWindow,
    DatedRuleFilter,
    FlagRule,
)
from registry.api.types.flags import FLAGS, Flag, FlagFilter, admit_to_flags
from registry.api.types.paging import BOTH_WAYS, Page, paged


@strawberry.type
class ListQueries:
    """What can be asked of credit lists."""

    credit_entries: Page[CreditEntry] = paged(
        ENTRIES,
        "Entries on credit lists, the newest decision first. Everybody sees what was in force at the moment asked "
        "about and is in force now; regulators also see what has ended in their region, auditors and administrators "
        "everywhere. 信用名单记录",
        (FILTER, AS_OF),
        wrap=root,
    )
    credit_lists: Page[CreditList] = paged(
        LISTS,
        "Credit lists with their grounds and consequences, by code; one item for each time the rules changed. 信用名单",
        (argument("filter", CreditListFilter | None, "Which lists. 筛选条件"),),
        wrap=root,
    )
    credit_terms: Page[CreditTerm] = paged(
        TERMS,
        "How long entries are published, by class; one item for each time the rules changed. 公示期限",
        (argument("filter", CreditTermFilter | None, "Which terms. 筛选条件"),),
        wrap=root,
    )
    credit_windows: Page[CreditWindow] = paged(
        WINDOWS,
        "How long the steps of the procedure may take, by code; one item for each time the rules changed. 办理期限",
        (argument("filter", DatedRuleFilter | None, "Which windows. 筛选条件"),),
        wrap=root,
    )
    flag_rules: Page[FlagRule] = root(
        FLAG_RULES,
        "What raises flags, by code; one item for each time the rules changed. For regulators, auditors and "
        "administrators; others are refused. 预警规则",
        (*BOTH_WAYS, argument("filter", DatedRuleFilter | None, "Which rules. 筛选条件")),
        staff=FLAG_RULES,
        admit=admit_to_flags,
    )
    flags: Page[Flag] = root(
        FLAGS,
        "What rules and regulators found, as it stands, the newest first. For regulators in their region, auditors and "
        "administrators; others are refused. 预警",
        (*BOTH_WAYS, argument("filter", FlagFilter | None, "Which flags. 筛选条件")),
        staff=FLAGS,
        admit=admit_to_flags,
    )
    complaints: Page[Complaint] = root(
        COMPLAINTS,
        "What the public complained of, the newest first. For regulators in their region, auditors and administrators; "
        "others are refused. 举报",
        (*BOTH_WAYS, argument("filter", ComplaintFilter | None, "Which complaints. 筛选条件")),
        staff=COMPLAINTS,
        admit=admit_to_complaints,
    )
    complaint_receipt: ComplaintReceipt | None = root(
        BY_RECEIPT,
        "Where the complaint with this receipt stands; null where there is none. For everybody. 查询举报办理情况",
        (argument("receipt", str, "The receipt that fileComplaint gave. 回执编号"),),
    )
    cases: Page[CreditCase] = paged(
        CASES,
        "Cases on whether to list somebody, as they stand, the newest first. For regulators in their region, auditors "
        "and administrators; others are refused. 信用案件",
        (argument("filter", CreditCaseFilter | None, "Which cases. 筛选条件"),),
        wrap=partial(root, staff=CASES, admit=admit_to_cases),
    )
    credit_case: CreditCase | None = root(
        UNSEEN,
        "The case with this identifier; null where the region has none. For who may ask `cases` and, once its notice "
        "was served, the institution concerned. 按标识查询案件",
        (argument("id", strawberry.ID, "The case's identifier. 案件标识"),),
        staff=CASE,
        readers=READERS,
        admit=admit_to_case,
    )
