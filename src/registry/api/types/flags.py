"""Flags: what rules and regulators found, and what became of it; for staff."""

from datetime import date

import strawberry

from registry.api.planner.connections import Connection
from registry.api.planner.declare import column, planned
from registry.api.planner.keyset import Key
from registry.api.scalars import Json
from registry.api.types.admission import staff_alone
from registry.api.types.filters import canonical_code, codes, condition
from registry.api.types.paging import fixed
from registry.api.types.people import PERSON_NAMED, Person
from registry.api.types.terms import FlagSeverity, FlagState
from registry.domain.errors import Bilingual
from registry.domain.identifiers import normalise_code


@strawberry.type(description="What a rule or a regulator found at an institution. 预警")
class Flag:
    """A flag as it stands."""

    id: strawberry.ID = column("{row}.id::text", "Identifier, for resolveFlag. 预警标识")
    rule: str = column("rule", "Code of the rule that raised it; MANUAL for one raised by hand. 规则代码")
    severity: FlagSeverity = column("severity", "How much it weighs. 级别")
    state: FlagState = column("state", "Where it stands. 状态")
    institution_code: str = column("institution_code", "Code of the institution. 机构代码")
    institution_name: str = column("institution_name", "Name of the institution. 机构名称")
    region_code: str = column("region_code", "Region of the authority whose business it is. 负责地区区划代码")
    evidence: Json = column("evidence", "What was found; numbers of people are masked. 依据")
    person: Person | None = planned(PERSON_NAMED, "The person it is about. 涉及人员")
    raised_on: date = column("raised_on", "The law day on which it was raised. 提出日期")
    resolved_on: date | None = column("resolved_on", "The law day on which it was resolved. 处理日期")
    reason: str | None = column("reason", "Why it was dismissed or escalated. 处理理由")
    case_id: strawberry.ID | None = column("{row}.case_id::text", "The case that it became. 案件标识")


@strawberry.input(description="Which flags; all given fields must hold. 预警筛选条件")
class FlagFilter:
    """Conditions on flags."""

    rules: list[str] | None = condition("{row}.rule = ANY ({value})", "text[]", "Raised by one of these rules. 规则")
    states: list[FlagState] | None = condition(
        "{row}.state = ANY ({value})", "text[]", "In one of these states. 状态", codes
    )
    region: str | None = condition(
        "{row}.region_code IN (SELECT r.code FROM register.region AS r "
        "WHERE {value} = ANY (string_to_array(r.path, '/')))",
        "text",
        "In the region with this code, or below. 行政区划代码",
        normalise_code,
    )
    institution: str | None = condition(
        "{row}.institution_code = {value}", "text", "At the institution with this code. 机构代码", canonical_code
    )


_STANDING = (
    "(SELECT f.*, i.code AS institution_code, i.name AS institution_name FROM register.flag AS f "
    "JOIN register.institution AS i ON i.id = f.institution_id) AS {row}"
)
FLAGS = Connection(_STANDING, fixed("flags", Key("{row}.id", "bigint", descending=True)))


admit_to_flags = staff_alone(Bilingual("预警仅限监管部门查询", "Flags are for regulators"), rule="flags.role")
