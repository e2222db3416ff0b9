"""Computed ratings, with their parts and their ranks."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry

from registry.api.planner.connections import Connection
from registry.api.planner.declare import Join, Many, One, Part, column, instant, planned
from registry.api.planner.keyset import Key
from registry.api.scalars import Long
from registry.api.types.credit_caps import CAPPED_HISTORY, SHOWN, AppliedCap, caps_of
from registry.api.types.credit_points import CreditPoints, earned, points_of
from registry.api.types.paging import fixed
from registry.api.types.policies import RatingPolicy
from registry.api.types.runs import RatingRun

POLICY = Join("policy", "LEFT JOIN {rating_policy:{row}_policy} ON {row}_policy.id = {row}.policy_id")
RANKS = Join(
    "ranks",
    "LEFT JOIN LATERAL (SELECT b.nation[p.place] AS nation, b.region[p.place] AS region, b.kind[p.place] AS kind "
    "FROM {rating_rank_block:b} "
    "CROSS JOIN LATERAL array_position(b.members, ({row}.institution_id % 1000)::integer) AS p (place) "
    "WHERE b.run_id = ("
    "SELECT rp.run_id FROM {rating_run_policy:rp} JOIN {rating_run:n} ON n.id = rp.run_id AND n.kind = 'FULL' "
    "WHERE rp.policy_id = {row}.policy_id AND ({row}.recorded_to IS NULL OR n.recorded_from < {row}.recorded_to) "
    "ORDER BY rp.run_id DESC LIMIT 1) "
    "AND b.policy_id = {row}.policy_id AND b.block = {row}.institution_id / 1000) AS {row}_ranks ON true",
)
WEIGHTS = Join(
    "weights",
    "LEFT JOIN disclosure.rating_run_policy AS {row}_weights "
    "ON {row}_weights.run_id = {row}.weights_run_id AND {row}_weights.policy_id = {row}.policy_id",
)


def scaled(value: str) -> str:
    """Return the template that writes an integer at the policy's scale as a decimal with all its places."""
    return f"round({value} / power(10::numeric, {{policy}}.score_decimals), {{policy}}.score_decimals)::text"


def rank(block: str, description: str) -> Any:
    """Declare the row's rank in one of the arrays of its block."""
    return column(f"{{ranks}}.{block}", description, needs=(RANKS,))


@strawberry.type(
    description="Dense ranks within one policy version, as frozen by the latest full run while the rating stood; "
    "institutions with equal scores share a rank. Null where the institution was not ranked. 排名"
)
class RatingRank:
    """Ranks of an institution."""

    nation: int | None = rank("nation", "Rank in the nation. 全国排名")
    region: int | None = rank("region", "Rank in its region. 区域排名")
    kind: int | None = rank("kind", "Rank among institutions of its kind. 同类排名")


@strawberry.type(description="What one indicator gave to a score. 指标贡献")
class Contribution:
    """One indicator of a rating."""

    indicator: str = column("indicator", "Code of the indicator in the policy. 指标代码")
    scaled_value: Long | None = column(
        "value",
        "The rounded measure, times ten to the power of its decimals in the policy; null where missing. 指标值(放大)",
    )
    scaled_points: Long | None = column(
        "points", "The points it earned, times ten to the power of the policy's point decimals. 得分(放大)"
    )
    weight: Decimal | None = column(
        "(({row}.weights -> {row}.indicator ->> 'final')::numeric / 1000000)::numeric(20, 6)::text",
        "Its weight; null where the policy does not weigh indicators. 权重",
    )
    contribution: Decimal | None = column(
        "round({row}.contribution / power(10::numeric, {row}.decimals), {row}.decimals)::text",
        "Its part of the score; the contributions of a rating add up to the score exactly. 对总分的贡献",
    )


CONTRIBUTIONS = (
    "(SELECT u.*, {parent}_policy.score_decimals AS decimals, {parent}_weights.weights AS weights "
    "FROM unnest({parent}_policy.indicators, {parent}.indicator_values, {parent}.points, {parent}.contributions) "
    "WITH ORDINALITY AS u(indicator, value, points, contribution, place)) AS {row}"
)


@strawberry.type(description="What one domain of a policy gave to a rating. 领域得分")
class DomainResult:
    """One domain of a rating."""

    number: int = column("place", "Its place in the policy's list of domains, from 1. 序号")
    scaled_points: Long | None = column(
        "points", "Its points, times ten to the power of the policy's point decimals. 得分(放大)"
    )
    grade: int | None = column("nullif({row}.grade, 0)", "Its own grade; null where the policy gives it none. 领域等级")


DOMAINS = "unnest({parent}.domain_points, {parent}.domain_grades) WITH ORDINALITY AS {row}(points, grade, place)"


@strawberry.type(
    description="A rating computed by this system, after what entries in force on credit lists do to it by its policy. "
    "It is not the assessed grade, which is an official decision. 信用评级(本系统计算)"
)
class Rating:
    """A version of an institution's rating."""

    stars: int = column(
        "least({row}.stars, {row}.capped)",
        "The grade, from 1 up to the policy's number of grades, after caps by entries in force; of a rating that has "
        "been superseded, before them. 星级",
    )
    stars_before_caps: int = column("stars", "The grade as its run computed it, before caps by entries. 名单封顶前星级")
    score: Decimal = column("{row}.score::text", "The score with the policy's decimals. 得分")
    score_with_credit_points: Decimal = column(
        scaled("({row}.score_scaled + " + points_of("{row}") + " * power(10::numeric, {policy}.score_decimals))"),
        "The score with the points that the policy gives for entries in force on red lists; grade and rank go by the "
        "score without. 加分后得分",
        needs=(POLICY,),
    )
    credit_points: list[CreditPoints] = planned(
        Many(f"{earned('{parent}')} AS {{row}}", "{row}.place"),
        "What those points are for, in the policy's order; none for a rating that has been superseded. 红名单加分",
    )
    rank: RatingRank = planned(Part(), "Where it stands among others. 排名")
    policy: RatingPolicy = planned(
        One("{rating_policy:{row}}", "{row}.id = {parent}.policy_id"), "The policy version applied. 评级政策"
    )
    run: RatingRun = planned(One("{rating_run:{row}}", "{row}.id = {parent}.run_id"), "The run that gave it. 评级批次")
    as_of: date = column("as_of", "The law day whose facts were rated. 评级基准日")
    published_at: datetime = instant(
        "(SELECT s.recorded_at FROM {change_set:s} WHERE s.id = {row}.change_id)", "When it was published. 公布时刻"
    )
    superseded_at: datetime | None = instant(
        "superseded_at",
        "When another took its place; null while it stands at the moment asked about. 被取代时刻",
        then="CASE WHEN {row}.recorded_to <= {position} THEN {row}.superseded_at END",
    )
    contributions: list[Contribution] = planned(
        Many(CONTRIBUTIONS, "{row}.place", needs=(POLICY, WEIGHTS)),
        "What each indicator gave, in the policy's order. 指标贡献",
    )
    domains: list[DomainResult] = planned(
        Many(DOMAINS, "{row}.place"), "What each domain gave, in the policy's order. 领域得分"
    )
    caps: list[AppliedCap] = planned(
        Many(caps_of("{parent}"), "{row}.place"),
        "What stands between the points and the grade: what the policy put there, in its order, then what entries in "
        "force did. 封顶与调整",
    )


HISTORY = Connection(
    CAPPED_HISTORY,
    fixed(
        "ratingHistory",
        Key("{row}.recorded_from", "bigint", descending=True),
        Key("{row}.id", "bigint", descending=True),
    ),
    SHOWN.replace("{rated}", "{row}"),
)
