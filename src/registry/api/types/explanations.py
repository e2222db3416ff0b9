"""Why an institution is rated as it is: typed fields over the explanation that a service works out."""

import json
from asyncio import ensure_future
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import strawberry
from graphql.execution import Executor

from registry.api.context import OperationContext, write_instant
from registry.api.planner.declare import One, column, planned
from registry.api.planner.sql import Moment
from registry.api.scalars import Long
from registry.api.types.explained_credit import ExplainedCredit
from registry.api.types.explained_steps import (
    ExplainedDomain,
    ExplainedIndicator,
    ExplainedMeasure,
    ExplainedStage,
)
from registry.api.types.policies import RatingPolicy
from registry.api.types.runs import RatingRun
from registry.api.types.terms import ChangePart, StageKind, WayKind
from registry.api.types.traces import Wording, as_is, each, inside, termed, told
from registry.api.types.worked_out import WorkedOut
from registry.domain.errors import Bilingual, CostExceeded

if TYPE_CHECKING:
    from registry.services.explanations import Explanation

MOST_EXPLANATIONS = 5
"""Different explanations in one operation."""


async def _worked_out(executor: Executor[Any], moment: Moment, subject: str | int) -> str | None:
    """The explanation as JSON, worked out once in an operation."""
    operation = cast("OperationContext", executor.context_value)
    asked = subject, moment.position, moment.law_day
    if asked not in operation.explained:
        if len(operation.explained) >= MOST_EXPLANATIONS:
            message = Bilingual(
                f"一次查询最多说明 {MOST_EXPLANATIONS} 家机构的评级",
                f"At most {MOST_EXPLANATIONS} explanations in one operation",
            )
            raise CostExceeded(message, rule="explanation.too-many")
        operation.explained[asked] = ensure_future(_explain(operation, subject, moment))
    return await operation.explained[asked]


EXPLAINED = WorkedOut(
    _worked_out,
    "explanation.one-at-a-time",
    Bilingual(
        "评级说明逐家计算：请用 institution 或 node 查询",
        "Explanations are worked out one at a time: ask `institution` or `node`",
    ),
)


async def _explain(operation: OperationContext, subject: str | int, moment: Moment) -> str | None:
    from registry.services.explanations import StoodAt, find_explanation

    at = StoodAt(moment.position, moment.law_day)
    async with operation.api.explaining:
        told = await find_explanation(operation.api.database, operation.actor, subject, at)
    return None if told is None else json.dumps(as_entry(told))


def as_entry(told: "Explanation") -> dict[str, Any]:
    """Return an explanation as the one JSON object that the fields below read."""
    rating = {**told.rating, "indicators": [_with_table(line) for line in told.rating["indicators"]]}
    rest = {field.name: getattr(told, field.name) for field in fields(told) if field.name != "rating"}
    change = told.change and {**told.change, **told.change["since"]}
    published = {"as_of": told.as_of.isoformat(), "published_at": write_instant(told.published_at)}
    return {**rating, **rest, **published, "change": change}


def _with_table(indicator: dict[str, Any]) -> dict[str, Any]:
    """A matrix has its points under `table`, so that `points` is a plain list of every kind."""
    transform = indicator["transform"]
    if transform["kind"] != "matrix":
        return indicator
    return {**indicator, "transform": {**transform, "points": None, "table": transform["points"]}}


def _row_of(source: str, key: str) -> One:
    return One(f"{{{source}:{{row}}}}", f"{{row}}.id = ({{parent}}.entry ->> '{key}')::bigint")


@strawberry.type(description="A grade of the policy. 等级")
class ExplainedGrade:
    """A grade."""

    code: str = told("code", "Its code. 等级代码")
    title: Wording | None = inside("title", "What it is called. 名称")


@strawberry.type(description="Why there is no rating, or which exception fixed it. 原因")
class ExplainedReason:
    """A reason."""

    code: str = told("code", "Its code. 原因代码")
    text: Wording | None = inside("text", "In words. 说明")


@strawberry.type(
    description="Where the score stands among those of the full run that fixed weights and cuts; null where not rated. "
    "`Rating.rank` is the rank in the newest full run. 名次"
)
class ExplainedRank:
    """Ranks by the score."""

    nation: int | None = as_is("nation", "In the nation. 全国")
    region: int | None = as_is("region", "In the province. 全省")
    kind: int | None = as_is("kind", "Among institutions of its kind. 同类")


@strawberry.type(description="A rating at one end of a change. 变化前后")
class ExplainedEnd:
    """Score and grade."""

    score: Decimal | None = told("score", "The score; null for none. 得分")
    stars: int = as_is("stars", "The grade; 0 for none. 星级")


@strawberry.type(description="One part of a change, the parts before it given. 变化的一部分")
class ExplainedPart:
    """A part."""

    part: ChangePart = termed("part", "What changed. 原因")
    score: Decimal | None = told("score", "Its part of the score's change; null where a score is missing. 得分变化")
    grades: int = as_is("grades", "Its part of the grade's change. 等级变化")


@strawberry.type(
    description="Why the rating differs from the one before: parts that sum to the change, in the order policy, "
    "weights, comparison, own data. 变化原因"
)
class ExplainedChange:
    """A change."""

    since_run: RatingRun | None = planned(_row_of("rating_run", "run_id"), "The run of the rating before. 上次评级批次")
    since_policy: RatingPolicy | None = planned(
        _row_of("rating_policy", "policy_id"), "The policy of the rating before. 上次评级政策"
    )
    since_day: date = told("as_of", "The law day of the rating before. 上次评级基准日")
    before: ExplainedEnd = inside("before", "The rating before. 变化前")
    after: ExplainedEnd = inside("after", "The rating. 变化后")
    score: Decimal | None = told("score", "The change of score; null where either has none. 得分变化")
    grades: int = as_is("grades", "The change of grade. 等级变化")
    parts: list[ExplainedPart] = each("parts", "Its parts. 各部分")


@strawberry.type(description="The next grade. 目标等级")
class ExplainedTarget:
    """A grade to reach."""

    stars: int = as_is("stars", "Its stars. 星级")
    code: str = told("code", "Its code. 等级代码")


@strawberry.type(description="A way to the next grade, all else as it is; found by rating anew. 升级路径")
class ExplainedWay:
    """A way."""

    way: WayKind = termed("way", "Which way. 路径")
    count: int | None = as_is("count", "The least number of carers; null where this way does not lead there. 最少人数")
    searched_up_to: int = as_is("searched_up_to", "Up to how many were tried. 试算上限")
    stars: int | None = as_is("stars", "The grade that this number gives. 到达星级")
    score: Decimal | None = told("score", "The score that this number gives. 到达得分")


@strawberry.type(description="Something that by itself holds the grade below the next one. 障碍")
class ExplainedObstacle:
    """An obstacle."""

    stage: StageKind = termed("stage", "What it is. 环节")
    code: str = told("code", "Its code in the policy. 代码")
    title: Wording | None = inside("title", "What it is called. 名称")
    of: str | None = told("of", "The domain or measure that is asked about. 对象代码")
    value: Decimal | None = told("value", "What there is. 实际值")
    demand: Decimal | None = told("demand", "What the next grade asks for. 要求值")
    at_most: bool | None = column(
        "CASE WHEN jsonb_typeof({row}.entry -> 'at_most') = 'boolean' THEN {row}.entry -> 'at_most' END",
        "Whether the demand is a most instead of a least. 是否为上限",
    )
    grade: int | None = column(
        "CASE WHEN jsonb_typeof({row}.entry -> 'at_most') = 'number' THEN {row}.entry -> 'at_most' "
        "ELSE {row}.entry -> 'grade' END",
        "The grade that it holds at or fixes. 限定等级",
    )
    domain: str | None = told("domain", "The domain whose grade it holds. 领域代码")


@strawberry.type(description="What leads to the next grade, and what stands in the way. 升级路径与障碍")
class ExplainedWayUp:
    """The way up."""

    target: ExplainedTarget | None = inside("target", "The next grade; null at the highest. 目标等级")
    ways: list[ExplainedWay] = each(
        "ways", "The least number of certified carers by each way; empty where withheld (see countsWithheld). 路径"
    )
    obstacles: list[ExplainedObstacle] = each("obstacles", "What holds the grade today. 当前障碍")
    remaining: list[ExplainedObstacle] = each(
        "remaining", "Where no way leads there: what would hold it were every carer certified. 全员持证后仍存障碍"
    )


@strawberry.type(
    description="One published rating worked out anew, step by step, from what its run read. It holds figures of the "
    "institution, never of a person. 评级说明"
)
class RatingExplanation:
    """An explanation."""

    policy: RatingPolicy | None = planned(_row_of("rating_policy", "policy_id"), "The policy applied. 评级政策")
    run: RatingRun | None = planned(_row_of("rating_run", "run_id"), "The run that published it. 评级批次")
    as_of: date = told("as_of", "The law day whose facts were rated. 评级基准日")
    read_position: Long = as_is("position", "The register position that the run read. 读取位置")
    published_at: datetime = told("published_at", "When it was published. 公布时刻")
    engine_version: str = told("engine_version", "Version of the scoring engine that worked this out. 引擎版本")
    reproduced: bool = as_is("reproduced", "Whether what was published came out again, to the digit. 是否复算一致")
    counts_withheld: bool = as_is(
        "counts_withheld",
        "Whether counts that tell of fewer than five people are left out; the institution itself, regulators, auditors "
        "and administrators see them. 是否隐去少于五人的计数",
    )
    measures: list[ExplainedMeasure] = each("measures", "The figures, in the policy's order. 指标数据")
    indicators: list[ExplainedIndicator] = each("indicators", "The indicators, in the policy's order. 指标")
    domains: list[ExplainedDomain] = each("domains", "The domains, in the policy's order. 领域")
    stages: list[ExplainedStage] = each("stages", "Every stage from the base grade on, applied or not. 定级环节")
    score: Decimal | None = told("score", "The score; null where not scored. 得分")
    stars: int = as_is("stars", "The grade before credit entries; 0 for none. 星级")
    grade: ExplainedGrade | None = inside("grade", "The grade; null where not rated. 等级")
    reason: ExplainedReason | None = inside("reason", "Why not rated, or which exception fixed the grade. 原因")
    rank: ExplainedRank = inside("ranks", "Where the score stands. 名次")
    change: ExplainedChange | None = inside("change", "Against the rating before; null for the first. 变化")
    credit: ExplainedCredit = inside("credit", "What entries on credit lists make of it. 信用名单的作用")
    way_up: ExplainedWayUp = inside("way_up", "To the next grade. 升级路径")
