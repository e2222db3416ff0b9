"""Complaints: for whoever holds the receipt where they stand; for staff what they say, never who complained."""

from datetime import date

import strawberry

from registry.api.planner.connections import Connection
from registry.api.planner.declare import Argument, One, column
from registry.api.planner.keyset import Key
from registry.api.types.admission import staff_alone
from registry.api.types.filters import canonical_code, codes, condition
from registry.api.types.paging import fixed
from registry.api.types.terms import ComplaintState
from registry.domain.errors import Bilingual


@strawberry.type(description="Where a complaint stands, for whoever holds its receipt. 举报办理情况")
class ComplaintReceipt:
    """What a receipt tells."""

    receipt: str = column("receipt_number", "The receipt. 回执编号")
    state: ComplaintState = column("state", "Where it stands. 状态")
    received_on: date = column("received_on", "The law day on which it was received. 接收日期")
    resolved_on: date | None = column("resolved_on", "The law day on which it was dismissed or led to a case. 处理日期")


@strawberry.type(description="A complaint on an institution: a lead, never a finding. 举报")
class Complaint:
    """A complaint as staff may know it."""

    id: strawberry.ID = column("{row}.id::text", "Identifier, for revealComplainant. 举报标识")
    receipt: str = column("receipt", "The receipt that the complainant holds. 回执编号")
    state: ComplaintState = column("state", "Where it stands: as its flag does. 状态")
    institution_code: str = column("institution_code", "Code of the institution. 机构代码")
    institution_name: str = column("institution_name", "Name of the institution. 机构名称")
    region_code: str = column("region_code", "Region of the authority whose business it is. 负责地区区划代码")
    account: str | None = column("account", "What happened; null once it was erased. 情况说明")
    anonymous: bool = column("{row}.complainant IS NULL", "Whether nobody is named, or any more. 是否匿名")
    received_on: date = column("received_on", "The law day on which it was received. 接收日期")
    resolved_on: date | None = column("resolved_on", "The law day on which its flag was resolved. 处理日期")
    reason: str | None = column("reason", "Why it was dismissed or led to a case. 处理理由")
    flag_id: strawberry.ID = column("{row}.flag_id::text", "Its flag, which resolveFlag resolves. 预警标识")
    case_id: strawberry.ID | None = column("{row}.case_id::text", "The case that it led to. 案件标识")


@strawberry.input(description="Which complaints; all given fields must hold. 举报筛选条件")
class ComplaintFilter:
    """Conditions on complaints."""

    states: list[ComplaintState] | None = condition(
        "{row}.state = ANY ({value})", "text[]", "In one of these states. 状态", codes
    )
    institution: str | None = condition(
        "{row}.institution_code = {value}", "text", "On the institution with this code. 机构代码", canonical_code
    )


_STANDING = (
    "(SELECT c.*, (c.received_at AT TIME ZONE 'Asia/Shanghai')::date AS received_on, "
    "f.resolved_on, f.reason, f.case_id, "
    "CASE f.state WHEN 'OPEN' THEN 'RECEIVED' WHEN 'ESCALATED' THEN 'LED_TO_CASE' ELSE f.state END AS state, "
    "i.code AS institution_code, i.name AS institution_name FROM register.complaint AS c "
    "JOIN register.flag AS f ON f.id = c.flag_id JOIN register.institution AS i ON i.id = c.institution_id) AS {row}"
)
COMPLAINTS = Connection(_STANDING, fixed("complaints", Key("{row}.id", "bigint", descending=True)))
BY_RECEIPT = One(
    "disclosure.complaint_told({receipt}) AS {row}",
    arguments={"receipt": Argument("text", lambda text: text.strip().upper())},
)


admit_to_complaints = staff_alone(
    Bilingual("举报仅限监管部门查询", "Complaints are for regulators"), rule="complaints.role"
)
