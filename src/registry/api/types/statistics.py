"""Statistics of the workforce: of an institution, and of a region over time."""

from datetime import date
from decimal import Decimal

import strawberry

from registry.api.planner.declare import Argument, Many, One, column, planned
from registry.api.scalars import Long
from registry.api.types.regions import Region, region_of
from registry.api.types.terms import Education, SkillLevel
from registry.domain.identifiers import normalise_code

_LEVELS = ", ".join(["NULL", *(f"'{level}'" for level in SkillLevel)])


@strawberry.type(description="How many carers hold this level as their highest. 技能等级人数")
class SkillLevelCount:
    """A rung of the ladder."""

    level: SkillLevel | None = column(f"(ARRAY[{_LEVELS}])[{{row}}.place]", "The level; null for none. 技能等级")
    people: int = column("people", "Heads. 人数")


LADDER = Many("unnest({parent}.levels) WITH ORDINALITY AS {row}(people, place)", "{row}.place")
LADDER_ABOUT = "Carers by the highest level that they hold, from none upwards; empty where withheld. 技能等级结构"
WITHHELD_ABOUT = "Whether counts are left out because they tell of fewer than five people. 人数过少不予公开"


@strawberry.type(
    description="Who is on post at an institution, as counted on a law day, in heads; the register's nightly count. "
    "The certified ratio of a rating goes by its policy and may differ. 从业人员情况"
)
class Workforce:
    """The newest count of an institution."""

    day: date = column("day", "The law day counted. 统计日期")
    people: int | None = column("people", "Heads on post; null where withheld. 在岗人数")
    carers: int | None = column("carers", "Carers among them; null where withheld. 养老护理员人数")
    certified_carers: int | None = column("certified", "Carers with any certificate in force. 持证养老护理员人数")
    certified_ratio: Decimal | None = column(
        "{row}.certified_ratio::text", "Certified carers of all carers, four decimals; null without carers. 持证上岗率"
    )
    skill_ladder: list[SkillLevelCount] = planned(LADDER, LADDER_ABOUT)
    counts_withheld: bool = column("withheld", WITHHELD_ABOUT)


WORKFORCE = One("disclosure.workforce AS {row}", "{row}.institution_id = {parent}.id AND {position} IS NULL")


@strawberry.type(description="How many people have posts of this occupation. 职业人数")
class OccupationCount:
    """An occupation of a region."""

    occupation: str = column("code", "Code of the occupation. 职业代码")
    people: int = column("{row}.people::integer", "Heads. 人数")


@strawberry.type(description="How many people have this highest education. 学历人数")
class EducationCount:
    """A step of education."""

    education: Education | None = column(
        "nullif({row}.code, 'UNKNOWN')", "The highest education; null where not recorded. 学历"
    )
    people: int = column("{row}.people::integer", "Heads. 人数")


@strawberry.type(description="How many staff of an occupation are needed and missing by a rule. 人员缺口")
class StaffGap:
    """A demand on numbers held against those on post."""

    occupation: str = column("occupation", "Code of the occupation. 职业代码")
    counted: str = column("counted", "What is counted: BEDS or ELDERLY (60 years and more). 计算基数")
    one_per: int = column("one_per", "One is needed for each full number of these. 每多少配备一名")
    needed: int = column("needed", "How many are needed. 应配人数")
    present: int = column("present", "How many are on post. 在岗人数")
    missing: int = column("greatest({row}.needed - {row}.present, 0)", "How many are missing. 缺口")
    legal_basis: str = column("legal_basis", "The rule's basis. 依据")


_GAPS = (
    "(SELECT r.*, n.counted_of / r.one_per AS needed, coalesce(({parent}.occupations ->> r.occupation)::integer, 0) "
    "AS present FROM disclosure.staffing_rule AS r CROSS JOIN LATERAL (SELECT CASE r.counted WHEN 'BEDS' "
    "THEN {parent}.beds ELSE {parent}.aged_60 END AS counted_of) AS n WHERE r.effective @> {parent}.day "
    "AND n.counted_of IS NOT NULL AND {parent}.occupations IS NOT NULL) AS {row}"
)


@strawberry.type(description="A region and all below it on a law day. 区域统计")
class RegionStatistic:
    """What was counted on a day."""

    day: date = column("day", "The law day counted. 统计日期")
    institutions: int = column("institutions", "Institutions that operate. 在营机构数")
    beds: Long = column("beds", "Their beds. 床位数")
    rated: int = column("rated", "How many of them are rated. 已评级机构数")
    counts_by_stars: list[int] = column(
        "to_json({row}.stars)",
        "How many have one star, two and so on, before credit lists act. 各星级机构数",
    )
    people: int | None = column("people", "Heads on post; null where withheld. 在岗人数")
    carers: int | None = column("carers", "Carers among them; null where withheld. 养老护理员人数")
    certified_carers: int | None = column("certified", "Carers with any certificate in force. 持证养老护理员人数")
    certified_ratio: Decimal | None = column(
        "{row}.certified_ratio::text", "Certified carers of all carers, four decimals; null without carers. 持证上岗率"
    )
    skill_ladder: list[SkillLevelCount] = planned(LADDER, LADDER_ABOUT)
    occupations: list[OccupationCount] = planned(
        Many("jsonb_each({parent}.occupations) AS {row}(code, people)", "{row}.people::integer DESC, {row}.code"),
        "Heads by occupation, who has two counts in both; empty where withheld. 职业结构",
    )
    education: list[EducationCount] = planned(
        Many("jsonb_each({parent}.education) AS {row}(code, people)", "{row}.people::integer DESC, {row}.code"),
        "Heads by highest education; empty where withheld. 学历结构",
    )
    elderly: int | None = column("aged_60", "People of 60 years and more in the region by the newest survey. 老年人口")
    gaps: list[StaffGap] = planned(
        Many(_GAPS, "{row}.occupation, {row}.counted"), "Demands on numbers, and what is missing. 人员缺口"
    )
    counts_withheld: bool = column("withheld", WITHHELD_ABOUT)


@strawberry.type(
    description="Wages a month before tax as institutions report them, by the lower ends of the bands in which the "
    "quarters lie; ten people of two institutions at least. 工资水平"
)
class WageStatistic:
    """A survey of a region, an occupation and a level."""

    occupation: str = column("occupation", "Code of the occupation. 职业代码")
    level: SkillLevel | None = column(
        f"(ARRAY[{_LEVELS}])[{{row}}.level + 1]", "The skill level; null for all. 技能等级"
    )
    surveyed_on: date = column("surveyed_on", "Day of the survey. 调查日期")
    people: Long = column("people", "How many people were surveyed. 人数")
    lower_quarter_from_yuan: int = column("lower_quarter_from_yuan", "Where the lower quarter ends. 下四分位(元)")
    median_from_yuan: int = column("median_from_yuan", "Where the middle lies. 中位数(元)")
    upper_quarter_from_yuan: int = column("upper_quarter_from_yuan", "Where the upper quarter begins. 上四分位(元)")


_DAYS = (
    "(SELECT s.* FROM disclosure.region_statistic AS s WHERE s.region_code = {parent}.region_code "
    "AND s.day >= coalesce({parent}.day_from, '-infinity') AND s.day <= coalesce({parent}.day_to, 'infinity') "
    "ORDER BY s.day DESC LIMIT CASE WHEN {parent}.day_from IS NULL THEN 1 ELSE 400 END) AS {row}"
)
_WAGES = (
    "(SELECT w.* FROM disclosure.wage_statistic AS w WHERE w.region_code = {parent}.region_code AND w.surveyed_on = "
    "(SELECT max(n.surveyed_on) FROM disclosure.wage_statistic AS n WHERE n.region_code = {parent}.region_code)) "
    "AS {row}"
)


@strawberry.type(description="Statistics of a region and all below it. 区域统计")
class RegionStatistics:
    """What the register counted of a region."""

    region: Region | None = region_of("region_code", "The region; null for an unknown code. 行政区划")
    days: list[RegionStatistic] = planned(
        Many(_DAYS, "{row}.day"),
        "The days counted, the earliest first: from `from` to `to`, the newest 400 at most; without `from` the newest "
        "one alone, until `to`. 各统计日",
    )
    wages: list[WageStatistic] = planned(
        Many(_WAGES, "{row}.occupation, {row}.level"), "What the newest survey of wages says. 工资水平"
    )


STATISTICS = One(
    "(SELECT {code} AS region_code, {from} AS day_from, {to} AS day_to) AS {row}",
    arguments={"code": Argument("text", normalise_code), "from": Argument("date"), "to": Argument("date")},
)
