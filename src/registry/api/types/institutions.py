"""Institutions: the facilities, with their official grade and their computed rating."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

import strawberry

from registry.api.planner.declare import Join, One, Part, column, global_id, planned
from registry.api.planner.keyset import Key, Ordering
from registry.api.types.filters import codes, condition, containing
from registry.api.types.organisations import Organisation
from registry.api.types.paging import Node, Page, paged
from registry.api.types.ratings import HISTORY, Rating
from registry.api.types.regions import VALID_ON_DAY, Region, region_of
from registry.api.types.terms import InstitutionKind, OperatingStatus, OrderDirection
from registry.domain.identifiers import normalise_code

RATING = Join("rated", "LEFT JOIN {rating:{row}_rated} ON {row}_rated.institution_id = {row}.id")
SCORE_POLICY = Join(
    "score_policy", "LEFT JOIN {rating_policy:{row}_score_policy} ON {row}_score_policy.id = {rated}.policy_id"
)


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
        "coalesce({rated}.reason, 'NOT_YET_RATED')",
        "The reason's code: what the policy states, or NOT_YET_RATED where no run has looked at it. 原因代码",
        needs=(RATING,),
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
        One("{rating:{row}}", "{row}.institution_id = {parent}.id AND {row}.stars IS NOT NULL"),
        "The computed rating; null where there is none, see notRatedReason. 信用评级",
    )
    not_rated_reason: NotRatedReason | None = planned(
        Part("{rated}.stars IS NULL", needs=(RATING,)), "Why rating is null; null where it is not. 未评级原因"
    )
    rating_history: Page[Rating] = paged(
        HISTORY, "Its ratings so far, newest first; times without a rating are left out. 历史评级"
    )


IN_REGION = (
    "{row}.region_code IN (SELECT d.code FROM {region:a} JOIN {region:d} "
    "ON d.path = a.path OR starts_with(d.path, a.path || '/') WHERE a.code = {value})"
)


@strawberry.input(
    description="Which institutions; all given fields must hold, an empty list matches none. 机构筛选条件"
)
class InstitutionFilter:
    """Conditions on institutions."""

    name_contains: str | None = condition("{row}.name LIKE {value}", "text", "Part of the name. 名称包含", containing)
    code_prefix: str | None = condition(
        "{row}.code ^@ {value}", "text", "Beginning of the code. 代码前缀", normalise_code
    )
    region: str | None = condition(IN_REGION, "text", "In this region or below it. 所在区划(含下级)", normalise_code)
    kinds: list[InstitutionKind] | None = condition(
        "{row}.kind = ANY ({value})", "text[]", "Of these kinds. 机构类型", codes
    )
    statuses: list[OperatingStatus] | None = condition(
        "{row}.status = ANY ({value})", "text[]", "In these states. 经营状态", codes
    )
    scheme: str | None = condition(
        "{row}.scheme = {value}", "text", "With codes of this scheme. 编码体系", normalise_code
    )
    min_beds: int | None = condition("{row}.beds >= {value}", "bigint", "At least so many beds. 床位下限")
    max_beds: int | None = condition("{row}.beds <= {value}", "bigint", "At most so many beds. 床位上限")
    min_stars: int | None = condition("{rated}.stars >= {value}", "bigint", "Rated at least so. 星级下限", int, RATING)
    max_stars: int | None = condition("{rated}.stars <= {value}", "bigint", "Rated at most so. 星级上限", int, RATING)
    rated: bool | None = condition(
        "({rated}.stars IS NOT NULL) = {value}", "boolean", "Whether there is a rating. 是否已评级", bool, RATING
    )
    policy: str | None = condition(
        "{score_policy}.code = {value} OR {score_policy}.code || '@' || {score_policy}.version = {value}",
        "text",
        "Rated or refused a rating under this policy: `CODE`, or `CODE@VERSION`. 评级政策",
        str,
        RATING,
        SCORE_POLICY,
    )


@strawberry.enum(description="What institutions are ordered by. 排序字段")
class InstitutionOrderField(Enum):
    """The orderings of institutions."""

    NAME = strawberry.enum_value("NAME", description="By name, in code point order. 名称")
    CODE = strawberry.enum_value("CODE", description="By code. 代码")
    BEDS = strawberry.enum_value("BEDS", description="By number of beds. 床位数")
    STARS = strawberry.enum_value("STARS", description="By rating; unrated last. 星级")
    SCORE = strawberry.enum_value("SCORE", description="By score; unrated last. 得分")


@strawberry.input(description="One key of an ordering of institutions. 排序")
class InstitutionOrder:
    """A field and its direction."""

    field: InstitutionOrderField = strawberry.field(description="What to order by. 字段")
    direction: OrderDirection = strawberry.field(
        default=OrderDirection.ASC, description="Which way; items without a value come last either way. 方向"
    )


SCORE = "round({rated}.score_scaled / power(10::numeric, {score_policy}.score_decimals), {score_policy}.score_decimals)"
ORDER_KEYS: Mapping[str, Key] = {
    "NAME": Key("{row}.name", "text"),
    "CODE": Key("{row}.code", "text"),
    "BEDS": Key("{row}.beds", "bigint"),
    "STARS": Key("{rated}.stars", "bigint", nullable=True, needs=(RATING,)),
    "SCORE": Key(SCORE, "numeric", nullable=True, needs=(RATING, SCORE_POLICY)),
}


def institution_ordering(given: Mapping[str, Any]) -> Ordering:
    """Return the ordering that `orderBy` asks for, by code if it asks for none; the identifier decides ties."""
    asked = given.get("orderBy") or [{"field": InstitutionOrderField.CODE, "direction": OrderDirection.ASC}]
    keys: dict[str, Key] = {}
    for order in asked:
        name = order["field"].value
        key = ORDER_KEYS[name]
        descending = order["direction"] is OrderDirection.DESC
        keys.setdefault(name, Key(key.template, key.type_name, descending, key.nullable, key.needs))
    descending = next(iter(keys.values())).descending
    return Ordering.of("institutions", *keys.values(), Key("{row}.id", "bigint", descending))
