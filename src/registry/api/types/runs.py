"""Rating runs: what was computed, when, from which state of the register, with what result."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from registry.api.planner.declare import Many, One, column, global_id, instant, planned
from registry.api.planner.keyset import Key
from registry.api.scalars import Long
from registry.api.types.filters import condition
from registry.api.types.paging import Node, fixed
from registry.api.types.policies import RatingPolicy
from registry.api.types.terms import RunKind

NEWEST_FIRST = fixed(
    "ratingRuns", Key("{row}.recorded_from", "bigint", descending=True), Key("{row}.id", "bigint", descending=True)
)
OF_POLICY = "(p.code = {value} OR p.code || '@' || p.version = {value})"


def millionths(name: str, description: str) -> Any:
    """Declare a weight kept in millionths in the JSON object `entry`."""
    return column(f"(({{row}}.entry ->> '{name}')::numeric / 1000000)::numeric(20, 6)::text", description)


@strawberry.type(description="How long one stage of a run took. 阶段耗时")
class StageDuration:
    """One stage of a run."""

    stage: str = column("stage", "The stage. 阶段")
    milliseconds: Long = column("milliseconds", "Its duration in milliseconds. 毫秒")


@strawberry.type(description="An indicator's weight as a run recomputed it; weights of a policy sum to one. 指标权重")
class IndicatorWeight:
    """The weight of one indicator, with what bounded it."""

    indicator: str = column("indicator", "Code of the indicator. 指标代码")
    base: Decimal | None = millionths("base", "The policy's own weight. 基准权重")
    objective: Decimal | None = millionths("objective", "The weight that the data alone would give. 客观权重")
    low: Decimal | None = millionths("low", "The least the policy allows. 下限")
    high: Decimal | None = millionths("high", "The most the policy allows. 上限")
    final: Decimal | None = millionths("final", "The weight in use. 最终权重")


WEIGHTS = "jsonb_each({parent}.weights) WITH ORDINALITY AS {row}(indicator, entry, place)"


@strawberry.type(description="A value that so many percent of the institutions do not exceed. 分位值")
class Quantile:
    """One quantile."""

    percent: int = column("percent", "0 (the least), 5, 25, 50 (the median), 75, 95 or 100 (the most). 百分位")
    value: Decimal = column(
        "round({row}.scaled / power(10::numeric, {row}.decimals), {row}.decimals)::text",
        "The rounded measure of an institution at this place. 值",
    )


QUANTILES = (
    "(SELECT (ARRAY[0, 5, 25, 50, 75, 95, 100])[q.place] AS percent, q.value::numeric AS scaled, "
    "({parent}.entry ->> 'decimals')::integer AS decimals "
    "FROM jsonb_array_elements_text({parent}.entry -> 'quantiles') WITH ORDINALITY AS q(value, place)) AS {row}"
)


@strawberry.type(description="How one measure is spread over the institutions of a policy. 指标分布")
class MeasureDistribution:
    """The distribution of a measure."""

    measure: str = column("{row}.entry ->> 'measure'", "Code of the measure. 指标代码")
    present: int = column("{row}.entry -> 'present'", "Institutions that have it. 有值机构数")
    missing: int = column("{row}.entry -> 'missing'", "Institutions that lack it. 缺失机构数")
    quantiles: list[Quantile] = planned(
        Many(QUANTILES, "{row}.percent"), "From the least to the most; empty where nobody has it. 分位值"
    )


DISTRIBUTION = "jsonb_array_elements({parent}.distribution) WITH ORDINALITY AS {row}(entry, place)"


@strawberry.type(description="Institutions that went from one grade to another, or stayed. 等级变动")
class GradeMove:
    """One cell of the table of moves."""

    from_stars: int | None = column(
        "nullif(({row}.entry ->> 0)::integer, 0)", "The grade before; null for none. 原等级"
    )
    to_stars: int | None = column("nullif(({row}.entry ->> 1)::integer, 0)", "The grade now; null for none. 现等级")
    institutions: int = column("({row}.entry ->> 2)::integer", "How many. 机构数")


MOVES = "jsonb_array_elements({parent}.moves) WITH ORDINALITY AS {row}(entry, place)"


@strawberry.type(description="What a run did under one policy. 批次中某一政策的结果")
class RatingRunPolicy:
    """The result of a run under one policy."""

    policy: RatingPolicy = planned(
        One("{rating_policy:{row}}", "{row}.id = {parent}.policy_id"), "The policy version. 评级政策"
    )
    population: int = column("population", "Institutions that the policy governs. 适用机构数")
    rated: int = column("rated", "Institutions that got a rating. 已评级机构数")
    counts_by_stars: list[int] = column(
        "to_json({row}.counts_by_stars)",
        "Institutions by result: first those without a rating, then from one star up. 未评级及各星级机构数",
    )
    weights: list[IndicatorWeight] = planned(
        Many(WEIGHTS, '{row}.indicator COLLATE "C"'),
        "The weights that this run recomputed, by indicator; empty where it used an earlier run's. 重新计算的权重",
    )
    weights_run: Annotated["RatingRun", strawberry.lazy("registry.api.types.runs")] | None = planned(
        One("{rating_run:{row}}", "{row}.id = {parent}.weights_run_id"), "The run whose weights were used. 权重所属批次"
    )
    distribution: list[MeasureDistribution] = planned(
        Many(DISTRIBUTION, "{row}.place"), "How each measure of the policy is spread, in its order. 指标分布"
    )
    moves: list[GradeMove] = planned(
        Many(MOVES, "{row}.place"),
        "Its institutions by grade after the full run before and after this one, those that stayed included; empty for "
        "incremental runs and first ones. 等级变动",
    )
    moves_since: Annotated["RatingRun", strawberry.lazy("registry.api.types.runs")] | None = planned(
        One("{rating_run:{row}}", "{row}.id = {parent}.moves_since_run_id"),
        "The full run that moves are counted from. 比较批次",
    )
    input_digest: str = column("input_digest", "SHA-256 of everything that was read, hexadecimal. 输入摘要")
    output_digest: str = column("output_digest", "SHA-256 of everything that came out, hexadecimal. 输出摘要")


@strawberry.type(description="One scoring run. 评级批次")
class RatingRun(Node):
    """A run as recorded with its change set."""

    id: strawberry.ID = global_id("RatingRun")
    kind: RunKind = column("kind", "Whether everybody was rated. 批次类型")
    as_of: date = column("as_of", "The law day whose facts were rated. 评级基准日")
    read_position: Long = column("read_position", "The register position that was read. 读取位置")
    position: Long = column("recorded_from", "The position at which its ratings were published. 发布位置")
    started_at: datetime = instant("started_at", "When it began. 开始时刻")
    finished_at: datetime = instant("finished_at", "When its computation ended. 结束时刻")
    engine_version: str = column("engine_version", "Version of the scoring engine; digests hold per version. 引擎版本")
    cause: str = column("cause", "Why it was started. 原因")
    institutions: int = column("institutions", "How many institutions it looked at. 机构数")
    changed: int = column("changed", "How many ratings it changed. 变动数")
    durations: list[StageDuration] = planned(
        Many(
            "jsonb_each_text({parent}.durations_ms) AS {row}_e(stage, ms) "
            "CROSS JOIN LATERAL (SELECT {row}_e.stage, {row}_e.ms::numeric::bigint AS milliseconds) AS {row}",
            '{row}.stage COLLATE "C"',
        ),
        "How long its stages took, by name. 各阶段耗时",
    )
    policies: list[RatingRunPolicy] = planned(
        Many("{rating_run_policy:{row}}", "{row}.policy_id", "{row}.run_id = {parent}.id"),
        "The policies it applied, in the order they were added. 所用政策",
    )


@strawberry.input(description="Which runs; all given fields must hold. 评级批次筛选条件")
class RatingRunFilter:
    """Conditions on runs."""

    kind: RunKind | None = condition("{row}.kind = {value}", "text", "The kind. 批次类型", str)
    policy: str | None = condition(
        "EXISTS (SELECT FROM {rating_run_policy:rp} JOIN {rating_policy:p} ON p.id = rp.policy_id "
        f"WHERE rp.run_id = {{row}}.id AND {OF_POLICY})",
        "text",
        "A policy that it applied: `CODE`, or `CODE@VERSION`. 所用政策",
    )
