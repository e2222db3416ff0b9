"""Rating policies: versioned documents that say how ratings are computed."""

from datetime import date, datetime

import strawberry

from registry.api.planner.declare import column, global_id, instant
from registry.api.planner.keyset import Key
from registry.api.types.filters import condition
from registry.api.types.paging import Node, fixed
from registry.api.types.regions import Region, region_of
from registry.domain.identifiers import normalise_code

NEWEST_FIRST = fixed(
    "ratingPolicies", Key("{row}.recorded_from", "bigint", descending=True), Key("{row}.id", "bigint", descending=True)
)


@strawberry.type(description="One version of a rating policy; it never changes once added. 评级政策")
class RatingPolicy(Node):
    """A policy version as stored."""

    id: strawberry.ID = global_id("RatingPolicy")
    code: str = column("code", "Its code, common to its versions. 政策代码")
    version: str = column("version", "Its version. 版本")
    title_zh: str = column("title_zh", "Its Chinese title. 中文名称")
    title_en: str = column("title_en", "Its English title. 英文名称")
    region: Region | None = region_of("region_code", "The region that it governs. 适用区划")
    legal_basis: str = column("legal_basis", "The legal source it rests on. 法律依据")
    effective_from: date = column("effective_from", "First day it is in force. 生效日期")
    effective_to: date | None = column("effective_to", "Last day it is in force; null while open. 失效日期")
    sha256: str = column("sha256", "SHA-256 of its canonical form, hexadecimal. 规范形式的摘要")
    document: str = column("document", "The document as it was added (TOML). 政策文本")
    grade_count: int = column("grade_count", "How many grades (stars) it has. 等级数")
    indicators: list[str] = column("to_json({row}.indicators)", "Codes of its indicators, in its order. 指标代码")
    published_at: datetime = instant("recorded_at", "When the register recorded it. 公布时刻")


@strawberry.input(description="Which policies; all given fields must hold. 评级政策筛选条件")
class RatingPolicyFilter:
    """Conditions on policies."""

    code: str | None = condition("{row}.code = {value}", "text", "The code. 政策代码")
    region: str | None = condition(
        "{row}.region_code = {value}", "text", "Code of the region governed. 适用区划", normalise_code
    )
    in_force_on: date | None = condition(
        "{row}.effective_from <= {value} AND ({row}.effective_to IS NULL OR {row}.effective_to >= {value})",
        "date",
        "In force on this day. 该日有效",
    )
