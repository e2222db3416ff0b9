"""Institutions: the facilities, with their official grade and their computed rating."""

from datetime import date
from typing import Annotated

import strawberry

from registry.api.planner.declare import ForStaff, Join, Many, One, Part, column, global_id, planned
from registry.api.types.credit_caps import SHOWN, AppliedCap, capped_rating, caps_of, suspending
from registry.api.types.credit_pages import FILTER, OF_INSTITUTION, OF_STAFF
from registry.api.types.credit_status import STATUS, CreditStatus
from registry.api.types.explanations import EXPLAINED, RatingExplanation
from registry.api.types.organisations import Organisation
from registry.api.types.paging import Node, Page, paged
from registry.api.types.rating_certificates import CERTIFICATE, RatingCertificate
from registry.api.types.ratings import HISTORY, Rating
from registry.api.types.regions import VALID_ON_DAY, Region, region_of
from registry.api.types.statistics import WORKFORCE, Workforce
from registry.api.types.terms import InstitutionKind, OperatingStatus


def rating_beside(institution_id: str) -> Join:
    """Return the join that looks up the one rating of the institution with this number, for each row by itself.

    The row has the organisation's number too.
    """
    found = capped_rating(institution_id, "{row}.organisation_id")
    return Join("rated", f"LEFT JOIN LATERAL ({found}) AS {{row}}_rated ON true")


RATING = rating_beside("{row}.id")


WORKED_OUT = 500
"""What an explanation costs, in rows: some 40 ms of one core."""
SIGNED = 100
"""What a certificate costs, in rows: a question of its own and a signature."""


@strawberry.type(
    description="A grade by GB/T 37276-2018, decided officially after an assessment; never mixed with the computed "
    "rating. 养老机构等级评定"
)
class AssessedGrade:
    """An assessment in force."""

    grade: int = column("grade", "1 (lowest) to 5. 等级")
    valid_from: date = column("valid_from", "First day of its validity. 有效期起")
    valid_to: date | None = column("valid_to", "Last day of its validity. 有效期止")
    decided_on: date = column("decided_on", "Day of the decision. 评定日期")
    assessor: str = column("assessor", "Who assessed. 评定机构")
    document_number: str | None = column("document_number", "Number of the decision. 文号")


@strawberry.type(description="Why there is no computed rating. 未评级原因")
class NotRatedReason:
    """A reason as the run recorded it."""

    code: str = column(
        "coalesce(CASE WHEN {rated}.stars IS NULL THEN {rated}.reason ELSE " + suspending("{rated}") + " END, "
        "'NOT_YET_RATED')",
        "The reason's code: what the policy states, the code of its cap where an entry on a credit list suspends the "
        "rating, or NOT_YET_RATED where no run has looked at it. 原因代码",
        needs=(RATING,),
    )
    caps: list[AppliedCap] = planned(
        Many(caps_of("{parent}_rated"), "{row}.place", "{row}.entry_id IS NOT NULL", needs=(RATING,)),
        "Where entries on credit lists suspend the rating: which, and why. 名单限制",
    )


GRADE_IN_FORCE = One(
    "{assessment:{row}}", "{row}.institution_id = {parent}.id AND " + VALID_ON_DAY, "{row}.decided_on DESC, {row}.id"
)


@strawberry.type(description="An institution (facility) that serves the elderly. 养老服务机构")
class Institution(Node):
    """An institution as its register row says."""

    id: strawberry.ID = global_id("Institution")
    code: str = column("code", "A unified social credit code as it is, any other as `SCHEME:CODE`. 机构代码")
    scheme: str = column("scheme", "The scheme of its code, `USCC` by default. 编码体系")
    name: str = column("name", "Its name. 名称")
    kind: InstitutionKind = column("kind", "What it does. 机构类型")
    region: Region | None = region_of("region_code", "Where it is. 所在区划")
    organisation: Organisation = planned(
        One("{organisation:{row}}", "{row}.id = {parent}.organisation_id"), "The legal entity that runs it. 经营主体"
    )
    status: OperatingStatus = column("status", "Whether it operates. 经营状态")
    beds: int = column("beds", "Number of beds. 床位数")
    opened_on: date | None = column("opened_on", "Day of its opening. 开业日期")
    closed_on: date | None = column("closed_on", "Day of its closing. 停业日期")
    address: str | None = column("address", "Where it is. 地址")
    assessed_grade: AssessedGrade | None = planned(
        GRADE_IN_FORCE, "The official grade in force on the law day of the question; null without one. 评定等级"
    )
    rating: Rating | None = planned(
        One(
            f"({capped_rating('{parent}.id', '{parent}.organisation_id')}) AS {{row}}",
            SHOWN.replace("{rated}", "{row}"),
        ),
        "The computed rating; null where there is none, see notRatedReason. 信用评级",
    )
    not_rated_reason: NotRatedReason | None = planned(
        Part(f"({SHOWN}) IS NOT TRUE", needs=(RATING,)), "Why rating is null; null where it is not. 未评级原因"
    )
    workforce: Workforce | None = planned(
        WORKFORCE,
        "Who is on post, as counted last; null where nobody was, and in questions about the past. 从业人员情况",
    )
    explanation: RatingExplanation | None = planned(
        EXPLAINED,
        "Why it is rated as it is, or not rated, at the moment asked about; null where no run has looked at it. Worked "
        "out for one institution at a time: in `institution` and `node` alone, at most 5 in one operation. 评级说明",
        weight=WORKED_OUT,
    )
    certificate: RatingCertificate | None = planned(
        CERTIFICATE,
        "Its rating at the moment asked about, signed; one institution at a time, as explanation. 信用评级证书",
        weight=SIGNED,
    )
    rating_history: Page[Rating] = paged(
        HISTORY, "Its ratings so far, newest first; times without a rating are left out. 历史评级"
    )
    credit_status: CreditStatus = planned(STATUS, "Where it stands on credit lists. 信用名单状态")
    credit_entries: Page[Annotated["CreditEntry", strawberry.lazy("registry.api.types.credit_entries")]] = paged(  # type: ignore[name-defined]  # noqa: F821
        OF_INSTITUTION,
        "Entries on credit lists that bear on it: its own, and those of the legal entity that runs it, the newest "
        "decision first. Staff see ended ones too. 信用名单记录",
        (FILTER,),
    )
    listed_staff: Page[Annotated["CreditEntry", strawberry.lazy("registry.api.types.credit_entries")]] | None = paged(  # type: ignore[name-defined]  # noqa: F821
        ForStaff(OF_STAFF),
        "Entries on people who work here as managers or carers on the law day of the question; for regulators in their "
        "region, auditors and administrators, null for others. 在岗管理与护理人员的名单记录(限监管部门)",
        (FILTER,),
    )
